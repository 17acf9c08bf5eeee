import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Postgres
import Testing
import Vendors

@Suite("What the law asks of listings")
struct PublicationDutyTests {
    private let establishment = Establishment(name: "Lekha Foods", address: "12 Lake Road, Dhaka 1212")

    private func sell(in countries: [String], _ market: Marketplace) async throws {
        _ = try await market.work {
            try await UpdateCatalogueSettings(audit: market.audit)(
                CatalogueSettingsChanges(countries: countries), version: nil, by: .system, in: $0)
        }
    }

    private func status(
        _ declarations: Declarations, maximum: Int64? = 70_000,
        net: NetQuantity? = NetQuantity(amount: 500, unit: .gram),
        isSubmitted: Bool = true, in market: Marketplace
    ) async throws -> ProductStatus {
        try await create(declarations, maximum: maximum, net: net, isSubmitted: isSubmitted, in: market).status
    }

    private func create(
        _ declarations: Declarations, maximum: Int64? = 70_000,
        net: NetQuantity? = NetQuantity(amount: 500, unit: .gram),
        isSubmitted: Bool = true, in market: Marketplace
    ) async throws -> Product {
        let vendor = try await market.vendor()
        let new = NewProduct(
            vendor: vendor.id, title: "Ghee", declarations: declarations, isSubmitted: isSubmitted,
            variants: [
                NewVariant(
                    kind: .physical, details: VariantDetails(sku: "G", weightGrams: 620, netQuantity: net),
                    price: Price(
                        amount: Money(minorUnits: 64_900, currency: .inr),
                        maximumRetail: maximum.map { Money(minorUnits: $0, currency: .inr) }))
            ])
        return try await market.work {
            try await CreateProduct(audit: market.audit, ids: market.ids, clock: market.clock)(
                new, by: .system, in: $0)
        }
    }

    private var declared: Declarations {
        Declarations(
            countryOfOrigin: "IN", genericName: "Ghee", manufacturer: establishment,
            consumerCare: ConsumerCare(name: "Care", phone: "+911234567890", email: "care@lekha.example"))
    }

    @Test("Goods that declare everything are published; drafts need not")
    func published() async throws {
        try await Marketplace.open { market in
            try await sell(in: ["IN"], market)
            #expect(try await status(declared, in: market) == .active)
            #expect(try await status(Declarations(), maximum: nil, net: nil, isSubmitted: false, in: market) == .draft)
        }
    }

    @Test("An import without its country of origin and its importer is not published")
    func imported() async throws {
        try await Marketplace.open { market in
            try await sell(in: ["IN"], market)
            var foreign = declared
            foreign.countryOfOrigin = "BD"
            let lacking = await #expect(throws: Problem.self) { try await create(foreign, in: market) }
            #expect(lacking?.fields.map(\.pointer) == ["/importer"])
            #expect(lacking?.fields.map(\.code) == ["required_by_law"])
            foreign.countryOfOrigin = nil
            let unknown = await #expect(throws: Problem.self) { try await create(foreign, in: market) }
            #expect(Set(unknown?.fields.map(\.pointer) ?? []) == ["/country_of_origin", "/importer"])
            foreign.countryOfOrigin = "BD"
            foreign.importer = establishment
            #expect(try await status(foreign, in: market) == .active)
        }
    }

    @Test("Everything that is missing is named, by where it belongs")
    func missing() async throws {
        try await Marketplace.open { market in
            try await sell(in: ["IN"], market)
            let problem = await #expect(throws: Problem.self) {
                try await create(Declarations(countryOfOrigin: "IN"), maximum: nil, net: nil, in: market)
            }
            #expect(
                Set(problem?.fields.map(\.pointer) ?? []) == [
                    "/manufacturer", "/generic_name", "/consumer_care", "/variants/0/net_quantity",
                    "/variants/0/maximum_retail_price",
                ])
        }
    }

    @Test("Where nothing is asked, nothing has to be told, and keys are no packed goods")
    func elsewhere() async throws {
        try await Marketplace.open { market in
            #expect(try await status(Declarations(), maximum: nil, net: nil, in: market) == .active)
            try await sell(in: ["BD"], market)
            #expect(try await status(Declarations(), maximum: nil, net: nil, in: market) == .active)
            try await sell(in: ["IN"], market)
            let key = NewVariant(sku: "K", kind: .licenceKey, price: Money(minorUnits: 1, currency: .inr))
            #expect(try await market.product(of: market.vendor(), key).status == .active)
        }
    }

    @Test("A duty counts from its first day until its last")
    func dated() async throws {
        try await Marketplace.open { market in
            try await market.owner.execute(
                """
                INSERT INTO listing_duties (country, declaration, valid_from, valid_to, source)
                VALUES ('NP', 'generic_name', '2027-01-16', '2027-01-17', 'test')
                """)
            try await sell(in: ["NP"], market)
            // 2027-01-15T08:00:00Z
            #expect(try await status(Declarations(), in: market) == .active)
            market.clock.advance(by: 16 * 3600)
            await #expect(throws: Problem.self) { try await create(Declarations(), in: market) }
            market.clock.advance(by: 24 * 3600)
            #expect(try await status(Declarations(), in: market) == .active)
        }
    }

    @Test("An edit can’t take away what is asked of a product that is on sale")
    func edited() async throws {
        try await Marketplace.open { market in
            try await sell(in: ["IN"], market)
            let product = try await create(declared, in: market)
            var changes = ProductChanges()
            changes.consumerCare = .some(nil)
            let problem = await #expect(throws: Problem.self) {
                try await market.work { [changes] in
                    try await UpdateProduct(audit: market.audit, clock: market.clock)(
                        product.id, changes, version: nil, by: .system, in: $0)
                }
            }
            #expect(problem?.fields.map(\.pointer) == ["/consumer_care"])
        }
    }

    @Test("A price above the maximum retail price is refused")
    func ceiling() async throws {
        try await Marketplace.open { market in
            let problem = await #expect(throws: Problem.self) {
                try await create(declared, maximum: 64_899, in: market)
            }
            #expect(problem?.fields.map(\.code) == ["above_maximum_retail_price"])
            let highest = try await status(declared, maximum: 64_900, in: market)
            #expect(highest == .active)
        }
    }
}
