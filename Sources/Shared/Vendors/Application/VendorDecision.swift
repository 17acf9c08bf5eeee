package import Core
package import Foundation
package import Identity
package import Postgres

/// Who moved a vendor from where to where, when and why.
package struct VendorDecision: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "vdc"
    /// What a reason must be like.
    package static let reason = TextRule(1...1_000, .lines)

    package let id: ID<VendorDecision>
    package let vendor: ID<Vendor>
    package let act: VendorAct
    /// nil for the first.
    package let from: VendorStatus?
    package let to: VendorStatus
    package let actor: AuditActor
    /// Empty where none was asked for.
    package let reason: String
    package let decidedAt: Date

    package init(
        id: ID<VendorDecision>, vendor: ID<Vendor>, act: VendorAct, from: VendorStatus?, to: VendorStatus,
        actor: AuditActor, reason: String, decidedAt: Date
    ) {
        self.id = id
        self.vendor = vendor
        self.act = act
        self.from = from
        self.to = to
        self.actor = actor
        self.reason = reason
        self.decidedAt = decidedAt
    }
}

/// All SQL about decisions on vendors.
package struct VendorDecisionStore: Sendable {
    package init() {}

    /// A page of a vendor's decisions, the newest first.
    package func decisions(
        on vendor: ID<Vendor>, page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<VendorDecision> {
        try await page.newestFirst("vendor_decisions", by: \VendorDecision.id) { before, limit in
            let fromCursor = OptionalFilter.condition("id < $2", "$2::uuid", isSet: before != nil)
            return try await executor.query(
                PostgresStatement(
                    sql: """
                        SELECT id, vendor_id, act, from_status, to_status, actor, reason, decided_at FROM vendor_decisions
                        WHERE vendor_id = $1 AND \(fromCursor) AND \(visibility.condition("$4", vendor: "vendor_id = $4"))
                        ORDER BY id DESC LIMIT $3
                        """,
                    parameters: [vendor, before, limit, visibility.subject]), as: VendorDecision.self)
        }
    }

    func insert(_ decision: VendorDecision, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO vendor_decisions (id, vendor_id, act, from_status, to_status, actor, reason, decided_at)
            VALUES (\(decision.id), \(decision.vendor), \(decision.act), \(decision.from), \(decision.to),
                \(decision.actor.rawValue), \(decision.reason), \(decision.decidedAt))
            """)
    }
}

extension VendorDecision: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"), act: try row.decode("act"),
            from: try row.decode("from_status"), to: try row.decode("to_status"),
            actor: AuditActor(rawValue: try row.decode("actor")), reason: try row.decode("reason"),
            decidedAt: try row.decode("decided_at"))
    }
}
