package import Core
package import Foundation
package import Vendors

/// What is to be priced, with all that its price depends on beside the rules.
package struct PricingRequest: Hashable, Sendable {
    /// How many lines a cart has at most.
    package static let mostLines = 200
    /// How many charges it has at most.
    package static let mostCharges = 200
    /// How many coupons may be shown with it.
    package static let mostCoupons = 10

    package let currency: Currency
    /// Rates and promotions are those of this moment.
    package let time: Date
    /// Where the goods go; nil while that is not known, which is taxed as if they stayed where they are sold.
    package let destination: Destination?
    package let customer: Customer
    /// As `PricingStore.coupons` answers.
    package let coupons: [Coupon]
    package let lines: [Line]
    package let charges: [Charge]
    /// Of each vendor that lines name; one that is missing is taken for one without a registration.
    package let vendors: [ID<Vendor>: TaxStanding]

    package init(
        currency: Currency, time: Date, destination: Destination?, customer: Customer = Customer(),
        coupons: [Coupon] = [], lines: [Line], charges: [Charge] = [], vendors: [ID<Vendor>: TaxStanding]
    ) {
        self.currency = currency
        self.time = time
        self.destination = destination
        self.customer = customer
        self.coupons = coupons
        self.lines = lines
        self.charges = charges
        self.vendors = vendors
    }
}

extension PricingRequest {
    /// Where goods go to.
    package struct Destination: Hashable, Sendable {
        /// ISO 3166-1 alpha-2.
        package let country: String
        /// Of an Indian State the code of GSTINs, in Bangladesh a district's of ISO 3166-2; nil where it is not known.
        package let region: String?
        package let postalCode: String?

        package init(country: String, region: String?, postalCode: String? = nil) {
            self.country = country
            self.region = region
            self.postalCode = postalCode
        }
    }

    /// For whom, as `PricingStore.customer` answers.
    package struct Customer: Hashable, Sendable {
        /// Of somebody who has signed in.
        package let account: UUID?
        /// Codes of customer groups.
        package let groups: Set<String>
        package let isFirstOrder: Bool
        /// How often this customer has used promotions that are limited for each customer.
        package let uses: [ID<Promotion>: Int64]

        package init(
            account: UUID? = nil, groups: Set<String> = [], isFirstOrder: Bool = false,
            uses: [ID<Promotion>: Int64] = [:]
        ) {
            self.account = account
            self.groups = groups
            self.isFirstOrder = isFirstOrder
            self.uses = uses
        }
    }

    /// A code that the customer has shown, and what is behind it.
    package struct Coupon: Hashable, Sendable {
        /// As it was typed.
        package let typed: String
        package let promotion: ID<Promotion>?
        package let code: ID<PromotionCode>?
        /// Why it is none, told by what is known without the cart.
        package let refusal: CouponRefusal?

        package init(
            typed: String, promotion: ID<Promotion>?, code: ID<PromotionCode>?, refusal: CouponRefusal? = nil
        ) {
            self.typed = typed
            self.promotion = promotion
            self.code = code
            self.refusal = refusal
        }
    }

    /// Some units of one variant.
    package struct Line: Hashable, Sendable {
        /// How many units a line has.
        package static let quantities: ClosedRange<Int64> = 1...1_000_000

        package let subject: PricingSubject
        package let quantity: Int64
        /// Before every discount.
        package let unitPrice: PricePerUnit

        /// - Parameter agreed: what was agreed on; nil for what the subject says.
        package init(subject: PricingSubject, quantity: Int64, agreed: PricePerUnit? = nil) {
            self.subject = subject
            self.quantity = quantity
            unitPrice = agreed ?? subject.unitPrice(for: quantity)
        }
    }

    /// What is paid beside the goods.
    package struct Charge: Hashable, Sendable {
        package enum Kind: String, Hashable, Sendable, CaseIterable {
            case shipping, fee
        }

        /// Tells charges of one vendor, or of the order, apart: "delivery", "cod".
        package let key: String
        package let kind: Kind
        /// Whose goods it is for; nil for the whole order, which the marketplace alone can charge for.
        package let vendor: ID<Vendor>?
        /// Whose service it is: a vendor's is taxed as its goods are, the marketplace's by itself.
        package let provider: AdjustmentBearer
        package let amount: Money
        package let includesTax: Bool
        /// Of the marketplace's service; nil for the one that such services have.
        package let taxClass: String?

        package init(
            key: String, kind: Kind, vendor: ID<Vendor>?, provider: AdjustmentBearer, amount: Money,
            includesTax: Bool = true, taxClass: String? = nil
        ) {
            self.key = key
            self.kind = kind
            self.vendor = vendor
            self.provider = vendor == nil ? .marketplace : provider
            self.amount = amount
            self.includesTax = includesTax
            self.taxClass = taxClass
        }
    }
}

/// Why a request can't be priced at all.
package enum PricingError: Error, Hashable, Sendable, ProblemConvertible {
    case mixedCurrencies(line: Int)
    case quantity(line: Int)
    /// More lines, charges or coupons than a cart has.
    case tooMany
    /// A charge for goods of a vendor of whom there are none.
    case chargeWithoutGoods(charge: Int)
    /// A negative amount, or more money than can be counted.
    case amount

    package var problem: Problem {
        switch self {
        case .mixedCurrencies(let line):
            .invalidInput([
                FieldProblem(
                    pointer: "/lines/\(line)", code: "mixed_currencies", message: "is sold in another currency")
            ])
        case .quantity(let line):
            .invalidInput([
                FieldProblem(
                    pointer: "/lines/\(line)/quantity", code: "range",
                    message:
                        "must be from \(PricingRequest.Line.quantities.lowerBound) to \(PricingRequest.Line.quantities.upperBound)"
                )
            ])
        case .tooMany:
            .invalidInput([
                FieldProblem(
                    pointer: "/lines", code: "too_many",
                    message:
                        "a cart has at most \(PricingRequest.mostLines) lines and \(PricingRequest.mostCoupons) coupons"
                )
            ])
        case .chargeWithoutGoods(let charge):
            .invalidInput([
                FieldProblem(
                    pointer: "/charges/\(charge)", code: "without_goods",
                    message: "is for a vendor of whom there are no goods")
            ])
        case .amount:
            .invalidInput([FieldProblem(pointer: "/lines", code: "too_large", message: "come to too large an amount")])
        }
    }
}
