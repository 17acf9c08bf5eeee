package import Logging
package import Postgres
import ServiceLifecycle

/// Says in the log of every start where the process could change its own evidence: with the database role that is meant for it,
/// it can't.
package struct EvidenceCheck: Service {
    private static let pause: Duration = .seconds(2)

    private let postgres: PostgresClient
    private let logger: Logger

    package init(postgres: PostgresClient, logger: Logger) {
        self.postgres = postgres
        self.logger = logger
    }

    /// Asks until the database answers, warns where there is something to say, then rests.
    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while try await !hasAnswered() { try await Task.sleep(for: Self.pause) }
                while true { try await Task.sleep(for: .seconds(3600)) }
            }
        } catch is CancellationError {
            // The end of the process.
        }
    }

    private func hasAnswered() async throws -> Bool {
        do {
            guard let reason = try await Self.objection(to: postgres) else { return true }
            logger.warning(
                "HAAT_DATABASE_URL: this process could change its own evidence; \"Database roles\" in docs/operating.md says whose login to use",
                metadata: ["reason": "\(reason)"])
            return true
        } catch PostgresError.cancelled {
            throw CancellationError()
        } catch PostgresError.configuration {
            // Told by others.
            return true
        } catch {
            return false
        }
    }

    /// How the client's login could change evidence; nil where it can't, or where there is none yet.
    package static func objection(to postgres: PostgresClient) async throws(PostgresError) -> String? {
        try await postgres.queryOne(question, as: EvidenceFinding.self)?.objection
    }

    /// Evidence is what has a trigger `append_only`; one that is for some columns leaves the others to be changed. Whoever may create
    /// roles may have any but a superuser's.
    private static let question: PostgresStatement = """
        WITH evidence AS (
            SELECT pg_class.oid AS id, relname, relowner, tgattr FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
            WHERE tgname = 'append_only' AND relnamespace = quote_ident(current_schema())::regnamespace
        )
        SELECT rolname::text AS login, rolsuper AS is_superuser, rolcreaterole AS may_create_roles,
            EXISTS (SELECT FROM evidence WHERE pg_has_role(rolname, relowner, 'MEMBER')) AS may_be_owner,
            ARRAY(SELECT relname::text FROM evidence
                WHERE has_table_privilege(rolname, id, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
                    OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = id AND attnum > 0 AND NOT attisdropped
                        AND (tgattr::text = '' OR attnum = ANY (tgattr))
                        AND has_column_privilege(rolname, id, attnum, 'UPDATE'))
                ORDER BY 1) AS tables
        FROM pg_roles WHERE rolname = session_user
        """
}

private struct EvidenceFinding: PostgresRowDecodable {
    let login: String
    let isSuperuser: Bool
    let mayCreateRoles: Bool
    let mayBeOwner: Bool
    let tables: [String]

    init(row: borrowing PostgresRow) throws(PostgresError) {
        login = try row.decode("login")
        isSuperuser = try row.decode("is_superuser")
        mayCreateRoles = try row.decode("may_create_roles")
        mayBeOwner = try row.decode("may_be_owner")
        tables = try row.decode("tables")
    }

    var objection: String? {
        if isSuperuser { return "\(login) is a superuser" }
        if mayCreateRoles { return "\(login) may create roles" }
        if mayBeOwner { return "\(login) may act as the owner of the tables" }
        if !tables.isEmpty { return "\(login) has the right to change \(tables.joined(separator: ", "))" }
        return nil
    }
}
