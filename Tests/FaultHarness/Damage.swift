import Postgres

extension Marketplace {
    /// Damages the data past all safeguards, runs the body, and puts everything back. API and worker stand still meanwhile.
    package func withDamage<Result: Sendable>(
        _ sql: String, _ body: () async throws -> Result
    ) async throws -> Result {
        let tables = try await look {
            try await $0.queryValues(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1",
                as: String.self)
        }
        try await script(
            tables.map { "CREATE TABLE backup.\($0) AS TABLE public.\($0);" }, before: "CREATE SCHEMA backup;")
        try await script([sql])
        let result = try await body()
        try await script(
            tables.map {
                "DELETE FROM public.\($0); INSERT INTO public.\($0) OVERRIDING SYSTEM VALUE TABLE backup.\($0);"
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
