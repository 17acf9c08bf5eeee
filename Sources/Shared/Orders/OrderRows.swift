import Catalog
import Core
import Foundation
package import Postgres
import Pricing
import Vendors

extension Order: PostgresRowDecodable {
    static let columns = """
        id, number, state, payment_state, fulfilment_state, status, customer_id, email, customer_name, phone, currency, total_minor, \
        captured_minor, refunded_minor, shipping_address::text AS shipping_address, access_token_hash, \
        payment_method, cash_confirmation, confirmed_at, reservation_expires_at, placed_at, paid_at, delivered_at, closed_at
        """

    /// The same where other tables stand beside it.
    static let qualifiedColumns = columns.split(separator: ", ").map { "orders.\($0)" }.joined(separator: ", ")

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let currency: Currency = try row.decode("currency")
        self.init(
            id: try row.decode("id"), number: Self.number(try row.decode("number")), state: try row.decode("state"),
            paymentState: try row.decode("payment_state"), fulfilmentState: try row.decode("fulfilment_state"),
            status: try row.decode("status"), customer: try Customer(row: row),
            total: Money(minorUnits: try row.decode("total_minor"), currency: currency),
            captured: Money(minorUnits: try row.decode("captured_minor"), currency: currency),
            refunded: Money(minorUnits: try row.decode("refunded_minor"), currency: currency),
            shippingAddress: try Self.json(try row.decode("shipping_address"), "shipping address"),
            paymentMethod: try row.decode("payment_method"), cashConfirmation: try row.decode("cash_confirmation"),
            confirmedAt: try row.decode("confirmed_at"),
            reservationExpiresAt: try row.decode("reservation_expires_at"), placedAt: try row.decode("placed_at"),
            paidAt: try row.decode("paid_at"), deliveredAt: try row.decode("delivered_at"),
            closedAt: try row.decode("closed_at"), accessTokenHash: try row.decode("access_token_hash"))
    }

    /// What people call an order: "H100001".
    package static func number(_ number: Int64) -> String { "H" + String(number) }

    fileprivate static func json<Value: Decodable>(
        _ text: String?, _ what: String
    ) throws(PostgresError) -> Value? {
        guard let text else { return nil }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        } catch {
            throw .decoding("an order's \(what): \(error)")
        }
    }
}

extension Order.Customer {
    fileprivate init(row: borrowing PostgresRow) throws(PostgresError) {
        let address: String = try row.decode("email")
        guard let email = EmailAddress(rawValue: address) else {
            throw .decoding("an order's e-mail address is malformed")
        }
        let phone: String? = try row.decode("phone")
        self.init(
            account: try row.decode("customer_id"), email: email, name: try row.decode("customer_name"),
            phone: phone.flatMap(PhoneNumber.init(rawValue:)))
    }
}

extension OrderWithLines {
    /// - Parameter rows: one for each line; nil where there are none.
    init?(rows: [PostgresRow]) throws(PostgresError) {
        guard let first = rows.first else { return nil }
        let order = try Order(row: first)
        var vendorOrders: [ID<VendorOrder>: (sequence: Int32, value: VendorOrder)] = [:]
        for row in rows {
            let part = try VendorOrder.numbered(row: row, of: order)
            vendorOrders[part.value.id] = part
        }
        let adjustments: [AdjustmentRecord]? = try Order.json(try first.decode("adjustments"), "adjustments")
        self.init(
            order: order, vendorOrders: vendorOrders.values.sorted { $0.sequence < $1.sequence }.map(\.value),
            lines: try rows.map { row throws(PostgresError) in
                try OrderLine(row: row, currency: order.total.currency)
            },
            adjustments: (adjustments ?? []).map { $0.adjustment(in: order.total.currency) })
    }
}

