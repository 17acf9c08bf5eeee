/// A connection held alone outside of a transaction: advisory locks, session settings, scripts.
package struct PostgresSession: PostgresExecutor {
    let connection: ExclusiveConnection

    @discardableResult
    package func execute(_ statement: PostgresStatement) async throws(PostgresError) -> Int {
        try await connection.run(statement).affectedRows
    }

    package func query<Row: PostgresRowDecodable & Sendable>(
        _ statement: PostgresStatement, as type: Row.Type
    ) async throws(PostgresError) -> [Row] {
        try await connection.run(statement).rows(as: type)
    }

    /// Runs several statements, separated by semicolons, as one: if one fails, none of them took effect, unless the
    /// script has transaction commands of its own. No parameters, no rows, no COPY.
    package func runScript(_ sql: String) async throws(PostgresError) {
        _ = try await connection.run(PostgresStatement(sql: sql), .script)
    }

    /// Adds rows to a table by COPY: all of them or none.
    /// - Parameter table: a name from the source.
    /// - Returns: how many.
    /// - Throws: `.configuration` for more than `PostgresCopyRows.byteLimit`; `PostgresError` as any statement.
    @discardableResult
    package func copy(_ rows: PostgresCopyRows, into table: String) async throws(PostgresError) -> Int {
        guard rows.byteCount <= PostgresCopyRows.byteLimit else {
            throw .configuration("a COPY takes \(PostgresCopyRows.byteLimit) bytes at most")
        }
        return try await connection.run(rows.statement(into: table), .script, input: rows).affectedRows
    }
}

extension PostgresClient {
    /// Runs the body with a connection of its own. Afterwards whatever the session had (an open transaction, advisory
    /// locks, settings, temporary tables) is discarded.
    ///
    /// With `unlimited`, statements may take as long as they want: neither `statement_timeout` nor the client's own deadline applies.
    /// - Throws: the body's error, or `.unavailable` if there is no connection.
    @discardableResult
    package func withConnection<R: Sendable>(
        unlimited: Bool = false, _ body: @Sendable (PostgresSession) async throws -> R
    ) async throws -> R {
        let connection = ExclusiveConnection(try await pool.acquire(), pool: pool)
        do {
            if unlimited {
                connection.setAnswerLimit(nil)
                _ = try await connection.run("set statement_timeout = 0")
            }
            let result = try await body(PostgresSession(connection: connection))
            await discard(connection)
            return result
        } catch {
            await discard(connection)
            throw error
        }
    }

    private func discard(_ connection: ExclusiveConnection) async {
        connection.end()
        guard connection.isBegun else { return connection.release() }
        connection.setAnswerLimit(configuration.answerLimit)
        guard await isRolledBack(connection), case .success = await connection.runToTheEnd("discard all") else {
            return connection.close("its session could not be discarded")
        }
        await connection.forgetPreparedStatements()
        let settings = PostgresStatement(sql: "select \(configuration.sessionSettings)")
        guard case .success = await connection.runToTheEnd(settings) else {
            return connection.close("its settings could not be restored")
        }
        connection.release()
    }

    /// DISCARD ALL refuses to run inside a transaction.
    private func isRolledBack(_ connection: ExclusiveConnection) async -> Bool {
        guard await connection.hasOpenTransaction else { return true }
        guard case .success = await connection.runToTheEnd("rollback") else { return false }
        return true
    }
}
