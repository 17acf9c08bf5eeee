import Core
import Foundation
import Shipping
import Testing

@Suite("Whether cash is collected on delivery")
struct CashOnDeliveryTests {
    private static let dhaka = ShippingDestination(country: "BD", regions: ["BD-13", "BD-C"], postalCode: "1212")

    private static func rules(_ rules: (ShippingArea, CashOnDeliveryRule.Terms)...) -> CashOnDeliveryRules {
        CashOnDeliveryRules(
            rules.map {
                CashOnDeliveryRule(
                    id: ID(uuid: UUID()), area: $0.0, currency: .bdt, terms: $0.1,
                    createdAt: Date(timeIntervalSince1970: 0))
            })
    }

    private static func verdict(
        _ rules: CashOnDeliveryRules, total: Int64 = 100_000, refusals: Int = 0, received: Int = 0
    ) -> Result<CashOnDeliveryOffer, CashOnDeliveryRefused> {
        rules.verdict(
            on: Money(minorUnits: total, currency: .bdt), to: dhaka,
            history: CashOnDeliveryHistory(refusals: refusals, received: received))
    }

    private static let offered = CashOnDeliveryOffer(asksForCode: false, advance: .none)

    @Test("Where there is no rule it is not; of several rules the narrowest counts")
    func areas() {
        let everywhere = (ShippingArea(country: "BD"), CashOnDeliveryRule.Terms(isOffered: true))
        let never = (ShippingArea(country: "BD", region: "BD-13"), CashOnDeliveryRule.Terms(isOffered: false))
        let here = (
            ShippingArea(country: "BD", postalCodes: PostalRange(from: "1212", through: "1213")),
            CashOnDeliveryRule.Terms(isOffered: true)
        )
        #expect(Self.verdict(Self.rules()) == .failure(CashOnDeliveryRefused(.area)))
        #expect(Self.verdict(Self.rules(everywhere)) == .success(Self.offered))
        #expect(Self.verdict(Self.rules(everywhere, never)) == .failure(CashOnDeliveryRefused(.area)))
        #expect(Self.verdict(Self.rules(here, never, everywhere)) == .success(Self.offered))
        #expect(
            Self.rules(everywhere).verdict(
                on: Money(minorUnits: 1, currency: .inr), to: Self.dhaka, history: CashOnDeliveryHistory())
                == .failure(CashOnDeliveryRefused(.area)))
    }

    @Test("The total and the customer's refusals have limits: the third refusal hides it")
    func limits() {
        let rules = Self.rules(
            (ShippingArea(country: "BD"), CashOnDeliveryRule.Terms(isOffered: true, limit: 100_000, mostRefusals: 3)))
        #expect(Self.verdict(rules) == .success(Self.offered))
        #expect(Self.verdict(rules, total: 100_001) == .failure(CashOnDeliveryRefused(.amount)))
        #expect(Self.verdict(rules, refusals: 2) == .success(Self.offered))
        #expect(Self.verdict(rules, refusals: 3) == .failure(CashOnDeliveryRefused(.history)))
    }

    @Test("An advance is asked of those alone who have received too few orders")
    func advance() {
        let rules = Self.rules(
            (
                ShippingArea(country: "BD"),
                CashOnDeliveryRule.Terms(
                    isOffered: true, asksForCode: true, advance: .shipping, advanceBelowOrders: 1)
            ))
        #expect(Self.verdict(rules) == .success(CashOnDeliveryOffer(asksForCode: true, advance: .shipping)))
        #expect(Self.verdict(rules, received: 1) == .success(CashOnDeliveryOffer(asksForCode: true, advance: .none)))
    }
}
