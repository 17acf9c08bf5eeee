import Foundation
import Logging
import Postgres
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Platform

@Suite("A process that could change its own evidence says so")
struct EvidenceCheckTests {
    @Test("The logins of the processes have nothing to say", arguments: [TestServer.api, TestServer.worker])
    func processes(login: String) async throws {
        try await TestDatabase.withDatabase { database in
            let objection = try await objection(of: login, in: database)
            #expect(objection == nil)
        }
    }

    @Test(
        "What a login can do is named",
        arguments: [
            ("SUPERUSER", "", "is a superuser"), ("CREATEROLE", "", "may create roles"),
            ("IN ROLE haat_owner", "", "may act as the owner of the tables"),
            ("NOINHERIT IN ROLE haat_owner", "", "may act as the owner of the tables"),
            ("IN ROLE haat_app", "DELETE ON webhook_seen", "has the right to change webhook_seen"),
            ("IN ROLE haat_app", "TRUNCATE ON webhook_events", "has the right to change webhook_events"),
            ("IN ROLE haat_app", "UPDATE (payload) ON events", "has the right to change events"),
            ("IN ROLE haat_app", "UPDATE (payload) ON audit_events", "has the right to change audit_events"),
            ("IN ROLE haat_app", "UPDATE ON ledger_entries", "has the right to change ledger_entries"),
        ])
    func named(options: String, right: String, expected: String) async throws {
        try await TestDatabase.withDatabase { database in
            let login = "haat_login_" + UUID().uuidString.lowercased().filter { $0 != "-" }
            let grant = right.isEmpty ? "" : "GRANT \(right) TO \(login);"
            try await database.owner.withConnection {
                try await $0.runScript("CREATE ROLE \(login) LOGIN \(options); \(grant)")
            }
            let outcome: Result<String?, any Error>
            do {
                outcome = .success(try await objection(of: login, in: database))
            } catch {
                outcome = .failure(error)
            }
            try await database.owner.withConnection {
                try await $0.runScript("DROP OWNED BY \(login); DROP ROLE \(login)")
            }
            #expect(try outcome.get() == "\(login) \(expected)")
        }
    }

    @Test("It is one warning, which names the setting and the page")
    func warning() async throws {
        try await TestDatabase.withDatabase { database in
            let log = WarningLog()
            let check = EvidenceCheck(postgres: database.owner, logger: Logger(label: "test") { _ in log })
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(services: [check], logger: Logger(label: "test")))
            async let run: Void = group.run()
            while log.lines.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            await group.triggerGracefulShutdown()
            try await run
            let lines = log.lines
            #expect(lines.count == 1)
            let line = try #require(lines.first)
            #expect(line.hasPrefix("HAAT_DATABASE_URL: ") && line.contains("docs/operating.md"), "\(line)")
            #expect(line.hasSuffix("is a superuser"), "\(line)")
        }
    }

    private func objection(of login: String, in database: TestDatabase) async throws -> String? {
        let configuration = try PostgresConfiguration(connectionString: database.connectionString + " user='\(login)'")
        return try await configuration.withClient { try await EvidenceCheck.objection(to: $0) }
    }
}

/// Keeps warnings with their reasons.
private struct WarningLog: LogHandler {
    private final class Storage: Sendable {
        let lines = Mutex<[String]>([])
    }

    private let storage = Storage()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    var lines: [String] { storage.lines.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard event.level == .warning else { return }
        let reason = event.metadata?["reason"].map { "\($0)" } ?? ""
        storage.lines.withLock { $0.append("\(event.message) \(reason)") }
    }
}
