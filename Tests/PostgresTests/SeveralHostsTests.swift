import Foundation
import Postgres
import TestSupport
import Testing

/// A connection string that names several servers, of which some are of no use.
@Suite struct SeveralHostsTests {
    /// Accepts connections as the kernel does, and never says a word.
    private final class SilentServer: Sendable {
        private let proxy: TCPProxy
        var port: UInt16 { proxy.port }

        init() async throws {
            proxy = try TCPProxy(toPort: try await TestServer.port())
            proxy.pause()
        }

        deinit { proxy.stop() }
    }

    private func configuration(
        ports: [UInt16], host: String = "127.0.0.1", _ others: String = ""
    ) throws -> PostgresConfiguration {
        let server = try TestServer.configuration().connectionString()
        let hosts = Array(repeating: host, count: ports.count).joined(separator: ",")
        let list = ports.map(String.init).joined(separator: ",")
        // libpq takes the last of two values for one keyword.
        var configuration = try PostgresConfiguration(
            connectionString: "\(server) host='\(hosts)' port='\(list)' \(others)")
        configuration.connectTimeout = .seconds(1)
        configuration.acquireTimeout = .seconds(60)
        return configuration
    }

    private func duration(_ body: () async throws -> Void) async rethrows -> Duration {
        let start = ContinuousClock.now
        try await body()
        return start.duration(to: .now)
    }

    @Test("A host that accepts and stays silent costs its own deadline, once, and is passed over", arguments: [1, 3])
    func silentFirst(silent: Int) async throws {
        var servers: [SilentServer] = []
        for _ in 0..<silent { servers.append(try await SilentServer()) }
        let port = try await TestServer.port()
        var configuration = try configuration(ports: servers.map(\.port) + [port])
        configuration.minimumConnections = 0
        configuration.maximumConnections = 4
        try await configuration.withClient { client async throws in
            let first = try await duration { () async throws in
                #expect(try await client.queryValue("select inet_server_port()", as: Int.self) == Int(port))
            }
            #expect(first >= .milliseconds(900) * silent && first < .milliseconds(1800) * silent + .seconds(2))
            // Connections of one's own: each lease beyond the first opens one, and goes to the good host at once.
            let others = try await duration { () async throws in
                try await client.withConnection { one in
                    try await client.withConnection { two in
                        _ = try await one.queryValue("select 1", as: Int.self)
                        _ = try await two.queryValue("select 1", as: Int.self)
                    }
                }
            }
            #expect(others < .milliseconds(900))
        }
        withExtendedLifetime(servers) {}
    }

    @Test("The connection string's own connect_timeout counts, of each host by itself")
    func connectTimeout() async throws {
        let silent = try await SilentServer()
        var configuration = try await configuration(
            ports: [silent.port, TestServer.port()], "connect_timeout=2")
        configuration.connectTimeout = .seconds(40)
        try await configuration.withClient { client async throws in
            let first = try await duration { () async throws in try await client.execute("select 1") }
            #expect(first >= .milliseconds(1900) && first < .seconds(15))
        }
        withExtendedLifetime(silent) {}
    }

    @Test("Where no host is of use, each is told of")
    func none() async throws {
        let silent = try await SilentServer()
        let configuration = try configuration(ports: [silent.port, 1])
        try await configuration.withClient { client async throws in
            let error = await #expect(throws: PostgresError.self) { try await client.execute("select 1") }
            guard case .unavailable(let reason) = error else {
                Issue.record("unexpected \(String(describing: error))")
                return
            }
            #expect(reason.contains("no connection to 127.0.0.1:\(silent.port) within 1000 ms"))
            #expect(reason.contains("port 1 failed"))
        }
        withExtendedLifetime(silent) {}
    }

    @Test("Lists that do not fit together are refused in libpq's words")
    func mismatch() async throws {
        let configuration = try PostgresConfiguration(connectionString: "host=a,b,c port=1,2 user=x dbname=y")
        try await configuration.withClient { client async throws in
            let error = await #expect(throws: PostgresError.self) { try await client.execute("select 1") }
            guard case .unavailable(let reason) = error else {
                Issue.record("unexpected \(String(describing: error))")
                return
            }
            #expect(reason.contains("could not match 2 port numbers to 3 hosts"))
        }
    }

    @Test("A standby is preferred over a primary that is named first, and a primary is better than none")
    func preferStandby() async throws {
        try await PrivatePostgres.withServer { primary in
            try await primary.withStandby { standby in
                let hosts = "host=127.0.0.1,127.0.0.1 port=\(primary.port),\(standby.port) user=haat dbname=postgres"
                let wanted = " target_session_attrs=prefer-standby"
                try await PostgresConfiguration(connectionString: hosts + wanted).withClient { client async throws in
                    #expect(try await client.queryValue("select inet_server_port()", as: Int.self) == Int(standby.port))
                }
                standby.stop()
                try await PostgresConfiguration(connectionString: hosts + wanted).withClient { client async throws in
                    #expect(try await client.queryValue("select inet_server_port()", as: Int.self) == Int(primary.port))
                }
            }
        }
    }
}
