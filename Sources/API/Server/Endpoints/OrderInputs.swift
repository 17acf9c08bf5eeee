import Catalog
import Core
import Endpoints
import Orders
import Payments

struct OrderCreateInput: APIInput {
    let order: NewOrder

    init(_ fields: inout Fields) {
        order = NewOrder(
            email: fields.required("email", .email, "Where keys and receipts go", example: "karim@example.com"),
            customerName: fields.optional(
                "customer_name", .text(NewOrder.customerName), "Who buys", example: "Karim Uddin"),
            phone: fields.optional(
                "phone", .phone, "How to reach them, with the country code", example: "+8801712345678"),
            lines: fields.required(
                "lines", .array(of: .object(OrderLineCreateInput.self), count: NewOrder.lineCount),
                "What is bought; each variant once"
            ).map(\.line),
            shippingAddress: fields.optional(
                "shipping_address", .object(ShippingAddressCreateInput.self), "Required where anything is shipped")?
                .address,
            shipping: fields.shippingChoices(),
            coupons: fields.optional(
                "coupons", .array(of: .text(NewOrder.coupon), count: NewOrder.couponCount), "Codes, as they are typed",
                default: []),
            paymentMethod: fields.paymentMethod(),
            expectedTotal: fields.optional(
                "expected_total", .money(), "What the customer was shown; another total is refused"))
    }
}

struct OrderLineCreateInput: APIInput {
    let line: NewOrder.Line

    init(_ fields: inout Fields) {
        line = NewOrder.Line(
            variant: fields.required("variant_id", .id(Variant.self), "What", example: .example),
            quantity: fields.required("quantity", .integer(NewOrder.quantity), "How many", example: 1))
    }
}

struct ShippingAddressCreateInput: APIInput {
    let address: ShippingAddress

    init(_ fields: inout Fields) {
        address = ShippingAddress(
            name: fields.required("name", .text(ShippingAddress.required), "Who receives it", example: "Karim Uddin"),
            line1: fields.required(
                "line1", .text(ShippingAddress.required), "Street and house", example: "12 Lake Road"),
            line2: fields.optional("line2", .text(ShippingAddress.optional), "Flat, floor"),
            landmark: fields.optional("landmark", .text(ShippingAddress.optional), "What it lies near"),
            city: fields.required("city", .text(ShippingAddress.required), "City or town", example: "Dhaka"),
            region: fields.optional(
                "region", .text(ShippingAddress.optional), "State, division or district, by name or code"),
            postalCode: fields.optional("postal_code", .text(ShippingAddress.optional), "Postal code", example: "1212"),
            country: fields.required("country", .text(ShippingAddress.country), "ISO 3166-1 alpha-2", example: "BD"),
            phone: fields.optional("phone", .text(ShippingAddress.optional), "For the courier"))
    }
}

struct CheckoutCreateInput: APIInput {
    let gateway: GatewayName
    let successURL: String
    let cancelURL: String

    init(_ fields: inout Fields) {
        gateway = GatewayName(
            rawValue: fields.required(
                "gateway", .string(1...64, of: "a-z0-9_/"), "Through whom: one of those that are switched on",
                example: "stripe"))
        successURL = fields.required(
            "success_url", .webURL, "Where the customer returns after paying, on one of the shop’s own hosts",
            example: "https://shop.example/thanks")
        cancelURL = fields.required(
            "cancel_url", .webURL, "Where the customer returns without paying, likewise",
            example: "https://shop.example/cart")
    }
}
