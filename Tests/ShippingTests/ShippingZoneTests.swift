import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Postgres
import Shipping
import Testing
import Vendors

@Suite("Keeping shipping zones and methods")
struct ShippingZoneTests {
    private struct Desk: Sendable {
        let market: Marketplace
        let zones: KeepShippingZones
        let methods: KeepShippingMethods

        init(_ market: Marketplace) {
            self.market = market
            zones = KeepShippingZones(audit: market.audit, ids: market.ids, clock: market.clock)
            methods = KeepShippingMethods(audit: market.audit, ids: market.ids, clock: market.clock)
        }

        func zone(
            of vendor: ID<Vendor>? = nil, _ areas: ShippingArea..., by principal: Principal = .system
        ) async throws -> ShippingZone {
            try await market.work {
                try await zones.create(
                    NewShippingZone(vendor: vendor, name: "Zone", areas: areas), by: principal, in: $0)
            }
        }

        func method(
            _ terms: ShippingTerms, in zone: ShippingZone, by principal: Principal = .system
        ) async throws
            -> ShippingMethod
        {
            try await market.work { try await methods.add(terms, to: zone.id, by: principal, in: $0) }
        }

        func offers(_ vendors: [ID<Vendor>], to destination: ShippingDestination) async throws -> [ShippingOffer] {
            let tariff = try await ShippingTariffStore().tariff(
                for: vendors, to: destination, at: market.clock.now, in: market.client)
            return try tariff.offers(
                for: vendors.map {
                    Parcel(vendor: $0, weight: 400, subtotal: Money(minorUnits: 50_000, currency: .bdt))
                })
        }
    }

    private static func open(_ body: @escaping @Sendable (Desk) async throws -> Void) async throws {
        try await Marketplace.open { try await body(Desk($0)) }
    }

    private static func member(of vendor: ID<Vendor>) -> Principal {
        Principal(
            .vendorMember(UUID()), permissions: Role.vendorOwner.permissions, visibility: .vendor(vendor.uuid))
    }

    private static func flat(_ amount: Int64) -> ShippingTerms {
        ShippingTerms(name: "Flat \(amount)", charge: .flat(Money(minorUnits: amount, currency: .bdt)))
    }

    private static let dhaka = ShippingDestination(country: "BD", regions: ["BD-13", "BD-C"], postalCode: "1212")

