import Addresses
import Carts
import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Orders
import Payments
import Postgres
import Pricing
import Registrations
import Shipping
import Vendors

extension ProblemType {
    static let cartNotOrderable = ProblemType(
        "cart-not-orderable", 409, "The cart can’t be ordered as it is", "`lines` says what is wrong with which.")
    static let notDeliverable = ProblemType(
        "not-deliverable", 409, "Something can’t be delivered there", "`vendor_ids` says whose goods.")
    static let linesRefused = ProblemType(
        "lines-refused", 409, "Something can’t be sold so", "`lines` says which, and why.")
    static let cashOnDeliveryRefused = ProblemType(
        "cash-on-delivery-refused", 409, "Cash is not collected for this order",
        "`reason` says why: `area`, `method`, `amount`, `history` or `goods`.")
    static let promotionExhausted = ProblemType(
        "promotion-exhausted", 409, "A promotion can’t be used any more", "Ask for another quote: somebody was faster.")
}

/// From a cart to an order.
enum CheckoutEndpoints {
    static let all: [Endpoint] = [quote, order]

    static let quote = Endpoint(
        .post, "/carts/{cart_id}/quote", ID<Cart>.self, tag: .carts, summary: "Find out what a cart comes to",
        description: """
            Nothing is ordered. Whatever is not known yet may be left out: without an address nothing is said of shipping, and a parcel \
            that no way is chosen for goes the cheapest.
            """,
        policy: .require(.cartsRead, on: .cart, .storefront), body: CartQuoteInput.self,
        returns: .ok(CheckoutQuoteView.self), problems: [.cartClosed, .cartNotOrderable, .insufficientStock]
    ) { request, services in
        let quoted = try await services.carts.quote(
            request.path, request.body.checkout, by: request.principal, in: services.postgres)
        let options = try await services.commerce.offerOptions(
            for: quoted.order.advance ?? quoted.order.priced.totals.total, to: quoted.destination, in: services.postgres
        )
        return CheckoutQuoteView(quoted, gateways: options.map(\.gateway.rawValue))
    }

    static let order = Endpoint(
        .post, "/carts/{cart_id}/order", ID<Cart>.self, tag: .carts, summary: "Order what is in a cart",
        description: """
            All of it, at once. However often and at once it is asked for, the cart becomes one order, and the answer is that order. \
            Units are held for some minutes, and longer once a checkout is opened.
            """,
        policy: .require(.cartsEdit, on: .cart, .storefront), idempotency: .required, body: CartOrderCreateInput.self,
        returns: .created(OrderedCartView.self, location: { "/orders/\($0.order.details.order.id)" }),
        problems: [
            .cartClosed, .cartNotOrderable, .insufficientStock, .priceChanged, .notDeliverable, .linesRefused,
            .cashOnDeliveryRefused, .promotionExhausted, .unpaidLimit,
        ]
    ) { request, work, services in
        OrderedCartView(
            try await services.carts.order(request.path, request.body.checkout, by: request.principal, in: work))
    }
}

struct CartQuoteInput: APIInput {
    let checkout: CartCheckout

    init(_ fields: inout Fields) {
        checkout = CartCheckout(
            email: fields.optional("email", .email, "Where receipts go", example: "karim@example.com"),
            phone: fields.optional("phone", .text(Recipient.phone), "As it is typed there", example: "01712345678"),
            delivery: fields.optional("delivery", .object(CheckoutDeliveryInput.self), "Where the goods go")?.delivery,
            shipping: fields.shippingChoices(), paymentMethod: fields.paymentMethod())
    }
}

struct CartOrderCreateInput: APIInput {
    let checkout: CartCheckout

    init(_ fields: inout Fields) {
        checkout = CartCheckout(
            email: fields.required("email", .email, "Where keys and receipts go", example: "karim@example.com"),
            customerName: fields.optional(
                "customer_name", .text(NewOrder.customerName), "Who buys", example: "Karim Uddin"),
            phone: fields.optional(
                "phone", .text(Recipient.phone), "How to reach them; left out: whom the goods go to",
                example: "01712345678"),
            delivery: fields.optional(
                "delivery", .object(CheckoutDeliveryInput.self), "Required where anything is shipped")?.delivery,
            shipping: fields.shippingChoices(), paymentMethod: fields.paymentMethod(),
            expectedTotal: fields.required(
                "expected_total", .money(), "What the customer was shown; another total is refused"))
    }
}

extension Fields {
    mutating func shippingChoices() -> [ShippingChoice] {
        optional(
            "shipping", .array(of: .object(ShippingChoiceInput.self), count: 0...NewOrder.lineCount.upperBound),
            "The way that each vendor’s parcel goes; left out: the cheapest", default: []
        ).map(\.choice)
    }

    mutating func paymentMethod() -> PaymentMethod {
        optional("payment_method", .oneOf(PaymentMethod.self), "How it is to be paid", default: .online)
    }
}

struct ShippingChoiceInput: APIInput {
    let choice: ShippingChoice

    init(_ fields: inout Fields) {
        choice = ShippingChoice(
            vendor: fields.required("vendor_id", .id(Vendor.self), "Whose parcel", example: .example),
            method: fields.required("method_id", .id(ShippingMethod.self), "Which way", example: .example))
    }
}

struct CheckoutDeliveryInput: APIInput {
    let delivery: NewDeliveryAddress

    init(_ fields: inout Fields) {
        delivery = NewDeliveryAddress(
            recipient: NewRecipient(
                name: fields.required(
                    "name", .text(Recipient.name), "Who receives it, in any script", example: "করিম উদ্দিন"),
                latinName: fields.optional(
                    "latin_name", .text(Recipient.latinName), "The same for labels in ASCII", example: "Karim Uddin"),
                phone: fields.required(
                    "phone", .text(Recipient.phone), "For the courier, as it is typed there", example: "01712345678"),
                alternatePhone: fields.optional(
                    "alternate_phone", .text(Recipient.phone), "Where nobody answers the other one")),
            place: fields.required("address", .object(CheckoutAddressInput.self), "Where it goes").place)
    }
}

struct CheckoutAddressInput: APIInput {
    let place: NewPlace

    init(_ fields: inout Fields) {
        place = NewPlace(
            market: fields.required("country", .oneOf(Market.self), "ISO 3166-1 alpha-2", example: .bangladesh),
            address: NewPostalAddress(
                line1: fields.required(
                    "line1", .text(NewPostalAddress.required), "Street and house", example: "12 Lake Road"),
                line2: fields.optional("line2", .text(NewPostalAddress.optional), "Flat, floor"),
                landmark: fields.optional("landmark", .text(NewPostalAddress.optional), "What it lies near"),
                city: fields.optional("city", .text(NewPostalAddress.required), "In India: city or town"),
                state: fields.optional("state", .text(NewPostalAddress.region), "In India: State, by code or name"),
                upazila: fields.optional(
                    "upazila", .text(NewPostalAddress.required), "In Bangladesh: upazila or thana", example: "Gulshan"),
                district: fields.optional(
                    "district", .text(NewPostalAddress.region), "In Bangladesh: district, by code or name",
                    example: "Dhaka"),
                postalCode: fields.optional(
                    "postal_code", .text(NewPostalAddress.postalCode), "Required in India", example: "1212"),
                isRegionConfirmed: fields.optional(
                    "is_region_confirmed", .boolean, "Whether the State is right although the post code lies elsewhere",
                    default: false)))
    }
}
