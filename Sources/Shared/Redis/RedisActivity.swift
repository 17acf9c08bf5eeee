import Synchronization

/// Counters that all connections of a client share.
final class RedisActivity: Sendable {
    private let commands = Atomic<Int>(0)
    private let timeouts = Atomic<Int>(0)
    private let connects = Atomic<Int>(0)
    private let connectFailures = Atomic<Int>(0)

    func countCommands(_ requests: [Outbox.Request]) {
        commands.add(requests.reduce(0) { $0 + $1.replyCount }, ordering: .relaxed)
    }

    func countTimeouts(_ count: Int) {
        timeouts.add(count, ordering: .relaxed)
    }

    func countConnect() {
        connects.add(1, ordering: .relaxed)
    }

    func countConnectFailure() {
        connectFailures.add(1, ordering: .relaxed)
    }

    func statistics(configured: Int, connected: Int, waiting: Int) -> RedisStatistics {
        RedisStatistics(
            configuredConnections: configured, connectedConnections: connected, waitingCallers: waiting,
            commands: commands.load(ordering: .relaxed), timeouts: timeouts.load(ordering: .relaxed),
            connects: connects.load(ordering: .relaxed),
            connectFailures: connectFailures.load(ordering: .relaxed))
    }
}

/// A client's figures at one moment; the counters only grow.
package struct RedisStatistics: Sendable, Hashable {
    /// Shared connections wanted.
    package let configuredConnections: Int
    /// Shared connections that are up.
    package let connectedConnections: Int
    /// Callers that wait for a first connection.
    package let waitingCallers: Int
    /// Commands written.
    package let commands: Int
    /// Callers that gave up waiting for a reply.
    package let timeouts: Int
    /// Connections made, dedicated ones included.
    package let connects: Int
    /// Attempts to connect that failed.
    package let connectFailures: Int

    /// Whether calls fail at once because no shared connection is up.
    package var isUnavailable: Bool { connectedConnections == 0 }
}
