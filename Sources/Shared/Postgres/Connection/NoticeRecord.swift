import Logging
import NIOConcurrencyHelpers

/// How grave a notice is.
package enum PostgresNoticeSeverity: String, Sendable, CaseIterable {
    case debug
    case log
    case info
    case notice
    case warning
    /// An error that is no statement's: the server ends an idle connection.
    case error

    /// Reads the protocol's severity, which is not localised.
    init(_ text: String) {
        self = Self(rawValue: text.lowercased()) ?? .error
    }

    fileprivate var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .log, .info, .notice: .info
        case .warning, .error: .warning
        }
    }
}

/// Logs and counts the notices of all connections.
final class NoticeRecord: Sendable {
    /// A function may put anything into a notice.
    private static let maximumBytes = 500

    private let logger: Logger
    private let totals = NIOLockedValueBox(Totals())

    struct Totals: Sendable {
        var bySeverity: [PostgresNoticeSeverity: Int] = [:]
        /// Commits that stopped waiting for their synchronous standby.
        var unconfirmedCommits = 0
    }

    init(logger: Logger) {
        self.logger = logger
    }

    /// How many there were.
    var counts: Totals { totals.withLockedValue { $0 } }

    func add(_ notice: PostgresServerError) {
        let severity = PostgresNoticeSeverity(notice.severity)
        totals.withLockedValue { totals in
            totals.bySeverity[severity, default: 0] += 1
            if notice.leavesCommitUnconfirmed { totals.unconfirmedCommits += 1 }
        }
        let message = String(decoding: notice.message.utf8.prefix(Self.maximumBytes), as: UTF8.self)
        logger.log(
            level: severity.level, "PostgreSQL says",
            metadata: [
                "notice": "\(message)", "sqlstate": "\(notice.sqlState)",
                "routine": "\(notice.routine ?? "")",
            ])
    }
}
