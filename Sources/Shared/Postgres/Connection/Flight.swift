/// A segment that was sent: a statement with what goes ahead of it. And what has come back so far.
struct Flight {
    /// A command of the segment and the preparation that it makes (Parse) or relies on (Execute).
    struct Command {
        var isParse: Bool
        var key: PreparedStatementCache.Key
        var serial: UInt64
    }

    /// Nil for the connection's own statements, whose outcome nobody waits for.
    let request: StatementRequest?
    /// In the order in which they were sent.
    var commands: [Command] = []
    var isSecondAttempt = false
    /// How many commands were answered.
    var answered = 0
    var result: PostgresResult?
    var error: PostgresError?
    /// The command that failed.
    var failed: Command?

    var statementCount: Int { (request?.prelude.count ?? 0) + 1 }

    /// The command that is being answered.
    var current: Command? { answered < commands.count ? commands[answered] : nil }

    init(_ request: StatementRequest?) {
        self.request = request
    }
}
