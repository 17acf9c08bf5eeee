package import Core
import Foundation
package import Jobs
package import Postgres
import Search
import Values

/// Fills a database with a made-up marketplace of any size.
///
/// All of it is one transaction, in which rows are copied while they are made: what holds in memory is the vendors and a number for each
/// variant. The database checks every row as it always does, but for the totals of orders: those are compared all at once at the end. No
/// event is published and no job is caused: nothing of it has happened. Of what is on record of others, one audit event tells of it.
package struct SeedMarketplace: Sendable {
    /// The subject of its audit event.
    package static let subject = "marketplace"
    /// Products, and orders, that are sent at once.
    private static let batch = 1_000

    private let audit: AuditStore
    private let rebuild: RebuildSearch

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        rebuild = RebuildSearch(clock: clock)
    }

    /// - Parameters:
    ///   - isAdding: whether it may come to a marketplace that has vendors; what it adds takes new categories only by new names.
    ///   - queue: of a login that owns the tables.
    ///   - report: is told now and then how far it is.
    /// - Throws: `SeedRefused`; `PostgresError`; whatever is thrown, there is nothing of it, or all but its search documents.
    package func callAsFunction(
        _ plan: SeedPlan, adding isAdding: Bool, by actor: AuditActor, in queue: JobQueue,
        through postgres: PostgresClient,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws {
        try await postgres.withConnection(unlimited: true) { session in
            try await session.execute("BEGIN")
            try await fill(plan, isAdding, in: session, report)
            try await audit.append(
                AuditEntry(
                    actor: actor, action: "marketplace.seeded", subject: Self.subject,
                    payload: [
                        "vendors": .integer(Int64(plan.vendors)), "products": .integer(Int64(plan.products)),
                        "customers": .integer(Int64(plan.customers)), "orders": .integer(Int64(plan.orders)),
                        "seed": .string(String(plan.seed)), "until": .string(plan.until.iso8601),
                    ]), in: session)
            try await session.execute("COMMIT")
            report("statistics")
            for table in Self.grown { try await session.execute("ANALYZE \(unescaped: table)") }
        }
        try await find(in: queue, through: postgres, report)
    }

    private func fill(
        _ plan: SeedPlan, _ isAdding: Bool, in session: PostgresSession, _ report: @Sendable (String) -> Void
    ) async throws {
        let vendors = (0..<plan.vendors).map { SeedVendor($0, of: plan) }
        try await refuse(vendors, isAdding, in: session)
        try await OrderTotals.checkEach(false, in: session)
        let taxonomy = try await SeedTaxonomy(in: session, at: plan.daysBefore(1_200))
        var vendorRows = VendorRows()
        for (index, vendor) in vendors.enumerated() {
            vendorRows.add(vendor)
            if index % Self.batch == Self.batch - 1 { try await vendorRows.flush(to: session) }
        }
        try await vendorRows.flush(to: session)
        report("\(plan.vendors) vendors")
        try await fillProducts(plan, by: vendors, taxonomy, in: session, report)
        try await fillCustomers(plan, in: session, report)
        try await fillOrders(plan, by: vendors, in: session, report)
        try await OrderTotals.compare(in: session)
        try await OrderTotals.checkEach(true, in: session)
    }

    private func refuse(
        _ vendors: [SeedVendor], _ isAdding: Bool, in session: PostgresSession
    ) async throws {
        let isEmpty = try await session.queryValue("SELECT NOT EXISTS (SELECT FROM vendors)", as: Bool.self)
        guard isAdding || isEmpty == true else { throw SeedRefused.inUse }
        let isKnown = try await session.queryValue(
            "SELECT EXISTS (SELECT FROM vendors WHERE id = \(vendors.first?.id))", as: Bool.self)
        guard isKnown == false else { throw SeedRefused.sameSeed }
    }

    private func fillProducts(
        _ plan: SeedPlan, by vendors: [SeedVendor], _ taxonomy: SeedTaxonomy, in session: PostgresSession,
        _ report: @Sendable (String) -> Void
    ) async throws {
        let sold = SeedSales(of: plan, by: vendors)
        var rows = ProductRows(taxonomy)
        for index in 0..<plan.products {
            rows.add(SeedProduct(index, of: plan, by: vendors), sold: sold.ofVariants(of: index))
            guard index % Self.batch == Self.batch - 1 else { continue }
            try await rows.flush(to: session)
            if (index + 1) % 20_000 == 0 { report("\(index + 1) products") }
        }
        try await rows.flush(to: session)
    }

    private func fillCustomers(
        _ plan: SeedPlan, in session: PostgresSession, _ report: @Sendable (String) -> Void
    ) async throws {
        var accounts = TableCopy("accounts", "id", "email", "name", "locale", "created_at", "updated_at")
        for index in 0..<plan.customers {
            let customer = SeedCustomer(index, of: plan)
            accounts.append(
                customer.account, customer.email, customer.name, customer.locale, customer.createdAt, customer.createdAt
            )
            if index % (5 * Self.batch) == 0 { try await accounts.flush(to: session) }
        }
        try await accounts.flush(to: session)
        report("\(plan.customers) customers")
    }

    private func fillOrders(
        _ plan: SeedPlan, by vendors: [SeedVendor], in session: PostgresSession, _ report: @Sendable (String) -> Void
    ) async throws {
        var bookings = try await SeedBookings(of: vendors, seed: plan.seed, in: session)
        var rows = OrderRows()
        for index in 0..<plan.orders {
            if let order = SeedOrder(index, of: plan, by: vendors) {
                let contents = try order.contents(for: order.customer(index, of: plan))
                rows.add(order, contents)
                try bookings.add(order, contents)
            }
            guard index % Self.batch == Self.batch - 1 else { continue }
            try await rows.flush(to: session)
            try await bookings.flush(to: session)
            if (index + 1) % 50_000 == 0 { report("\(index + 1) orders") }
        }
        try await rows.flush(to: session)
        try await bookings.flush(to: session)
    }

    /// What the copied stock has noted is made anew with all others.
    private func find(
        in queue: JobQueue, through postgres: PostgresClient, _ report: @escaping @Sendable (String) -> Void
    ) async throws {
        let noted = try await postgres.queryValue("SELECT max(id) FROM search_stale", as: Int64?.self) ?? nil
        _ = try await rebuild(in: queue) { progress in
            if progress.documents > 0, progress.documents.isMultiple(of: 20_000) {
                report("\(progress.documents) search documents")
            }
        }
        try await postgres.execute("DELETE FROM search_stale WHERE id <= \(noted)")
    }

    /// What plans are made for.
    private static let grown = [
        "vendors", "products", "product_slugs", "product_options", "variants", "prices", "stock", "stock_movements",
        "product_categories", "category_listings", "product_attribute_values", "product_attribute_choices",
        "product_translations", "accounts", "orders", "vendor_orders", "order_lines", "order_adjustments",
        "payment_demands",
        "payments", "refunds", "reservations", "order_events", "ledger_transactions", "ledger_entries",
    ]
}

