import Logging
import ServiceLifecycle

/// Does one thing again and again until shutdown. A failed turn is logged and the next one comes all the same.
struct PeriodicService: Service {
    /// Of the interval: processes that began together don't act together for ever.
    private static let jitter = 0.8...1.2

    let name: String
    let interval: Duration
    let logger: Logger
    /// Answers whether there is more to do at once.
    let turn: @Sendable () async throws -> Bool

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if try await turn() { continue }
                } catch {
                    logger.log(
                        level: Task.isCancelled ? .trace : .warning, "A periodic step failed",
                        metadata: ["step": "\(name)", "error": "\(error)"])
                }
                await sleep(interval * Double.random(in: Self.jitter))
            }
        }
    }
}
