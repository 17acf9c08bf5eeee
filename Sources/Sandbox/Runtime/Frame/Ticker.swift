import Logging
import ServiceLifecycle

/// Lets the providers do what time brings about, and keeps the snapshot fresh.
struct Ticker: Service {
    let providers: [any Provider]
    let snapshot: Snapshot?
    let logger: Logger

    private static let interval = Duration.milliseconds(200)
    private static let ticksPerSnapshot = 50

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var ticks = 0
            while !Task.isCancelled {
                for provider in self.providers { provider.timePassed() }
                ticks += 1
                if ticks % Self.ticksPerSnapshot == 0 { self.save() }
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    private func save() {
        do {
            try snapshot?.save(providers)
        } catch {
            logger.error("The snapshot can't be written", metadata: ["error": "\(error)"])
        }
    }
}
