import Configuration
import Core
import Platform
import ProductSubscriptions
import ServiceLifecycle

/// A process that lives for one command of an operator: the worker's own settings, a few connections, no queue.
enum OperatorSession {
    /// Runs the body while stores can be reached; logs go to standard error as ever.
    /// - Throws: `ConfigurationError` for settings that are missing or malformed; what the body throws.
    static func run<Result: Sendable>(
        _ reader: ConfigReader, _ body: @escaping @Sendable (Platform) async throws -> Result
    ) async throws -> Result {
        try await run(reader, with: { _ in }) { platform, _ in try await body(platform) }
    }

    /// The same with a domain's settings.
    static func run<Own: Sendable, Result: Sendable>(
        _ reader: ConfigReader, with own: (inout SettingsReader) -> Own,
        _ body: @escaping @Sendable (Platform, Own) async throws -> Result
    ) async throws -> Result {
        let (configuration, owned) = try HaatConfiguration.read(from: reader, with: own)
        let platform = try Platform(
            process: "haat-worker", configuration: configuration,
            metrics: ProcessStart.bootstrapTelemetry(configuration), connections: 2, subscriptions: .product)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: platform.services, logger: platform.logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                let result = try await body(platform, owned)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return result
            } catch {
                tasks.cancelAll()
                throw error
            }
        }
    }
}
