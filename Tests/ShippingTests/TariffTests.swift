import Core
import Foundation
import Shipping
import Testing
import Vendors

@Suite("What shipping costs")
struct TariffTests {
    private static let time = Date(timeIntervalSince1970: 1_800_000_000)
    private static let mumbai = ShippingDestination(country: "IN", regions: ["27"], postalCode: "400050")

    private static func money(_ units: Int64, _ currency: Currency = .inr) -> Money {
        Money(minorUnits: units, currency: currency)
    }

    private static func id<Subject: IdentifiedByTypeID>(_ number: Int) -> ID<Subject> {
        ID(uuid: UUID(uuidString: "00000000-0000-7000-8000-\(String(repeating: "0", count: 11))\(number)") ?? UUID())
    }

    private static func zone(
        _ number: Int, of vendor: ID<Vendor>? = nil, _ areas: [ShippingArea], _ terms: ShippingTerms...
    ) -> ShippingTariff.Zone {
        ShippingTariff.Zone(
            zone: ShippingZone(id: id(number), vendor: vendor, name: "\(number)", areas: areas, createdAt: time),
            methods: terms.enumerated().map {
                ShippingMethod(id: id(number * 3 + $0.offset), zone: id(number), terms: $0.element, createdAt: time)
            })
    }

    private static func tariff(
        _ zones: [ShippingTariff.Zone], to destination: ShippingDestination = mumbai, at time: Date = time
    ) -> ShippingTariff {
        ShippingTariff(destination: destination, at: time, owners: Set(zones.map(\.zone.vendor)), zones: zones)
    }

    private static func parcel(_ vendor: Int = 1, weight: Int64 = 500, subtotal: Int64 = 50_000) -> Parcel {
        Parcel(vendor: id(vendor), weight: weight, subtotal: money(subtotal))
    }

    private static let freeFrom999 = ShippingTerms(
        name: "Standard",
        charge: ShippingCharge(
            currency: .inr, basis: .subtotal, bands: [.init(bound: 0, amount: 4_900), .init(bound: 99_900, amount: 0)]))

    @Test(
        "Shipping is free from ₹999 on, else ₹49",
        arguments: [(0, 4_900), (99_899, 4_900), (99_900, 0), (10_000_000, 0)] as [(Int64, Int64)])
    func threshold(subtotal: Int64, due: Int64) throws {
        let tariff = Self.tariff([Self.zone(1, [ShippingArea(country: "IN")], Self.freeFrom999)])
        let offers = try tariff.offers(for: [Self.parcel(subtotal: subtotal)])
        #expect(offers.map { $0.options.map(\.amount) } == [[Self.money(due)]])
    }

    @Test(
        "Weight is charged by the band that it lies in, and by begun steps beyond the last",
        arguments: [
            (1, 7_000), (500, 7_000), (501, 11_000), (1_000, 11_000), (1_001, 13_000), (2_000, 13_000), (2_001, 15_000),
        ] as [(Int64, Int64)])
    func weight(grams: Int64, due: Int64) throws {
        let charge = ShippingCharge(
            currency: .inr, basis: .weight,
            bands: [.init(bound: 500, amount: 7_000), .init(bound: 1_000, amount: 11_000)],
            step: .init(grams: 1_000, amount: 2_000))
        #expect(try charge.amount(weight: grams, subtotal: Self.money(1)) == Self.money(due))
        let closed = ShippingCharge(currency: .inr, basis: .weight, bands: charge.bands)
        #expect(try closed.amount(weight: grams, subtotal: Self.money(1)) == (grams <= 1_000 ? Self.money(due) : nil))
        #expect(try charge.amount(weight: grams, subtotal: Self.money(1, .bdt)) == nil)
    }

