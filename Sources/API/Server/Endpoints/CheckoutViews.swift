import Carts
import Catalog
import Core
import Endpoints
import Foundation
import Orders
import Pricing
import Shipping
import Vendors

struct OrderedCartView: APIOutput {
    let order: OrderView
    let accessToken: String?

    init(_ ordered: OrderedCart) {
        order = OrderView(details: ordered.order)
        accessToken = ordered.accessToken?.text.reveal()
    }

    private init() {
        order = .example
        accessToken = "jP3nq0XhE5lVbW2mT8sYcR4uKd6oA1gZf7iB9yNvQtM"
    }

    static let example = OrderedCartView()

    func write(to out: inout ObjectWriter) {
        out.field("order", order)
        out.field(
            "access_token", accessToken,
            "Opens the order as a bearer token; null where a key of the installation is gone with which it was made")
    }
}

/// What a cart comes to, and how it can be shipped and paid.
struct CheckoutQuoteView: APIOutput {
    private let cart: ID<Cart>
    private let version: Int64
    private let totals: QuotedTotalsView
    private let advance: Money?
    private let vendors: [QuotedVendorView]
    private let lines: [QuotedLineView]
    private let adjustments: [QuotedAdjustmentView]
    private let coupons: [QuotedCouponView]
    private let gifts: [QuotedGiftView]
    private let refusals: [QuotedRefusalView]
    private let methods: [QuotedPaymentMethodView]
    private let trace: [QuotedStepView]

    init(_ quote: CartQuote, gateways: [String]) {
        let (priced, order) = (quote.order.priced, quote.order)
        cart = quote.cart.cart.id
        version = quote.cart.cart.version
        totals = QuotedTotalsView(priced.totals)
        advance = order.advance
        vendors = priced.vendors.map { vendor in
            QuotedVendorView(vendor, order.shipments.first { $0.vendor == vendor.vendor })
        }
        lines = priced.lines.map(QuotedLineView.init)
        adjustments = priced.adjustments.map { QuotedAdjustmentView($0, of: priced) }
        coupons = priced.coupons.map(QuotedCouponView.init)
        gifts = priced.gifts.map(QuotedGiftView.init)
        refusals = priced.refusals.map {
            QuotedRefusalView(variant: priced.lines[$0.line].variant, reason: $0.reason)
        }
        methods = [QuotedPaymentMethodView(online: gateways), QuotedPaymentMethodView(order.cash)]
        trace = priced.trace.steps.map { QuotedStepView($0, of: priced) }
    }

    private init() {
        cart = .example
        version = 4
        totals = .example
        advance = nil
        vendors = [.example]
        lines = [.example]
        adjustments = [.example]
        coupons = [.example]
        gifts = []
        refusals = []
        methods = [.example]
        trace = [.example]
    }

    static let example = CheckoutQuoteView()

    func write(to out: inout ObjectWriter) {
        out.field("cart_id", cart)
        out.field("cart_version", version, "Of the cart that it is about")
        out.field("totals", totals, "Of everything; the total is what an order is to expect")
        out.field("advance", advance, "What is paid before anything is shipped, where cash is collected for the rest")
        out.field("vendors", vendors, "Each vendor’s part, and how it can be shipped")
        out.field("lines", lines)
        out.field("adjustments", adjustments, "What it costs beside the lines")
        out.field("coupons", coupons, "What has become of each code")
        out.field("gifts", gifts, "Units that would cost nothing if they were added")
        out.field("refusals", refusals, "What can’t be sold so")
        out.field("payment_methods", methods, "How it can be paid")
        out.field("trace", trace, "Why each price is what it is, step by step")
    }
}

struct QuotedTotalsView: APIOutput {
    private let amounts: [Money]

    init(_ totals: PriceTotals) {
        amounts = [
            totals.goods, totals.discount, totals.shipping, totals.fees, totals.tax, totals.rounding, totals.total,
        ]
    }

    private init() { amounts = Array(repeating: .example, count: 7) }

    static let example = QuotedTotalsView()

    func write(to out: inout ObjectWriter) {
        out.field("goods", amounts[0], "Units at their prices")
        out.field("discount", amounts[1], "Negative")
        out.field("shipping", amounts[2])
        out.field("fees", amounts[3], "Such as what collecting cash costs")
        out.field("tax", amounts[4], "Every tax, whether prices contain it or not")
        out.field("rounding", amounts[5])
        out.field("total", amounts[6], "What the customer pays")
    }
}

struct QuotedVendorView: APIOutput {
    private let vendor: ID<Vendor>
    private let totals: QuotedTotalsView
    private let options: [QuotedShippingOptionView]
    private let isDeliverable: Bool?

