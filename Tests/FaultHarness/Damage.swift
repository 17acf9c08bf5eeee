import Postgres

extension Marketplace {
    /// Damages the data past all safeguards, runs the body, and puts everything back. API and worker stand still meanwhile.
    package func withDamage<Result: Sendable>(
        _ sql: String, _ body: () async throws -> Result
    ) async throws -> Result {
        // Generated columns are left out: they can't be written.
        let tables = try await look {
            try await $0.query(
                """
                SELECT relname, string_agg(quote_ident(attname), ', ' ORDER BY attnum)
                FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
                    AND attgenerated = ''
                WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace GROUP BY relname ORDER BY 1
                """, columns: (String, String).self)
        }
        try await script(
            tables.map { "CREATE TABLE backup.\($0) AS SELECT \($1) FROM public.\($0);" },
            before: "CREATE SCHEMA backup;")
        try await script([sql])
        let result = try await body()
        try await script(
            tables.map { table, columns in
                """
                DELETE FROM public.\(table);
                INSERT INTO public.\(table) (\(columns)) OVERRIDING SYSTEM VALUE TABLE backup.\(table);
                """
            },
            after: "DROP SCHEMA backup CASCADE;")
        return result
    }

    /// Triggers and foreign keys do not hold a replica back.
    private func script(_ statements: [String], before: String = "", after: String = "") async throws {
        let text =
            "SET session_replication_role = replica;" + before + statements.joined() + after
            + ";SET session_replication_role = DEFAULT;"
        try await database.withConnection { try await $0.runScript(text) }
    }
}
