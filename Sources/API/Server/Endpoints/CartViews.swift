import Carts
import Catalog
import Core
import Endpoints
import Foundation
import Identity
import Orders
import Vendors

struct MadeCartView: APIOutput {
    let cart: CartView
    let token: String?

    init(_ made: MadeCart) {
        cart = CartView(reviewed: made.cart)
        token = made.token?.text.reveal()
    }

    private init() {
        cart = .example
        token = "hc_jP3nq0XhE5lVbW2mT8sYcR4uKd6oA1gZf7iB9yNvQtM"
    }

    static let example = MadeCartView()

    func write(to out: inout ObjectWriter) {
        out.field("cart", cart)
        out.field("token", token, "Opens a guest’s cart as a bearer token; shown here alone. Null for customers")
    }
}

struct MergedCartView: APIOutput {
    let merged: MergedCart

    static let example = MergedCartView(
        merged: MergedCart(
            cart: CartView.example.reviewed, dropped: [DroppedLine(variant: .example, reason: .gone)]))

    func write(to out: inout ObjectWriter) {
        out.field("cart", CartView(reviewed: merged.cart))
        out.field("dropped", merged.dropped.map(DroppedLineView.init), "What of the guest’s cart is not there any more")
    }
}

struct DroppedLineView: APIOutput {
    let line: DroppedLine

    static let example = DroppedLineView(line: DroppedLine(variant: .example, reason: .gone))

    func write(to out: inout ObjectWriter) {
        out.field("variant_id", line.variant)
        out.field("reason", line.reason)
    }
}

struct CartSummaryView: APIOutput {
    let cart: Cart

    static let example = CartSummaryView(cart: CartView.example.reviewed.cart)

    func write(to out: inout ObjectWriter) { cart.writeHeader(to: &out) }
}

struct CartView: APIOutput {
    let reviewed: ReviewedCart

    static let example: CartView = {
        let listing = CartListing(
            product: .example, vendor: .example, vendorName: "Lekha Software", title: "Lekha Antivirus, 1 year",
            sku: "AV-1Y", kind: .licenceKey, price: .example, available: 40)
        let line = ReviewedLine(
            line: CartLine(variant: .example, quantity: 1, price: .example, addedAt: .example), listing: listing)
        return CartView(
            reviewed: ReviewedCart(
                cart: Cart(id: .example, createdAt: .example, changedAt: .example, expiresAt: .example),
                groups: [CartGroup(vendor: .example, vendorName: "Lekha Software", lines: [line])]))
    }()

    func write(to out: inout ObjectWriter) {
        reviewed.cart.writeHeader(to: &out)
        out.field("subtotal", reviewed.subtotal, "What the goods cost, before discounts and charges")
        out.field("can_be_ordered", reviewed.canBeOrdered, "Whether no line stands in the way")
        out.field("vendors", reviewed.groups.map(CartGroupView.init), "What is to be ordered, by vendor")
        out.field("gone", reviewed.gone.map(CartLineView.init), "What is not for sale any more")
        out.field("saved", reviewed.saved.map(CartLineView.init), "What waits for another time")
    }
}

extension Cart {
    fileprivate func writeHeader(to out: inout ObjectWriter) {
        out.field("id", id)
        out.field("state", state)
        out.field("coupons", coupons, "Codes, as they were typed")
        out.field("order_id", order.map { ID<Order>(uuid: $0) }, "What it was ordered as")
        out.field("version", version, "Grows with every change; also the ETag")
        out.field("created_at", createdAt)
        out.field("changed_at", changedAt)
        out.field("expires_at", expiresAt, "Until when it is kept; moves on with every change")
    }
}

struct CartGroupView: APIOutput {
    let group: CartGroup

    static let example = CartGroupView(group: CartView.example.reviewed.groups[0])

    func write(to out: inout ObjectWriter) {
        out.field("vendor_id", group.vendor)
        out.field("vendor_name", group.vendorName)
        out.field("note", group.note?.note ?? "", "What the vendor is told with the order")
        out.field("gift_message", group.note?.giftMessage ?? "")
        out.field("lines", group.lines.map(CartLineView.init), "In the order in which they were added")
    }
}

struct CartLineView: APIOutput {
    let reviewed: ReviewedLine

    static let example = CartLineView(reviewed: CartView.example.reviewed.groups[0].lines[0])

    init(_ reviewed: ReviewedLine) { self.reviewed = reviewed }

    private init(reviewed: ReviewedLine) { self.reviewed = reviewed }

    func write(to out: inout ObjectWriter) {
        let (line, listing) = (reviewed.line, reviewed.listing)
        out.field("variant_id", line.variant)
        out.field("product_id", listing?.product, "Null where it is not for sale any more, as all that follows from it")
        out.field("title", listing?.title)
        out.field("sku", listing?.sku)
        out.field("kind", listing?.kind)
        out.field("quantity", line.quantity)
        out.field("price_when_added", line.price, "What a unit cost when it was last put there")
        out.field("unit_price", listing?.price, "What a unit costs now")
        out.field("total", reviewed.total, "Before discounts and charges")
        out.field("problems", reviewed.problems.map(CartLineProblemView.init), "What has become of it")
        out.field("is_orderable", reviewed.isOrderable)
        out.field("added_at", line.addedAt)
    }
}

struct CartLineProblemView: APIOutput {
    let problem: CartLineProblem

    static let example = CartLineProblemView(problem: .insufficientStock(available: 3))

    func write(to out: inout ObjectWriter) {
        out.field(
            "code", problem.code,
            "gone, vendor_on_holiday, insufficient_stock, above_maximum, below_minimum, other_currency, price_changed …"
        )
        out.field("is_blocking", problem.isBlocking, "Whether it keeps the cart from being ordered")
        out.field("units", problem.units, "How many are left, or what one order takes at most or at least")
        out.field("until", problem.until, "When the vendor is back")
        out.field("from", problem.price, "What a unit cost when it was put there")
    }
}

extension CartLineProblem {
    fileprivate var units: Int64? {
        switch self {
        case .insufficientStock(let units), .aboveMaximum(let units), .belowMinimum(let units): units
        default: nil
        }
    }

    fileprivate var until: Date? { if case .vendorOnHoliday(let until) = self { until } else { nil } }

    fileprivate var price: Money? { if case .priceChanged(let price) = self { price } else { nil } }
}
