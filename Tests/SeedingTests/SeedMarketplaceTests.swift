import CommerceTestSupport
import Core
import Foundation
import Inventory
import Jobs
import Logging
import Postgres
import Redis
import Registrations
import Testing
import Values
import Vendors

@testable import Seeding

@Suite("A made-up marketplace")
struct SeedMarketplaceTests {
    private static let day = CivilDate(daysSinceEpoch: 20_000)

    private func plan(seed: UInt64 = 7, vendors: Int = 6, orders: Int = 150) throws -> SeedPlan {
        try SeedPlan(vendors: vendors, products: 80, customers: 30, orders: orders, seed: seed, until: Self.day)
    }

    private func seed(_ plan: SeedPlan, adding isAdding: Bool = false, in market: Marketplace) async throws {
        let redis = RedisClient(
            configuration: try RedisConfiguration(url: "redis://127.0.0.1:1/0"), logger: Logger(label: "test"))
        let ids = market.ids
        let queue = JobQueue(
            postgres: market.owner, redis: redis, envelopeKey: market.encryptionKey.derived(for: "job-envelope"),
            logger: Logger(label: "test"), makeID: { ids.next() })
        try await SeedMarketplace(audit: market.audit, clock: market.clock)(
            plan, adding: isAdding, by: .commandLine("test"), in: queue, through: market.owner)
    }

    private func count(_ query: String, in market: Marketplace) async throws -> Int64? {
        try await market.owner.queryValue(PostgresStatement(sql: "SELECT count(*) FROM \(query)"), as: Int64.self)
    }