/// Why a database is not filled.
package enum SeedRefused: Error, Hashable, Sendable, CustomStringConvertible {
    case inUse, sameSeed

    package var description: String {
        switch self {
        case .inUse: "the database has vendors already; with --add the made-up ones come to them"
        case .sameSeed: "the database was filled with this seed already"
        }
    }
}

/// How many units of each variant the paid orders of a plan take, counted before there is any order.
struct SeedSales {
    private var units: [Int32]

    init(of plan: SeedPlan, by vendors: [SeedVendor]) {
        units = Array(repeating: 0, count: plan.products * SeedProduct.mostVariants)
        for index in 0..<plan.orders {
            guard let order = SeedOrder(index, of: plan, by: vendors), order.fate.isPaid else { continue }
            for choice in order.choices {
                units[choice.product.index * SeedProduct.mostVariants + choice.variant] += Int32(
                    clamping: choice.quantity)
            }
        }
    }

    func ofVariants(of product: Int) -> ArraySlice<Int32> {
        units[product * SeedProduct.mostVariants..<(product + 1) * SeedProduct.mostVariants]
    }
}

/// The check of what orders cost, which is dear for each of a million rows, and cheap for all of them at once.
private enum OrderTotals {
    private static let tables = ["orders", "vendor_orders", "order_lines", "order_adjustments"]

    /// Whether each row is checked; nobody else writes orders until the transaction ends.
    static func checkEach(_ isOn: Bool, in session: PostgresSession) async throws(PostgresError) {
        for table in tables {
            try await session.execute(
                PostgresStatement(
                    sql: "ALTER TABLE \(table) \(isOn ? "ENABLE" : "DISABLE") TRIGGER order_totals_are_sums"))
        }
    }

    /// - Throws: `SeedOffBalance` where an order, or a vendor's part of one, does not cost what it is made of.
    static func compare(in session: PostgresSession) async throws {
        let wrong = try await session.queryValue(
            """
            WITH line AS (
                SELECT vendor_order_id, sum(quantity * unit_price_minor::numeric) AS amount FROM order_lines GROUP BY 1
            ), adjustment AS (
                SELECT order_id, vendor_order_id, sum(amount_minor) AS amount FROM order_adjustments
                WHERE NOT is_included GROUP BY 1, 2
            ), part AS (
                SELECT own.order_id, own.total_minor AS claimed,
                    coalesce(line.amount, 0) + coalesce(adjustment.amount, 0) AS actual
                FROM vendor_orders AS own LEFT JOIN line ON line.vendor_order_id = own.id
                LEFT JOIN adjustment ON adjustment.vendor_order_id = own.id
            ), whole AS (SELECT order_id, sum(claimed) AS amount FROM part GROUP BY 1)
            SELECT (SELECT count(*) FROM part WHERE claimed <> actual) + (
                SELECT count(*) FROM orders AS own LEFT JOIN whole ON whole.order_id = own.id
                LEFT JOIN adjustment ON adjustment.order_id = own.id AND adjustment.vendor_order_id IS NULL
                WHERE own.total_minor <> coalesce(whole.amount, 0) + coalesce(adjustment.amount, 0))
            """, as: Int64.self)
        guard wrong == 0 else { throw SeedOffBalance() }
    }
}

/// Orders do not cost what they are made of: a fault of what makes them.
package struct SeedOffBalance: Error, CustomStringConvertible {
    package let description = "the totals of made-up orders are not the sums of their parts"
}

extension SeedOrder {
    /// Most buyers have an account.
    fileprivate func customer(_ index: Int, of plan: SeedPlan) -> SeedCustomer {
        var draw = Draw(plan.seed, .buyer, index)
        return plan.customers > 0 && draw.chance(85)
            ? SeedCustomer(draw.skewed(plan.customers), of: plan)
            : SeedCustomer(guestOf: index, at: placedAt, &draw)
    }
}
