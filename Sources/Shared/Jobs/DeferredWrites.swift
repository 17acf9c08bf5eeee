import NIOConcurrencyHelpers
import Postgres

/// What a transaction has to write and nobody waits for, until it goes out in one statement; with it the fence of the job that it
/// belongs to, which has to be there before anything else is asked.
final class DeferredWrites: Sendable {
    /// Within what one statement's plan bears.
    private static let limit = 16

    private struct Waiting {
        var fence: PostgresStatement?
        var statements: [PostgresStatement] = []
        /// The texts of those that change rows.
        var updates: Set<String> = []
        var queryNames: Set<String> = []

        /// Adds a statement; what can't stand beside it is taken out before.
        mutating func add(_ statement: PostgresStatement, isUpdate: Bool) -> PostgresStatement? {
            let fits =
                statements.count < DeferredWrites.limit && queryNames.isDisjoint(with: statement.queryNames)
                && !(isUpdate && updates.contains(statement.sql))
            let before = fits ? nil : take()
            statements.append(statement)
            queryNames.formUnion(statement.queryNames)
            if isUpdate { updates.insert(statement.sql) }
            return before
        }

        /// The fence comes last: it is what the joined statement answers, and so it is asked for certain.
        mutating func take(with last: PostgresStatement? = nil) -> PostgresStatement? {
            let statements = (statements + [last, fence]).compactMap { $0 }
            self = Waiting()
            return statements.isEmpty ? nil : .joined(statements)
        }
    }

    private let waiting: NIOLockedValueBox<Waiting>

    /// - Parameter fence: raises an error where the transaction may not be.
    init(behind fence: PostgresStatement?) {
        waiting = NIOLockedValueBox(Waiting(fence: fence))
    }

    /// - Returns: what has to go out before, as one statement.
    func insert(_ statement: PostgresStatement) -> PostgresStatement? {
        waiting.withLockedValue { $0.add(statement, isUpdate: false) }
    }

    /// The same for a statement that changes rows: what has the same text may change the same ones, and goes out before.
    func update(_ statement: PostgresStatement) -> PostgresStatement? {
        waiting.withLockedValue { $0.add(statement, isUpdate: true) }
    }

    /// Takes out all that waits, joined to another write.
    func take(with last: PostgresStatement? = nil) -> PostgresStatement? {
        waiting.withLockedValue { $0.take(with: last) }
    }

    func takeFence() -> PostgresStatement? {
        waiting.withLockedValue { waiting in
            defer { waiting.fence = nil }
            return waiting.fence
        }
    }
}
