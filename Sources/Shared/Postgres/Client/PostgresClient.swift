package import Logging
import ServiceLifecycle

/// A pool of connections to one PostgreSQL server.
///
/// Run it as a service; statements given to it before `run()` wait, no longer than `acquireTimeout`. Each statement given
/// to the client itself is a transaction of its own and shares a connection with others.
package final class PostgresClient: Service, PostgresExecutor {
    let pool: ConnectionPool
    let configuration: PostgresConfiguration
    let listeners = ListenerRegistry()

    package init(configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        pool = ConnectionPool(configuration, logger: logger)
    }

    deinit {
        // A client that never ran has waiters at most; one that ran is held by `run()` until everything is closed.
        pool.shutDownNow()
    }

    /// Keeps the pool until a graceful shutdown has got all leases back, or until the task is cancelled: then everything
    /// is closed at once and what was in flight fails with `.connectionLost`.
    package func run() async throws {
        pool.start()
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await pool.waitUntilFinished()
            } onGracefulShutdown: {
                self.listeners.finishAll()
                self.pool.shutDown()
            }
        } onCancel: {
            listeners.finishAll()
            pool.shutDownNow()
        }
        listeners.finishAll()
    }

    /// What the pool is doing, for `/metrics`.
    package var statistics: PostgresPoolStatistics { pool.statistics }

    @discardableResult
    package func execute(_ statement: PostgresStatement) async throws(PostgresError) -> Int {
        try await result(of: statement).affectedRows
    }

    package func query<Row: PostgresRowDecodable & Sendable>(
        _ statement: PostgresStatement, as type: Row.Type
    ) async throws(PostgresError) -> [Row] {
        try await result(of: statement).rows(as: type)
    }

    private func result(of statement: PostgresStatement) async throws(PostgresError) -> PostgresResult {
        let request = StatementRequest(statement, kind: .shared)
        return try await withTaskCancellationHandler {
            await request.outcome { pool.submit($0) }
        } onCancel: {
            _ = request.cancel()
        }.get()
    }
}
