import Catalog
package import Core
import Foundation
package import Orders
package import Postgres
import Pricing
import Vendors

/// All SQL that reads of orders what documents need. The caller holds the order.
package struct SaleStore: Sendable {
    package init() {}

    /// The vendor order; nil where there is none.
    package func sale(
        _ id: ID<VendorOrder>, number: String, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Sale? {
        let part = try await executor.queryOne(
            """
            SELECT vendor_id, currency, tax_registration_id, supply_region, document_due FROM vendor_orders WHERE id = \(id)
            """, as: PostgresRow.self)
        guard let part else { return nil }
        let lines = try await executor.query(
            """
            SELECT id, variant_id, kind, title, sku, hsn, quantity, unit_price_minor, price_includes_tax FROM order_lines
            WHERE vendor_order_id = \(id) ORDER BY position
            """, as: LineRow.self)
        // What the marketplace charges is its own service and stands on its own document; what it gives is told.
        let adjustments = try await executor.query(
            """
            SELECT id, line_id, charge_id, kind, amount_minor, is_included, bearer, rate_ppm, tax_head
            FROM order_adjustments WHERE vendor_order_id = \(id) AND (bearer = 'vendor' OR kind = 'discount') ORDER BY id
            """, as: AdjustmentRow.self)
        let ofCharges = Dictionary(grouping: adjustments.filter { $0.charge != nil }, by: \.charge)
        let ofLines = Dictionary(grouping: adjustments.filter { $0.charge == nil && $0.line != nil }, by: \.line)
        let ofAll = adjustments.filter { $0.charge == nil && $0.line == nil }
        return Sale(
            vendorOrder: id, number: number, vendor: try part.decode("vendor_id"),
            currency: try part.decode("currency"), registration: try part.decode("tax_registration_id"),
            supplyRegion: try part.decode("supply_region"), documentDue: try part.decode("document_due"),
            lines: lines.map { $0.line(ofLines[$0.id] ?? []) },
            charges: ofAll.filter(\.isCharge).map { $0.charged(with: ofCharges[$0.id] ?? []) }
                + adjustments.filter { $0.isCharge && $0.line != nil }.map { $0.charged(with: ofCharges[$0.id] ?? []) },
            rounding: ofAll.filter { $0.kind == .rounding }.map { Sale.Amount(adjustment: $0.id, amount: $0.amount) })
    }
}

private struct LineRow: PostgresRowDecodable, Sendable {
    let id: ID<OrderLine>
    let variant: ID<Variant>
    let kind: VariantKind
    let title: String
    let sku: String
    let hsn: String?
    let quantity: Int64
    let unitPrice: Int64
    let priceIncludesTax: Bool

    init(row: borrowing PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        variant = try row.decode("variant_id")
        kind = try row.decode("kind")
        title = try row.decode("title")
        sku = try row.decode("sku")
        hsn = try row.decode("hsn")
        quantity = try row.decode("quantity")
        unitPrice = try row.decode("unit_price_minor")
        priceIncludesTax = try row.decode("price_includes_tax")
    }

    func line(_ adjustments: [AdjustmentRow]) -> Sale.Line {
        Sale.Line(
            id: id, variant: variant, kind: kind, title: title, sku: sku, hsn: hsn, quantity: quantity,
            unitPrice: unitPrice, priceIncludesTax: priceIncludesTax, discount: adjustments.discount(by: .vendor),
            marketplaceDiscount: adjustments.discount(by: .marketplace), taxes: adjustments.taxes)
    }
}

private struct AdjustmentRow: PostgresRowDecodable, Sendable {
    let id: ID<OrderAdjustment>
    let line: ID<OrderLine>?
    let charge: ID<OrderAdjustment>?
    let kind: OrderAdjustment.Kind
    let amount: Int64
    let isIncluded: Bool
    let bearer: OrderAdjustment.Bearer
    let rate: Int32?
    let head: String?

    init(row: borrowing PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        line = try row.decode("line_id")
        charge = try row.decode("charge_id")
        let (kind, bearer): (String, String) = (try row.decode("kind"), try row.decode("bearer"))
        guard let kind = OrderAdjustment.Kind(rawValue: kind), let bearer = OrderAdjustment.Bearer(rawValue: bearer)
        else { throw .decoding("an adjustment of unknown kind or bearer") }
        self.kind = kind
        self.bearer = bearer
        amount = try row.decode("amount_minor")
        isIncluded = try row.decode("is_included")
        rate = try row.decode("rate_ppm")
        head = try row.decode("tax_head")
    }

    /// A discount of a whole vendor order that was not spread over its lines is a charge that is negative.
    var isCharge: Bool {
        guard charge == nil, bearer == .vendor else { return false }
        return kind == .shipping || kind == .fee || (kind == .discount && line == nil)
    }

    func charged(with others: [AdjustmentRow]) -> Sale.Charge {
        let title =
            switch kind {
            case .shipping: "Shipping"
            case .discount: "Discount"
            case .tax, .fee, .rounding: "Fee"
            }
        let own = others.filter { $0.bearer == .vendor }
        return Sale.Charge(
            title: title, adjustments: [id] + own.filter { $0.kind == .discount }.map(\.id), amount: amount,
            discount: own.discount(by: .vendor), marketplaceDiscount: others.discount(by: .marketplace),
            taxes: own.taxes)
    }
}

extension [AdjustmentRow] {
    func discount(by bearer: OrderAdjustment.Bearer) -> Int64 {
        reduce(0) { $1.kind == .discount && $1.bearer == bearer ? $0 &- $1.amount : $0 }
    }

    /// By head and rate; later rows correct earlier ones.
    var taxes: [Sale.Tax] {
        var taxes: [Sale.Tax] = []
        for row in self where row.kind == .tax {
            let (head, rate) = (row.head ?? "tax", Int(row.rate ?? 0))
            let known = taxes.firstIndex { $0.head == head && $0.rate == rate && $0.isIncluded == row.isIncluded }
            if let known {
                taxes[known] = Sale.Tax(
                    head: head, rate: rate, amount: taxes[known].amount &+ row.amount, isIncluded: row.isIncluded)
            } else {
                taxes.append(Sale.Tax(head: head, rate: rate, amount: row.amount, isIncluded: row.isIncluded))
            }
        }
        return taxes
    }
}
