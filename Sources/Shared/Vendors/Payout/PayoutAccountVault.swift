package import Core
import Foundation
package import Jobs
package import Postgres
package import Vault

/// Opens sealed destinations. Whoever sends money there puts it on record in the same transaction.
package struct PayoutAccountVault: Sendable {
    private let store = PayoutAccountStore()
    private let vault: Vault

    package init(vault: Vault) { self.vault = vault }

    /// Where money that goes to an account goes; nil where there is no such account. One round trip.
    /// - Throws: `VaultError`; `PostgresError`.
    package func destination(
        of account: ID<PayoutAccount>, in executor: some PostgresExecutor
    ) async throws -> PayoutDestination? {
        guard let sealed = try await store.sealed(account, in: executor) else { return nil }
        guard let destination = PayoutDestination(sealed.kind, plaintext: try open(sealed)) else {
            throw VaultError.damaged
        }
        return destination
    }

    func open(_ sealed: SealedPayoutAccount) throws(VaultError) -> [UInt8] {
        guard let key = try vault.unwrapped([sealed.dataKey])[sealed.dataKeyID] else {
            throw .unknownDataKey(sealed.dataKeyID)
        }
        return try key.open(sealed.details, at: .payoutAccount(sealed.account))
    }
}

/// Seals the payout accounts of retired data keys under new ones. It works in batches beside everything else; what an interruption has
/// left is done by the next run.
package struct ResealPayoutAccounts: Sendable {
    private let store = PayoutAccountStore()
    private let vault: Vault
    private let audit: AuditStore

    package init(vault: Vault, audit: AuditStore) {
        self.vault = vault
        self.audit = audit
    }

    /// Does so for one scope, which may also be none of a vendor's: then there is nothing to do.
    /// - Parameter batch: how many in one transaction.
    /// - Returns: how many accounts were sealed anew.
    /// - Throws: `VaultError`; `PostgresError`.
    package func callAsFunction(
        of scope: KeyScope, by actor: AuditActor, batch: Int, in works: some WorkScope
    ) async throws -> Int {
        guard let vendor = scope.vendor else { return 0 }
        var (count, position) = (0, ID<PayoutAccount>?.none)
        while true {
            let start = position
            let done = try await works.withUnitOfWork { work in
                try await reseal(of: vendor, after: start, batch: batch, by: actor, in: work)
            }
            guard let last = done.last else { return count }
            (count, position) = (count + done.count, last)
        }
    }

    /// Those that it has sealed, in their order.
    private func reseal(
        of vendor: ID<Vendor>, after position: ID<PayoutAccount>?, batch: Int, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> [ID<PayoutAccount>] {
        let accounts = try await store.underRetiredDataKeys(of: vendor, after: position, limit: batch, in: work)
        guard !accounts.isEmpty else { return [] }
        let opener = PayoutAccountVault(vault: vault)
        let key = try await vault.keys(for: .vendor(vendor), sealing: accounts.count, in: work).sealing
        for account in accounts {
            let sealed = try key.seal(try opener.open(account), at: .payoutAccount(account.account))
            try await store.reseal(account.account, as: sealed, under: key.id, in: work)
        }
        try await audit.append(
            AuditEntry(
                actor: actor, action: "payout_accounts.resealed", subject: vendor,
                payload: ["count": .integer(Int64(accounts.count))]), in: work)
        return accounts.map(\.account)
    }
}
