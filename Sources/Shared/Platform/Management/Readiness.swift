import Synchronization

/// Whether a process should be given work, from what was last found out about it.
package final class Readiness: Sendable {
    /// What `/health/ready` says.
    package enum Status: String, Sendable {
        case starting
        case ready
        /// Ready, though without Redis: slower.
        case degraded
        case unavailable
        /// Finishes what it has.
        case stopping
    }

    private enum Phase {
        case starting, serving, stopping
    }

    private let postgres: StoreWatch
    private let redis: StoreWatch
    private let needsRedis: Bool
    private let phase = Mutex(Phase.starting)

    /// - Parameter needsRedis: whether the process is useless without Redis. The API takes orders and webhooks all the same.
    init(postgres: StoreWatch, redis: StoreWatch, needsRedis: Bool) {
        self.postgres = postgres
        self.redis = redis
        self.needsRedis = needsRedis
    }

    /// The process takes work.
    package func markServing() {
        phase.withLock { phase in
            if phase == .starting { phase = .serving }
        }
    }

    /// It takes none any more.
    func markStopping() {
        phase.withLock { $0 = .stopping }
    }

    package var status: Status {
        switch phase.withLock({ $0 }) {
        case .starting: .starting
        case .stopping: .stopping
        case .serving where !postgres.isHealthy: .unavailable
        case .serving where redis.isHealthy: .ready
        case .serving: needsRedis ? .unavailable : .degraded
        }
    }

    package var isReady: Bool {
        switch status {
        case .ready, .degraded: true
        case .starting, .unavailable, .stopping: false
        }
    }

    /// JSON. Reasons go to the log: a probe need not know them.
    var document: String {
        #"{"status":"\#(status.rawValue)","postgres":"\#(Self.word(postgres))","redis":"\#(Self.word(redis))"}"#
    }

    private static func word(_ store: StoreWatch) -> String { store.isHealthy ? "healthy" : "failing" }
}
