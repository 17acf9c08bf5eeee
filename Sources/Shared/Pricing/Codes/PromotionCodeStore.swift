package import Core
package import Foundation
package import Postgres

/// A code of a promotion as it is told.
package struct ListedCode: Hashable, Sendable, PostgresRowDecodable {
    package let id: ID<PromotionCode>
    package let promotion: ID<Promotion>
    package let batch: ID<CodeBatch>?
    package let code: String
    /// nil: as often as its promotion.
    package let usageLimit: Int64?
    package let uses: Int64
    package let revokedAt: Date?
    package let createdAt: Date

    package init(
        id: ID<PromotionCode>, promotion: ID<Promotion>, batch: ID<CodeBatch>?, code: String, usageLimit: Int64?,
        uses: Int64 = 0, revokedAt: Date? = nil, createdAt: Date
    ) {
        self.id = id
        self.promotion = promotion
        self.batch = batch
        self.code = code
        self.usageLimit = usageLimit
        self.uses = uses
        self.revokedAt = revokedAt
        self.createdAt = createdAt
    }

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), promotion: try row.decode("promotion_id"), batch: try row.decode("batch_id"),
            code: try row.decode("code"), usageLimit: try row.decode("usage_limit"), uses: try row.decode("uses"),
            revokedAt: try row.decode("revoked_at"), createdAt: try row.decode("created_at"))
    }
}

/// Codes that were made together, each for one use.
package struct CodeBatch: Hashable, Sendable, IdentifiedByTypeID, PostgresRowDecodable {
    package static let typePrefix = "pcb"

    /// How many codes one has.
    package static let sizes = 1...10_000

    package let id: ID<CodeBatch>
    package let promotion: ID<Promotion>
    package let prefix: String
    package let size: Int
    package let createdAt: Date

    package init(id: ID<CodeBatch>, promotion: ID<Promotion>, prefix: String, size: Int, createdAt: Date) {
        self.id = id
        self.promotion = promotion
        self.prefix = prefix
        self.size = size
        self.createdAt = createdAt
    }

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let size: Int32 = try row.decode("size")
        self.init(
            id: try row.decode("id"), promotion: try row.decode("promotion_id"), prefix: try row.decode("prefix"),
            size: Int(size), createdAt: try row.decode("created_at"))
    }
}

/// All SQL about codes of promotions.
package struct PromotionCodeStore: Sendable {
    package init() {}

    /// A page of a promotion's codes that belong to no batch, or of a batch's, the newest first.
    package func codes(
        of promotion: ID<Promotion>, batch: ID<CodeBatch>?, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<ListedCode> {
        try await page.newestFirst("promotion_codes", by: \.id) { before, limit in
            try await executor.query(
                CodeSQL.list(promotion, batch: batch, before: before, limit: limit), as: ListedCode.self)
        }
    }

    /// All codes of a batch, in the order in which they were made; as many as a batch has.
    package func codes(
        of batch: ID<CodeBatch>, promotion: ID<Promotion>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ListedCode] {
        try await executor.query(
            """
            SELECT \(unescaped: CodeSQL.columns) FROM promotion_codes
            WHERE batch_id = \(batch) AND promotion_id = \(promotion) ORDER BY id
            """, as: ListedCode.self)
    }

    /// A promotion's batches, the newest first.
    package func batches(
        of promotion: ID<Promotion>, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<CodeBatch> {
        try await page.newestFirst("promotion_code_batches", by: \.id) { before, limit in
            try await executor.query(
                CodeSQL.batches(promotion, before: before, limit: limit), as: CodeBatch.self)
        }
    }

    func insert(_ batch: CodeBatch, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO promotion_code_batches (id, promotion_id, prefix, size, created_at)
            VALUES (\(batch.id), \(batch.promotion), \(batch.prefix), \(Int32(clamping: batch.size)), \(batch.createdAt))
            """)
    }

    /// - Returns: how many of the codes were free.
    func insert(_ codes: [ListedCode], in transaction: some PostgresExecutor) async throws(PostgresError) -> Int {
        try await transaction.execute(CodeSQL.insert(codes))
    }

    /// The code after it was revoked, or nil where the promotion has none.
    func revoke(
        _ id: ID<PromotionCode>, of promotion: ID<Promotion>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> ListedCode? {
        try await transaction.queryOne(
            """
            UPDATE promotion_codes SET revoked_at = coalesce(revoked_at, \(time))
            WHERE id = \(id) AND promotion_id = \(promotion) RETURNING \(unescaped: CodeSQL.columns)
            """, as: ListedCode.self)
    }
}

private enum CodeSQL {
    static let columns = "id, promotion_id, batch_id, code, usage_limit, uses, revoked_at, created_at"

    static func list(
        _ promotion: ID<Promotion>, batch: ID<CodeBatch>?, before: ID<PromotionCode>?, limit: Int
    ) -> PostgresStatement {
        let ofBatch = batch == nil ? "batch_id IS NULL AND $3::uuid IS NULL" : "batch_id = $3"
        let fromCursor = OptionalFilter.condition("id < $2", "$2::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM promotion_codes
                WHERE promotion_id = $1 AND \(ofBatch) AND \(fromCursor) ORDER BY id DESC LIMIT $4
                """,
            parameters: [promotion, before, batch, limit])
    }

    static func batches(_ promotion: ID<Promotion>, before: ID<CodeBatch>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $2", "$2::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT id, promotion_id, prefix, size, created_at FROM promotion_code_batches
                WHERE promotion_id = $1 AND \(fromCursor) ORDER BY id DESC LIMIT $3
                """,
            parameters: [promotion, before, limit])
    }

    static func insert(_ codes: [ListedCode]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO promotion_codes (id, promotion_id, batch_id, code, usage_limit, created_at)
                SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int8[], $6::timestamptz[])
                ON CONFLICT (code) DO NOTHING
                """,
            parameters: [
                codes.map(\.id), codes.map(\.promotion), codes.map(\.batch), codes.map(\.code),
                codes.map(\.usageLimit), codes.map(\.createdAt),
            ])
    }
}
