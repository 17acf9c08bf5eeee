import Catalog
import CommerceTestSupport
import Core
import Documents
import Foundation
import Identity
import Jobs
import Logging
import Media
import Orders
import Postgres
import Registrations
import Typesetting
import Vendors

/// A vendor's packing desk: orders that are paid, and who sells them.
struct Desk: Sendable {
    let market: Marketplace
    let vendor: Vendor
    let media: String

    /// India's tax on a line whose prices contain it.
    enum TaxKind: Sendable {
        case none, intra, inter, vat
    }

    struct Item: Sendable {
        var title = "Ghee"
        var quantity: Int64 = 1
        var price: Int64
        var rate: Int = 50_000
        var discount: Int64 = 0
        var marketplaceDiscount: Int64 = 0
        var isIncluded = true
    }

    var ids: UUIDv7Generator { market.ids }
    var pack: PackVendorOrder { PackVendorOrder(audit: market.audit, ids: ids, clock: market.clock) }
    var credit: CreditDocument { CreditDocument(audit: market.audit, ids: ids, clock: market.clock) }
    var cancel: CancelDocument { CancelDocument(audit: market.audit, ids: ids, clock: market.clock) }
    var store: IssuedDocumentStore { IssuedDocumentStore() }
    var seller: Principal {
        Principal(
            .vendorMember(vendor.id.uuid), permissions: Set(Permission.allCases), visibility: .vendor(vendor.id.uuid))
    }
    private var logger: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
    var directory: MediaDirectory { MediaDirectory(path: media, logger: logger) }
    var links: MediaLinks { MediaLinks(keys: RootKeys(market.encryptionKey), publicURL: "https://shop.example") }