    @Test("A weight beyond all counting is refused and not wrapped")
    func overflow() {
        let charge = ShippingCharge(
            currency: .inr, basis: .weight, bands: [.init(bound: 1, amount: 1)], step: .init(grams: 1, amount: .max))
        #expect(throws: MoneyError.overflow) { try charge.amount(weight: .max, subtotal: Self.money(1)) }
        let tariff = Self.tariff([
            Self.zone(1, [ShippingArea(country: "IN")], ShippingTerms(name: "O", unit: .order, charge: charge))
        ])
        #expect(throws: MoneyError.overflow) {
            try tariff.offers(for: [Self.parcel(1, weight: .max), Self.parcel(2, weight: .max)])
        }
    }

    @Test(
        "Post codes go before a State, few before many, a State before its country, and an older zone before its like")
    func precision() throws {
        func flat(_ amount: Int64) -> ShippingTerms {
            ShippingTerms(name: "\(amount)", charge: .flat(Self.money(amount)))
        }
        let zones = [
            Self.zone(1, [ShippingArea(country: "IN")], flat(1)),
            Self.zone(2, [ShippingArea(country: "BD"), ShippingArea(country: "IN", region: "27")], flat(2)),
            Self.zone(
                3, [ShippingArea(country: "IN", postalCodes: PostalRange(from: "400001", through: "400104"))], flat(3)),
            Self.zone(
                4, [ShippingArea(country: "IN", postalCodes: PostalRange(from: "400050", through: "400051"))], flat(4)),
            Self.zone(
                5, [ShippingArea(country: "IN", postalCodes: PostalRange(from: "400050", through: "400051"))], flat(5)),
        ]
        for (count, expected) in [(1, 1), (2, 2), (3, 3), (4, 4), (5, 4)] as [(Int, Int64)] {
            let offers = try Self.tariff(Array(zones.prefix(count).reversed())).offers(for: [Self.parcel()])
            #expect(offers[0].options.map(\.amount.minorUnits) == [expected], "of \(count)")
        }
        let dhaka = ShippingDestination(country: "BD", regions: ["BD-13", "BD-C"], postalCode: "1212")
        let districts = [
            Self.zone(1, [ShippingArea(country: "BD", region: "BD-C")], flat(1)),
            Self.zone(2, [ShippingArea(country: "BD", region: "BD-13")], flat(2)),
            Self.zone(3, [ShippingArea(country: "BD", postalCodes: PostalRange(from: "121", through: "121"))], flat(3)),
        ]
        let offers = try Self.tariff(districts, to: dhaka).offers(
            for: [Parcel(vendor: Self.id(1), weight: 1, subtotal: Self.money(1))])
        #expect(offers[0].options.map(\.amount.minorUnits) == [2])
    }

    @Test("A vendor with zones of its own ships by them alone; where nobody has any, nothing is charged")
    func owners() throws {
        let flat = ShippingTerms(name: "F", charge: .flat(Self.money(100)))
        let everywhere = Self.zone(1, [ShippingArea(country: "IN")], flat)
        let own = Self.zone(2, of: Self.id(2), [ShippingArea(country: "BD")], flat)
        let offers = try Self.tariff([everywhere, own]).offers(for: [Self.parcel(1), Self.parcel(2)])
        #expect(offers[0].options.count == 1)
        #expect(offers[1] == .options([]))
        #expect(try Self.tariff([]).offers(for: [Self.parcel(1)]) == [.unpriced])
        #expect(try Self.tariff([own]).offers(for: [Self.parcel(1), Self.parcel(2)]) == [.unpriced, .options([])])
        // A zone without methods keeps parcels from where a wider one would take them.
        let closed = Self.zone(3, [ShippingArea(country: "IN", region: "27")])
        #expect(try Self.tariff([everywhere, closed]).offers(for: [Self.parcel(1)]) == [.options([])])
    }

    @Test("What is charged for the order once is reckoned for all parcels that go that way")
    func once() throws {
        var terms = Self.freeFrom999
        terms.unit = .order
        let each = ShippingTerms(name: "Express", charge: .flat(Self.money(9_900)))
        let tariff = Self.tariff([Self.zone(1, [ShippingArea(country: "IN")], terms, each)])
        let parcels = [Self.parcel(1, subtotal: 60_000), Self.parcel(2, subtotal: 39_900)]
        let offers = try tariff.offers(for: parcels)
        #expect(offers.map { $0.options.map(\.amount.minorUnits) } == [[0, 9_900], [0, 9_900]])
        let both = try tariff.due(for: parcels, by: offers.map { $0.options[0] })
        #expect(both.map(\.option.amount.minorUnits) == [0] && both[0].vendors == parcels.map(\.vendor))
        let apart = try tariff.due(for: parcels, by: [offers[0].options[0], offers[1].options[1]])
        #expect(apart.map(\.option.amount.minorUnits) == [4_900, 9_900])
        #expect(try tariff.due(for: parcels, by: [nil, nil]).isEmpty)
    }

    @Test("What does not hold now, is too heavy or is in another currency is not offered")
    func unavailable() throws {
        var terms = ShippingTerms(name: "F", charge: .flat(Self.money(1)))
        func isOffered(_ terms: ShippingTerms, weight: Int64 = 500) throws -> Bool {
            let tariff = Self.tariff([Self.zone(1, [ShippingArea(country: "IN")], terms)])
            return try !tariff.offers(for: [Self.parcel(weight: weight)])[0].options.isEmpty
        }
        #expect(try isOffered(terms))
        terms.validFrom = Self.time
        terms.validUntil = Self.time + 1
        #expect(try isOffered(terms))
        terms.validFrom = Self.time + 1
        #expect(try !isOffered(terms))
        terms.validFrom = nil
        terms.validUntil = Self.time
        #expect(try !isOffered(terms))
        terms.validUntil = nil
        terms.largestGrams = 500
        #expect(try isOffered(terms))
        #expect(try !isOffered(terms, weight: 501))
        terms.isActive = false
        #expect(try !isOffered(terms))
        #expect(try !isOffered(ShippingTerms(name: "B", charge: .flat(Self.money(1, .bdt)))))
    }

    @Test("Collecting cash costs the larger of a sum and a share")
    func cashFee() throws {
        let terms = CashOnDeliveryTerms(fee: Self.money(3_600), feeRate: .percent(2.5))
        #expect(try terms.fee(for: Self.money(100_000)) == Self.money(3_600))
        #expect(try terms.fee(for: Self.money(200_000)) == Self.money(5_000))
        #expect(throws: MoneyError.self) { try terms.fee(for: Self.money(1, .bdt)) }
    }
}
