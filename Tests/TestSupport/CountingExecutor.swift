package import Postgres
import Synchronization

/// A client that counts the statements that go through it.
package struct CountingExecutor: PostgresExecutor {
    private final class Counter: Sendable {
        let count = Mutex(0)
    }

    private let client: PostgresClient
    private let counter = Counter()

    package init(_ client: PostgresClient) { self.client = client }

    package var statements: Int { counter.count.withLock { $0 } }

    @discardableResult
    package func execute(_ statement: PostgresStatement) async throws(PostgresError) -> Int {
        counter.count.withLock { $0 += 1 }
        return try await client.execute(statement)
    }

    package func query<Row: PostgresRowDecodable & Sendable>(
        _ statement: PostgresStatement, as type: Row.Type
    ) async throws(PostgresError) -> [Row] {
        counter.count.withLock { $0 += 1 }
        return try await client.query(statement, as: type)
    }
}
