import Endpoints
import Foundation
import Jobs

/// The in-memory twin of the PostgreSQL store.
actor InMemoryIdempotencyStore: IdempotencyStore {
    private struct Row {
        var owner: UUID
        var fingerprint: [UInt8]
        var leaseUntil: ContinuousClock.Instant
        var expiresAt: ContinuousClock.Instant
        var response: StoredResponse?
    }

    struct OutOfOrder: Error {}

    private var rows: [IdempotencyKey: Row] = [:]
    private var canFinish = true

    /// From now on answers can't be stored.
    func refuseToFinish() { canFinish = false }

    func start(
        _ key: IdempotencyKey, fingerprint: [UInt8], lease: Duration, retention: Duration
    ) -> IdempotencyStart {
        let now = ContinuousClock.now
        if let row = rows[key], row.expiresAt > now {
            guard row.fingerprint == fingerprint else { return .mismatch }
            if let response = row.response { return .finished(response) }
            guard row.leaseUntil <= now else { return .inProgress }
        }
        let owner = UUID()
        rows[key] = Row(
            owner: owner, fingerprint: fingerprint, leaseUntil: now + lease, expiresAt: now + retention, response: nil)
        return .started(IdempotencyClaim(key: key, owner: owner))
    }

    func renew(_ claim: IdempotencyClaim, lease: Duration) -> Bool {
        guard rows[claim.key]?.owner == claim.owner else { return false }
        rows[claim.key]?.leaseUntil = .now + lease
        return true
    }

    func finish(_ claim: IdempotencyClaim, with response: StoredResponse) throws -> Bool {
        guard canFinish else { throw OutOfOrder() }
        guard rows[claim.key]?.owner == claim.owner else { return false }
        rows[claim.key]?.response = response
        return true
    }

    func answer(_ claim: IdempotencyClaim, with response: StoredResponse) throws {
        guard try finish(claim, with: response) else { throw OutOfOrder() }
    }

    func abandon(_ claim: IdempotencyClaim) {
        guard rows[claim.key]?.owner == claim.owner else { return }
        rows[claim.key] = nil
    }

    nonisolated func joined(to work: UnitOfWork) -> any IdempotencyStore { self }

    func purge() -> Int {
        let before = rows.count
        rows = rows.filter { $0.value.expiresAt > .now }
        return before - rows.count
    }
}
