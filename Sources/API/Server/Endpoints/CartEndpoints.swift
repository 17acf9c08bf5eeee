import Carts
import Catalog
import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Vendors

extension EndpointTag {
    static let carts = EndpointTag("Carts", "What somebody means to buy, from one vendor or several.")
}

extension ProblemType {
    static let cartClosed = ProblemType(.cartClosed)
    static let mixedCurrencies = ProblemType(
        "mixed-currencies", 409, "A cart holds one currency",
        "`currency` says what this is sold in, `cart_currency` what the rest of the cart is.")
}

/// What guests and customers put into carts.
enum CartEndpoints {
    static let all: [Endpoint] = [
        make, list, read, addLine, updateLine, removeLine, note, addCoupon, removeCoupon, merge,
    ]

    static let make = Endpoint(
        .post, "/carts", tag: .carts, summary: "Make a cart",
        description: """
            A guest’s is opened by its token, which is shown here alone. Customers who have signed in have one open cart: that is what \
            they get.
            """,
        policy: .anyone(.storefront), idempotency: .required,
        returns: .created(
            MadeCartView.self, version: \.cart.reviewed.cart.version,
            location: { "/carts/\($0.cart.reviewed.cart.id)" })
    ) { request, work, services in
        MadeCartView(try await services.carts.edit.make(by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/carts", tag: .carts, summary: "List carts, newest first",
        description: "Customers find their own here.", policy: .require(.cartsRead, on: .cart),
        query: CartsQuery.self, returns: .page(of: CartSummaryView.self)
    ) { request, services in
        let page = try await services.carts.carts.carts(
            in: request.query.state, page: request.query.page, at: services.carts.clock.now,
            visibleTo: request.principal.visibility, in: services.postgres)
        return PageOutput(page.map(CartSummaryView.init))
    }

    static let read = Endpoint(
        .get, "/carts/{cart_id}", ID<Cart>.self, tag: .carts, summary: "Read a cart, as it stands now",
        description: "Each line says what has become of it since it was put there.",
        policy: .require(.cartsRead, on: .cart, .storefront),
        returns: .ok(CartView.self, version: \.reviewed.cart.version)
    ) { request, services in
        let found = try await services.carts.carts.reviewed(
            request.path, at: services.carts.clock.now, visibleTo: request.principal.visibility, in: services.postgres)
        guard let found else { throw Problem.notFound("cart") }
        return CartView(reviewed: found)
    }

    static let addLine = Endpoint(
        .post, "/carts/{cart_id}/lines", ID<Cart>.self, tag: .carts, summary: "Put units of a variant into a cart",
        description: "They are added to those that are there.", policy: .require(.cartsEdit, on: .cart, .storefront),
        idempotency: .required, body: CartLineCreateInput.self,
        returns: .created(CartView.self, version: \.reviewed.cart.version), problems: [.cartClosed, .mixedCurrencies]
    ) { request, work, services in
        CartView(
            reviewed: try await services.carts.edit.add(
                request.body.quantity, of: request.body.variant, to: request.path, by: request.principal, in: work))
    }

    static let updateLine = Endpoint(
        .patch, "/carts/{cart_id}/lines/{variant_id}", ID<Cart>.self, ID<Variant>.self, tag: .carts,
        summary: "Change a line of a cart",
        description: "How many units, and whether they wait for another time. The price that holds now is taken over.",
        policy: .require(.cartsEdit, on: .cart, .storefront), edit: .ifMatch, body: CartLineUpdateInput.self,
        returns: .ok(CartView.self, version: \.reviewed.cart.version), problems: [.cartClosed, .mixedCurrencies]
    ) { request, work, services in
        CartView(
            reviewed: try await services.carts.edit.set(
                request.path.1, quantity: request.body.quantity, isSaved: request.body.isSaved, of: request.path.0,
                version: request.expectedVersion, by: request.principal, in: work))
    }

    static let removeLine = Endpoint(
        .delete, "/carts/{cart_id}/lines/{variant_id}", ID<Cart>.self, ID<Variant>.self, tag: .carts,
        summary: "Take a variant out of a cart", description: "Nothing happens where it is not there.",
        policy: .require(.cartsEdit, on: .cart, .storefront),
        returns: .ok(CartView.self, version: \.reviewed.cart.version), problems: [.cartClosed]
    ) { request, work, services in
        CartView(
            reviewed: try await services.carts.edit.remove(
                request.path.1, from: request.path.0, by: request.principal, in: work))
    }

    static let note = Endpoint(
        .put, "/carts/{cart_id}/notes/{vendor_id}", ID<Cart>.self, ID<Vendor>.self, tag: .carts,
        summary: "Say what a vendor is told with the order",
        description: "And what a gift is to say. Two empty texts take it back.",
        policy: .require(.cartsEdit, on: .cart, .storefront), body: CartNoteInput.self,
        returns: .ok(CartView.self, version: \.reviewed.cart.version), problems: [.cartClosed]
    ) { request, work, services in
        let note = CartNote(
            vendor: request.path.1, note: request.body.note, giftMessage: request.body.giftMessage)
        return CartView(
            reviewed: try await services.carts.edit.note(note, on: request.path.0, by: request.principal, in: work))
    }

    static let addCoupon = Endpoint(
        .put, "/carts/{cart_id}/coupons/{code}", ID<Cart>.self, CartCouponCode.self, tag: .carts,
        summary: "Put a coupon’s code into a cart", description: "What it comes to is told by a quote.",
        policy: .require(.cartsEdit, on: .cart, .storefront),
        returns: .ok(CartView.self, version: \.reviewed.cart.version), problems: [.cartClosed]
    ) { request, work, services in
        CartView(
            reviewed: try await services.carts.edit.add(
                coupon: request.path.1.text, to: request.path.0, by: request.principal, in: work))
    }

    static let removeCoupon = Endpoint(
        .delete, "/carts/{cart_id}/coupons/{code}", ID<Cart>.self, CartCouponCode.self, tag: .carts,
        summary: "Take a coupon’s code out of a cart", description: "Nothing happens where it is not there.",
        policy: .require(.cartsEdit, on: .cart, .storefront),
        returns: .ok(CartView.self, version: \.reviewed.cart.version), problems: [.cartClosed]
    ) { request, work, services in
        CartView(
            reviewed: try await services.carts.edit.remove(
                coupon: request.path.1.text, from: request.path.0, by: request.principal, in: work))
    }

    static let merge = Endpoint(
        .post, "/me/cart/merge", tag: .carts, summary: "Put a guest’s cart into one’s own",
        description: """
            What both hold is added up as far as one order takes; what is gone is left out and told. The guest’s cart is closed, so that \
            repeating it adds nothing.
            """,
        policy: .account(), body: CartMergeInput.self,
        returns: .ok(MergedCartView.self, version: \.merged.cart.cart.version), problems: [.cartClosed]
    ) { request, work, services in
        MergedCartView(
            merged: try await services.carts.merge(request.body.token, by: request.principal, in: work))
    }
}

/// A coupon's code as it stands in a path.
struct CartCouponCode: PathParameter {
    let text: String

    init?(pathSegment: UTF8Text) {
        text = pathSegment.string
        guard Cart.coupon.violations(of: text).isEmpty else { return nil }
    }

    static var schema: Schema { .text(TextSchema(length: Cart.coupon.length)) }
    static var exampleSegment: String { "EID-2026" }
}

struct CartsQuery: APIInput {
    let state: CartState?
    let page: PageRequest

    init(_ fields: inout Fields) {
        state = fields.optional("state", .oneOf(CartState.self), "Only those that are so far")
        page = fields.page()
    }
}

struct CartLineCreateInput: APIInput {
    let variant: ID<Variant>
    let quantity: Int64

    init(_ fields: inout Fields) {
        variant = fields.required("variant_id", .id(Variant.self), "What", example: .example)
        quantity = fields.optional("quantity", .integer(Cart.quantity), "How many", default: 1)
    }
}

struct CartLineUpdateInput: APIInput {
    let quantity: Int64?
    let isSaved: Bool?

    init(_ fields: inout Fields) {
        quantity = fields.change("quantity", .integer(Cart.quantity), "How many", example: 2).value
        isSaved = fields.change("is_saved", .boolean, "Whether it waits for another time").value
    }
}

struct CartNoteInput: APIInput {
    let note: String
    let giftMessage: String

    init(_ fields: inout Fields) {
        note = fields.optional(
            "note", .text(CartNote.text), "For the vendor", default: "", example: "Please ring twice")
        giftMessage = fields.optional("gift_message", .text(CartNote.text), "For whoever receives it", default: "")
    }
}

struct CartMergeInput: APIInput {
    let token: UTF8Text

    init(_ fields: inout Fields) {
        token = UTF8Text(
            fields.required(
                "cart_token", .string(1...100, of: "A-Za-z0-9_-"), "The token of the guest’s cart",
                example: "hc_jP3nq0XhE5lVbW2mT8sYcR4uKd6oA1gZf7iB9yNvQtM"))
    }
}
