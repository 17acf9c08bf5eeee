import Core
import Foundation
import Postgres

/// What becomes of a checkout whose money moves only when we say so.
enum CheckoutDecision: String, Sendable {
    /// The provider is told, once, to move it.
    case execute
    /// It never will be.
    case leave
}

extension GatewayMemory {
    /// Longer than any provider keeps such a checkout open.
    private static let lifetime: TimeInterval = 7 * 86_400

    /// Decides for good; what was decided first stands.
    /// - Returns: what stands, and whether it was decided just now.
    func decide(
        _ decision: CheckoutDecision, on session: String, at gateway: GatewayName, now: Date
    ) async throws -> (stands: CheckoutDecision, isNew: Bool) {
        try await postgres.withTransaction { work in
            let isNew =
                try await work.execute(
                    """
                    INSERT INTO gateway_decisions (gateway, session_reference, decision, decided_at)
                    VALUES (\(gateway.rawValue), \(session), \(decision.rawValue), \(now)) ON CONFLICT DO NOTHING
                    """) == 1
            if isNew {
                try await work.pipeline(
                    """
                    DELETE FROM gateway_decisions WHERE (gateway, session_reference) IN (
                        SELECT gateway, session_reference FROM gateway_decisions
                        WHERE decided_at < \(now.addingTimeInterval(-Self.lifetime)) ORDER BY decided_at LIMIT 10
                        FOR UPDATE SKIP LOCKED)
                    """)
                return (decision, true)
            }
            let standing = try await work.queryValue(
                """
                SELECT decision FROM gateway_decisions
                WHERE gateway = \(gateway.rawValue) AND session_reference = \(session)
                """, as: String.self)
            return (standing.flatMap(CheckoutDecision.init) ?? decision, false)
        }
    }

    /// The provider was not told: it may be decided anew.
    func withdraw(_ decision: CheckoutDecision, on session: String, at gateway: GatewayName) async throws {
        try await postgres.execute(
            """
            DELETE FROM gateway_decisions WHERE gateway = \(gateway.rawValue) AND session_reference = \(session)
                AND decision = \(decision.rawValue)
            """)
    }
}
