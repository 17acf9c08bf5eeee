import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Postgres
import Testing
import Values
import Vendors

@testable import CatalogTransfer

@Suite("Importing products")
struct ImportTests {
    @Test("A file makes products, again changes nothing, and edited changes what was edited")
    func haat() async throws {
        try await Depot.open { depot in
            let first = try await depot.take(Depot.table(3), as: nil)
            #expect(first.state == .done && first.layout == .haat && first.counts.created == 3)
            #expect(first.keptColumns == ["gst_code"])
            let product = try await depot.product(try await depot.report(first)["thing-1"])
            #expect(product.title == "Thing number 1" && product.content.slug.rawValue == "thing-1")
            #expect(product.variants[0].price == Money(minorUnits: 10_150, currency: .bdt))
            #expect(product.status == .draft && product.variants[0].weightGrams == 101)
            #expect(try await depot.extraFields(of: product)[product.variants[0].id] == ["gst_code": "G1"])
            let again = try await depot.take(Depot.table(3))
            #expect(again.counts.unchanged == 3 && again.counts.all == 3)
            let dearer = try await depot.take(Depot.table(4, price: 200))
            #expect(dearer.counts.updated == 3 && dearer.counts.created == 1)
            let edited = try await depot.product(try await depot.report(dearer)["thing-1"])
            #expect(edited.id == product.id && edited.version == 2)
            #expect(edited.variants[0].price == Money(minorUnits: 20_150, currency: .bdt))
            #expect(try await depot.count("products") == 4)
            let actions = try await depot.market.client.queryValues(
                "SELECT action FROM audit_events WHERE subject = \(product.id.description) ORDER BY id", as: String.self
            )
            #expect(actions == ["product.created", "product.updated"])
            #expect(try await depot.count("events WHERE name = 'product.imported'") == 2)
            #expect(try await depot.count("jobs WHERE kind = 'search.index_products'") == 2)
        }
    }

    @Test("What is not acceptable is refused by itself, with its line and place")
    func refusals() async throws {
        try await Depot.open { depot in
            let other = try await depot.market.goods(units: 0, sku: "TAKEN", vendor: depot.vendor)
            let one = try await depot.take(
                """
                handle,title,sku,kind,weight_grams,currency,price,status,hsn
                good,Good,G,physical,100,BDT,10,active,
                no-price,No price,NP,physical,100,BDT,,draft,
                two,Two,TWO-A,physical,100,BDT,10,draft,123
                two,,TWO-B,physical,0,USD,11,,
                both,Both,B,physical,100,BDT,10,draft,
                both,,TAKEN,physical,100,BDT,10,draft,
                """)
            #expect(one.counts.created == 1 && one.counts.refused == 2 && one.counts.updated == 1)
            let report = try await depot.report(one)
            #expect(report["no-price"]?.marks == ["3 /variants/0/price required"])
            #expect(report["two"]?.marks.contains("5 /variants/1/price/currency mixed_currencies") == true)
            #expect(report["two"]?.marks.contains("4 /hsn format") == true)
            #expect(report["both"]?.product == other.product)
            #expect(try await depot.product(report["good"]).status == .active)
        }
    }

    @Test("A dry run tells all and writes nothing else")
    func dryRun() async throws {
        try await Depot.open { depot in
            let file = "handle,title,sku,weight_grams,currency,price\na,A,A,1,BDT,1\nb,B,A,1,BDT,1\nc,,C,1,BDT,1\n"
            let tried = try await depot.take(file, dryRun: true)
            #expect(tried.state == .done && tried.counts.created == 1 && tried.counts.refused == 2)
            #expect(try await depot.report(tried)["b"]?.marks == ["3  sku-taken"])
            let tables = [
                "products", "variants", "product_external_refs", "product_extra_fields",
                "events WHERE name = 'product.imported'", "audit_events WHERE action = 'product.created'",
            ]
            for table in tables {
                #expect(try await depot.count(table) == 0, "\(table)")
            }
            let done = try await depot.take(file)
            #expect(done.counts == tried.counts)
        }
    }

    @Test("What interrupts an import leaves whole batches, and whoever goes on doubles nothing")
    func resume() async throws {
        try await Depot.open { depot in
            let asked = try await depot.ask(Depot.table(700))
            let job = RunProductImport.Job(importID: asked.id)
            let breaking = BreakingClaim(market: depot.market, breaksAfter: 4)
            await #expect(throws: BreakingClaim.Broken.self) { try await depot.runner(job, in: breaking) }
            let half = try await depot.read(asked.id)
            #expect(half.state == .running && half.counts.created == Int64(RunProductImport.batch))
            #expect(try await depot.count("products") == RunProductImport.batch)
            try await depot.runner(job, in: depot.market.queue)
            let whole = try await depot.read(asked.id)
            #expect(whole.state == .done && whole.counts.created == 700 && whole.counts.all == 700)
            #expect(try await depot.count("products") == 700)
            #expect(try await depot.count("product_import_rows") == 700)
            // Once more, as a queue may.
            try await depot.runner(job, in: depot.market.queue)
            #expect(try await depot.read(asked.id) == whole)
        }
    }

