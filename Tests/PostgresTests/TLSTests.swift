import Foundation
import Postgres
import TestSupport
import Testing

/// A PostgreSQL server of the test's own that speaks TLS with a certificate made for the occasion.
private struct TLSServer {
    static let programs = "/usr/lib/postgresql/15/bin"

    /// Why there is no such server on this machine; nil if there can be one.
    static var obstacle: String? {
        let programs = [Self.programs + "/initdb", Self.programs + "/postgres", "/usr/bin/openssl", "/usr/bin/runuser"]
        return programs.first { !FileManager.default.isExecutableFile(atPath: $0) }.map { "there is no \($0)" }
            ?? (getuid() == 0 ? nil : "only root may start a server as another user")
    }

    let directory: URL
    var port: Int { held.number }
    private let held: HeldPort
    private let process: Process

    var certificate: String { directory.appending(path: "server.crt").path }

    init() throws {
        directory = URL(filePath: "/tmp/haat-tls-\(UUID().uuidString.prefix(8))")
        held = try HeldPort()
        let data = directory.appending(path: "data").path
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        let key = directory.appending(path: "server.key").path
        try Self.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out",
                directory.appending(path: "server.crt").path, "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost",
            ])
        try Self.run("/bin/chown", ["-R", "postgres", directory.path])
        try Self.run("/bin/chmod", ["600", key])
        try Self.asPostgres([Self.programs + "/initdb", "-D", data, "-U", "haat", "--auth=trust", "--no-sync"])
        try "hostssl all all 127.0.0.1/32 trust\n".write(
            toFile: data + "/pg_hba.conf", atomically: false, encoding: .utf8)
        process = Process()
        process.executableURL = URL(filePath: "/usr/bin/runuser")
        process.arguments = [
            "-u", "postgres", "--", Self.programs + "/postgres", "-D", data, "-p", "\(port)", "-k", directory.path,
            "-c",
            "listen_addresses=127.0.0.1", "-c", "ssl=on", "-c", "ssl_cert_file=\(certificate)", "-c",
            "ssl_key_file=\(key)", "-c", "fsync=off",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.runAlone()
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: directory)
    }

    private static func asPostgres(_ command: [String]) throws {
        try run("/usr/bin/runuser", ["-u", "postgres", "--"] + command)
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.runAlone()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(program) failed")
    }
}

@Suite struct TLSTests {
    @Test(
        "TLS is used and the server's certificate verified when the connection string asks for it",
        .enabled(if: TLSServer.obstacle == nil, "a server can't be started here"))
    func verification() async throws {
        let server = try TLSServer()
        defer { server.stop() }
        let base = "hostaddr=127.0.0.1 port=\(server.port) user=haat dbname=postgres"
        let trusted = try PostgresConfiguration(
            connectionString: base + " host=localhost sslmode=verify-full sslrootcert=\(server.certificate)")
        try await trusted.withClient { client in
            try await eventually { try await client.queryValue("select 1", as: Int.self) == 1 }
            let uses = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
            #expect(try await client.queryValue(PostgresStatement(sql: uses), as: Bool.self) == true)
            // Larger than a TLS record and than libpq's buffer, so that OpenSSL holds back parts of it.
            for size in [1, 8_000, 16_384, 40_000, 3_000_000] {
                let bytes = [UInt8](repeating: 7, count: size)
                #expect(try await client.queryValue("select \(bytes)", as: [UInt8].self) == bytes)
            }
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let text = String(repeating: "x", count: number * 50)
                        let back = try await client.queryValue("select \(text)", as: String.self)
                        #expect(back == text)
                    }
                }
                try await group.waitForAll()
            }
        }
        try await expectRefusal(base + " host=other.example sslmode=verify-full sslrootcert=\(server.certificate)")
        try await expectRefusal(base + " host=localhost sslmode=verify-full sslrootcert=/nowhere")
        try await expectRefusal(base + " host=localhost sslmode=disable")
    }

    private func expectRefusal(_ connectionString: String) async throws {
        try await PostgresConfiguration(connectionString: connectionString).withClient { client in
            let error = await #expect(throws: PostgresError.self) { try await client.execute("select 1") }
            guard case .unavailable(let reason) = error else {
                Issue.record("unexpected \(String(describing: error))")
                return
            }
            #expect(reason.contains("certificate") || reason.contains("host name") || reason.contains("encryption"))
        }
    }
}
