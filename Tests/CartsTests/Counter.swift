import Addresses
import Carts
import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Orders
import Postgres
import Pricing
import Registrations
import Shipping
import Vendors

/// The checkout of one test.
struct Counter: Sendable {
    let trolley: Trolley
    let place: PlaceOrder
    let quote: QuoteCart
    let order: OrderCart

    var market: Marketplace { trolley.market }

    static func open(connections: Int = 8, _ body: @escaping @Sendable (Counter) async throws -> Void) async throws {
        try await Trolley.open(connections: connections) { try await body(Counter($0)) }
    }

    init(_ trolley: Trolley) {
        let market = trolley.market
        self.trolley = trolley
        // Read for every price, so that what a test changes counts at once.
        let rules = PricingRulesCache(clock: market.clock, maximumAge: 0)
        let places = KnownPlaces(clock: market.clock)
        place = PlaceOrder(audit: market.audit, ids: market.ids, clock: market.clock, rules: rules, places: places)
        quote = QuoteCart(quote: QuoteOrder(rules: rules), places: places, clock: market.clock)
        order = OrderCart(
            place: place, tokens: OrderTokens(keys: RootKeys(market.encryptionKey)), places: places,
            clock: market.clock)
    }

    static let dhaka = NewDeliveryAddress(
        recipient: NewRecipient(name: "করিম উদ্দিন", phone: "01712345678"),
        place: NewPlace(
            market: .bangladesh,
            address: NewPostalAddress(
                line1: "12 Lake Road", landmark: "Beside the mosque", upazila: "Gulshan", district: "Dhaka",
                postalCode: "1212")))

    static func checkout(
        to delivery: NewDeliveryAddress? = dhaka, shipping: [ShippingChoice] = [], by method: PaymentMethod = .online,
        expecting total: Int64? = nil
    ) -> CartCheckout {
        CartCheckout(
            email: "karim@example.com", customerName: "Karim", phone: "01712345678", delivery: delivery,
            shipping: shipping, paymentMethod: method,
            expectedTotal: total.map { Money(minorUnits: $0, currency: .bdt) })
    }

    func quoted(
        _ cart: ID<Cart>, _ checkout: CartCheckout = checkout(), by principal: Principal
    ) async throws -> CartQuote {
        try await quote(cart, checkout, by: principal, in: market.client)
    }

    func ordered(
        _ cart: ID<Cart>, _ checkout: CartCheckout = checkout(), by principal: Principal
    ) async throws -> OrderedCart {
        try await market.work { try await order(cart, checkout, by: principal, in: $0) }
    }

    /// A method of shipping, of a vendor or the marketplace, to all of Bangladesh unless said otherwise.
    @discardableResult
    func ship(
        _ terms: ShippingTerms, of vendor: ID<Vendor>? = nil, to area: ShippingArea = ShippingArea(country: "BD")
    ) async throws -> ID<ShippingMethod> {
        try await market.work { work in
            let zone = try await KeepShippingZones(audit: market.audit, ids: market.ids, clock: market.clock).create(
                NewShippingZone(vendor: vendor, name: "Zone", areas: [area]), by: .system, in: work)
            return try await KeepShippingMethods(audit: market.audit, ids: market.ids, clock: market.clock).add(
                terms, to: zone.id, by: .system, in: work
            ).id
        }
    }

    static func flat(_ amount: Int64, cash: CashOnDeliveryTerms? = nil) -> ShippingTerms {
        ShippingTerms(
            name: "Flat", charge: .flat(Money(minorUnits: amount, currency: .bdt)),
            promise: DeliveryPromise(earliest: 1, latest: 3), cashOnDelivery: cash)
    }

    func cashRule(_ terms: CashOnDeliveryRule.Terms) async throws {
        _ = try await market.work {
            try await KeepCashOnDeliveryRules(audit: market.audit, ids: market.ids, clock: market.clock).create(
                ShippingArea(country: "BD"), in: .bdt, terms, by: .system, in: $0)
        }
    }

    /// A coupon that takes a tenth off for so many orders.
    func coupon(_ code: String, uses: Int64) async throws {
        let (promotion, id) = (market.ids.next(), market.ids.next())
        try await market.owner.execute(
            """
            INSERT INTO promotions (id, title, trigger, action, rate_ppm, vendor_share_ppm, usage_limit, created_at, updated_at)
            VALUES (\(promotion), 'Tenth', 'coupon', 'percentage', 100000, 0, \(uses), now(), now())
            """)
        try await market.owner.execute(
            "INSERT INTO promotion_usage (promotion_id, usage_limit) VALUES (\(promotion), \(uses))")
        try await market.owner.execute(
            "INSERT INTO promotion_codes (id, promotion_id, code, created_at) VALUES (\(id), \(promotion), \(code), now())"
        )
    }
}
