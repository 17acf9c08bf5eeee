/// A statement that was sent, and what has come back so far.
struct Flight {
    /// A Parse within the segment, by the position of its command.
    struct Parse {
        var command: Int
        var key: PreparedStatementCache.Key
        var serial: UInt64
    }

    /// Nil for the connection's own statements, whose outcome nobody waits for.
    let request: StatementRequest?
    /// Almost always empty: statements are parsed once.
    var parses: [Parse] = []
    /// The preparation that the statement relies on.
    var serial: UInt64 = 0
    var isSecondAttempt = false
    /// The command within the segment that is being answered.
    var command = 0
    var result: PostgresResult?
    var error: PostgresError?

    init(_ request: StatementRequest?) {
        self.request = request
    }
}
