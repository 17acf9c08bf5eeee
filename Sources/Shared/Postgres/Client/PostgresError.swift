/// Everything that can go wrong between a statement and its rows.
///
/// The cases say what is known about the outcome, because that decides whether a caller may try again.
package enum PostgresError: Error, Sendable, Equatable {
    /// A connection string or a statement that can't be used at all; nothing was sent.
    case configuration(String)
    /// Nothing was sent: no connection within the deadline, the circuit is open, or the client is shutting down.
    case unavailable(String)
    /// The connection ended. Inside a transaction: rolled back. Outside: it is unknown whether the statement took effect.
    case connectionLost(String)
    /// The server refused the statement; it had no effect.
    case server(PostgresServerError)
    /// The statement ran, but its rows are not what the caller asked for.
    case decoding(String)
    /// `statement_timeout` ended the statement (no effect), or the server stopped answering within the client's deadline (unknown).
    case timedOut(String)
    /// It is unknown whether the transaction, or the autocommit statement, is wholly there or wholly absent: the connection
    /// was lost after COMMIT was sent, or the commit has not been confirmed by the synchronous standby that it waited for.
    case commitOutcomeUnknown(String)
    /// The calling task was cancelled. The text says whether the statement had been sent.
    case cancelled(String)

    /// The server's five-character SQLSTATE, if it answered with one.
    package var sqlState: String? {
        if case .server(let error) = self { error.sqlState } else { nil }
    }

    /// Whether a unique index refused the row (SQLSTATE 23505).
    package var isUniqueViolation: Bool { sqlState == "23505" }

    /// The constraint that refused the row, if the server named one.
    package var constraintName: String? {
        if case .server(let error) = self { error.constraintName } else { nil }
    }

    /// Whether the server refused the statement for reasons that pass: it is read-only after a failover (25006), out of
    /// resources (class 53), shutting down or starting (57P01 to 57P05), a lock was not to be had (55P03), or others were in
    /// the way (40001, 40P01). Nothing was done.
    package var isTransientRefusal: Bool {
        guard let state = sqlState else { return false }
        return isRetryable || isReadOnlyRefusal || state == "55P03" || state.hasPrefix("53") || state.hasPrefix("57P0")
    }

    /// Whether the same transaction may simply run again: serialization failure (40001) or deadlock (40P01).
    package var isRetryable: Bool { sqlState == "40001" || sqlState == "40P01" }

    /// Whether the server takes no writes (25006): it is a standby, or was made read-only. Nothing was done, and nothing
    /// will be over the same connection.
    package var isReadOnlyRefusal: Bool { sqlState == "25006" }
}

/// What the server said about a refused statement (the fields of ErrorResponse, PostgreSQL protocol 3.0).
package struct PostgresServerError: Error, Sendable, Equatable {
    package var severity: String
    package var sqlState: String
    package var message: String
    package var detail: String?
    package var hint: String?
    package var schemaName: String?
    package var tableName: String?
    package var columnName: String?
    package var constraintName: String?
    /// The function inside the server that raised the error; tells a stale plan from other "not supported" errors.
    package var routine: String?

    package init(
        severity: String = "ERROR", sqlState: String, message: String, detail: String? = nil, hint: String? = nil,
        schemaName: String? = nil, tableName: String? = nil, columnName: String? = nil, constraintName: String? = nil,
        routine: String? = nil
    ) {
        self.severity = severity
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.hint = hint
        self.schemaName = schemaName
        self.tableName = tableName
        self.columnName = columnName
        self.constraintName = constraintName
        self.routine = routine
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .configuration(let text): "PostgreSQL configuration: \(text)"
        case .unavailable(let text): "PostgreSQL unavailable: \(text)"
        case .connectionLost(let text): "PostgreSQL connection lost: \(text)"
        case .server(let error): "PostgreSQL: \(error)"
        case .decoding(let text): "PostgreSQL row: \(text)"
        case .timedOut(let text): "PostgreSQL timed out: \(text)"
        case .commitOutcomeUnknown(let text): "PostgreSQL commit outcome unknown: \(text)"
        case .cancelled(let text): "PostgreSQL statement cancelled: \(text)"
        }
    }
}

extension PostgresServerError: CustomStringConvertible {
    package var description: String {
        var text = "\(message) (SQLSTATE \(sqlState)"
        if let constraintName { text += ", constraint \(constraintName)" }
        if let tableName { text += ", table \(tableName)" }
        if let columnName { text += ", column \(columnName)" }
        text += ")"
        if let detail { text += ". \(detail)" }
        if let hint { text += ". \(hint)" }
        return text
    }
}
