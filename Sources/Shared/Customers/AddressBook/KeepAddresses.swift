import Addresses
package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
import Registrations
import Values

/// Keeps the addresses of those who have signed in: each customer's own.
package struct KeepAddresses: Sendable {
    private let accounts = AccountStore()
    private let store = AddressBookStore()
    private let regions = RegionStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// The first address is taken for deliveries and bills.
    /// - Throws: a 422 `Problem` with every field that is not acceptable, a 409 one ("too-many-addresses"); `PostgresError`.
    package func add(
        _ new: NewSavedAddress, by principal: Principal, in work: UnitOfWork
    ) async throws -> SavedAddress {
        let account = try await held(by: principal, in: work)
        let known = try await store.addresses(of: account, in: work)
        guard known.count < AddressBookStore.mostPerCustomer else { throw Problem.tooManyAddresses }
        let delivery = try await checked(new.delivery, label: new.label, in: work)
        let now = clock.now.roundedToMicroseconds
        let added = SavedAddress(
            id: ID(uuid: ids.next()), label: new.label, delivery: delivery,
            uses: known.isEmpty ? AddressUses(isDefaultShipping: true, isDefaultBilling: true) : new.uses,
            createdAt: now, updatedAt: now)
        try await store.yield(added.uses, of: account, to: added.id, in: work)
        try await store.insert(added, of: account, in: work)
        try await record("address.added", added.id, of: account, by: principal, in: work)
        return added
    }

    /// - Parameter expected: the version that is edited; nil for any.
    /// - Throws: `Problem`: 404; 412 ("version-mismatch"); 422; `PostgresError`.
    package func update(
        _ id: ID<SavedAddress>, _ changes: SavedAddressChanges, expecting expected: Int64?, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> SavedAddress {
        let account = try await held(by: principal, in: work)
        guard let old = try await store.address(id, of: account, in: work) else { throw Problem.notFound("address") }
        guard expected == nil || expected == old.version else { throw Problem.versionMismatch(current: old.version) }
        let label = changes.label ?? old.label
        let changed = SavedAddress(
            id: id, label: label, delivery: try await changed(old.delivery, changes, label: label, in: work),
            uses: AddressUses(
                isDefaultShipping: changes.isDefaultShipping ?? old.uses.isDefaultShipping,
                isDefaultBilling: changes.isDefaultBilling ?? old.uses.isDefaultBilling),
            version: old.version + 1, createdAt: old.createdAt, updatedAt: clock.now.roundedToMicroseconds)
        try await store.yield(changed.uses, of: account, to: id, in: work)
        try await store.update(changed, in: work)
        try await record("address.updated", id, of: account, by: principal, in: work)
        return changed
    }

    /// - Throws: a 404 `Problem`; `PostgresError`.
    package func remove(_ id: ID<SavedAddress>, by principal: Principal, in work: UnitOfWork) async throws {
        let account = try await held(by: principal, in: work)
        guard try await store.delete(id, of: account, in: work) else { throw Problem.notFound("address") }
        try await record("address.removed", id, of: account, by: principal, in: work)
    }

    /// The principal's own account. Others who change its book wait: what is taken for deliveries is so of one address alone.
    private func held(by principal: Principal, in work: UnitOfWork) async throws -> ID<Account> {
        let account = try principal.requireSignedIn().account
        guard try await accounts.hold(account, in: work) != nil else { throw Problem.notFound("account") }
        return account
    }

    private func checked(
        _ new: NewDeliveryAddress, label: String?, in work: UnitOfWork
    ) async throws -> DeliveryAddress {
        let market = new.place.market
        var check = InputCheck()
        if let label { check.text("/label", label, SavedAddress.label) }
        let delivery = new.checked(
            &check, at: "", regions: try await regions.regions(of: market, in: work),
            zones: try await regions.zones(of: market, in: work), on: CivilDate(clock.now, in: market))
        try check.finish()
        guard let delivery else { throw Problem.invalidInput([]) }
        return delivery
    }

    private func changed(
        _ old: DeliveryAddress, _ changes: SavedAddressChanges, label: String?, in work: UnitOfWork
    ) async throws -> DeliveryAddress {
        let recipient = NewRecipient(
            name: changes.name ?? old.recipient.name, latinName: changes.latinName ?? old.recipient.latinName,
            phone: changes.phone ?? old.recipient.phone.rawValue,
            alternatePhone: changes.alternatePhone ?? old.recipient.alternatePhone?.rawValue)
        if let place = changes.place {
            return try await checked(NewDeliveryAddress(recipient: recipient, place: place), label: label, in: work)
        }
        var check = InputCheck()
        if let label { check.text("/label", label, SavedAddress.label) }
        let checked = recipient.checked(&check, at: "", in: old.address.market)
        try check.finish()
        guard let checked else { throw Problem.invalidInput([]) }
        return DeliveryAddress(recipient: checked, address: old.address)
    }

    private func record(
        _ action: String, _ id: ID<SavedAddress>, of account: ID<Account>, by principal: Principal, in work: UnitOfWork
    ) async throws {
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: action, subject: account,
                payload: ["address_id": .string(id.description)]), in: work)
    }
}

extension Problem {
    package static let tooManyAddresses = Problem.conflict(
        "too-many-addresses", title: "There are enough addresses",
        detail: "A customer keeps \(AddressBookStore.mostPerCustomer) at most; remove one first")
}
