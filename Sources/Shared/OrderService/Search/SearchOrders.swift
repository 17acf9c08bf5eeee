package import Core
import Foundation
package import Identity
package import Inventory
package import Orders
package import Postgres
package import Vendors

/// By what an order was found.
package enum OrderMatch: String, Hashable, Sendable, CaseIterable {
    case id, number, email, phone, name
    case paymentReference = "payment_reference"
    case licenceKey = "licence_key"
}

/// An order that was found.
package struct FoundOrder: Hashable, Sendable {
    package let order: Order
    package let matches: [OrderMatch]

    package init(order: Order, matches: [OrderMatch]) {
        self.order = order
        self.matches = matches
    }
}

/// The newest of what was found.
package struct Found<Item: Sendable>: Sendable {
    package let items: [Item]
    /// Whether there is more than was asked for: who looks for it says more.
    package let isCut: Bool

    package init(items: [Item], isCut: Bool) {
        self.items = items
        self.isCut = isCut
    }
}

/// Finds orders by whatever somebody has of them: a number, an address, a name, a gateway's reference, a licence key.
package struct SearchOrders: Sendable {
    /// How many are told of at once.
    package static let limit = 50

    private let keys: FindLicenceKey

    package init(keys: FindLicenceKey) { self.keys = keys }

    /// - Parameter vendor: whose the licence key is that `text` may be, where that is known.
    /// - Throws: a 422 `Problem`; `VaultError`; `PostgresError`.
    package func orders(
        by text: String, soldBy vendor: ID<Vendor>? = nil, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Found<FoundOrder> {
        let term = try OrderSearchTerm(text)
        var matches = try await matches(term, lines: [], visibility, in: executor)
        if matches.isEmpty {
            // Last, as every vendor's keys have to be tried.
            let lines = try await lines(term, of: vendor, in: executor)
            if !lines.isEmpty { matches = try await self.matches(term, lines: lines, visibility, in: executor) }
        }
        return try await found(matches, visibility, in: executor)
    }

    /// The same among vendors' parts, by their numbers and keys alone: vendors don't know whose orders are.
    /// - Throws: a 422 `Problem`; `VaultError`; `PostgresError`.
    package func vendorOrders(
        by text: String, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Found<ListedVendorOrder> {
        let term = try OrderSearchTerm(text)
        let vendor: ID<Vendor>? = if case .vendor(let id) = visibility { ID(uuid: id) } else { nil }
        let lines = visibility == .nothing ? [] : try await lines(term, of: vendor, in: executor)
        let statement = VendorOrderSearchSQL.statement(
            for: term.readings, lines: lines, visibleTo: visibility, limit: Self.limit + 1)
        guard let statement else { return Found(items: [], isCut: false) }
        let ids = try await executor.queryValues(statement, as: ID<VendorOrder>.self)
        let parts = try await VendorOrderStore().vendorOrders(
            Array(ids.prefix(Self.limit)), visibleTo: visibility, in: executor)
        return Found(items: parts, isCut: ids.count > Self.limit)
    }

    private func matches(
        _ term: OrderSearchTerm, lines: [UUID], _ visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> [(ID<Order>, [String])] {
        let query = OrderSearchSQL(visibleTo: visibility, limit: Self.limit + 1)
        guard let statement = query.statement(for: term.readings, lines: lines) else { return [] }
        return try await executor.query(statement, columns: (ID<Order>, [String]).self)
    }

    private func found(
        _ matches: [(ID<Order>, [String])], _ visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Found<FoundOrder> {
        guard !matches.isEmpty else { return Found(items: [], isCut: false) }
        let told = matches.prefix(Self.limit)
        let by = Dictionary(told.map { ($0.0, $0.1) }, uniquingKeysWith: { first, _ in first })
        let orders = try await OrderStore().orders(told.map(\.0), visibleTo: visibility, in: executor)
        return Found(
            items: orders.map { FoundOrder(order: $0, matches: (by[$0.id] ?? []).compactMap(OrderMatch.init)) },
            isCut: matches.count > Self.limit)
    }

    private func lines(
        _ term: OrderSearchTerm, of vendor: ID<Vendor>?, in executor: some PostgresExecutor
    ) async throws -> [UUID] {
        for case .licenceKey(let text) in term.readings {
            return try await keys.lines(having: text, of: vendor, in: executor)
        }
        return []
    }
}
