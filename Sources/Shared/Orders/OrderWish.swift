package import Core
package import Foundation
package import Shipping
package import Vendors

/// The way that a vendor's parcel is to go.
package struct ShippingChoice: Hashable, Sendable {
    package let vendor: ID<Vendor>
    package let method: ID<ShippingMethod>

    package init(vendor: ID<Vendor>, method: ID<ShippingMethod>) {
        self.vendor = vendor
        self.method = method
    }
}

/// What is to be bought, where it is to go and how it is to be paid, as far as that is known.
package struct OrderWish: Hashable, Sendable {
    /// Who buys, by all that is known of them.
    package struct Buyer: Hashable, Sendable {
        package let account: UUID?
        package let email: EmailAddress?
        package let phone: PhoneNumber?

        package init(account: UUID? = nil, email: EmailAddress? = nil, phone: PhoneNumber? = nil) {
            self.account = account
            self.email = email
            self.phone = phone
        }
    }

    package let lines: [NewOrder.Line]
    package let buyer: Buyer
    /// nil while it is not known: then nothing is said of shipping.
    package let destination: ShippingDestination?
    /// A parcel that nothing is said of goes the cheapest way.
    package let shipping: [ShippingChoice]
    /// Codes, as they were typed.
    package let coupons: [String]
    package let paymentMethod: PaymentMethod

    package init(
        lines: [NewOrder.Line], buyer: Buyer = Buyer(), destination: ShippingDestination? = nil,
        shipping: [ShippingChoice] = [], coupons: [String] = [], paymentMethod: PaymentMethod = .online
    ) {
        self.lines = lines
        self.buyer = buyer
        self.destination = destination
        self.shipping = shipping
        self.coupons = coupons
        self.paymentMethod = paymentMethod
    }
}
