import Foundation
import TestSupport
import Testing

@testable import Redis

@Suite("Access to Redis")
struct RedisAccessTests {
    @Test("is granted with the right password and refused with a wrong one or none")
    func password() async throws {
        let server = try PrivateRedisServer(options: ["--requirepass", "s3cr@t/"])
        try await server.start()
        defer { #expect(throws: Never.self) { try server.remove() } }
        try await withRunning(try patientConfiguration("redis://:s3cr%40t%2F@127.0.0.1:\(server.port)/1")) { redis in
            let reply = try await redis.send(RedisCommand("PING"))
            #expect(reply == .status("PONG"))
        }
        for (url, code) in [
            ("redis://:wrong@127.0.0.1:\(server.port)", "WRONGPASS"), ("redis://127.0.0.1:\(server.port)", "NOAUTH"),
        ] {
            try await withRunning(try patientConfiguration(url)) { redis in
                await #expect {
                    try await redis.send(RedisCommand("PING"))
                } throws: { error in
                    guard case .unavailable(let reason) = error as? RedisError else { return false }
                    return reason.contains(code) && !reason.contains("s3cr") && !reason.contains(":wrong")
                }
            }
        }
    }

    @Test("is an ACL user's own: allowed keys work, others are refused")
    func accessControlUser() async throws {
        let server = try PrivateRedisServer(options: [
            "--user", "haat", "on", ">pw", "~haat:*", "+get", "+set", "+auth",
        ])
        try await server.start()
        defer { #expect(throws: Never.self) { try server.remove() } }
        try await withRunning(try patientConfiguration("redis://haat:pw@127.0.0.1:\(server.port)")) { redis in
            try await #expect(redis.send(RedisCommand("SET", "haat:a", "1")) == .status("OK"))
            await #expect {
                try await redis.send(RedisCommand("SET", "other", "1"))
            } throws: { "\($0)".contains("NOPERM") }
        }
    }

    @Test("goes over TLS, with the certificate checked")
    func transportSecurity() async throws {
        let authority = try TestCertificate(subjectAlternativeName: "IP:127.0.0.1,DNS:localhost")
        defer { #expect(throws: Never.self) { try authority.remove() } }
        let held = try HeldPort()
        let port = held.number
        let server = try PrivateRedisServer(options: [
            "--tls-port", "\(port)", "--tls-cert-file", authority.certificate, "--tls-key-file", authority.key,
            "--tls-ca-cert-file", authority.certificate, "--tls-auth-clients", "no",
        ])
        try await server.start()
        defer { #expect(throws: Never.self) { try server.remove() } }
        for host in ["127.0.0.1", "localhost"] {
            let trusted = "rediss://\(host):\(port)/0?ssl_ca_certs=\(authority.certificate)"
            try await withRunning(try patientConfiguration(trusted)) { redis in
                let reply = try await redis.send(RedisCommand("ECHO", "over TLS"))
                #expect(reply.text == "over TLS")
            }
        }
        try await withRunning(try patientConfiguration("rediss://127.0.0.1:\(port)?ssl_cert_reqs=none")) { redis in
            let reply = try await redis.send(RedisCommand("PING"))
            #expect(reply == .status("PONG"))
        }
        try await withRunning(try patientConfiguration("rediss://127.0.0.1:\(port)")) { redis in
            await #expect {
                try await redis.send(RedisCommand("PING"))
            } throws: { "\($0)".contains("CERTIFICATE_VERIFY_FAILED") }
        }
    }

    @Test("is refused to a certificate for another host")
    func wrongHost() async throws {
        let authority = try TestCertificate(subjectAlternativeName: "DNS:elsewhere.example")
        defer { #expect(throws: Never.self) { try authority.remove() } }
        let held = try HeldPort()
        let port = held.number
        let server = try PrivateRedisServer(options: [
            "--tls-port", "\(port)", "--tls-cert-file", authority.certificate, "--tls-key-file", authority.key,
            "--tls-ca-cert-file", authority.certificate, "--tls-auth-clients", "no",
        ])
        try await server.start()
        defer { #expect(throws: Never.self) { try server.remove() } }
        let url = "rediss://127.0.0.1:\(port)?ssl_ca_certs=\(authority.certificate)"
        try await withRunning(try patientConfiguration(url)) { redis in
            #expect(await failure(redis) != nil)
        }
    }
}

/// A self-signed certificate in a temporary directory.
struct TestCertificate {
    private let directory: URL
    var certificate: String { directory.appending(path: "certificate.pem").path }
    var key: String { directory.appending(path: "key.pem").path }

    init(subjectAlternativeName: String) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "certificate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=redis", "-addext", "subjectAltName=\(subjectAlternativeName)", "-keyout", key, "-out",
            certificate,
        ]
        process.standardError = FileHandle.nullDevice
        try process.runAlone()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    func remove() throws {
        try FileManager.default.removeItem(at: directory)
    }
}
