import Catalog
import Core
import Foundation
import Vendors

@testable import Pricing

/// A cart that a test puts together.
struct SampleCart {
    var currency = Currency.inr
    /// 2026-12-01, midday in Dhaka.
    var time = Date(timeIntervalSince1970: 1_796_104_800)
    var destination: PricingRequest.Destination?
    var customer = PricingRequest.Customer()
    var coupons: [PricingRequest.Coupon] = []
    var lines: [PricingRequest.Line] = []
    var charges: [PricingRequest.Charge] = []
    var vendors: [ID<Vendor>: TaxStanding] = [:]

    var request: PricingRequest {
        PricingRequest(
            currency: currency, time: time, destination: destination, customer: customer, coupons: coupons,
            lines: lines, charges: charges, vendors: vendors)
    }

    /// Of one vendor in Maharashtra (27), which ships to there or, `across`, to Karnataka (29).
    init(across: Bool = false, standing: TaxStanding = .regular("27")) {
        destination = PricingRequest.Destination(country: "IN", region: across ? "29" : "27")
        vendors[Self.vendor] = standing
    }

    /// Of one vendor with a BIN in Dhaka, which ships to there.
    static func dhaka() -> SampleCart {
        var cart = SampleCart(standing: .bangladeshi)
        cart.currency = .bdt
        cart.destination = PricingRequest.Destination(country: "BD", region: "BD-13")
        return cart
    }

    static let vendor = ID<Vendor>(uuid: UUID())

    @discardableResult
    mutating func add(
        _ price: Int64, _ quantity: Int64 = 1, _ taxClass: String? = "in_standard", includesTax: Bool = true,
        hsn: String? = nil, maximumRetail: Int64? = nil, vendor: ID<Vendor> = vendor,
        product: ID<Product> = ID(uuid: UUID()), categories: [ID<Catalog.Category>] = [],
        collections: [ID<ProductCollection>] = []
    ) -> PricingSubject {
        let subject = PricingSubject(
            variant: ID(uuid: UUID()), product: product, vendor: vendor, categories: categories,
            collections: collections,
            listPrice: PricePerUnit(Money(minorUnits: price, currency: currency), includesTax: includesTax),
            maximumRetail: maximumRetail.map { Money(minorUnits: $0, currency: currency) }, taxClass: taxClass,
            hsn: hsn)
        lines.append(PricingRequest.Line(subject: subject, quantity: quantity))
        return subject
    }

    mutating func charge(
        _ amount: Int64, _ kind: PricingRequest.Charge.Kind = .shipping, by provider: AdjustmentBearer = .vendor,
        vendor: ID<Vendor>? = vendor, includesTax: Bool = true
    ) {
        charges.append(
            PricingRequest.Charge(
                key: "\(kind.rawValue)-\(charges.count)", kind: kind, vendor: vendor, provider: provider,
                amount: Money(minorUnits: amount, currency: currency), includesTax: includesTax))
    }

    mutating func show(_ promotion: Promotion, typed: String = "CODE") {
        coupons.append(.init(typed: typed, promotion: promotion.id, code: ID(uuid: UUID())))
    }
}

extension TaxStanding {
    static func regular(_ state: String) -> TaxStanding {
        TaxStanding(
            kind: .regular, country: "IN", region: state, crossesRegions: true, registration: ID(uuid: UUID()),
            registrationKind: .gstin)
    }

    static func bound(_ kind: Kind, _ registration: RegistrationKind, _ state: String) -> TaxStanding {
        TaxStanding(
            kind: kind, country: "IN", region: state, crossesRegions: false, registration: ID(uuid: UUID()),
            registrationKind: registration)
    }

    static let bangladeshi = TaxStanding(
        kind: .regular, country: "BD", region: "BD-26", crossesRegions: true, registration: ID(uuid: UUID()),
        registrationKind: .bin)
}

extension Promotion {
    /// The marketplace's unless a vendor is named, who then bears it.
    static func sample(
        _ action: PromotionAction, _ trigger: Trigger = .automatic, vendor: ID<Vendor>? = nil, share: Int = 0,
        currency: Currency? = .inr, priority: Int = 0, _ change: (inout PromotionTerms) -> Void = { _ in }
    ) -> Promotion {
        var terms = PromotionTerms(
            title: "Sample", trigger: trigger, action: action, currency: currency,
            stacking: PromotionStacking(priority: priority),
            vendorShare: vendor == nil ? Rate(partsPerMillion: share) : .whole)
        change(&terms)
        return Promotion(
            id: ID(uuid: UUID()), vendor: vendor, terms: terms, createdAt: .distantPast, updatedAt: .distantPast)
    }
}

extension PricedCart {
    /// The taxes on a line's goods, or on a charge.
    func taxes(line: Int? = nil, charge: Int? = nil) -> [TaxHead: Int64] {
        let rows = adjustments.filter { row in
            row.kind == .tax && row.charge == charge && (line.map { row.target == .line($0) } ?? true)
        }
        return Dictionary(rows.map { ($0.head ?? .vat, $0.amount.minorUnits) }, uniquingKeysWith: +)
    }

    /// The places of charges.
    var charges: [Int] { adjustments.indices.filter { [.shipping, .fee].contains(adjustments[$0].kind) } }

    var isConsistent: Bool {
        let goods = lines.reduce(0) { $0 + $1.unitPrice.amount.minorUnits * $1.quantity }
        let added = adjustments.filter { !$0.isIncluded }.reduce(0) { $0 + $1.amount.minorUnits }
        let own = adjustments.filter { $0.target == .order && !$0.isIncluded }.reduce(0) { $0 + $1.amount.minorUnits }
        return total.minorUnits == goods + added
            && total.minorUnits == vendors.reduce(own) { $0 + $1.totals.total.minorUnits } && total.minorUnits >= 0
            && lines.allSatisfy { $0.total.minorUnits >= 0 && $0.taxable.minorUnits >= 0 }
    }
}
