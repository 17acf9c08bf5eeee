package import Core
import Foundation
package import Identity
package import Media
package import Postgres

/// All SQL about the files in which people get their data.
package struct DataExportStore: Sendable {
    package init() {}

    /// A page of a person's exports, the newest first.
    package func exports(
        of account: ID<Account>, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<DataExport> {
        try await page.newestFirst("data_exports", by: \.id) { before, limit in
            try await executor.query(DataExportSQL.list(of: account, before: before, limit: limit), as: DataExport.self)
        }
    }

    /// One of a person's own, or nil.
    package func export(
        _ id: ID<DataExport>, of account: ID<Account>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> DataExport? {
        try await executor.queryOne(
            """
            SELECT \(unescaped: DataExportSQL.columns) FROM data_exports WHERE id = \(id) AND account_id = \(account)
            """, as: DataExport.self)
    }

    /// The export, for as long as the transaction lasts nobody else's; or nil.
    func lock(
        _ id: ID<DataExport>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> DataExport? {
        try await transaction.queryOne(
            "SELECT \(unescaped: DataExportSQL.columns) FROM data_exports WHERE id = \(id) FOR UPDATE",
            as: DataExport.self)
    }

    /// - Returns: false where one of the person's is being made already.
    func insert(_ export: DataExport, in transaction: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            INSERT INTO data_exports (id, account_id, requested_at)
            VALUES (\(export.id), \(export.account), \(export.requestedAt)) ON CONFLICT DO NOTHING
            """) == 1
    }

    func update(_ export: DataExport, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE data_exports SET state = \(export.state), media_id = \(export.media),
                finished_at = \(export.finishedAt), expires_at = \(export.expiresAt)
            WHERE id = \(export.id)
            """)
    }

    /// Ends all of a person's, those that are being made included.
    /// - Returns: the files that were there.
    func end(
        of account: ID<Account>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<MediaFile>] {
        try await transaction.execute(
            "UPDATE data_exports SET state = 'failed', finished_at = \(time) WHERE account_id = \(account) AND state = 'queued'"
        )
        let files = try await transaction.queryValues(
            "SELECT media_id FROM data_exports WHERE account_id = \(account) AND media_id IS NOT NULL ORDER BY id FOR UPDATE",
            as: ID<MediaFile>.self)
        try await transaction.execute(
            """
            UPDATE data_exports SET state = 'ended', media_id = NULL WHERE account_id = \(account) AND media_id IS NOT NULL
            """)
        return files
    }
}

private enum DataExportSQL {
    static let columns = "id, account_id, state, media_id, requested_at, finished_at, expires_at"

    static func list(of account: ID<Account>, before: ID<DataExport>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $2", "$2::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM data_exports WHERE account_id = $1 AND \(fromCursor) ORDER BY id DESC LIMIT $3
                """,
            parameters: [account, before, limit])
    }
}

extension DataExport: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), account: try row.decode("account_id"), state: try row.decode("state"),
            media: try row.decode("media_id"), requestedAt: try row.decode("requested_at"),
            finishedAt: try row.decode("finished_at"), expiresAt: try row.decode("expires_at"))
    }
}
