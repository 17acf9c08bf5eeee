import Catalog
import Core
import Foundation
import Shipping
import Testing

@testable import Payments

/// Which gateways rules offer, without a database.
@Suite("Rules on gateways")
struct PaymentOptionRuleTests {
    private static let names = ["bkash", "cash_on_delivery", "stripe", "stripe/eu"]
    private let dhaka = ShippingDestination(country: "BD", regions: ["BD-13", "BD-C"], postalCode: "1212")
    /// Noon in UTC.
    private let noon = Date(timeIntervalSince1970: 1_799_971_200 + 43_200)

    private static let gateways = names.map { name in
        OfferedGateway(name: GatewayName(rawValue: name), title: name.uppercased()) { amount in
            name == "bkash" && amount.currency != .bdt ? "bKash moves taka only" : nil
        }
    }

    private func rule(_ gateway: String, _ terms: PaymentOptionRule.Terms) -> PaymentOptionRule {
        PaymentOptionRule(
            id: ID(uuid: UUID()), gateway: GatewayName(rawValue: gateway), terms: terms, createdAt: noon)
    }

    private func offered(
        _ rules: [PaymentOptionRule], amount: Money = Money(minorUnits: 120_000, currency: .bdt),
        to destination: ShippingDestination? = nil, at time: Date? = nil, isOnDelivery: Bool = false,
        unwell: Set<GatewayName> = []
    ) -> [String] {
        PaymentOptionRules(rules, unwell: unwell).options(
            for: PaymentOccasion(
                amount: amount, destination: destination, time: time ?? noon, isOnDelivery: isOnDelivery),
            of: Self.gateways
        ).map(\.gateway.rawValue)
    }

    @Test("Without rules every gateway is offered that can charge it, and cash where it is paid on delivery")
    func none() {
        #expect(offered([]) == ["bkash", "stripe", "stripe/eu"])
        #expect(offered([], amount: Money(minorUnits: 500, currency: .usd)) == ["stripe", "stripe/eu"])
        #expect(offered([], isOnDelivery: true) == Self.names)
    }

    @Test("With rules a gateway without one that fits is not offered, and positions say in which order they are shown")
    func positions() {
        let rules = [
            rule("stripe", .init(position: 20)), rule("bkash", .init(position: 30)),
            rule("stripe/eu", .init(currency: .eur, position: 10)),
        ]
        #expect(offered(rules) == ["stripe", "bkash"])
        #expect(offered(rules, amount: Money(minorUnits: 500, currency: .eur)) == ["stripe/eu", "stripe"])
    }

    @Test("Of a gateway's rules that fit the first by position decides, so that an exception stands before the rule")
    func exception() {
        let far = ShippingArea(country: "BD", region: "BD-54")
        let rules = [
            rule("stripe", .init(isOffered: false, area: far, position: 1)), rule("stripe", .init(position: 2)),
        ]
        #expect(offered(rules, to: dhaka) == ["stripe"])
        #expect(offered(rules) == ["stripe"])
        let rajshahi = ShippingDestination(country: "BD", regions: ["BD-54"], postalCode: "6000")
        #expect(offered(rules, to: rajshahi).isEmpty)
    }

    @Test(
        "Amounts count from the least to the most, both included",
        arguments: [(999, false), (1_000, true), (5_000, true), (5_001, false)])
    func amounts(units: Int64, isOffered: Bool) {
        let rules = [rule("stripe", .init(currency: .bdt, least: 1_000, most: 5_000))]
        #expect(offered(rules, amount: Money(minorUnits: units, currency: .bdt)) == (isOffered ? ["stripe"] : []))
    }

    @Test("An area is one of goods that are shipped: by country, region and post code")
    func areas() {
        func offers(_ area: ShippingArea) -> Bool { !offered([rule("stripe", .init(area: area))], to: dhaka).isEmpty }
        #expect(offers(ShippingArea(country: "BD")))
        #expect(offers(ShippingArea(country: "BD", region: "BD-C")))
        #expect(offers(ShippingArea(country: "BD", postalCodes: PostalRange(from: "1000", through: "1399"))))
        #expect(!offers(ShippingArea(country: "IN")))
        #expect(!offers(ShippingArea(country: "BD", postalCodes: PostalRange(from: "1300", through: "1399"))))
        #expect(offered([rule("stripe", .init(area: ShippingArea(country: "BD")))]).isEmpty)
    }

    @Test(
        "Hours are those of the clocks that the rule names, over midnight where the end is the smaller",
        arguments: [
            (480, 1_320, 360, 0, true), (480, 1_320, 360, 4 * 3_600, false), (1_320, 480, 360, 4 * 3_600, true),
            (1_080, 1_081, 360, 59, true), (1_080, 1_081, 360, 60, false), (0, 1, -720, 0, true),
            (1_079, 1_080, 360, 0, false),
        ])
    func hours(from: Int, until: Int, offset: Int, later: Int, isOffered: Bool) {
        let terms = PaymentOptionRule.Terms(
            hours: PaymentOptionRule.Hours(from: from, until: until, utcOffset: offset))
        let time = noon.addingTimeInterval(TimeInterval(later))
        #expect(offered([rule("stripe", terms)], at: time) == (isOffered ? ["stripe"] : []))
        let before = Date(timeIntervalSince1970: -86_400 * 3 + 43_200 + TimeInterval(later))
        #expect(offered([rule("stripe", terms)], at: before) == (isOffered ? ["stripe"] : []))
    }

    @Test("A gateway that does not do its work stands behind those that do, and is still there")
    func unwell() {
        let rules = [rule("stripe", .init(position: 1)), rule("bkash", .init(position: 2))]
        #expect(offered(rules, unwell: [.stripe]) == ["bkash", "stripe"])
        #expect(offered([], unwell: [GatewayName(rawValue: "bkash")]) == ["stripe", "stripe/eu", "bkash"])
    }

    @Test(
        "Titles are told in the most wanted language that there is one in, else in English, else as the provider is called"
    )
    func titles() throws {
        let bengali = try #require(ContentLocale(rawValue: "bn"))
        let wanted = try #require(ContentLocale(rawValue: "bn-BD"))
        let hindi = try #require(ContentLocale(rawValue: "hi"))
        let option = PaymentOption(gateway: .stripe, title: "Stripe", titles: [bengali: "কার্ড", .english: "Card"])
        #expect(option.title(in: [wanted, .english]) == "কার্ড")
        #expect(option.title(in: [hindi]) == "Card")
        #expect(PaymentOption(gateway: .stripe, title: "Stripe").title(in: [hindi]) == "Stripe")
    }

    @Test("Terms that contradict themselves are refused, each by its field")
    func contradictions() {
        func codes(_ terms: PaymentOptionRule.Terms) -> [String] {
            var check = InputCheck()
            terms.check(&check)
            let problem = #expect(throws: Problem.self) { try check.finish() }
            return problem?.fields.map(\.pointer) ?? []
        }
        #expect(codes(.init(least: 1)) == ["/currency"])
        #expect(codes(.init(currency: .bdt, least: 2, most: 1)) == ["/most_minor"])
        #expect(codes(.init(position: -1)) == ["/position"])
        #expect(codes(.init(hours: .init(from: 5, until: 5, utcOffset: 0))) == ["/hours/until_minute"])
        #expect(codes(.init(hours: .init(from: -1, until: 1_440, utcOffset: 900))).count == 3)
        #expect(codes(.init(titles: [.english: ""])) == ["/titles"])
    }
}
