package import Addresses
package import Core
import Foundation
package import Orders
import Registrations
package import Shipping
import Values
package import Vendors

/// What a customer says at the checkout of a cart, as far as they have said it.
package struct CartCheckout: Hashable, Sendable {
    /// Needed to order.
    package let email: String?
    package let customerName: String?
    /// With its country's code, or as people of the country type it that the goods go to.
    package let phone: String?
    /// Where the goods go; needed to order what is shipped.
    package let delivery: NewDeliveryAddress?
    package let shipping: [ShippingChoice]
    package let paymentMethod: PaymentMethod
    /// What the customer was shown; the cart is not ordered when it comes to another total. nil: any total is fine.
    package let expectedTotal: Money?

    package init(
        email: String? = nil, customerName: String? = nil, phone: String? = nil, delivery: NewDeliveryAddress? = nil,
        shipping: [ShippingChoice] = [], paymentMethod: PaymentMethod = .online, expectedTotal: Money? = nil
    ) {
        self.email = email
        self.customerName = customerName
        self.phone = phone
        self.delivery = delivery
        self.shipping = shipping
        self.paymentMethod = paymentMethod
        self.expectedTotal = expectedTotal
    }
}

/// The same, found to be in order.
struct CheckedCheckout: Sendable {
    let email: EmailAddress?
    let customerName: String?
    let phone: PhoneNumber?
    let address: ShippingAddress?
    let destination: ShippingDestination?
}

extension Problem {
    static func cartNotOrderable(_ cart: ReviewedCart) -> Problem {
        let lines = (cart.lines + cart.gone).filter { !$0.isOrderable }
        return Problem(
            type: "cart-not-orderable", title: "The cart can’t be ordered as it is", status: 409,
            detail: lines.isEmpty ? "There is nothing in it to be ordered" : "Look at what has become of its lines",
            extensions: [
                "lines": .array(
                    lines.map { line in
                        [
                            "variant_id": .string(line.line.variant.description),
                            "problems": .array(line.problems.filter(\.isBlocking).map { .string($0.code) }),
                            "available": line.listing.map { .integer($0.available) } ?? 0,
                        ]
                    })
            ])
    }
}

extension ReviewedCart {
    /// What it wishes for.
    func wish(_ checkout: CartCheckout, _ checked: CheckedCheckout, account: UUID?) -> OrderWish {
        OrderWish(
            lines: orderLines,
            buyer: OrderWish.Buyer(account: account, email: checked.email, phone: checked.phone),
            destination: checked.destination, shipping: checkout.shipping, coupons: cart.coupons,
            paymentMethod: checkout.paymentMethod)
    }

    /// Vendor by vendor.
    var orderLines: [NewOrder.Line] {
        lines.map { NewOrder.Line(variant: $0.line.variant, quantity: $0.line.quantity) }
    }

    /// - Throws: a 409 `Problem` ("cart-closed", "cart-not-orderable").
    func checkOrderable() throws(Problem) {
        guard cart.state == .open else { throw .cartClosed }
        guard canBeOrdered else { throw .cartNotOrderable(self) }
    }
}
