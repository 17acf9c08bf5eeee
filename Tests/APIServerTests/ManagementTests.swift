import Core
import Endpoints
import Foundation
import Hummingbird
import HummingbirdTesting
import NIOCore
import Postgres
import Redis
import ServiceLifecycle
import Testing

@testable import APIServer
@testable import Platform

@Suite("Health and metrics")
struct ManagementTests {
    /// A process of which nothing was found out yet, and those who watch it.
    private func watch(
        needsRedis: Bool = false,
        _ body: @escaping @Sendable (Management, any TestClientProtocol, LiveAPI) async throws -> Void
    ) async throws {
        try await LiveAPI.run { api in
            let management = Management(
                of: api.platform, at: ListenAddress(host: "127.0.0.1", port: 0, settings: "HAAT_MANAGEMENT_HOST"),
                needsRedis: needsRedis)
            try await management.application.test(.router) { try await body(management, $0, api) }
        }
    }

    private func status(_ client: any TestClientProtocol) async throws -> (code: Int, document: JSONValue) {
        try await client.execute(uri: "/health/ready", method: .get) {
            ($0.status.code, try JSONValue(parsing: Array($0.body.readableBytesView)))
        }
    }

    @Test("Neither is public", arguments: ["/health/live", "/health/ready", "/metrics", "/api/v1/health/live"])
    func notPublic(path: String) async throws {
        try await LiveAPI.run { api in
            let code = try await api.client.execute(
                uri: path, method: .get, headers: [.authorization: "Bearer \(LiveAPI.operatorToken)"]
            ) { $0.status.code }
            #expect(code == 404)
            let document = try JSONValue(
                parsing: HaatAPI.make(settings: APISettings(publicURL: "https://api.example")).openAPI)
            let paths = try #require(document["paths"]?.objectValue).keys.map(\.string)
            #expect(!paths.isEmpty && !paths.contains { $0.contains("health") || $0.contains("metrics") })
        }
    }

    @Test("A process is ready once it serves and its stores were found healthy, until it stops")
    func phases() async throws {
        try await watch { management, client, _ in
            #expect(try await status(client).code == 503)
            management.readiness.markServing()
            #expect(try await status(client).document["status"]?.stringValue == "unavailable", "nothing was looked at")
            try await management.refresh()
            let ready = try await status(client)
            #expect(ready.code == 200)
            #expect(ready.document == ["status": "ready", "postgres": "healthy", "redis": "healthy"])
            management.readiness.markStopping()
            management.readiness.markServing()
            let stopping = try await status(client)
            #expect(stopping.code == 503 && stopping.document["status"]?.stringValue == "stopping")
            let live = try await client.execute(uri: "/health/live", method: .get) { $0.status.code }
            #expect(live == 200)
        }
    }

    @Test("A process that drains is not ready from the first moment, and can be watched to the last")
    func draining() async throws {
        struct Work: Service {
            let statusAtTheEnd: AsyncStream<Readiness.Status>.Continuation
            let readiness: Readiness

            func run() async throws {
                try await gracefulShutdown()
                statusAtTheEnd.yield(readiness.status)
            }
        }
        try await watch { management, _, api in
            management.readiness.markServing()
            let (statuses, continuation) = AsyncStream<Readiness.Status>.makeStream()
            let work = Work(statusAtTheEnd: continuation, readiness: management.readiness)
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: management.services + [work, management.drainNotice], logger: api.platform.logger))
            async let run: Void = group.run()
            await group.triggerGracefulShutdown()
            var iterator = statuses.makeAsyncIterator()
            #expect(await iterator.next() == .stopping)
            try await run
        }
    }

    @Test("Those who ask cost the stores nothing")
    func free() async throws {
        try await watch { management, client, api in
            management.readiness.markServing()
            try await management.refresh()
            // Whoever asked the database would notice.
            for table in ["jobs", "schema_migrations"] {
                try await api.owner.execute(
                    "ALTER TABLE \(unescaped: table) RENAME TO \(unescaped: table)_away")
            }
            let commands = api.platform.redis.statistics.commands
            for _ in 0..<50 {
                #expect(try await status(client).code == 200)
                let metrics = try await client.execute(uri: "/metrics", method: .get) { String(buffer: $0.body) }
                #expect(metrics.contains("haat_queue_ready{queue=\"webhooks\"}"))
            }
            #expect(api.platform.redis.statistics.commands == commands)
            await #expect(throws: PostgresError.self) { try await management.refresh() }
            #expect(try await status(client).code == 503)
        }
    }

    @Test("Metrics are in Prometheus' format and show what waits in the queues and which key wraps")
    func metrics() async throws {
        try await watch { management, client, api in
            _ = try await api.offer(kind: "physical", sku: "BOOK")
            try await management.refresh()
            let (type, text) = try await client.execute(uri: "/metrics", method: .get) {
                ($0.headers[.contentType], String(buffer: $0.body))
            }
            #expect(type == "text/plain; version=0.0.4; charset=utf-8")
            for name in ["haat_queue_ready", "haat_queue_paused", "haat_postgres_connections_open", "haat_data_keys"] {
                #expect(text.contains("# TYPE \(name) gauge"))
            }
            // The answers under idempotency keys have one.
            #expect(text.contains("haat_data_keys{in_use=\"true\",version=\"1\"} 1\n"))
        }
    }

    @Test("Where a migration is missing, whichever, the process is not ready and says which")
    func schema() async throws {
        try await watch { management, client, api in
            management.readiness.markServing()
            let probe = StoreProbe(postgres: api.platform.postgres, redis: api.platform.redis)
            #expect(await probe.checkPostgres() == .healthy)
            for name in RequiredSchema.migrations {
                try await api.owner.execute("DELETE FROM schema_migrations WHERE name = \(name)")
                #expect(await probe.checkPostgres() == .failing("not applied: \(name); run haat-api migrate"))
                try await api.owner.execute("INSERT INTO schema_migrations (name, checksum) VALUES (\(name), '')")
            }
            #expect(await probe.checkPostgres() == .healthy)
            try await api.owner.execute("DELETE FROM schema_migrations")
            try await management.refresh()
            #expect(try await status(client).code == 503)
        }
    }

    @Test("The schema that is asked for is that of all migrations")
    func requiredMigrations() throws {
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let files = try MigrationFile.load(directory: repository.appending(path: "Migrations").path)
        #expect(files.map(\.name) == RequiredSchema.migrations)
    }
}
