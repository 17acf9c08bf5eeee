package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
package import Vendors

/// Keeps lists of prices for groups of customers: the marketplace its own, a vendor those of its goods.
package struct ManagePriceLists: Sendable {
    private let store = PriceListStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem` 422; `PostgresError`.
    package func create(
        _ content: PriceListContent, for customerGroup: String, in currency: Currency, of vendor: ID<Vendor>?,
        by principal: Principal, in work: UnitOfWork
    ) async throws -> PriceList {
        let isReached = vendor.map { principal.visibility.includes(vendor: $0.uuid) }
        guard isReached ?? (principal.visibility == .everything) else { throw Self.unknown("/vendor_id", "vendor") }
        try content.check()
        let now = clock.now.roundedToMicroseconds
        let list = PriceList(
            id: ID(uuid: ids.next()), vendor: vendor, customerGroup: customerGroup, currency: currency,
            content: content, createdAt: now, updatedAt: now)
        do throws(PostgresError) {
            try await store.insert(list, in: work)
        } catch {
            switch error.constraintName {
            case "price_lists_vendor": throw Self.unknown("/vendor_id", "vendor")
            case "price_lists_group": throw Self.unknown("/customer_group", "customer group")
            default: throw error
            }
        }
        try await record(list, "price_list.created", by: principal, in: work)
        return list
    }

    /// - Throws: `Problem`: 404, 412, 422; `PostgresError`.
    package func update(
        _ id: ID<PriceList>, to content: PriceListContent, version: Int64?, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> PriceList {
        try content.check()
        var list = try await lock(id, version: version, by: principal, in: work)
        list.content = content
        return try await finish(list, "price_list.updated", by: principal, in: work)
    }

    /// Sets prices, of each variant and quantity at most one; those that have no amount are taken off the list.
    /// - Throws: `Problem`: 404, 412, 422 for variants that are unknown or another vendor's; `PostgresError`.
    package func setPrices(
        _ prices: [ListedPrice], of id: ID<PriceList>, version: Int64?, by principal: Principal, in work: UnitOfWork
    ) async throws -> PriceList {
        var check = InputCheck()
        check.number("/prices", prices.count, in: PriceList.priceCount)
        try check.finish()
        let list = try await lock(id, version: version, by: principal, in: work)
        let known = Set(try await store.known(of: prices.map(\.variant), vendor: list.vendor, in: work))
        var seen: Set<[String]> = []
        for (index, price) in prices.enumerated() {
            let pointer = "/prices/\(index)"
            if !known.contains(price.variant) {
                check.fail(pointer + "/variant_id", "unknown", "there is no such variant")
            }
            check.number(pointer + "/minimum_quantity", price.minimumQuantity, in: PricingRequest.Line.quantities)
            if let amount = price.amount { check.number(pointer + "/amount", amount, in: PriceList.amount) }
            if !seen.insert([price.variant.description, String(price.minimumQuantity)]).inserted {
                check.fail(pointer, "duplicate", "is named before")
            }
        }
        try check.finish()
        try await store.set(prices, of: id, in: work)
        return try await finish(
            list, "price_list.prices_set", ["prices": .integer(Int64(prices.count))], by: principal, in: work)
    }

    private func lock(
        _ id: ID<PriceList>, version: Int64?, by principal: Principal, in work: UnitOfWork
    ) async throws -> PriceList {
        guard let list = try await store.lock(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("price list")
        }
        if let version, version != list.version { throw Problem.versionMismatch(current: list.version) }
        return list
    }

    private func finish(
        _ edited: PriceList, _ action: String, _ payload: JSONValue = [:], by principal: Principal,
        in work: UnitOfWork
    ) async throws -> PriceList {
        var list = edited
        list.version += 1
        list.updatedAt = clock.now.roundedToMicroseconds
        try await store.update(list, in: work)
        try await record(list, action, payload, by: principal, in: work)
        return list
    }

    private func record(
        _ list: PriceList, _ action: String, _ payload: JSONValue = [:], by principal: Principal, in work: UnitOfWork
    ) async throws {
        var members = payload.objectValue ?? [:]
        members["customer_group"] = .string(list.customerGroup)
        members["is_active"] = .bool(list.content.isActive)
        members["version"] = .integer(list.version)
        try await audit.append(
            AuditEntry(actor: principal.actor, action: action, subject: list.id, payload: .object(members)), in: work)
    }

    private static func unknown(_ pointer: String, _ what: String) -> Problem {
        .invalidInput([FieldProblem(pointer: pointer, code: "unknown", message: "there is no such \(what)")])
    }
}