    static func open(connections: Int = 8, _ body: @Sendable (Desk) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "haat-documents-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await Marketplace.open(connections: connections) { market in
            let desk = Desk(market: market, vendor: try await market.vendor(named: "Rahim Foods"), media: path)
            try desk.directory.prepare()
            try await body(desk)
        }
    }

    /// Has the vendor say who it is and where.
    /// - Returns: its registration, where it has one.
    @discardableResult
    func identify(
        _ kind: RegistrationKind? = .gstin, _ number: String = "27ABCPE1234F1ZB"
    ) async throws
        -> ID<TaxRegistration>?
    {
        let isIndian = kind?.market != .bangladesh
        let registration = kind.map { _ in ID<TaxRegistration>(uuid: ids.next()) }
        if let kind, let registration {
            try await market.owner.execute(
                """
                INSERT INTO vendor_registrations (id, vendor_id, kind, number, region, legal_name, created_at, status, verified_at)
                VALUES (\(registration), \(vendor.id), \(kind), \(number), \(isIndian ? "27" : nil), 'Rahim Foods Limited', now(),
                    'verified', now())
                """)
        }
        let address: JSONValue =
            isIndian
            ? ["country": "IN", "line1": "12 Lake Road", "city": "Pune", "state": "27", "postal_code": "411001"]
            : ["country": "BD", "line1": "12 Lake Road", "upazila": "Gulshan", "district": "BD-13"]
        try await market.owner.execute(
            """
            INSERT INTO pickup_locations (id, vendor_id, name, phone, address, registration_id, created_at)
            VALUES (\(ids.next()), \(vendor.id), 'Warehouse', '+8801712345678', \(address), \(registration), now())
            """)
        try await name(isIndian ? "IN" : "BD")
        return registration
    }

    /// - Parameter country: nil while orders are placed, so that nothing but the test says how they are taxed.
    private func name(_ country: String?) async throws {
        try await market.owner.execute(
            """
            UPDATE vendors SET legal_name = \(country.map { _ in "Rahim Foods Limited" }), country = \(country),
                kind = \(country.map { _ in "company" })
            WHERE id = \(vendor.id)
            """)
    }

    /// A vendor order of these items, taxed and paid.
    func order(
        _ items: [Item], _ tax: TaxKind = .intra, under registration: ID<TaxRegistration>? = nil,
        due: String = "tax_invoice", to region: String = "27", shipping: Int64 = 0, address: ShippingAddress? = nil,
        name: String? = "Karim Uddin", isPaid: Bool = true
    ) async throws -> ID<VendorOrder> {
        let country: String? =
            try await market.owner.queryValue(
                "SELECT country FROM vendors WHERE id = \(vendor.id)", as: String?.self) ?? nil
        try await self.name(nil)
        let currency: Currency = tax == .vat ? .bdt : .inr
        let new = NewProduct(
            vendor: vendor.id, title: "Goods", isSubmitted: true,
            variants: items.enumerated().map { index, item in
                NewVariant(
                    sku: "\(UUID().uuidString.prefix(8))-\(index)", kind: .physical,
                    price: Money(minorUnits: item.price, currency: currency), weightGrams: 100)
            })
        let product = try await market.work {
            try await CreateProduct(audit: market.audit, ids: ids, clock: market.clock)(new, by: .system, in: $0)
        }
        for (variant, item) in zip(product.variants, items) { _ = try await market.adjust(variant, by: item.quantity) }
        let placed = try await market.place(
            NewOrder(
                email: "karim@example.com", customerName: name,
                lines: zip(product.variants, items).map { NewOrder.Line(variant: $0.id, quantity: $1.quantity) },
                shippingAddress: address ?? (tax == .vat ? Marketplace.dhaka : Desk.pune)))
        let order = placed.order.id
        let part = placed.details.contents.vendorOrders[0].id
        try await withoutTaxes(order)
        for (line, item) in zip(placed.lines, items) {
            try await market.owner.execute(
                """
                UPDATE order_lines SET title = \(item.title), hsn = '04059020', price_includes_tax = \(item.isIncluded)
                WHERE id = \(line.id)
                """)
            if item.discount > 0 { try await adjust(order, part, line.id, "discount", -item.discount) }
            if item.marketplaceDiscount > 0 {
                try await adjust(order, part, line.id, "discount", -item.marketplaceDiscount, bearer: "marketplace")
            }
            let net = item.price * item.quantity - item.discount
            for (head, rate, amount) in Self.taxes(tax, on: net, item) {
                try await adjust(
                    order, part, line.id, "tax", amount, isIncluded: item.isIncluded, rate: rate, head: head)
            }
        }
        if shipping > 0 {
            let charge = try await adjust(order, part, nil, "shipping", shipping)
            for (head, rate, amount) in Self.taxes(tax, on: shipping, items[0]) {
                try await adjust(
                    order, part, nil, "tax", amount, isIncluded: true, rate: rate, head: head, charge: charge)
            }
        }
        try await market.owner.execute(
            """
            UPDATE vendor_orders SET tax_registration_id = \(registration),
                tax_registration_kind = (SELECT kind FROM vendor_registrations WHERE id = \(registration)),
                supply_country = \(country), supply_region = \(country.map { _ in region }), document_due = \(due)
            WHERE id = \(part)
            """)
        if isPaid { _ = try await market.pay(order) }
        if let country { try await self.name(country) }
        return part
    }

    /// Nothing but the test says how an order is taxed.
    private func withoutTaxes(_ order: ID<Order>) async throws {
        try await market.owner.withConnection { connection in
            try await connection.runScript(
                """
                SET session_replication_role = replica;
                DELETE FROM order_adjustments WHERE kind = 'tax' AND order_id = '\(order.uuid)';
                RESET session_replication_role;
                """)
        }
    }

    /// Of an inclusive amount, or one that the tax comes on top of; halves are equal.
    static func taxes(_ kind: TaxKind, on net: Int64, _ item: Item) -> [(head: String, rate: Int, amount: Int64)] {
        func share(_ rate: Int, of total: Int) -> Int64 {
            let base = item.isIncluded ? 1_000_000 + Double(total) : 1_000_000
            return Int64((Double(net) * Double(rate) / base).rounded(.toNearestOrAwayFromZero))
        }
        switch kind {
        case .none: return []
        case .intra:
            let half = share(item.rate / 2, of: item.rate)
            return [("cgst", item.rate / 2, half), ("sgst", item.rate / 2, half)]
        case .inter: return [("igst", item.rate, share(item.rate, of: item.rate))]
        case .vat: return [("vat", item.rate, share(item.rate, of: item.rate))]
        }
    }

    @discardableResult
    func adjust(
        _ order: ID<Order>, _ part: ID<VendorOrder>, _ line: ID<OrderLine>?, _ kind: String, _ amount: Int64,
        isIncluded: Bool = false, bearer: String = "vendor", rate: Int? = nil, head: String? = nil, charge: UUID? = nil
    ) async throws -> UUID {
        let (id, added) = (ids.next(), isIncluded ? 0 : amount)
        try await market.owner.withTransaction { transaction in
            try await transaction.execute(
                """
                INSERT INTO order_adjustments (id, order_id, vendor_order_id, line_id, kind, amount_minor, is_included, bearer,
                    rate_ppm, tax_head, taxable_minor, charge_id, source, recorded_at)
                VALUES (\(id), \(order), \(part), \(line), \(kind), \(amount), \(isIncluded), \(bearer),
                    \(rate.map { Int32($0) }), \(head), \(head.map { _ in Int64(0) }), \(charge), 'test', now())
                """)
            try await transaction.execute(
                "UPDATE vendor_orders SET total_minor = total_minor + \(added) WHERE id = \(part)")
            try await transaction.execute("UPDATE orders SET total_minor = total_minor + \(added) WHERE id = \(order)")
            try await transaction.execute(
                "UPDATE payment_demands SET amount_minor = amount_minor + \(added) WHERE order_id = \(order)")
        }
        return id
    }

    func issue(_ part: ID<VendorOrder>, _ lines: [(ID<OrderLine>, Int64)]? = nil) async throws -> DocumentDetails {
        let new = NewPacking(lines: lines.map { $0.map { ChosenLine(line: $0.0, quantity: $0.1) } })
        return try await market.work { try await pack(new, of: part, by: seller, in: $0) }
    }

    func credit(
        _ document: ID<IssuedDocument>, _ lines: [(ID<OrderLine>, Int64)]? = nil, withCharges: Bool? = nil
    ) async throws -> DocumentDetails {
        let new = NewCredit(
            lines: lines.map { $0.map { ChosenLine(line: $0.0, quantity: $0.1) } }, withCharges: withCharges,
            reason: "Returned")
        return try await market.work { try await credit(new, of: document, by: .system, in: $0) }
    }

    func lines(of part: ID<VendorOrder>) async throws -> [ID<OrderLine>] {
        try await market.client.queryValues(
            "SELECT id FROM order_lines WHERE vendor_order_id = \(part) ORDER BY position", as: ID<OrderLine>.self)
    }

    /// Runs the job that draws a document.
    func draw(_ id: ID<IssuedDocument>) async throws {
        let upload = UploadMedia(
            directory: directory, quota: MediaQuota(vendor: 1, applicant: 1), audit: market.audit, ids: ids,
            clock: market.clock)
        try await DrawDocument(typesetter: Typesetter(), upload: upload, clock: market.clock)(
            DrawDocument.Job(documentID: id), in: market.queue)
    }

    /// The problem that a use case refuses with.
    func refusal<Result>(_ body: () async throws -> Result) async throws -> Problem? {
        do {
            _ = try await body()
            return nil
        } catch let problem as any ProblemConvertible {
            return problem.problem
        }
    }

    static let pune = ShippingAddress(
        name: "Karim Uddin", line1: "7 MG Road", city: "Pune", region: "Maharashtra", postalCode: "411002",
        country: "IN")
}
