package import Configuration
import Core
import Endpoints
import Foundation
import Hummingbird
import Logging
import Media
import NIOCore
import Payments
import Platform
import Postgres
import ProductSubscriptions
import ServiceLifecycle
import Shipments
import Telemetry
import UnixSignals

/// What `haat-api` does, one function per command.
package enum APIProcess {
    private static let shutdownDeadline: Duration = .seconds(20)
    private static let databaseConnections = 16

    /// Serves until SIGTERM, then lets running requests finish.
    ///
    /// - Throws: `ConfigurationError` for settings that are missing, malformed or name an address that can't be had.
    package static func serve(reader: ConfigReader) async throws {
        let (configuration, providers) = try HaatConfiguration.read(from: reader, with: ProviderAccounts.read)
        try await configuration.apiAddress.verify()
        try await configuration.apiManagementAddress?.verify()
        let metrics = ProcessStart.bootstrapTelemetry(configuration)
        try await DurabilityCheck.beforeStart(configuration, process: "haat-api")
        try await EncryptionKeyCheck.beforeStart(configuration, process: "haat-api")
        let platform = try Platform(
            process: "haat-api", configuration: configuration, metrics: metrics, connections: databaseConnections,
            subscriptions: .product)
        try await configuration.apiAddress.whileListening { try await serviceGroup(platform, providers).run() }
    }

    private static func serviceGroup(_ platform: Platform, _ providers: ProviderAccounts) throws -> ServiceGroup {
        let services = Services(on: platform, providers: providers)
        try services.media.verifyDirectory()
        let api = try HaatAPI.make(settings: APISettings(platform.configuration))
        let dependencies = services.dependencies(on: platform)
        let management = platform.configuration.apiManagementAddress.map {
            Management(of: platform, at: $0, needsRedis: false)
        }
        let connections = Connections(of: "api", limit: Connections.limitOfProcess, logger: platform.logger)
        let application = Application(
            router: api.router(services: services, dependencies: dependencies),
            server: HTTPServing.server(connections: connections),
            configuration: .init(
                address: .hostname(platform.configuration.apiHost, port: platform.configuration.apiPort),
                serverName: nil,
                backlog: 1024, reuseAddress: true),
            onServerRunning: { channel in
                await connections.guardAccepting(on: channel)
                management?.readiness.markServing()
                platform.logger.info("Listening", metadata: ["address": "\(channel.localAddress?.description ?? "?")"])
            },
            logger: platform.logger)
        var group = ServiceGroupConfiguration(
            services: platform.services + [EncryptionKeyCheck(of: platform), platform.evidenceCheck]
                + (management?.services ?? [])
                + [
                    IdempotencyPurge(store: dependencies.idempotency, logger: platform.logger), application,
                    services.live,
                    StorefrontPurge(live: services.live, answers: services.answers, logger: platform.logger),
                ]
                + (management.map { [$0.drainNotice] } ?? []),
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: platform.logger)
        group.maximumGracefulShutdownDuration = shutdownDeadline
        return ServiceGroup(configuration: group)
    }

    /// Who may do what, a line for each endpoint. Needs no settings.
    package static func policies() throws -> String {
        PolicyTable(try HaatAPI.make(settings: APISettings(publicURL: "")).operations).text
    }

    /// The OpenAPI document as JSON. Needs no settings: the address is the one callers put before it.
    package static func openAPI() throws -> String {
        String(
            decoding: try HaatAPI.make(settings: APISettings(publicURL: "http://127.0.0.1:8080")).openAPI, as: UTF8.self
        )
    }

    /// Applies the migrations that are not applied yet; answers their names.
    ///
    /// - Throws: `ConfigurationError`; `MigrationError` naming the file that was changed or is missing; `PostgresError`.
    package static func migrate(reader: ConfigReader, directory: String) async throws -> [String] {
        try await withMigrator(reader, directory) { try await $0.migrate() }
    }

    /// A line for each migration: its state and name.
    package static func migrationStatus(reader: ConfigReader, directory: String) async throws -> [String] {
        try await withMigrator(reader, directory) { try await $0.status().map { "\($0.state)\t\($0.name)" } }
    }

    private static func withMigrator<Result: Sendable>(
        _ reader: ConfigReader, _ directory: String, _ body: @Sendable (Migrator) async throws -> Result
    ) async throws -> Result {
        var settings = try PostgresConfiguration(
            connectionString: StoreSettings.databaseURL(from: reader).reveal())
        settings.maximumConnections = 2
        settings.applicationName = "haat-api migrate"
        // Building an index on a grown table takes longer than any request may.
        settings.statementTimeout = .seconds(3600)
        var logger = Logger(label: "haat-api")
        logger.logLevel = .warning
        let client = PostgresClient(configuration: settings, logger: logger)
        let migrator = try Migrator(directory: directory, client: client)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            let result = try await body(migrator)
            group.cancelAll()
            return result
        }
    }
}

extension APISettings {
    init(_ configuration: HaatConfiguration) {
        self.init(publicURL: configuration.publicURL)
        allowedOrigins = configuration.allowedOrigins
        trustedProxies = configuration.trustedProxies
        secondFactorTime = .seconds(configuration.accounts.secondFactorTime)
        for endpoint in [OrderEndpoints.place, CartEndpoints.make] {
            anonymousLimits[endpoint.description.operationID] = configuration.reservations.ordersPerMinute.map {
                .perClient($0, per: .minute)
            }
        }
    }
}
