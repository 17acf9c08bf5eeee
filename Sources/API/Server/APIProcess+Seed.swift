package import Configuration
import Core
import Foundation
import Platform
import ProductSubscriptions
package import Seeding
import ServiceLifecycle

extension APIProcess {
    /// Fills the database with a made-up marketplace; how far it is goes to standard error.
    /// - Throws: `ConfigurationError`; `SeedRefused`; `PostgresError`.
    package static func seed(reader: ConfigReader, _ plan: SeedPlan, adding isAdding: Bool) async throws {
        let configuration = try HaatConfiguration(from: reader)
        let platform = try Platform(
            process: "haat-api seed", configuration: configuration,
            metrics: ProcessStart.bootstrapTelemetry(configuration), connections: 2, subscriptions: .product)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: platform.services, logger: platform.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await SeedMarketplace(audit: platform.audit, clock: platform.clock)(
                    plan, adding: isAdding, by: .commandLine(NSUserName()), in: platform.queue,
                    through: platform.postgres
                ) { FileHandle.standardError.write(Data("\($0)\n".utf8)) }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            } catch {
                tasks.cancelAll()
                throw error
            }
        }
    }
}
