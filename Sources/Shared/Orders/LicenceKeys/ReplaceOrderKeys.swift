import Catalog
package import Core
import Foundation
package import Identity
package import Inventory
package import Jobs
import Postgres
import Vendors

/// What the staff does with keys that do not work, or that somebody has come by wrongly.
package struct ReplaceOrderKeys: Sendable {
    private let sold = SoldKeyStore()
    private let orders = KeyOrderStore()
    private let locks = OrderLocks()
    private let exchange = ExchangeLicenceKeys()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// Takes a key from its buyer, who is shown it no more. Once more does nothing.
    /// - Throws: `Problem`: 404; 409 ("key-not-replaceable") for one that is nobody's; 422; `PostgresError`.
    package func revoke(
        _ id: ID<LicenceKey>, because reason: String, by principal: Principal, in work: UnitOfWork
    ) async throws -> SoldKey {
        let closing = KeyClosing(reason: reason, at: clock.now.roundedToMicroseconds)
        let (key, order) = try await locked(id, closing, by: principal, in: work)
        guard key.state == .assigned else {
            guard key.state == .revoked else { throw Problem.keyNotReplaceable }
            return key
        }
        guard try await sold.revoke(id, closing, in: work) else { throw Problem.keyNotReplaceable }
        try await OrderTimeline().append(
            [OrderEvent(.keyRevoked, reference: id.description, at: closing.at)], to: order.order.id, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "order.key_revoked", subject: order.order.id,
                payload: ["key": .string(id.description)]), in: work)
        return try await current(id, in: work)
    }

    /// Gives a buyer another key for one, which never returns to its pool.
    /// - Returns: the new one.
    /// - Throws: `Problem`: 404; 409 ("key-not-replaceable") for one that is nobody's, or whose order's money went back,
    ///   ("licence-keys-lacking") where the pool has none; 422; `PostgresError`.
    package func replace(
        _ id: ID<LicenceKey>, because reason: String, by principal: Principal, in work: UnitOfWork
    ) async throws -> SoldKey {
        let closing = KeyClosing(reason: reason, at: clock.now.roundedToMicroseconds)
        let (key, order) = try await locked(id, closing, by: principal, in: work)
        let replaced = try await replace([key], of: order, closing, by: principal.actor, in: work)
        guard let new = replaced.first?.new else { throw Problem.keyNotReplaceable }
        return try await current(new, in: work)
    }

    /// The same for keys of one variant that lines of a locked order have.
    func replace(
        _ keys: [SoldKey], of order: OrderWithLines, _ closing: KeyClosing, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> [ReplacedKey] {
        guard let variant = keys.first?.variant else { return [] }
        guard order.order.isPaid, order.order.paymentState != .refunded,
            keys.allSatisfy({ $0.state == .assigned || $0.state == .revoked })
        else { throw Problem.keyNotReplaceable }
        let replaced = try await exchange(keys.map(\.id), of: variant, closing, in: work)
        let id = order.order.id
        try await OrderTimeline().append(
            replaced.map { OrderEvent(.keyReplaced, reference: $0.new.description, at: closing.at) }, to: id, in: work)
        try work.publish(LicenceKeysReplaced(orderID: id, keyIDs: replaced.map(\.new)))
        try await audit.append(
            AuditEntry(
                actor: actor, action: "order.keys_replaced", subject: id,
                payload: [
                    "keys": .array(
                        replaced.map { ["old": .string($0.old.description), "new": .string($0.new.description)] })
                ]), in: work)
        return replaced
    }

    /// The order is locked before anything of it is looked at: its money may be on its way back.
    private func locked(
        _ id: ID<LicenceKey>, _ closing: KeyClosing, by principal: Principal, in work: UnitOfWork
    ) async throws -> (SoldKey, OrderWithLines) {
        try closing.check()
        guard let found = try await sold.key(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("licence key")
        }
        guard let line = found.sold?.line else { throw Problem.keyNotReplaceable }
        guard let order = try await orders.order(of: line, in: work),
            let locked = try await locks.lockWithLines(order, in: work)
        else { throw Problem.notFound("licence key") }
        return (try await current(id, in: work), locked)
    }

    private func current(_ id: ID<LicenceKey>, in work: UnitOfWork) async throws -> SoldKey {
        guard let key = try await sold.key(id, visibleTo: .everything, in: work)?.sold else {
            throw Problem.notFound("licence key")
        }
        return key
    }
}
