import Catalog
import Core
import Foundation
import Inventory
import Orders
import Payments
import Postgres
import Pricing
import Vendors

/// Orders with their parts, lines, money, stock movements and timelines. Bookings are apart: see `SeedBookings`.
struct OrderRows {
    /// Named by a gateway that there is not, so that nobody asks one about them.
    static let gateway = GatewayName(rawValue: "seed")

    private var orders = TableCopy(
        "orders", "id", "state", "customer_id", "email", "customer_name", "currency", "total_minor", "captured_minor",
        "refunded_minor", "fulfilment_state", "shipping_address", "access_token_hash", "reservation_expires_at",
        "placed_at", "paid_at", "delivered_at", "closed_at")
    private var vendorOrders = TableCopy(
        "vendor_orders", "id", "order_id", "vendor_id", "sequence", "fulfilment_state", "currency", "total_minor")
    private var lines = TableCopy(
        "order_lines", "id", "order_id", "vendor_order_id", "vendor_id", "position", "variant_id", "product_id", "kind",
        "title", "sku", "quantity", "unit_price_minor", "commission_ppm", "fulfilled_at", "delivered_at")
    private var adjustments = TableCopy(
        "order_adjustments", "id", "order_id", "kind", "amount_minor", "bearer", "source", "recorded_at")
    private var demands = TableCopy(
        "payment_demands", "id", "order_id", "kind", "state", "amount_minor", "currency", "created_at", "satisfied_at")
    private var payments = TableCopy(
        "payments", "id", "order_id", "demand_id", "gateway", "merchant_account", "state", "amount_minor", "currency",
        "refunded_minor", "settlement", "session_reference", "reference", "success_url", "cancel_url",
        "session_expires_at", "created_at", "updated_at", "captured_at")
    private var refunds = TableCopy(
        "refunds", "id", "payment_id", "order_id", "origin", "reason", "amount_minor", "currency", "state", "reference",
        "created_at", "updated_at")
    private var reservations = TableCopy(
        "reservations", "holder_id", "variant_id", "vendor_id", "quantity", "state", "expires_at")
    private var movements = TableCopy(
        "stock_movements", "variant_id", "vendor_id", "reason", "on_hand_change", "reserved_change", "holder_id",
        "recorded_at")
    private var timeline = TableCopy("order_events", "order_id", "kind", "reference", "happened_at")

    mutating func add(_ seed: SeedOrder, _ contents: OrderWithLines) {
        let order = contents.order
        let paid = seed.fate.isPaid ? order.total.minorUnits : 0
        let refunded = seed.refund == nil ? 0 : paid
        orders.append(
            order.id, seed.state, order.customer.account, order.customer.email.rawValue, order.customer.name,
            seed.currency, order.total.minorUnits, paid, refunded, order.fulfilmentState,
            order.shippingAddress?.json, seed.accessTokenHash, seed.heldUntil, seed.placedAt,
            seed.fate.isPaid ? seed.paidAt : nil, seed.deliveredAt, seed.closedAt)
        for (index, part) in contents.vendorOrders.enumerated() {
            vendorOrders.append(
                part.id, order.id, part.vendor, Int32(index + 1), part.fulfilmentState, seed.currency,
                part.total.minorUnits)
        }
        for (index, line) in contents.lines.enumerated() { add(line, at: index + 1, of: seed) }
        for adjustment in contents.adjustments {
            adjustments.append(
                adjustment.id, order.id, adjustment.kind.rawValue, adjustment.amount.minorUnits,
                adjustment.bearer.rawValue, adjustment.source, adjustment.recordedAt)
        }
        pay(seed, order.total.minorUnits, refunded: refunded)
        tell(seed)
    }

    private mutating func add(_ line: OrderLine, at position: Int, of seed: SeedOrder) {
        lines.append(
            line.id, seed.id, line.vendorOrder, line.vendor, Int32(position), line.variant, line.product, line.kind,
            line.title, line.sku, line.quantity, line.unitPrice.minorUnits, line.commissionRate, line.fulfilledAt,
            line.deliveredAt)
        reservations.append(
            seed.id, line.variant, line.vendor, line.quantity, seed.fate.isPaid ? "committed" : "released",
            seed.heldUntil)
        movements.append(
            line.variant, line.vendor, StockReason.reserved, Int64(0), line.quantity, seed.id, seed.placedAt)
        let (reason, sold) = seed.fate.isPaid ? (StockReason.committed, line.quantity) : (.released, 0)
        movements.append(
            line.variant, line.vendor, reason, -sold, -line.quantity, seed.id,
            seed.fate.isPaid ? seed.paidAt : seed.closedAt ?? seed.heldUntil)
    }

    private mutating func pay(_ seed: SeedOrder, _ amount: Int64, refunded: Int64) {
        demands.append(
            seed.demand, seed.id, "full", seed.fate.isPaid ? "satisfied" : "cancelled", amount, seed.currency,
            seed.placedAt, seed.fate.isPaid ? seed.paidAt : nil)
        guard seed.fate.isPaid else { return }
        payments.append(
            seed.payment, seed.id, seed.demand, Self.gateway.rawValue, "seed",
            seed.refund == nil ? PaymentState.captured : .refunded, amount, seed.currency, refunded, "order",
            "session_\(seed.payment)", "seed_\(seed.payment)", "https://shop.example/thanks",
            "https://shop.example/cart", seed.heldUntil, seed.placedAt, seed.refund?.at ?? seed.paidAt, seed.paidAt)
        if let refund = seed.refund {
            refunds.append(
                refund.id, seed.payment, seed.id, "operator", "returned by the customer", amount, seed.currency,
                "succeeded", "seed_\(refund.id)", refund.at, refund.at)
        }
    }

    private mutating func tell(_ seed: SeedOrder) {
        func note(_ kind: OrderEventKind, _ reference: String = "", at time: Date?) {
            if let time { timeline.append(seed.id, kind, reference, time) }
        }
        note(.ordered, at: seed.placedAt)
        switch seed.fate {
        case .cancelled: note(.cancelled, at: seed.closedAt)
        case .expired: note(.expired, at: seed.closedAt)
        case .paid, .shipped, .delivered, .refunded:
            note(.checkoutStarted, at: seed.placedAt.addingTimeInterval(20))
            note(.captured, at: seed.paidAt)
            note(.paid, at: seed.paidAt)
            note(.delivered, at: seed.deliveredAt)
            if let refund = seed.refund { note(.refunded, "\(refund.id)", at: refund.at) }
        }
    }

    mutating func flush(to session: PostgresSession) async throws(PostgresError) {
        try await orders.flush(to: session)
        try await vendorOrders.flush(to: session)
        try await lines.flush(to: session)
        try await adjustments.flush(to: session)
        try await demands.flush(to: session)
        try await payments.flush(to: session)
        try await refunds.flush(to: session)
        try await reservations.flush(to: session)
        try await movements.flush(to: session)
        try await timeline.flush(to: session)
    }
}

extension SeedOrder {
    fileprivate var state: OrderState {
        switch fate {
        case .cancelled: .cancelled
        case .expired: .expired
        case .paid, .shipped: .open
        case .delivered, .refunded: .completed
        }
    }
}

extension ShippingAddress {
    /// As it is stored. `JSONEncoder` would take longer than all else of an order.
    fileprivate var json: JSONValue {
        var members: [UTF8Text: JSONValue] = [
            "name": .string(name), "line1": .string(line1), "city": .string(city), "country": .string(country),
        ]
        if let region { members["region"] = .string(region) }
        if let postalCode { members["postal_code"] = .string(postalCode) }
        return .object(members)
    }
}
