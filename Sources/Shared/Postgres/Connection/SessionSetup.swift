import CLibPQ
import Glibc
import NIOConcurrencyHelpers

/// Gives a new connection the settings that the client relies on, and shows that the session they are in is the connection's own.
///
/// The settings are asked for in the session and not in the start-up packet, which poolers drop or refuse. Behind a pooler that
/// lends servers by the transaction, statements of several connections would be mixed up: prepared statements, and even
/// transactions, of one would be another's. Such a pooler is told by what two connections see of each other.
final class SessionSetup: Sendable {
    /// A pooler that is busy may by chance lend a connection the server that it had before.
    private static let rounds = 4

    private let configuration: PostgresConfiguration
    /// Whether connections have been shown to have sessions of their own although a pooler stands between.
    private let isPoolerTrusted = NIOLockedValueBox(false)

    init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
    }

    /// - Parameters:
    ///   - handle: connected, and not in pipeline mode yet.
    ///   - deadline: when the server has to have answered.
    ///   - connectAnother: makes a further connection to the same server.
    /// - Throws: `.configuration` where connections have no sessions of their own.
    func apply(
        to handle: ConnectionHandle, until deadline: ContinuousClock.Instant,
        connectAnother: () throws(PostgresError) -> ConnectionHandle
    ) throws(PostgresError) {
        let backend = try answer(
            to: "SELECT pg_backend_pid(), \(configuration.sessionSettings)", of: handle, until: deadline)
        // A pooler makes up the process id that it tells its clients for cancelling.
        let isPooled = backend != String(PQbackendPID(handle.pointer))
        guard isPooled, !isPoolerTrusted.withLockedValue({ $0 }) else { return }
        let other = try connectAnother()
        defer { withExtendedLifetime(other) { PQfinish(other.pointer) } }
        try proveApart(handle, other, until: deadline)
        isPoolerTrusted.withLockedValue { $0 = true }
    }

    private func proveApart(
        _ first: ConnectionHandle, _ second: ConnectionHandle, until deadline: ContinuousClock.Instant
    ) throws(PostgresError) {
        let name = "haat.session"
        for _ in 0..<Self.rounds {
            let mark = String(UInt64.random(in: 0...UInt64.max))
            _ = try answer(to: "SELECT set_config('\(name)', '\(mark)', false)", of: first, until: deadline)
            _ = try answer(to: "SELECT set_config('\(name)', 'another', false)", of: second, until: deadline)
            guard try answer(to: "SELECT current_setting('\(name)', true)", of: first, until: deadline) == mark else {
                throw .configuration(
                    """
                    behind the pooler at \(first.target) a connection has no session of its own: let it pool sessions \
                    (pool_mode=session), or connect to PostgreSQL itself
                    """)
            }
        }
    }

    /// The first column of the only row.
    private func answer(
        to query: String, of handle: ConnectionHandle, until deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> String? {
        guard PQsendQuery(handle.pointer, query) == 1 else { throw .unavailable(handle.errorMessage) }
        while PQisBusy(handle.pointer) == 1 {
            let remaining = ContinuousClock.now.duration(to: deadline)
            guard remaining > .zero, handle.wait(for: POLLIN, atMost: remaining) else {
                throw .unavailable("\(handle.target) has taken the connection and does not answer")
            }
            guard PQconsumeInput(handle.pointer) == 1 else { throw .unavailable(handle.errorMessage) }
        }
        var value: String?
        var failure: String?
        while let result = PQgetResult(handle.pointer) {
            defer { PQclear(result) }
            if PQresultStatus(result) != PGRES_TUPLES_OK {
                failure = trimmed(PQresultErrorMessage(result)) ?? handle.errorMessage
            } else if PQntuples(result) == 1, PQgetisnull(result, 0, 0) == 0 {
                value = String(cString: PQgetvalue(result, 0, 0))
            }
        }
        if let failure { throw .unavailable(failure) }
        return value
    }
}

extension ConnectionHandle {
    /// Where it leads.
    var target: String {
        let host = PQhost(pointer).map { String(cString: $0) } ?? "?"
        let port = PQport(pointer).map { String(cString: $0) } ?? "?"
        return "\(host):\(port)"
    }

    /// - Returns: false when the time has run out.
    func wait(for events: Int32, atMost limit: Duration) -> Bool {
        var entry = pollfd(fd: PQsocket(pointer), events: Int16(events), revents: 0)
        let answer = poll(&entry, 1, Int32(clamping: max(1, limit.wholeMilliseconds)))
        // An interrupted wait is not over: the caller's deadline decides.
        return answer > 0 || (answer < 0 && errno == EINTR)
    }
}
