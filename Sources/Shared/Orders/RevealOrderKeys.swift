package import Core
import Foundation
package import Identity
package import Inventory
package import Jobs

/// Shows the keys of an order in the clear and puts on record who saw them.
package struct RevealOrderKeys: Sendable {
    private let store = OrderStore()
    private let sold = SoldKeyStore()
    private let vault: LicenceKeyVault
    private let audit: AuditStore
    private let clock: any WallClock

    package init(vault: LicenceKeyVault, audit: AuditStore, clock: some WallClock) {
        self.vault = vault
        self.audit = audit
        self.clock = clock
    }

    /// The keys that were assigned so far, in the order of lines and units; none (and no record) before payment.
    /// - Parameter network: from where they are looked at. The first time that their buyer does so is kept as evidence.
    /// - Throws: a 404 `Problem`; `VaultError`; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Order>, by principal: Principal, from network: String, in work: UnitOfWork
    ) async throws -> [RevealedKey] {
        guard let found = try await store.orderWithLines(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("order")
        }
        let keys = try await self(found, by: principal.actor, in: work)
        if principal.isBuyer, !keys.isEmpty {
            try await sold.noteRevealed(
                keys.map(\.id), RevealEvidence(firstAt: clock.now.roundedToMicroseconds, from: network), in: work)
        }
        return keys
    }

    /// The same for an order that was read already, for whom it is sent to.
    package func callAsFunction(
        _ found: OrderWithLines, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> [RevealedKey] {
        guard found.order.isPaid else { return [] }
        let lines = found.lines.map(\.id.uuid)
        let position = Dictionary(uniqueKeysWithValues: lines.enumerated().map { ($1, $0) })
        let keys = try await vault.reveal(lines: lines, in: work)
        guard !keys.isEmpty else { return [] }
        try await audit.append(
            AuditEntry(
                actor: actor, action: "order.keys_revealed", subject: found.order.id,
                payload: ["keys": .array(keys.map { .string($0.id.description) })]),
            in: work)
        return keys.sorted { (position[$0.line] ?? 0, $0.unit) < (position[$1.line] ?? 0, $1.unit) }
    }
}

extension Principal {
    /// Whether an order within their reach is their own.
    fileprivate var isBuyer: Bool {
        switch kind {
        case .customer, .orderToken: support == nil
        default: false
        }
    }
}
