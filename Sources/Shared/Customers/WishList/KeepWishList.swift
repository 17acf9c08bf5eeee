import Catalog
package import Core
import Foundation
package import Identity
package import Jobs
import Postgres

/// Keeps the wish lists of those who have signed in: each customer's own.
package struct KeepWishList: Sendable {
    private let accounts = AccountStore()
    private let store = WishListStore()
    private let presences = ProductPresenceStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// What is on the list already stays as it is.
    /// - Throws: `Problem`: 422 for what there is not for customers; 409 ("too-many-wishes"); `PostgresError`.
    package func add(
        _ thing: WishedThing, by principal: Principal, in work: UnitOfWork
    ) async throws -> WishListEntry {
        let account = try principal.requireSignedIn().account
        guard try await accounts.hold(account, in: work) != nil else { throw Problem.notFound("account") }
        let now = clock.now.roundedToMicroseconds
        let (product, variant) = try await found(thing, in: work)
        let presence = try await presences.presences(of: [(product, variant)], at: now, in: work)[0]
        guard presence.status != .gone, let title = presence.title else { throw Self.unknown(thing) }
        if let present = try await store.item(product, variant, of: account, in: work) {
            return WishListEntry(item: present, presence: presence)
        }
        guard try await store.count(of: account, in: work) < WishListStore.mostPerCustomer else {
            throw Problem.tooManyWishes
        }
        let item = WishListItem(
            id: ID(uuid: ids.next()), product: product, variant: variant, title: title, addedAt: now)
        try await store.insert(item, of: account, in: work)
        try await record("wish_list.item_added", item.id, of: account, by: principal, in: work)
        return WishListEntry(item: item, presence: presence)
    }

    /// - Throws: a 404 `Problem`; `PostgresError`.
    package func remove(_ id: ID<WishListItem>, by principal: Principal, in work: UnitOfWork) async throws {
        let account = try principal.requireSignedIn().account
        guard try await store.delete(id, of: account, in: work) else { throw Problem.notFound("wish list item") }
        try await record("wish_list.item_removed", id, of: account, by: principal, in: work)
    }

    private func found(
        _ thing: WishedThing, in work: UnitOfWork
    ) async throws -> (ID<Product>, ID<Variant>?) {
        switch thing {
        case .product(let product): return (product, nil)
        case .variant(let variant):
            guard let product = try await presences.product(of: variant, in: work) else { throw Self.unknown(thing) }
            return (product, variant)
        }
    }

    private func record(
        _ action: String, _ id: ID<WishListItem>, of account: ID<Account>, by principal: Principal, in work: UnitOfWork
    ) async throws {
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: action, subject: account,
                payload: ["wish_list_item_id": .string(id.description)]), in: work)
    }

    private static func unknown(_ thing: WishedThing) -> Problem {
        switch thing {
        case .product:
            .invalidInput([FieldProblem(pointer: "/product_id", code: "unknown", message: "there is no such product")])
        case .variant:
            .invalidInput([FieldProblem(pointer: "/variant_id", code: "unknown", message: "there is no such variant")])
        }
    }
}

extension Problem {
    package static let tooManyWishes = Problem.conflict(
        "too-many-wishes", title: "The wish list is full",
        detail: "It has \(WishListStore.mostPerCustomer) items at most; remove one first")
}