    @Test("What is stored is what a destination's tariff is made of, the vendor's own in place of the marketplace's")
    func tariff() async throws {
        try await Self.open { desk in
            let (rahim, karim) = (try await desk.market.vendor(), try await desk.market.vendor(named: "Karim"))
            #expect(try await desk.offers([rahim.id], to: Self.dhaka) == [.unpriced])
            let country = try await desk.zone(ShippingArea(country: "BD"), ShippingArea(country: "IN"))
            let city = try await desk.zone(
                ShippingArea(country: "BD", region: "dhaka"),
                ShippingArea(country: "BD", postalCodes: PostalRange(from: "1200", through: "1299")))
            #expect(city.areas[0].region == "BD-13")
            var full = Self.flat(6_000)
            full.largestGrams = 8_000
            full.promise = DeliveryPromise(earliest: 1, latest: 2)
            full.cashOnDelivery = CashOnDeliveryTerms(
                fee: Money(minorUnits: 1_000, currency: .bdt), feeRate: .percent(1),
                limit: Money(minorUnits: 5_000_000, currency: .bdt))
            full.validFrom = desk.market.clock.now - 10
            full.validUntil = desk.market.clock.now + 10
            let wide = try await desk.method(Self.flat(13_000), in: country)
            let near = try await desk.method(full, in: city)
            let steps = ShippingTerms(
                name: "Steps",
                charge: ShippingCharge(
                    currency: .bdt, basis: .weight, bands: [.init(bound: 300, amount: 100)],
                    step: .init(grams: 100, amount: 7_000)))
            let heavy = try await desk.method(steps, in: city)
            let options = try await desk.offers([rahim.id], to: Self.dhaka)[0].options
            #expect(options.map(\.method) == [near.id, heavy.id])
            #expect(options.map(\.terms) == [full, steps])
            #expect(options.map(\.amount.minorUnits) == [6_000, 7_100])
            let elsewhere = ShippingDestination(country: "BD", regions: ["BD-10"])
            #expect(try await desk.offers([rahim.id], to: elsewhere)[0].options.map(\.method) == [wide.id])
            #expect(
                try await desk.offers([rahim.id], to: ShippingDestination(country: "LK")) == [.options([])])
            let own = try await desk.zone(of: karim.id, ShippingArea(country: "BD"))
            #expect(try await desk.offers([karim.id, rahim.id], to: Self.dhaka)[0] == .options([]))
            let mine = try await desk.method(Self.flat(2_500), in: own)
            let both = try await desk.offers([karim.id, rahim.id], to: Self.dhaka)
            #expect(both.map { $0.options.first?.method } == [mine.id, near.id])
        }
    }

    @Test("What is removed or not active is not offered, and an edit counts from the version that was seen")
    func edits() async throws {
        try await Self.open { desk in
            let vendor = try await desk.market.vendor()
            let zone = try await desk.zone(ShippingArea(country: "BD"))
            let method = try await desk.method(Self.flat(100), in: zone)
            let edited = try await desk.market.work { work in
                try await desk.methods.update(method.id, version: 1, by: .system, in: work) {
                    $0.charge = .flat(Money(minorUnits: 200, currency: .bdt))
                }
            }
            #expect(edited.version == 2)
            #expect(try await desk.offers([vendor.id], to: Self.dhaka)[0].options.map(\.amount.minorUnits) == [200])
            let stale = await #expect(throws: Problem.self) {
                _ = try await desk.market.work { work in
                    try await desk.methods.update(method.id, version: 1, by: .system, in: work) { $0.isActive = false }
                }
            }
            #expect(stale?.type == "version-mismatch")
            _ = try await desk.market.work { work in
                try await desk.methods.update(method.id, version: 2, by: .system, in: work) { $0.isActive = false }
            }
            #expect(try await desk.offers([vendor.id], to: Self.dhaka) == [.options([])])
            let moved = try await desk.market.work {
                try await desk.zones.update(
                    zone.id, ShippingZoneChanges(areas: [ShippingArea(country: "IN", region: "Maharashtra")]),
                    version: 1,
                    by: .system, in: $0)
            }
            #expect(moved.areas == [ShippingArea(country: "IN", region: "27")] && moved.version == 2)
            try await desk.market.work { try await desk.zones.remove(zone.id, by: .system, in: $0) }
            #expect(try await desk.offers([vendor.id], to: Self.dhaka) == [.unpriced])
            let gone = await #expect(throws: Problem.self) {
                try await desk.market.work { try await desk.methods.remove(method.id, by: .system, in: $0) }
            }
            #expect(gone?.status == 404)
        }
    }

    @Test("A vendor reaches its own zones alone, charges for its own parcels and hands out goods at its own places")
    func reach() async throws {
        try await Self.open { desk in
            let (rahim, karim) = (try await desk.market.vendor(), try await desk.market.vendor(named: "Karim"))
            let member = Self.member(of: rahim.id)
            let own = try await desk.zone(of: rahim.id, ShippingArea(country: "BD"), by: member)
            let common = try await desk.zone(ShippingArea(country: "BD"))
            for vendor in [nil, karim.id] {
                let refusal = await #expect(throws: Problem.self) {
                    try await desk.zone(of: vendor, ShippingArea(country: "BD"), by: member)
                }
                #expect(refusal?.fields.map(\.pointer) == ["/vendor_id"])
            }
            let foreign = await #expect(throws: Problem.self) {
                try await desk.method(Self.flat(1), in: common, by: member)
            }
            #expect(foreign?.status == 404)
            var once = Self.flat(1)
            once.unit = .order
            once.way = .pickup(at: try await desk.market.location(of: karim.id))
            let refusal = await #expect(throws: Problem.self) { try await desk.method(once, in: own, by: member) }
            #expect(refusal?.fields.map(\.pointer) == ["/charged_per", "/pickup_location_id"])
            var here = Self.flat(0)
            here.way = .pickup(at: try await desk.market.location(of: rahim.id))
            #expect(try await desk.method(here, in: own, by: member).terms == here)
            let page = try await ShippingZoneStore().zones(
                page: PageRequest(), visibleTo: member.visibility, in: desk.market.client)
            #expect(page.items.map(\.id) == [own.id])
        }
    }

    @Test("Whatever is wrong with a zone or a method is named at once")
    func refusals() async throws {
        try await Self.open { desk in
            let zone = await #expect(throws: Problem.self) {
                try await desk.zone(
                    ShippingArea(country: "bd"), ShippingArea(country: "BD", region: "Atlantis"),
                    ShippingArea(country: "IN", postalCodes: PostalRange(from: "400100", through: "4001")))
            }
            #expect(
                zone?.fields.map(\.pointer) == ["/areas/0/country", "/areas/1/region", "/areas/2/postal_through"])
            let good = try await desk.zone(ShippingArea(country: "BD"))
            var terms = ShippingTerms(
                name: "",
                charge: ShippingCharge(
                    currency: .bdt, basis: .subtotal,
                    bands: [.init(bound: 5, amount: 1), .init(bound: 5, amount: -1)], step: .init(grams: 0, amount: 0)))
            terms.promise = DeliveryPromise(earliest: 3, latest: 2)
            terms.validFrom = desk.market.clock.now
            terms.validUntil = desk.market.clock.now
            terms.cashOnDelivery = CashOnDeliveryTerms(fee: Money(minorUnits: 1, currency: .inr))
            let wrong = terms
            let method = await #expect(throws: Problem.self) { try await desk.method(wrong, in: good) }
            #expect(
                method?.fields.map(\.pointer) == [
                    "/name", "/charge/bands/1/amount_minor", "/charge/bands/1/bound", "/charge/bands/0/bound",
                    "/charge/step", "/charge/step/grams", "/promise/latest_days", "/cash_on_delivery/fee",
                    "/valid_until",
                ])
        }
    }

    @Test("Rules on cash on delivery are stored as they were entered, one for each area")
    func rules() async throws {
        try await Marketplace.open { market in
            let keep = KeepCashOnDeliveryRules(audit: market.audit, ids: market.ids, clock: market.clock)
            let terms = CashOnDeliveryRule.Terms(
                isOffered: true, limit: 5_000_000, mostRefusals: 3, asksForCode: true, advance: .share(.percent(10)),
                advanceBelowOrders: 2)
            let rule = try await market.work {
                try await keep.create(
                    ShippingArea(country: "BD", region: "Dhaka"), in: .bdt, terms, by: .system, in: $0)
            }
            let found = try await ShippingTariffStore().cashOnDelivery(for: Self.dhaka, in: market.client)
            #expect(found.rule(for: Self.dhaka, in: .bdt) == rule && rule.area.region == "BD-13")
            let twice = await #expect(throws: Problem.self) {
                _ = try await market.work {
                    try await keep.create(
                        ShippingArea(country: "BD", region: "BD-13"), in: .bdt, terms, by: .system, in: $0)
                }
            }
            #expect(twice?.type == "cod-rule-exists")
            let edited = try await market.work { work in
                try await keep.update(rule.id, version: 1, by: .system, in: work) {
                    $0 = CashOnDeliveryRule.Terms(isOffered: false, advance: .shipping)
                }
            }
            let after = try await ShippingTariffStore().cashOnDelivery(for: Self.dhaka, in: market.client)
            #expect(after.rule(for: Self.dhaka, in: .bdt) == edited && edited.version == 2)
            try await market.work { try await keep.remove(rule.id, by: .system, in: $0) }
            let none = try await ShippingTariffStore().cashOnDelivery(for: Self.dhaka, in: market.client)
            #expect(none.rule(for: Self.dhaka, in: .bdt) == nil)
        }
    }
}
