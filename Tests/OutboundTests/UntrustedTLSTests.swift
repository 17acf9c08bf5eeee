import Foundation
import NIOSSL
import Testing

@testable import Outbound

/// A certificate for one name, made for the occasion.
private struct Certificate {
    let file: String
    let server: NIOSSLContext

    init(for name: String, in directory: URL) throws {
        let key = directory.appending(path: "\(name).key").path
        file = directory.appending(path: "\(name).crt").path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", file, "-subj",
            "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let chain = try NIOSSLCertificate.fromPEMFile(file).map { NIOSSLCertificateSource.certificate($0) }
        server = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain, privateKey: .privateKey(NIOSSLPrivateKey(file: key, format: .pem))))
    }
}

@Suite(
    "Strangers' certificates", .timeLimit(.minutes(1)),
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")))
struct UntrustedTLSTests {
    @Test("The certificate has to be the host's by its name, although the connection goes to an address")
    func names() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "haat-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let certificate = try Certificate(for: "shop.invalid", in: directory)
        let resolver = ScriptedResolver(["shop.invalid": [["127.0.0.1"]], "other.invalid": [["127.0.0.1"]]])
        let trusting = UntrustedClient(
            rules: .thisMachineToo, resolver: resolver, trustRoots: .file(certificate.file))
        let strict = UntrustedClient(rules: .thisMachineToo, resolver: resolver)
        try await ScriptedServer.run(tls: certificate.server, { _ in .ok("hello") }) { server, port in
            let limits = UntrustedLimits(bodyBytes: 100)
            func call(_ client: UntrustedClient, _ host: String) async throws -> [UInt8] {
                try await client.call(UntrustedRequest(url: "https://\(host):\(port)/"), limits) {
                    try await $0.body.collect()
                }
            }
            let answer = try await call(trusting, "shop.invalid")
            #expect(answer == Array("hello".utf8))
            await #expect(throws: UntrustedCallError.unreachable) { try await call(trusting, "other.invalid") }
            await #expect(throws: UntrustedCallError.unreachable) { try await call(trusting, "127.0.0.1") }
            await #expect(throws: UntrustedCallError.unreachable) { try await call(strict, "shop.invalid") }
            #expect(server.requests.count == 1)
        }
    }
}
