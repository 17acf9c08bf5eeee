import Foundation
package import Postgres

/// Where in a database texts stand, whatever table and column that is.
package struct DatabaseText: Sendable {
    private let owner: PostgresClient

    /// - Parameter owner: who may read everything.
    package init(owner: PostgresClient) { self.owner = owner }

    /// The columns in which one of the texts stands, however its letters are cased; in bytes as well, as "table.column". Partitions
    /// count as their table.
    package func places(of texts: [String]) async throws -> [String] {
        let columns = try await owner.query(
            """
            SELECT relname::text, attname::text, atttypid = 'bytea'::regtype FROM pg_class
                JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
            ORDER BY relname, attnum
            """, columns: (String, String, Bool).self)
        let likes = texts.map { "%\($0)%" }
        let hex = texts.map { "%" + $0.utf8.map { String(format: "%02x", $0) }.joined() + "%" }
        var places: [String] = []
        for (table, columns) in Dictionary(grouping: columns, by: \.0) {
            let tests = columns.map { column in
                let test =
                    column.2
                    ? "encode(\"\(column.1)\", 'hex') LIKE ANY ($2)" : "\"\(column.1)\"::text ILIKE ANY ($1)"
                return "CASE WHEN bool_or(\(test)) THEN '\(table).\(column.1)' END"
            }
            places += try await owner.queryValues(
                PostgresStatement(
                    sql: """
                        SELECT unnest(array_remove(ARRAY[\(tests.joined(separator: ", "))], NULL))
                        FROM "\(table)" WHERE ($1::text[], $2::text[]) IS NOT NULL
                        """,
                    parameters: [likes, hex]), as: String.self)
        }
        return places.sorted()
    }

    /// What `pg_dump` writes of a database: everything but some tables' rows.
    package static func dump(of database: String, without tables: [String]) async throws -> String {
        let directory = FileManager.default.temporaryDirectory.appending(path: "dump-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let (file, log) = (directory.appending(path: "dump.sql"), directory.appending(path: "log"))
        let bin = ProcessInfo.processInfo.environment["HAAT_PG_BIN"] ?? "/usr/lib/postgresql/15/bin"
        try await ServerProcess.run(
            URL(filePath: bin).appending(path: "pg_dump"),
            ["--format=plain", "--file=\(file.path)"] + tables.map { "--exclude-table-data=\($0)*" }
                + [try TestServer.configuration().connectionString(database: database)], log: log)
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }
}