    @Test("A cancelled import writes nothing more")
    func cancel() async throws {
        try await Depot.open { depot in
            let asked = try await depot.ask(Depot.table(2))
            #expect(try await depot.count("media_references") == 1)
            let cancelled = try await depot.market.work { try await depot.manage.cancel(asked.id, by: .system, in: $0) }
            #expect(cancelled.state == .cancelled)
            try await depot.runner(RunProductImport.Job(importID: asked.id), in: depot.market.queue)
            #expect(try await depot.count("products") == 0)
            let done = try await depot.take(Depot.table(1))
            #expect(try await depot.count("media_references") == 0)
            let problem = await #expect(throws: Problem.self) {
                try await depot.market.work { try await depot.manage.cancel(done.id, by: .system, in: $0) }
            }
            #expect(problem?.type == "import-over")
        }
    }

    @Test(
        "A file that can't be read fails with the reason, and what came before stays",
        arguments: [
            ("nothing,known\n1,2\n", "no known layout", 0),
            ("handle,title,sku,weight_grams,currency,price\na,A,A,1,BDT,1\nb,\"B\" x,B,1,BDT,1\n", "line 3", 0),
            ("handle,title,sku,weight_grams,currency,price\na,A,A,1,BDT,1\nb,\"B", "line 3", 0),
        ])
    func faults(file: String, reason: String, products: Int) async throws {
        try await Depot.open { depot in
            let one = try await depot.take(file)
            #expect(one.state == .failed && one.problem?.contains(reason) == true, "\(one.problem ?? "")")
            #expect(try await depot.count("products") == products)
        }
    }

    @Test("A vendor imports for itself alone, and what it publishes waits for a review where there is one")
    func reach() async throws {
        try await Depot.open { depot in
            let owner = Principal(
                .vendorMember(depot.vendor.id.uuid), permissions: Role.vendorOwner.permissions,
                visibility: .vendor(depot.vendor.id.uuid))
            try await depot.market.owner.execute("UPDATE catalogue_settings SET moderation = 'publication'")
            let one = try await depot.take(
                "handle,title,sku,weight_grams,currency,price,status\na,A,A,1,BDT,1,active\n", by: owner)
            #expect(try await depot.product(try await depot.report(one)["a"]).status == .inReview)
            let other = try await depot.market.vendor(named: "Other")
            let problem = await #expect(throws: Problem.self) {
                try await depot.market.work {
                    try await depot.manage.create(
                        NewProductImport(
                            vendor: other.id, media: one.media, layout: nil, currency: .bdt, isDryRun: false),
                        by: owner, in: $0)
                }
            }
            #expect(problem?.fields.map(\.pointer) == ["/vendor_id"])
        }
    }

    @Test("Two variants that trade their choices are refused alone")
    func trade() async throws {
        try await Depot.open { depot in
            func file(_ first: String, _ second: String) -> String {
                """
                handle,title,sku,option1_name,option1_value,weight_grams,currency,price
                a,A,A-1,Size,\(first),1,BDT,1
                a,,A-2,,\(second),1,BDT,1
                b,B,B,,,1,BDT,1
                """
            }
            #expect(try await depot.take(file("S", "L")).counts.created == 2)
            let traded = try await depot.take(file("L", "S"))
            #expect(traded.state == .done && traded.counts.refused == 1 && traded.counts.unchanged == 1)
        }
    }
}

/// A claim whose process dies after some transactions.
struct BreakingClaim: Claim {
    struct Broken: Error {}

    private actor Count {
        var done = 0
        func next() -> Int {
            done += 1
            return done
        }
    }

    private let market: Marketplace
    private let limit: Int
    private let count = Count()

    init(market: Marketplace, breaksAfter limit: Int) {
        self.market = market
        self.limit = limit
    }

    func withUnitOfWork<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        let number = await count.next()
        return try await market.queue.withUnitOfWork { work in
            let result = try await body(work)
            if number >= limit { throw Broken() }
            return result
        }
    }

    func hold() async throws {}

    func finish<Result: Sendable>(_ body: @Sendable (UnitOfWork) async throws -> Result) async throws -> Result {
        try await market.queue.finish(body)
    }
}
