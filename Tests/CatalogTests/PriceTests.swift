import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Orders
import Postgres
import Testing
import Vendors

@Suite("Prices")
struct PriceTests {
    private func bdt(_ units: Int64) -> Money { Money(minorUnits: units, currency: .bdt) }

    private func set(_ price: Price, of variant: Variant, in market: Marketplace) async throws -> Price {
        try await market.work {
            try await SetPrice(audit: market.audit, clock: market.clock)(price, of: variant.id, by: .system, in: $0)
        }
    }

    @Test("An order pays the price that holds when it is placed")
    func scheduled() async throws {
        try await Marketplace.open { market in
            let book = try await market.goods(units: 10, price: 50_000)
            let start = market.clock.now
            let price = Price(
                amount: bdt(50_000),
                sales: [
                    SalePrice(amount: bdt(40_000), startsAt: start + 60, endsAt: start + 120),
                    SalePrice(amount: bdt(30_000), startsAt: start + 120, endsAt: start + 180),
                ])
            #expect(try await set(price, of: book, in: market) == price)
            #expect(try await ProductStore().prices(of: book.id, in: market.client) == [price])
            var totals: [Int64] = []
            for _ in 0..<4 {
                totals.append(try await market.place((book, 1)).order.total.minorUnits)
                market.clock.advance(by: 60)
            }
            #expect(totals == [50_000, 40_000, 30_000, 50_000])
        }
    }

    @Test("Each currency has its price; the product is sold in its own, which stays")
    func currencies() async throws {
        try await Marketplace.open { market in
            let book = try await market.goods(units: 1, price: 50_000)
            let dollars = Price(amount: Money(minorUnits: 450, currency: .usd))
            _ = try await set(dollars, of: book, in: market)
            let currencies = try await ProductStore().prices(of: book.id, in: market.client).map(\.amount.currency)
            #expect(currencies == [.bdt, .usd])
            let offer = try await ProductStore().offers(for: [book.id], at: market.clock.now, in: market.client).first
            #expect(offer?.price == bdt(50_000))
            let setPrice = SetPrice(audit: market.audit, clock: market.clock)
            try await market.work { try await setPrice.remove(in: .usd, of: book.id, by: .system, in: $0) }
            #expect(try await ProductStore().prices(of: book.id, in: market.client).count == 1)
            await #expect(throws: Problem.notFound("price")) {
                try await market.work { try await setPrice.remove(in: .usd, of: book.id, by: .system, in: $0) }
            }
            let problem = await #expect(throws: Problem.self) {
                try await market.work { try await setPrice.remove(in: .bdt, of: book.id, by: .system, in: $0) }
            }
            #expect(problem?.type == "own-currency")
        }
    }

    @Test("Everything that is not acceptable of a price is named")
    func refusal() async throws {
        try await Marketplace.open { market in
            let book = try await market.goods(units: 0)
            let now = market.clock.now
            let problem = await #expect(throws: Problem.self) {
                try await set(
                    Price(
                        amount: bdt(100), compareAt: bdt(100), maximumRetail: bdt(99),
                        sales: [
                            SalePrice(amount: bdt(100), startsAt: now, endsAt: now + 10),
                            SalePrice(amount: bdt(50), startsAt: now + 9, endsAt: now + 9),
                            SalePrice(
                                amount: Money(minorUnits: 50, currency: .usd), startsAt: now + 20, endsAt: now + 30),
                        ]), of: book, in: market)
            }
            #expect(
                problem?.fields.map(\.pointer) == [
                    "/compare_at_price", "/price", "/sales/0/price", "/sales/1/ends_at", "/sales/1/starts_at",
                    "/sales/2/price/currency",
                ])
        }
    }

    @Test("What no way to pay takes is refused where it is entered")
    func acceptance() async throws {
        struct WholeTaka: PriceAcceptance {
            func objection(to price: Money) -> String? {
                price.currency == .bdt && price.minorUnits % 100 == 0 ? nil : "can’t be paid"
            }
        }
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            func create(_ price: Money) async throws {
                _ = try await market.work {
                    try await CreateProduct(
                        audit: market.audit, ids: market.ids, clock: market.clock, acceptance: WholeTaka())(
                            NewProduct(
                                vendor: vendor.id, title: "T",
                                variants: [NewVariant(sku: "\(price)", kind: .licenceKey, price: price)]),
                            by: .system, in: $0)
                }
            }
            try await create(bdt(100))
            try await create(bdt(0))
            for price in [bdt(101), Money(minorUnits: 100, currency: .usd)] {
                let problem = await #expect(throws: Problem.self) { try await create(price) }
                #expect(problem?.fields.map(\.pointer) == ["/variants/0/price"])
                #expect(problem?.fields.map(\.code) == ["not_payable"])
            }
        }
    }

    @Test(
        "The database itself refuses sale prices that overlap or are no sale, and a price above the maximum",
        arguments: [
            ("amount_minor = 0, maximum_retail_minor = -1", "prices_within_maximum"),
            ("maximum_retail_minor = 49999", "prices_within_maximum"),
            ("compare_at_minor = 50000", "prices_compared_with_more"),
            (
                "sale_amounts = '{1}', sale_starts = '{2027-01-01}', sale_ends = '{2027-01-01}'",
                "prices_sales_successive"
            ),
            (
                "sale_amounts = '{1,2}', sale_starts = '{2027-01-01,2027-01-02}', sale_ends = '{2027-01-03,2027-01-04}'",
                "prices_sales_successive"
            ),
            ("sale_amounts = '{1}', sale_starts = '{NULL}', sale_ends = '{2027-01-01}'", "prices_sales_successive"),
            ("sale_amounts = '{1}'", "prices_sales_whole"),
            (
                "sale_amounts = '{50000}', sale_starts = '{2027-01-01}', sale_ends = '{2027-01-02}'",
                "prices_sales_lower"
            ),
            ("sale_amounts = '{-1}', sale_starts = '{2027-01-01}', sale_ends = '{2027-01-02}'", "prices_sales_lower"),
        ])
    func constraints(change: String, constraint: String) async throws {
        try await Marketplace.open { market in
            _ = try await market.goods(units: 0, price: 50_000)
            let refusal = await #expect(throws: PostgresError.self) {
                try await market.owner.execute("UPDATE prices SET \(unescaped: change)")
            }
            #expect(refusal?.constraintName == constraint)
        }
    }

    @Test("One order takes no fewer and no more units than the variant says")
    func quantities() async throws {
        try await Marketplace.open { market in
            let book = try await market.goods(units: 10)
            var changes = VariantChanges()
            changes.minimumQuantity = 2
            changes.maximumQuantity = 3
            _ = try await market.work { [changes] in
                try await EditVariants(audit: market.audit, ids: market.ids, clock: market.clock).update(
                    book.id, changes, version: nil, by: .system, in: $0)
            }
            for (quantity, code) in [(Int64(1), "minimum"), (4, "maximum")] {
                let problem = await #expect(throws: Problem.self) { try await market.place((book, quantity)) }
                #expect(problem?.fields.map(\.code) == [code])
            }
            _ = try await market.place((book, 2))
        }
    }
}
