import Endpoints
import Logging
import ServiceLifecycle

/// Deletes expired idempotency keys. Every replica does; what one has deleted the next does not find.
struct IdempotencyPurge: Service {
    private static let interval: Duration = .seconds(3600)

    let store: any IdempotencyStore
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: Self.interval)
                    _ = try await store.purge()
                } catch {
                    logger.log(
                        level: Task.isCancelled ? .trace : .warning, "Expired idempotency keys stay for now",
                        metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
