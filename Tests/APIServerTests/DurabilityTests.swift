import Configuration
import Core
import Foundation
import Logging
import Postgres
import Redis
import TestSupport
import Testing

@testable import Platform

@Suite("Durability and secrets of a process")
struct DurabilityTests {
    private func configuration(databaseURL: String) throws -> HaatConfiguration {
        try HaatConfiguration(
            from: ConfigReader(
                provider: EnvironmentVariablesProvider(environmentVariables: [
                    "HAAT_DATABASE_URL": databaseURL, "HAAT_REDIS_URL": "redis://127.0.0.1:1/0",
                    "HAAT_ADMIN_TOKEN": LiveAPI.operatorToken, "HAAT_STRIPE_BASE_URL": "http://127.0.0.1:1/stripe",
                    "HAAT_ENCRYPTION_KEY": TestSecrets.encryptionKey, "HAAT_AUDIT_KEY": TestSecrets.auditKey,
                    "HAAT_STRIPE_SECRET_KEY": "sk_test_1",
                    "HAAT_STRIPE_WEBHOOK_SECRETS": TestSecrets.webhookSecret,
                    "HAAT_SMTP_URL": "smtp://127.0.0.1:1",
                ])))
    }

    private func url(_ database: TestDatabase, synchronousCommit: String) -> String {
        database.connectionString + " options='-c synchronous_commit=\(synchronousCommit)'"
    }

    @Test(
        "A database that may lose acknowledged commits is refused by the setting's name", arguments: ["off", "local"])
    func refused(setting: String) async throws {
        try await TestDatabase.withDatabase { database in
            let configuration = try configuration(databaseURL: url(database, synchronousCommit: setting))
            let error = await #expect(throws: ConfigurationError.self) {
                try await DurabilityCheck.beforeStart(configuration, process: "test")
            }
            #expect(error?.failures.first?.hasPrefix("HAAT_DATABASE_URL") == true)
        }
    }

    @Test("Durable settings are fine, and so is a database that is not there yet")
    func accepted() async throws {
        try await TestDatabase.withDatabase { database in
            for setting in ["on", "remote_write", "remote_apply"] {
                try await DurabilityCheck.beforeStart(
                    configuration(databaseURL: url(database, synchronousCommit: setting)), process: "test")
            }
        }
        try await DurabilityCheck.beforeStart(
            configuration(databaseURL: "postgresql://haat@127.0.0.1:1/none"), process: "test")
    }

    @Test("A process that finds out later is not ready")
    func notReady() async throws {
        try await TestDatabase.withDatabase { database in
            let reason = try await reasonNotReady(url(database, synchronousCommit: "off"))
            #expect(reason?.contains("synchronous_commit") == true)
        }
    }

    @Test(
        "A process whose database takes no writes is not ready, whatever server it asked for",
        arguments: ["read-write", "any"])
    func readOnly(wantedServer: String) async throws {
        try await TestDatabase.withDatabase { database in
            try await database.owner.execute(
                "alter database \(unescaped: database.name) set default_transaction_read_only = on")
            let reason = try await reasonNotReady(
                database.connectionString + " target_session_attrs=\(wantedServer)")
            #expect(reason?.contains("read-only") == true)
        }
    }

    @Test("The processes' role has the rights that readiness needs")
    func processRole() async throws {
        try await TestDatabase.withDatabase { database in
            let url = database.connectionString + " options='-c role=haat_app'"
            let reason = try await reasonNotReady(url)
            #expect(reason == nil)
        }
    }

    /// Why a process with this database would not be ready; nil where it would.
    private func reasonNotReady(_ databaseURL: String) async throws -> String? {
        let client = PostgresClient(
            configuration: try PostgresConfiguration(connectionString: databaseURL), logger: Logger(label: "test"))
        let redis = RedisClient(
            configuration: try RedisConfiguration(url: "redis://127.0.0.1:1/0"), logger: Logger(label: "test"))
        return await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            defer { group.cancelAll() }
            guard case .failing(let reason) = await StoreProbe(postgres: client, redis: redis).checkPostgres() else {
                return nil
            }
            return reason
        }
    }

    @Test(
        "Passwords inside URLs and connection strings are secrets of their own",
        arguments: [
            ("redis://:pa%40ss@host:1/0", ["pa@ss", "pa%40ss"]), ("host=a password='two words'", ["two words"]),
            ("smtp://host:25", []),
        ])
    func passwords(text: String, expected: [String]) {
        #expect(Set(Secret(text).passwords.map { $0.reveal() }) == Set(expected))
    }
}