    @Test("Its stock, its ledger and the totals of its orders agree with what they are made of")
    func agreement() async throws {
        try await Marketplace.open { market in
            try await seed(plan(), in: market)
            let stock = try await ReconcileStock(audit: market.audit, clock: market.clock)(
                by: .commandLine("test"), in: market.queue)
            #expect(stock.discrepancies.isEmpty && stock.variants > 80)
            let invariants = try String(contentsOfFile: "deploy/backup/invariants.sql", encoding: .utf8)
            #expect(try await market.owner.queryValues(PostgresStatement(sql: invariants), as: String.self) == [])
            #expect(try await count("vendors", in: market) == 6)
            #expect(try await count("products", in: market) == 80)
            #expect(try await count("orders", in: market) == 150)
            #expect(try await count("accounts", in: market) == 30)
            #expect(try await count("orders WHERE status = 'delivered'", in: market) ?? 0 > 50)
            #expect(
                try await count("ledger_transactions WHERE kind = 'capture'", in: market)
                    == count(
                        "payments WHERE settlement = 'order'", in: market))
            #expect(
                try await count("orders WHERE placed_at < '2023-10-05' OR placed_at >= '2024-10-04'", in: market) == 0)
        }
    }

    @Test("What is on sale is found, and nothing waits to be made findable")
    func findable() async throws {
        try await Marketplace.open { market in
            try await seed(plan(orders: 0), in: market)
            let onSale = try await count(
                "products JOIN vendors ON vendors.id = vendor_id WHERE products.status = 'active' AND vendors.status = 'active'",
                in: market)
            #expect(onSale ?? 0 > 50)
            #expect(try await count("search_documents", in: market) == onSale)
            #expect(try await count("search_stale", in: market) == 0)
            #expect(try await count("search_terms WHERE term = 'শাড়ি'", in: market) == 1)
        }
    }

    @Test("Every order is checked again afterwards, and one audit event tells of all")
    func afterwards() async throws {
        try await Marketplace.open { market in
            try await seed(plan(), in: market)
            #expect(
                try await count("pg_trigger WHERE tgname = 'order_totals_are_sums' AND tgenabled = 'O'", in: market)
                    == 4)
            let events = try await market.owner.query(
                "SELECT subject, action FROM audit_events", columns: (String, String).self)
            #expect(events.map(\.0) == [SeedMarketplace.subject] && events.map(\.1) == ["marketplace.seeded"])
            #expect(try await count("jobs", in: market) == 0)
            #expect(try await count("events", in: market) == 0)
        }
    }

    @Test("The same plan makes the same rows, another seed others")
    func repetition() async throws {
        let first = try await rows(of: plan())
        let second = try await rows(of: plan())
        let other = try await rows(of: plan(seed: 8))
        #expect(first == second)
        for (table, digest) in first where !["categories", "attribute_choices"].contains(table) {
            #expect(other[table] != digest, "\(table)")
        }
    }

    /// A digest of each table, but for what a transaction is numbered.
    private func rows(of plan: SeedPlan) async throws -> [String: String] {
        try await Marketplace.open { market in
            try await seed(plan, in: market)
            var digests: [String: String] = [:]
            for table in [
                "vendors", "vendor_slugs", "vendor_profiles", "vendor_registrations", "pickup_locations",
                "vendor_decisions",
                "commission_terms", "categories", "attribute_choices", "products", "product_slugs", "product_options",
                "variants", "prices", "stock", "stock_movements", "category_listings", "product_attribute_choices",
                "product_translations", "accounts", "orders", "vendor_orders", "order_lines", "order_adjustments",
                "payment_demands", "payments", "refunds", "reservations", "order_events", "ledger_entries",
            ] {
                digests[table] =
                    try await market.owner.queryValue(
                        PostgresStatement(
                            sql: "SELECT md5(string_agg(own::text, '|' ORDER BY own::text)) FROM \(table) AS own"),
                        as: String?.self) ?? nil
            }
            return digests
        }
    }

    @Test("A marketplace that has vendors is left alone unless that is wanted, and takes each seed once")
    func refusal() async throws {
        try await Marketplace.open { market in
            let own = try await market.vendor()
            await #expect(throws: SeedRefused.inUse) { try await seed(plan(), in: market) }
            #expect(try await count("products", in: market) == 0)
            try await seed(plan(orders: 20), adding: true, in: market)
            await #expect(throws: SeedRefused.sameSeed) { try await seed(plan(orders: 20), adding: true, in: market) }
            try await seed(plan(seed: 8, orders: 20), adding: true, in: market)
            #expect(try await count("vendors", in: market) == 13)
            #expect(
                try await count("categories", in: market)
                    == Int64(
                        Assortment.departments.count + Assortment.all.count))
            #expect(try await count("vendors WHERE id = '\(own.id.uuid)' AND version = 1", in: market) == 1)
        }
    }

    @Test("Its vendors have registrations that are well formed")
    func registrations() throws {
        let plan = try plan(vendors: 200)
        let states = GSTStates(Set(Places.india.map(\.region)).map { GSTState(code: $0, name: $0) })
        for index in 0..<plan.vendors {
            let vendor = SeedVendor(index, of: plan)
            for (kind, number, region) in vendor.registrations() {
                switch kind {
                case "pan": _ = try PAN(number)
                case "gstin": #expect(try GSTIN(number, in: states, on: Self.day).state == region)
                case "etin": _ = try ETIN(number)
                case "bin": _ = try BIN(number)
                default: Issue.record("\(kind) is no kind of registration")
                }
            }
            #expect(PhoneNumber(rawValue: vendor.phone) != nil && EmailAddress(rawValue: vendor.email) != nil)
        }
    }

    @Test("Products have three variants on average")
    func variants() throws {
        let plan = try SeedPlan(vendors: 50, products: 2_000, customers: 0, orders: 0, seed: 1, until: Self.day)
        let vendors = (0..<plan.vendors).map { SeedVendor($0, of: plan) }
        let count = (0..<plan.products).reduce(0) { $0 + SeedProduct($1, of: plan, by: vendors).variants.count }
        #expect((5_800...6_200).contains(count))
    }

    @Test(
        "Sizes that can't be are refused",
        arguments: [(0, 1, 0, 0), (1, -1, 0, 0), (1, 0, 0, 1), (100_001, 1, 1, 1), (1, 1, 1, 10_000_001)])
    func sizes(vendors: Int, products: Int, customers: Int, orders: Int) {
        #expect(throws: InvalidSeedPlan.self) {
            try SeedPlan(
                vendors: vendors, products: products, customers: customers, orders: orders, seed: 1, until: Self.day)
        }
    }
}
