import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct ConfigurationTests {
    @Test("A malformed connection string is refused in libpq's words")
    func malformed() {
        let error = #expect(throws: PostgresError.self) {
            try PostgresConfiguration(connectionString: "postgresql://[::1/db")
        }
        guard case .configuration(let message) = error else { return }
        #expect(!message.isEmpty)
        #expect(throws: PostgresError.self) { try PostgresConfiguration(connectionString: "hots=localhost") }
    }

    @Test("A rendered connection string means the same, but for the database")
    func rendering() throws {
        func words(_ configuration: PostgresConfiguration) -> [String] {
            configuration.connectionString().components(separatedBy: "' ").sorted()
        }
        let original = try PostgresConfiguration(
            connectionString: #"host=a,b port=1,2 password='it\'s \\ secret' sslmode=verify-full"#)
        let again = try PostgresConfiguration(connectionString: original.connectionString())
        #expect(words(again) == words(original))
        let other = try PostgresConfiguration(connectionString: original.connectionString(database: "two"))
        #expect(other.connectionString().contains("dbname='two'"))
        #expect(other.connectionString().contains(#"password='it\'s \\ secret'"#))
    }

    @Test("Every form of connection string reaches the server")
    func forms() async throws {
        let parts = try await parts()
        let (port, user) = (parts.port, parts.user)
        let service = FileManager.default.temporaryDirectory.appending(path: "haat-\(UUID().uuidString).conf")
        try "[haat]\nhost=127.0.0.1\nport=\(port)\nuser=\(user)\ndbname=postgres\n".write(
            to: service, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: service) }
        var forms = [
            "postgresql://\(user)@127.0.0.1:\(port)/postgres",
            "postgres://\(user)@localhost:\(port)/postgres?application_name=x&sslmode=disable",
            "host=127.0.0.1 port=\(port) user=\(user) dbname=postgres",
            "host='localhost' hostaddr='127.0.0.1' port='\(port)' user='\(user)' dbname='postgres'",
            "postgresql://\(user)@127.0.0.1:1,127.0.0.1:\(port)/postgres",
            "postgresql://\(user)@127.0.0.1:1,127.0.0.1:\(port)/postgres?target_session_attrs=read-write",
            "postgresql://\(user)@127.0.0.1:\(port)/postgres?options=-c%20work_mem%3D5MB",
            "service=haat servicefile='\(service.path)'",
        ]
        for directory in parts.socketDirectories {
            forms.append("host=\(directory) port=\(port) user=\(user) dbname=postgres")
            let encoded = directory.replacing("/", with: "%2F")
            forms.append("postgresql://\(user)@\(encoded):\(port)/postgres")
        }
        for form in forms {
            // The service file's place is a setting of the environment in this version of libpq.
            if form.hasPrefix("service") {
                setenv("PGSERVICEFILE", service.path, 1)
            }
            let text = form.hasPrefix("service") ? "service=haat" : form
            let configuration = try PostgresConfiguration(connectionString: text)
            try await configuration.withClient { client async throws in
                #expect(try await client.queryValue("select 1", as: Int.self) == 1, "\(form)")
                #expect(try await client.queryValue("show statement_timeout", as: String.self) == "15s", "\(form)")
                if form.contains("work_mem") {
                    #expect(try await client.queryValue("show work_mem", as: String.self) == "5MB")
                }
            }
        }
    }

    private func parts() async throws -> (port: UInt16, user: String, socketDirectories: [String]) {
        let port = try await TestServer.port()
        return try await TestServer.configuration().withClient { client in
            let user = try await client.queryValue("select current_user::text", as: String.self)!
            let directories = try await client.queryValue("show unix_socket_directories", as: String.self)!
            let usable = directories.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { FileManager.default.fileExists(atPath: "\($0)/.s.PGSQL.\(port)") }
            return (port, user, usable)
        }
    }

    @Test("A host that swallows packets ends in a clear error within the connect timeout")
    func blackHole() async throws {
        let proxy = try await TCPProxy(toPort: TestServer.port())
        defer { proxy.stop() }
        proxy.pause()
        var configuration = try PostgresConfiguration(
            connectionString: "host=127.0.0.1 port=\(proxy.port) user=x dbname=y")
        configuration.connectTimeout = .milliseconds(300)
        try await configuration.withClient { client in
            let start = ContinuousClock.now
            let error = await #expect(throws: PostgresError.self) { try await client.execute("select 1") }
            #expect(start.duration(to: .now) < .seconds(60))
            #expect(error == .unavailable("no connection to 127.0.0.1:\(proxy.port) within 300 ms"))
        }
    }
}
