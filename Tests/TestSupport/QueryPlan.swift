package import Postgres

/// How the server carries out a statement, found by carrying it out.
package struct QueryPlan: Sendable, CustomStringConvertible {
    package let lines: [String]

    package init(of statement: PostgresStatement, on client: some PostgresExecutor) async throws {
        lines = try await client.queryValues(
            statement.preceded(by: "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)"), as: String.self)
    }

    package var description: String { lines.joined(separator: "\n") }

    /// The most rows that a step has read and thrown away.
    package var mostRowsRemoved: Int {
        lines.compactMap { line in
            line.split(separator: "Rows Removed by Filter: ").last.flatMap { Int($0) }
        }.max() ?? 0
    }
}
