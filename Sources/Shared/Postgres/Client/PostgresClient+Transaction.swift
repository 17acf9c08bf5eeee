import Faults

extension PostgresClient {
    /// Runs the body in a transaction and commits it.
    ///
    /// A serialization failure (40001) or a deadlock (40P01), in the body or at COMMIT, runs the whole body again, up to
    /// `retries` times; so the body may have no effects outside of the database. So does a server that takes no writes any
    /// more (25006), on another connection. BEGIN travels with the first statement.
    /// - Throws: the body's own error, unchanged, after ROLLBACK; `.server` if COMMIT or a statement pipelined before it
    ///   was refused (rolled back); `.timedOut` if the server gave one of them up (rolled back);
    ///   `.connectionLost` if the connection ended before COMMIT (rolled back); `.commitOutcomeUnknown` if it ended after,
    ///   or if a synchronous standby has not confirmed the commit.
    @discardableResult
    package func withTransaction<R: Sendable>(
        _ isolation: TransactionIsolation = .readCommitted, retries: Int = 3,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        var retriesLeft = retries
        while true {
            do {
                return try await attempt(isolation, body)
            } catch let error as PostgresError where error.mayRunAgain && retriesLeft > 0 && !Task.isCancelled {
                retriesLeft -= 1
            }
        }
    }

    private func attempt<R: Sendable>(
        _ isolation: TransactionIsolation, _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        let begin = PostgresStatement(sql: "begin isolation level \(isolation.rawValue)")
        let connection = ExclusiveConnection(try await pool.acquire(), pool: pool, begin: begin)
        let result: R
        do {
            result = try await body(PostgresTransaction(connection: connection))
        } catch {
            connection.end()
            await rollBack(connection)
            throw error
        }
        connection.end()
        try await commit(connection)
        return result
    }

    private func rollBack(_ connection: ExclusiveConnection) async {
        guard connection.isBegun, await connection.hasOpenTransaction else { return connection.release() }
        switch await connection.runToTheEnd("rollback") {
        case .success: connection.release()
        case .failure: connection.close("its transaction could not be rolled back")
        }
    }

    private func commit(_ connection: ExclusiveConnection) async throws(PostgresError) {
        guard connection.isUsed else { return connection.release() }
        if let failure = connection.firstFailure {
            // The body swallowed it. What was to travel with that statement may never have been sent.
            await rollBack(connection)
            throw failure
        }
        faultPoint("postgres.before-commit")
        let outcome = await connection.commit()
        faultPoint("postgres.after-commit")
        switch outcome {
        case .success(let result) where result.commandTag == "ROLLBACK":
            connection.release()
            throw .connectionLost("the server rolled the transaction back")
        case .success:
            connection.release()
        case .failure(.server(let error)):
            await rollBack(connection)
            throw .server(error)
        case .failure(.timedOut(let reason)):
            // Where the server itself gave up a statement it is still there, and has skipped COMMIT.
            guard case .success = await connection.runToTheEnd("rollback") else {
                connection.close("COMMIT was not answered")
                throw .commitOutcomeUnknown(reason)
            }
            connection.release()
            throw .timedOut(reason)
        case .failure(.configuration(let reason)):
            await rollBack(connection)
            throw .configuration(reason)
        case .failure(.commitOutcomeUnknown(let reason)):
            connection.release()
            throw .commitOutcomeUnknown(reason)
        case .failure(.unavailable):
            throw .connectionLost("the connection ended before COMMIT was sent, the transaction is rolled back")
        case .failure(let error):
            connection.close("COMMIT was not answered")
            throw .commitOutcomeUnknown("\(error)")
        }
    }
}

extension PostgresError {
    /// Whether a transaction that failed so had no effect and has a chance the next time.
    fileprivate var mayRunAgain: Bool { isRetryable || isReadOnlyRefusal }
}
