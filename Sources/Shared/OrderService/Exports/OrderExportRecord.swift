import Core
import Foundation
import Orders
import Payments
import Postgres
import Values
import Vendors

/// One line of an order as it goes into a file.
struct OrderExportRecord: Sendable {
    let order: ID<Order>
    let number: String
    let partNumber: String
    let placedAt: Date
    let status: String
    let paymentState: String
    let fulfilmentState: String
    let paymentMethod: String
    let currency: Currency
    let vendor: ID<Vendor>
    let vendorName: String
    /// Of the order and of the vendor's part, with the first line of each alone, so that columns can be added up.
    let orderTotal: Money?
    let refunded: Money?
    let partTotal: Money?
    let shipping: Money?
    let fees: Money?
    let customer: Customer
    let address: Address
    let sku: String
    let title: String
    let kind: String
    let hsn: String?
    let quantity: Int64
    let cancelledQuantity: Int64
    let unitPrice: Money
    let discount: Money
    let tax: Money
    let includedTax: Money

    struct Customer: Sendable {
        let email: String
        let name: String?
        let phone: String?
    }

    /// Empty where nothing is shipped.
    struct Address: Sendable {
        let recipient: String?
        let phone: String?
        let line1: String?
        let line2: String?
        let city: String?
        let region: String?
        let postalCode: String?
        let country: String?
    }
}

extension OrderExportRecord: PostgresRowDecodable {
    init(row: borrowing PostgresRow) throws(PostgresError) {
        let currency: Currency = try row.decode("currency")
        let (leadsOrder, leadsPart): (Bool, Bool) = (try row.decode("leads_order"), try row.decode("leads_part"))
        let sequence: Int32 = try row.decode("sequence")
        func money(_ units: Int64) -> Money { Money(minorUnits: units, currency: currency) }
        let (total, refunded): (Int64, Int64) = (try row.decode("order_total"), try row.decode("refunded_minor"))
        let (part, shipping, fees): (Int64, Int64, Int64) =
            (try row.decode("part_total"), try row.decode("shipping"), try row.decode("fees"))
        order = try row.decode("order_id")
        number = Order.number(try row.decode("number"))
        partNumber = "\(number)-\(sequence)"
        placedAt = try row.decode("placed_at")
        status = try row.decode("status")
        paymentState = try row.decode("payment_state")
        fulfilmentState = try row.decode("fulfilment_state")
        paymentMethod = try row.decode("payment_method")
        self.currency = currency
        vendor = try row.decode("vendor_id")
        vendorName = try row.decode("vendor_name")
        orderTotal = leadsOrder ? money(total) : nil
        self.refunded = leadsOrder ? money(refunded) : nil
        partTotal = leadsPart ? money(part) : nil
        self.shipping = leadsPart ? money(shipping) : nil
        self.fees = leadsPart ? money(fees) : nil
        customer = Customer(
            email: try row.decode("email"), name: try row.decode("customer_name"), phone: try row.decode("phone"))
        address = Address(
            recipient: try row.decode("recipient"), phone: try row.decode("recipient_phone"),
            line1: try row.decode("line1"), line2: try row.decode("line2"), city: try row.decode("city"),
            region: try row.decode("region"), postalCode: try row.decode("postal_code"),
            country: try row.decode("country"))
        sku = try row.decode("sku")
        title = try row.decode("title")
        kind = try row.decode("kind")
        hsn = try row.decode("hsn")
        quantity = try row.decode("quantity")
        cancelledQuantity = try row.decode("cancelled_quantity")
        unitPrice = money(try row.decode("unit_price_minor"))
        discount = money(try row.decode("discount"))
        tax = money(try row.decode("tax"))
        includedTax = money(try row.decode("included_tax"))
    }
}

/// The columns of a file.
struct OrderExportLayout: Sendable {
    typealias Column = (name: String, cell: @Sendable (OrderExportRecord) -> String)

    let columns: [Column]

    /// With the customers, whose addresses are whole.
    static let marketplace = OrderExportLayout(columns: sale + ofMarketplace + line + region + ofCustomer)
    /// What a vendor may know of those who bought.
    static let vendor = OrderExportLayout(columns: sale + line + region)

    func writeHead(to file: inout CSVWriter) {
        for column in columns { file.write(column.name) }
        file.endRecord()
    }

    func write(_ record: OrderExportRecord, to file: inout CSVWriter) {
        for column in columns { file.write(SpreadsheetText.guarded(column.cell(record))) }
        file.endRecord()
    }

    private static let sale: [Column] = [
        ("order_number", { $0.number }), ("order_id", { $0.order.description }),
        ("vendor_order_number", { $0.partNumber }),
        (
            "placed_at",
            { RFC3339.text(millisecondsSinceEpoch: Int(($0.placedAt.timeIntervalSince1970 * 1_000).rounded())) }
        ),
        ("status", { $0.status }), ("payment_state", { $0.paymentState }),
        ("fulfilment_state", { $0.fulfilmentState }), ("payment_method", { $0.paymentMethod }),
        ("vendor_id", { $0.vendor.description }), ("vendor", { $0.vendorName }), ("currency", { $0.currency.code }),
        ("vendor_order_total", { text($0.partTotal) }), ("shipping", { text($0.shipping) }),
        ("fees_and_taxes", { text($0.fees) }),
    ]

    private static let ofMarketplace: [Column] = [
        ("order_total", { text($0.orderTotal) }), ("refunded", { text($0.refunded) }),
    ]

    private static let line: [Column] = [
        ("sku", { $0.sku }), ("title", { $0.title }), ("kind", { $0.kind }), ("hsn", { $0.hsn ?? "" }),
        ("quantity", { "\($0.quantity)" }), ("cancelled_quantity", { "\($0.cancelledQuantity)" }),
        ("unit_price", { text($0.unitPrice) }), ("discount", { text($0.discount) }), ("tax", { text($0.tax) }),
        ("included_tax", { text($0.includedTax) }),
    ]

    private static let region: [Column] = [
        ("city", { $0.address.city ?? "" }), ("region", { $0.address.region ?? "" }),
        ("postal_code", { $0.address.postalCode ?? "" }), ("country", { $0.address.country ?? "" }),
    ]

    private static let ofCustomer: [Column] = [
        ("email", { $0.customer.email }), ("customer_name", { $0.customer.name ?? "" }),
        ("phone", { $0.customer.phone ?? "" }), ("recipient", { $0.address.recipient ?? "" }),
        ("recipient_phone", { $0.address.phone ?? "" }), ("line1", { $0.address.line1 ?? "" }),
        ("line2", { $0.address.line2 ?? "" }),
    ]

    private static func text(_ money: Money?) -> String { money.map { MajorUnits.text($0) } ?? "" }
}