    init(_ priced: PricedVendor, _ shipment: QuotedShipment?) {
        vendor = priced.vendor
        totals = QuotedTotalsView(priced.totals)
        options =
            shipment?.offer?.options.map {
                QuotedShippingOptionView($0, isChosen: $0.method == shipment?.chosen?.method)
            } ?? []
        isDeliverable = shipment?.offer.map { $0 == .unpriced || !$0.options.isEmpty }
    }

    private init() {
        vendor = .example
        totals = .example
        options = [.example]
        isDeliverable = true
    }

    static let example = QuotedVendorView()

    func write(to out: inout ObjectWriter) {
        out.field("vendor_id", vendor)
        out.field("totals", totals)
        out.field(
            "is_deliverable", isDeliverable,
            "Null where nothing is shipped, or nobody has said where to; true without ways where nothing is charged")
        out.field("shipping", options, "The ways in which its parcel can go, the cheapest first")
    }
}

struct QuotedShippingOptionView: APIOutput {
    private let option: ShippingOption
    private let isChosen: Bool

    init(_ option: ShippingOption, isChosen: Bool) {
        self.option = option
        self.isChosen = isChosen
    }

    static let example = QuotedShippingOptionView(
        ShippingOption(method: .example, terms: ShippingMethodView.example.method.terms, amount: .example),
        isChosen: true)

    func write(to out: inout ObjectWriter) {
        let terms = option.terms
        out.field("method_id", option.method)
        out.field("name", terms.name)
        out.field(
            "amount", option.amount, "For the parcel, or for all that go this way where the order is charged once")
        out.field("charged_per", terms.unit, "Whether each vendor’s parcel is charged, or the order once")
        out.field("promise", terms.promise.map(DeliveryPromiseView.init), "When the goods are there")
        out.field("pickup_location_id", terms.way.location, "Where the customer fetches them; null: they are delivered")
        out.field("is_chosen", isChosen)
    }
}

struct QuotedLineView: APIOutput {
    private let variant: ID<Variant>
    private let quantity: Int64
    private let amounts: [Money]

    init(_ line: PricedLine) {
        variant = line.variant
        quantity = line.quantity
        amounts = [line.unitPrice.amount, line.goods, line.discount, line.tax, line.taxable, line.total]
    }

    private init() {
        variant = .example
        quantity = 1
        amounts = Array(repeating: .example, count: 6)
    }

    static let example = QuotedLineView()

    func write(to out: inout ObjectWriter) {
        out.field("variant_id", variant)
        out.field("quantity", quantity)
        out.field("unit_price", amounts[0])
        out.field("goods", amounts[1], "Units at their price")
        out.field("discount", amounts[2], "Negative")
        out.field("tax", amounts[3], "On the goods")
        out.field("taxable", amounts[4], "Their value before taxes")
        out.field("total", amounts[5], "What the customer pays for the goods")
    }
}

struct QuotedAdjustmentView: APIOutput {
    private let adjustment: PriceAdjustment
    private let vendor: ID<Vendor>?
    private let variant: ID<Variant>?

    init(_ adjustment: PriceAdjustment, of priced: PricedCart) {
        self.adjustment = adjustment
        switch adjustment.target {
        case .line(let place):
            vendor = priced.lines[place].vendor
            variant = priced.lines[place].variant
        case .vendor(let id):
            vendor = id
            variant = nil
        case .order:
            vendor = nil
            variant = nil
        }
    }

    private init() {
        adjustment = PriceAdjustment(
            kind: .shipping, target: .vendor(.example), amount: .example, bearer: .vendor, source: "shipping:shm_01j…")
        vendor = .example
        variant = nil
    }

    static let example = QuotedAdjustmentView()

    func write(to out: inout ObjectWriter) {
        out.field("kind", adjustment.kind)
        out.field("vendor_id", vendor, "Whose; null for the whole order’s")
        out.field("variant_id", variant, "Where it applies to one line")
        out.field("amount", adjustment.amount, "What it adds; discounts are negative")
        out.field("is_included", adjustment.isIncluded, "Whether a price contains it already")
        out.field("bearer", adjustment.bearer, "Who gives or gets it")
        out.field("rate_ppm", adjustment.rate?.partsPerMillion, "In parts per million")
        out.field("tax_head", adjustment.head, "Of a tax: under which name it is paid")
        out.field("taxable", adjustment.taxable, "Of a tax: what it was reckoned on")
        out.field("source", adjustment.source)
    }
}

struct QuotedCouponView: APIOutput {
    private let outcome: CouponOutcome

    init(_ outcome: CouponOutcome) { self.outcome = outcome }

    static let example = QuotedCouponView(CouponOutcome(typed: "EID-2026", promotion: .example, refusal: nil))

