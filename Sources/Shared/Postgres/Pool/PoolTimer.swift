import Dispatch
import NIOConcurrencyHelpers

/// Calls back about twenty times a second until stopped or gone.
final class PoolTimer: Sendable {
    private static let interval = DispatchTimeInterval.milliseconds(50)
    private let queue = DispatchQueue(label: "postgres.pool.timer", target: .global(qos: .default))
    private let isRunning = NIOLockedValueBox(false)

    func start(_ action: @escaping @Sendable () -> Void) {
        isRunning.withLockedValue { $0 = true }
        schedule(action)
    }

    func stop() {
        isRunning.withLockedValue { $0 = false }
    }

    private func schedule(_ action: @escaping @Sendable () -> Void) {
        queue.asyncAfter(deadline: .now() + Self.interval) { [weak self] in
            guard let self, isRunning.withLockedValue({ $0 }) else { return }
            action()
            schedule(action)
        }
    }
}
