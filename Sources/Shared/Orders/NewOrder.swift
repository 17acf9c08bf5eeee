package import Catalog
package import Core
import Foundation
package import Shipping

/// What a customer wants to buy.
package struct NewOrder: Hashable, Sendable {
    /// One variant.
    package struct Line: Hashable, Sendable {
        package let variant: ID<Variant>
        package let quantity: Int64

        package init(variant: ID<Variant>, quantity: Int64) {
            self.variant = variant
            self.quantity = quantity
        }
    }

    package let email: String
    package let customerName: String?
    package let phone: String?
    package let lines: [Line]
    package let shippingAddress: ShippingAddress?
    /// Where that lies; nil where it is to be found out.
    package let destination: ShippingDestination?
    /// A parcel that nothing is said of goes the cheapest way.
    package let shipping: [ShippingChoice]
    /// Codes, as they were typed.
    package let coupons: [String]
    package let paymentMethod: PaymentMethod
    package let notes: [VendorNote]
    /// What the customer was shown; the order is refused when it comes to another total. nil: any total is fine.
    package let expectedTotal: Money?

    package init(
        email: String, customerName: String? = nil, phone: String? = nil, lines: [Line],
        shippingAddress: ShippingAddress? = nil, destination: ShippingDestination? = nil,
        shipping: [ShippingChoice] = [], coupons: [String] = [], paymentMethod: PaymentMethod = .online,
        notes: [VendorNote] = [], expectedTotal: Money? = nil
    ) {
        self.email = email
        self.customerName = customerName
        self.phone = phone
        self.lines = lines
        self.shippingAddress = shippingAddress
        self.destination = destination
        self.shipping = shipping
        self.coupons = coupons
        self.paymentMethod = paymentMethod
        self.notes = notes
        self.expectedTotal = expectedTotal
    }
}

extension NewOrder {
    /// What a name must be like.
    package static let customerName = TextRule(1...200, .line)
    /// How many lines an order has.
    package static let lineCount = 1...200
    /// How many coupons are shown with an order.
    package static let couponCount = 0...10
    /// What a coupon's code is typed like.
    package static let coupon = TextRule(1...64, .line)
    /// How many units a line has.
    package static let quantity: ClosedRange<Int64> = 1...1_000

    /// Checks what can be checked without the catalogue.
    /// - Parameter account: of a customer who has signed in.
    /// - Throws: a 422 `Problem` with every field that is not acceptable.
    func checkedCustomer(account: UUID?) throws(Problem) -> Order.Customer {
        var check = InputCheck()
        let address = check.email("/email", email)
        if let customerName { check.text("/customer_name", customerName, Self.customerName) }
        let number = phone.flatMap { check.phone("/phone", $0) }
        check.number("/lines", lines.count, in: Self.lineCount)
        for (index, line) in lines.enumerated() {
            check.number("/lines/\(index)/quantity", line.quantity, in: Self.quantity)
            if lines[..<index].contains(where: { $0.variant == line.variant }) {
                check.fail("/lines/\(index)/variant_id", "duplicate", "name each variant once, with its whole quantity")
            }
        }
        check.number("/coupons", coupons.count, in: Self.couponCount)
        for (index, code) in coupons.enumerated() { check.text("/coupons/\(index)", code, Self.coupon) }
        check.number("/shipping", shipping.count, in: 0...Self.lineCount.upperBound)
        shippingAddress?.check(&check, at: "/shipping_address")
        try check.finish()
        guard let address else { throw .invalidInput([]) }
        return Order.Customer(account: account, email: address, name: customerName, phone: number)
    }

    /// - Throws: a 422 `Problem` where something is shipped and nobody says where to.
    func checkAddress(for offers: [Offer]) throws(Problem) {
        guard shippingAddress == nil, offers.contains(where: { $0.kind == .physical }) else { return }
        throw .invalidInput([
            FieldProblem(pointer: "/shipping_address", code: "required", message: "physical goods need an address")
        ])
    }

    func wish(of customer: Order.Customer, to destination: ShippingDestination?) -> OrderWish {
        OrderWish(
            lines: lines, buyer: OrderWish.Buyer(customer), destination: destination, shipping: shipping,
            coupons: coupons, paymentMethod: paymentMethod)
    }

    static let notForSale = Problem.invalidInput([
        FieldProblem(pointer: "/lines", code: "not_for_sale", message: "hold something that is not for sale any more")
    ])
}

extension OrderWish {
    /// The offers in the order of the lines.
    /// - Throws: a 422 `Problem` for variants that can't be bought, in this quantity or together.
    func matched(with offers: [Offer]) throws(Problem) -> [Offer] {
        let known = Dictionary(offers.map { ($0.variant, $0) }, uniquingKeysWith: { $1 })
        var check = InputCheck()
        for (index, line) in lines.enumerated() where known[line.variant] == nil {
            check.fail("/lines/\(index)/variant_id", "not_for_sale", "there is no such variant for sale")
        }
        try check.finish()
        let matched = lines.compactMap { known[$0.variant] }
        for (index, offer) in matched.enumerated() where offer.price.currency != matched[0].price.currency {
            check.fail(
                "/lines/\(index)/variant_id", "mixed_currencies",
                "is sold in \(offer.price.currency), the first line in \(matched[0].price.currency)")
        }
        for (index, (line, offer)) in zip(lines, matched).enumerated() {
            let allowed = offer.quantityPerOrder
            let pointer = "/lines/\(index)/quantity"
            if line.quantity < allowed.minimum {
                check.fail(pointer, "minimum", "one order takes at least \(allowed.minimum) of this variant")
            } else if let maximum = allowed.maximum, line.quantity > maximum {
                check.fail(pointer, "maximum", "one order takes at most \(maximum) of this variant")
            }
        }
        try check.finish()
        return matched
    }
}

extension OrderWish.Buyer {
    init(_ customer: Order.Customer) {
        self.init(account: customer.account, email: customer.email, phone: customer.phone)
    }
}

extension ShippingAddress {
    /// What a part that an address has to have must be like.
    package static let required = TextRule(1...200, .line)
    /// What any other part must be like.
    package static let optional = TextRule(0...200, .line)
    /// ISO 3166-1 alpha-2.
    package static let country = TextRule(2...2, .only("A-Z"))

    fileprivate func check(_ check: inout InputCheck, at pointer: String) {
        for (name, text) in [("name", name), ("line1", line1), ("city", city)] {
            check.text("\(pointer)/\(name)", text, Self.required)
        }
        for (name, text) in [
            ("line2", line2), ("landmark", landmark), ("region", region), ("postal_code", postalCode), ("phone", phone),
        ] {
            if let text { check.text("\(pointer)/\(name)", text, Self.optional) }
        }
        check.text(pointer + "/country", country, Self.country)
    }
}