    func write(to out: inout ObjectWriter) {
        out.field("code", outcome.typed, "As it was typed")
        out.field("promotion_id", outcome.promotion)
        out.field("refusal", outcome.refusal, "Why it does not count; null: it does")
    }
}

struct QuotedGiftView: APIOutput {
    private let gift: GiftOffer

    init(_ gift: GiftOffer) { self.gift = gift }

    static let example = QuotedGiftView(GiftOffer(promotion: .example, variant: .example, quantity: 1))

    func write(to out: inout ObjectWriter) {
        out.field("promotion_id", gift.promotion)
        out.field("variant_id", gift.variant)
        out.field("quantity", gift.quantity, "How many more")
    }
}

struct QuotedRefusalView: APIOutput {
    let variant: ID<Variant>
    let reason: LineRefusal.Reason

    static let example = QuotedRefusalView(variant: .example, reason: .vendorNotInterstate)

    func write(to out: inout ObjectWriter) {
        out.field("variant_id", variant)
        out.field("reason", reason)
    }
}

struct QuotedPaymentMethodView: APIOutput {
    private let kind: PaymentMethod
    private let gateways: [String]
    private let cash: CashQuote?
    private let objection: CashOnDeliveryObjection?

    init(online gateways: [String]) {
        kind = .online
        self.gateways = gateways
        cash = nil
        objection = nil
    }

    init(_ cash: Result<CashQuote, CashOnDeliveryRefused>) {
        kind = .cashOnDelivery
        gateways = []
        switch cash {
        case .success(let quote):
            self.cash = quote
            objection = nil
        case .failure(let refusal):
            self.cash = nil
            objection = refusal.objection
        }
    }

    static let example = QuotedPaymentMethodView(online: ["stripe"])

    func write(to out: inout ObjectWriter) {
        out.field("kind", kind)
        out.field("is_offered", objection == nil)
        out.field("reason", objection, "Why it is not offered")
        out.field("gateways", gateways, "Through whom it can be paid online")
        out.field("fee", cash?.fee, "What collecting cash costs; part of the total where it is chosen")
        out.field("advance", cash?.advance, "What is paid online before; null for nothing")
        out.field("asks_for_code", cash?.asksForCode ?? false, "Whether a code is asked for before anything is shipped")
    }
}

struct QuotedStepView: APIOutput {
    private let kind: String
    private let variant: ID<Variant>?
    private let vendor: ID<Vendor>?
    private let promotion: ID<Promotion>?
    private let rates: [ID<TaxRate>]
    private let reason: String?
    private let amount: Money?
    private let region: String?

    init(_ step: PricingTrace.Step, of priced: PricedCart) {
        func variant(_ line: Int) -> ID<Variant>? {
            priced.lines.indices.contains(line) ? priced.lines[line].variant : nil
        }
        switch step {
        case .unitPrice(let line, let origin):
            self.init("unit_price", variant: variant(line), reason: origin.rawValue)
        case .promotion(let id, .applied(let amount)):
            self.init("promotion", promotion: id, reason: "applied", amount: amount)
        case .promotion(let id, .offeredGift): self.init("promotion", promotion: id, reason: "offered_gift")
        case .promotion(let id, .passedOver(let refusal)):
            self.init("promotion", promotion: id, reason: refusal.rawValue)
        case .discount(let line, let id, let amount):
            self.init("discount", variant: variant(line), promotion: id, amount: amount)
        case .supply(let vendor, let reason, let region):
            self.init("supply", vendor: vendor, reason: reason.rawValue, region: region)
        case .rates(let line, let rates, let taxable):
            self.init("rates", variant: variant(line), rates: rates, amount: taxable)
        case .refusal(let refusal):
            self.init("refusal", variant: variant(refusal.line), reason: refusal.reason.rawValue)
        }
    }

    private init(
        _ kind: String, variant: ID<Variant>? = nil, vendor: ID<Vendor>? = nil, promotion: ID<Promotion>? = nil,
        rates: [ID<TaxRate>] = [], reason: String? = nil, amount: Money? = nil, region: String? = nil
    ) {
        self.kind = kind
        self.variant = variant
        self.vendor = vendor
        self.promotion = promotion
        self.rates = rates
        self.reason = reason
        self.amount = amount
        self.region = region
    }

    static let example = QuotedStepView("unit_price", variant: .example, reason: "list")

    func write(to out: inout ObjectWriter) {
        out.field("kind", kind, "unit_price, promotion, discount, supply, rates, refusal …")
        out.field("variant_id", variant)
        out.field("vendor_id", vendor)
        out.field("promotion_id", promotion)
        out.field("rate_ids", rates, "The tax rates that apply")
        out.field("reason", reason, "By what rule")
        out.field("amount", amount)
        out.field("region", region, "Where it is taxed")
    }
}