extension VendorOrder {
    fileprivate static func numbered(
        row: borrowing PostgresRow, of order: Order
    ) throws(PostgresError) -> (sequence: Int32, value: VendorOrder) {
        let sequence: Int32 = try row.decode("sequence")
        let total: Int64 = try row.decode("vendor_total_minor")
        return (
            sequence,
            VendorOrder(
                id: try row.decode("vendor_order_id"), vendor: try row.decode("vendor_id"),
                number: number(order: order.number, sequence: Int(sequence)),
                fulfilmentState: try row.decode("vendor_fulfilment_state"),
                total: Money(minorUnits: total, currency: order.total.currency), taxation: try VendorTaxation(row: row),
                delivery: try VendorDelivery(row: row))
        )
    }
}

extension OrderLine {
    fileprivate init(row: borrowing PostgresRow, currency: Currency) throws(PostgresError) {
        let id: ID<OrderLine> = try row.decode("line_id")
        let quantity: Int64 = try row.decode("quantity")
        let unitPrice = Money(minorUnits: try row.decode("unit_price_minor"), currency: currency)
        let total: Money
        do {
            total = try unitPrice.multiplied(by: quantity)
        } catch {
            throw .decoding("the total of order line \(id): \(error)")
        }
        self.init(
            id: id, vendorOrder: try row.decode("vendor_order_id"), variant: try row.decode("variant_id"),
            product: try row.decode("product_id"), vendor: try row.decode("vendor_id"), kind: try row.decode("kind"),
            title: try row.decode("title"), sku: try row.decode("sku"), quantity: quantity,
            cancelled: try row.decode("cancelled_quantity"), unitPrice: unitPrice, total: total,
            commissionRate: try row.decode("commission_ppm"),
            taxation: LineTaxation(
                hsn: try row.decode("hsn"), taxClass: try row.decode("tax_class"),
                isIncluded: try row.decode("price_includes_tax")),
            fulfilledAt: try row.decode("line_fulfilled_at"), deliveredAt: try row.decode("line_delivered_at"))
    }
}

extension VendorTaxation: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let id: ID<TaxRegistration>? = try row.decode("tax_registration_id")
        let kind: RegistrationKind? = try row.decode("tax_registration_kind")
        let registration: Registration? = if let id, let kind { Registration(id: id, kind: kind) } else { nil }
        self.init(
            registration: registration, supplyCountry: try row.decode("supply_country"),
            supplyRegion: try row.decode("supply_region"), documentDue: try row.decode("document_due"))
    }
}

/// An adjustment as it is read, many in one column.
private struct AdjustmentRecord: Decodable {
    let id: UUID
    let vendorOrder: UUID?
    let line: UUID?
    let kind: OrderAdjustment.Kind
    let amount: Int64
    let isIncluded: Bool
    let bearer: OrderAdjustment.Bearer
    let rate: Int?
    let head: TaxHead?
    let taxable: Int64?
    let charge: UUID?
    let source: String
    /// In microseconds since 1970.
    let recordedAt: Int64

    enum CodingKeys: String, CodingKey {
        case id, kind, bearer, source
        case vendorOrder = "vendor_order_id"
        case line = "line_id"
        case amount = "amount_minor"
        case isIncluded = "is_included"
        case rate = "rate_ppm"
        case head = "tax_head"
        case taxable = "taxable_minor"
        case charge = "charge_id"
        case recordedAt = "recorded_at"
    }

    func adjustment(in currency: Currency) -> OrderAdjustment {
        let target: OrderAdjustment.Target =
            switch (vendorOrder, line) {
            case (let vendorOrder?, let line?): .line(ID(uuid: line), of: ID(uuid: vendorOrder))
            case (let vendorOrder?, nil): .vendorOrder(ID(uuid: vendorOrder))
            case (nil, _): .order
            }
        return OrderAdjustment(
            id: ID(uuid: id), kind: kind, target: target, amount: Money(minorUnits: amount, currency: currency),
            isIncluded: isIncluded, bearer: bearer, rate: rate.map(Rate.init(partsPerMillion:)), head: head,
            taxable: taxable.map { Money(minorUnits: $0, currency: currency) }, charge: charge.map { ID(uuid: $0) },
            source: source, recordedAt: Date(timeIntervalSince1970: Double(recordedAt) / 1_000_000))
    }
}
