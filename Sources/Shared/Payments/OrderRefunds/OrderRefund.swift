package import Core
package import Foundation
package import Orders
package import Pricing

/// Units of an order that a customer gets money back for, at the prices of the sale. The money goes by refunds of the order's payments.
package struct OrderRefund: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "orf"
    package static let reason = NewRefund.reason

    package typealias Charges = RefundQuote.ChargePolicy

    /// What the total consists of.
    package struct Part: Hashable, Sendable, Codable {
        package let kind: Kind
        package let line: UUID?
        /// Signed as at the sale, in minor units: what a discount took off comes back negative.
        package let amount: Int64
        /// Of a tax: what it was reckoned on.
        package let taxable: Int64?
        /// Whether another part contains it.
        package let isIncluded: Bool
        package let bearer: AdjustmentBearer
        /// As at the sale, such as "promotion:<id>"; nil of the price of goods.
        package let source: String?

        package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
            case goods, discount, shipping, tax, fee, rounding
        }

        package enum CodingKeys: String, CodingKey {
            case kind, source, bearer
            case line = "line_id"
            case amount = "amount_minor"
            case taxable = "taxable_minor"
            case isIncluded = "is_included"
        }
    }

    package let id: ID<OrderRefund>
    package let order: ID<Order>
    package let charges: Charges
    /// For the record; customers don't see it.
    package let reason: String
    package let total: Money
    package let ofVendors: Money
    package let ofMarketplace: Money
    package let parts: [Part]
    package let units: [ID<OrderLine>: UnitRanges]
    package let createdBy: AuditActor
    package let createdAt: Date

    package init(
        id: ID<OrderRefund>, order: ID<Order>, charges: Charges, reason: String, quote: OrderRefundQuote,
        createdBy: AuditActor, createdAt: Date
    ) {
        self.init(
            id: id, order: order, charges: charges, reason: reason, total: quote.total, ofVendors: quote.ofVendors,
            ofMarketplace: quote.ofMarketplace, parts: quote.parts, units: quote.units, createdBy: createdBy,
            createdAt: createdAt)
    }

    package init(
        id: ID<OrderRefund>, order: ID<Order>, charges: Charges, reason: String, total: Money, ofVendors: Money,
        ofMarketplace: Money, parts: [Part], units: [ID<OrderLine>: UnitRanges], createdBy: AuditActor, createdAt: Date
    ) {
        self.id = id
        self.order = order
        self.charges = charges
        self.reason = reason
        self.total = total
        self.ofVendors = ofVendors
        self.ofMarketplace = ofMarketplace
        self.parts = parts
        self.units = units
        self.createdBy = createdBy
        self.createdAt = createdAt
    }
}

/// What units of an order are worth that come back.
package struct OrderRefundQuote: Hashable, Sendable {
    package let units: [ID<OrderLine>: UnitRanges]
    package let total: Money
    package let ofVendors: Money
    package let ofMarketplace: Money
    package let parts: [OrderRefund.Part]

    /// - Parameters:
    ///   - units: none of them given back before.
    ///   - before: what was.
    /// - Throws: `RefundError` for units that the order has not.
    package init(
        of contents: OrderWithLines, returning units: [ID<OrderLine>: UnitRanges],
        after before: [ID<OrderLine>: UnitRanges], charges: OrderRefund.Charges
    ) throws(RefundError) {
        let sale = SoldCart(contents)
        func selection(_ units: [ID<OrderLine>: UnitRanges]) throws(RefundError) -> UnitSelection {
            var ranges: [Int: [Range<Int64>]] = [:]
            for (place, line) in contents.lines.enumerated() { ranges[place] = units[line.id]?.ranges }
            return try UnitSelection(ranges)
        }
        let quote = try RefundQuote(
            of: sale, returning: selection(units), after: selection(before), charges: charges)
        self.units = units
        total = quote.total
        ofVendors = quote.ofVendors
        ofMarketplace = quote.ofMarketplace
        parts = quote.parts.map { part in
            let row = part.adjustment.map { sale.adjustments[$0] }
            return OrderRefund.Part(
                kind: row.map { OrderRefund.Part.Kind($0.kind) } ?? .goods,
                line: part.line.map { contents.lines[$0].id.uuid }, amount: part.amount.minorUnits,
                taxable: part.taxable?.minorUnits, isIncluded: part.isIncluded, bearer: part.bearer, source: row?.source
            )
        }
    }
}

extension OrderRefund.Part.Kind {
    fileprivate init(_ kind: AdjustmentKind) {
        self =
            switch kind {
            case .discount: .discount
            case .shipping: .shipping
            case .tax: .tax
            case .fee: .fee
            case .rounding: .rounding
            }
    }
}

extension SoldCart {
    /// What an order sold, its lines in their order. A charge stands before what is taken of it.
    fileprivate init(_ contents: OrderWithLines) {
        let ordered =
            contents.adjustments.filter { $0.charge == nil } + contents.adjustments.filter { $0.charge != nil }
        let places = Dictionary(
            ordered.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.init(
            currency: contents.order.total.currency,
            lines: contents.lines.map { Line(vendor: $0.vendor, quantity: $0.quantity, unitPrice: $0.unitPrice) },
            adjustments: ordered.map { row in
                PriceAdjustment(
                    kind: row.kind, target: contents.target(of: row), charge: row.charge.flatMap { places[$0] },
                    amount: row.amount, isIncluded: row.isIncluded, bearer: row.bearer, rate: row.rate, head: row.head,
                    taxable: row.taxable, source: row.source)
            })
    }
}

extension OrderWithLines {
    fileprivate func target(of row: OrderAdjustment) -> PriceAdjustment.Target {
        if let line = row.target.line, let place = lines.firstIndex(where: { $0.id == line }) { return .line(place) }
        return vendorOrder(of: row).map { .vendor($0.vendor) } ?? .order
    }
}
