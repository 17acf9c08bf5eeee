package import Core
package import Foundation
package import Identity
package import Jobs
package import Vault

/// Lets a vendor's money go somewhere else. Whoever takes over a vendor's login does this first: the account has to be verified, and one
/// that takes another one's place gets no money for a while.
package struct ReplacePayoutAccount: Sendable {
    private let vendors = VendorStore()
    private let store = PayoutAccountStore()
    private let vault: Vault
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock
    private let settings: PayoutSettings

    package init(
        vault: Vault, audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock,
        settings: PayoutSettings = PayoutSettings()
    ) {
        self.vault = vault
        self.audit = audit
        self.ids = ids
        self.clock = clock
        self.settings = settings
    }

    /// - Throws: `Problem`: 404; 409 ("vendor-unidentified"), ("vendor-state") for a vendor that is closed; 422 with every field that is
    ///   not acceptable; `VaultError`; `PostgresError`.
    package func callAsFunction(
        _ new: NewPayoutAccount, of vendor: ID<Vendor>, by principal: Principal, in work: UnitOfWork
    ) async throws -> PayoutAccount {
        let held = try await vendors.held(vendor, visibleTo: principal.visibility, in: work)
        guard held.status != .closed else { throw Problem.vendorState("The vendor is closed", held.status) }
        guard let market = held.market else { throw Problem.vendorUnidentified }
        let destination = try new.checked(in: market)
        let now = clock.now.roundedToMicroseconds
        let isFirst = try await store.accounts(of: vendor, visibleTo: .everything, in: work).isEmpty
        let account = PayoutAccount(
            id: ID(uuid: ids.next()), vendor: vendor, kind: destination.kind, holderName: new.holderName,
            lastFour: destination.lastFour, createdAt: now,
            usableFrom: isFirst ? now : now.addingTimeInterval(settings.coolingPeriod).roundedToMicroseconds)
        let key = try await vault.keys(for: .vendor(vendor), sealing: 1, in: work).sealing
        let sealed = try key.seal(destination.plaintext, at: .payoutAccount(account.id))
        try await store.replace(with: account, sealed: sealed, under: key.id, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "vendor.payout_account_replaced", subject: vendor,
                payload: [
                    "payout_account_id": .string(account.id.description), "kind": .string(account.kind.rawValue),
                    "usable_from_us": .integer(account.usableFrom.microsecondsSince1970),
                ]),
            in: work)
        return account
    }
}

/// Says that an account was proven to be its vendor's, such as by a transfer of one rupee that told the holder's name.
package struct VerifyPayoutAccount: Sendable {
    private let vendors = VendorStore()
    private let store = PayoutAccountStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// The account afterwards; verifying it again changes nothing.
    /// - Throws: `Problem`: 404; 409 ("payout-account-replaced"); `PostgresError`.
    package func callAsFunction(
        _ id: ID<PayoutAccount>, of vendor: ID<Vendor>, by principal: Principal, in work: UnitOfWork
    ) async throws -> PayoutAccount {
        _ = try await vendors.held(vendor, visibleTo: principal.visibility, in: work)
        let now = clock.now.roundedToMicroseconds
        guard let verified = try await store.verify(id, of: vendor, at: now, in: work) else {
            let known = try await store.accounts(of: vendor, visibleTo: principal.visibility, in: work)
            guard let account = known.first(where: { $0.id == id }) else { throw Problem.notFound("payout account") }
            guard account.state == .verified else { throw Self.replaced }
            return account
        }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "vendor.payout_account_verified", subject: vendor,
                payload: ["payout_account_id": .string(id.description)]),
            in: work)
        return verified
    }

    private static let replaced = Problem.conflict(
        "payout-account-replaced", title: "The account was replaced", detail: "Another account has taken its place")
}
