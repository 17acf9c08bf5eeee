package import Logging
package import ServiceLifecycle

/// Does one thing again and again until shutdown. A failed turn is logged and the next one comes all the same.
package struct PeriodicService: Service {
    /// Of the interval: processes that began together don't act together for ever.
    private static let jitter = 0.8...1.2

    private let name: String
    private let interval: Duration
    private let logger: Logger
    private let turn: @Sendable () async throws -> Bool

    /// - Parameters:
    ///   - name: the step in the log.
    ///   - interval: between the end of a turn and the next; a fifth more or less.
    ///   - turn: answers whether there is more to do at once.
    package init(
        name: String, interval: Duration, logger: Logger, turn: @escaping @Sendable () async throws -> Bool
    ) {
        self.name = name
        self.interval = interval
        self.logger = logger
        self.turn = turn
    }

    package func run() async throws {
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
