import EdgeCache
import Endpoints
import Logging
import ServiceLifecycle

/// Drops the answers that the process keeps as soon as what they are made of has changed.
struct StorefrontPurge: Service {
    private static let pause: Duration = .seconds(1)

    let live: LiveEvents
    let answers: AnswerCache
    let logger: Logger

    /// Until the process stops. While nothing is heard of changes, nothing is kept.
    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                await follow()
                answers.unfollow()
                do { try await Task.sleep(for: Self.pause) } catch { return }
            }
        }
    }

    private func follow() async {
        do {
            let watch = try await live.watch(wantsStock: false)
            answers.follow()
            for await batch in watch.batches { answers.drop(Set(batch.events.flatMap(\.droppedKeys))) }
        } catch {
            logger.log(
                level: Task.isCancelled ? .trace : .warning, "Answers are not kept", metadata: ["error": "\(error)"])
        }
    }
}
