/// Why the migrations can't be applied; the text names the file.
package enum MigrationError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable(String, String)
    case malformedName(String)
    case unknownDirective(String, String)
    case sameName(String)
    /// The connection's search path names no schema that exists.
    case noSchema
    /// The file was applied, and its text is another one now.
    case changed(String)
    /// The file was applied or begun, and is gone.
    case missing(String)
    /// The file is older than one that is applied, and could undo what that one replaced; nothing was applied.
    case outOfOrder(String, appliedAlready: String)
    /// The file's SQL was refused; nothing of it was applied.
    case failed(String, PostgresError)
    /// One statement of a file without a transaction was refused or cut off; those before it stay.
    case interrupted(Interruption)
    /// The file's statements ran, but indexes that it names are of no use: a run before was interrupted while building them.
    case invalidIndexes(String, [String])
    /// The file's SQL ran, but it is not known whether its commit lasts.
    case unconfirmed(String, PostgresError)

    /// Where a file without a transaction stopped.
    package struct Interruption: Sendable, Equatable {
        package let name: String
        /// Counted from one.
        package let statement: Int
        package let statements: Int
        package let cause: PostgresError
        /// Those that the file names and that its statements have left half built.
        package let invalidIndexes: [String]
    }

    package var description: String {
        switch self {
        case .unreadable(let path, let reason): "migrations: can't read \(path): \(reason)"
        case .malformedName(let name): "migrations: \(name) is not named like 20261129070455_subject.sql"
        case .unknownDirective(let name, let line): "migrations: \(name) begins with \"\(line)\", which means nothing"
        case .sameName(let name): "migrations: \(name) is there twice"
        case .noSchema: "migrations: the connection's search_path names no schema that exists"
        case .changed(let name): "migrations: \(name) was changed after it had been applied"
        case .missing(let name): "migrations: \(name) was applied or begun, but the file is missing"
        case .outOfOrder(let name, let applied):
            """
            migrations: \(name) is older than \(applied), which is applied, and may undo what that one replaced; \
            look at both and give it a newer name
            """
        case .failed(let name, let error): "migrations: \(name) failed, nothing of it was applied: \(error)"
        case .interrupted(let stop):
            """
            migrations: \(stop.name) stopped at statement \(stop.statement) of \(stop.statements), those before it stay: \
            \(stop.cause)\(Self.remedy(stop.invalidIndexes)). Mend the cause and migrate again: it starts from its first statement
            """
        case .invalidIndexes(let name, let indexes):
            "migrations: \(name) is not finished\(Self.remedy(indexes)) and migrate again"
        case .unconfirmed(let name, let error): "migrations: \(name) may be applied, look at the status: \(error)"
        }
    }

    private static func remedy(_ indexes: [String]) -> String {
        guard !indexes.isEmpty else { return "" }
        return "; invalid and to be dropped first: "
            + indexes.map { "DROP INDEX CONCURRENTLY \($0)" }.joined(separator: "; ")
    }
}
