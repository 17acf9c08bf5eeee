package import Catalog
package import Core
package import Foundation
import Inventory
package import Vendors

/// One vendor's part of an order.
package struct VendorOrder: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "vor"

    package let id: ID<VendorOrder>
    package let vendor: ID<Vendor>
    /// For people, such as "H100001-2".
    package let number: String
    package let fulfilmentState: FulfilmentState
    /// The price of its lines with their adjustments and its own.
    package let total: Money
    package let taxation: VendorTaxation
    package let delivery: VendorDelivery

    package init(
        id: ID<VendorOrder>, vendor: ID<Vendor>, number: String, fulfilmentState: FulfilmentState, total: Money,
        taxation: VendorTaxation = VendorTaxation(), delivery: VendorDelivery = VendorDelivery()
    ) {
        self.id = id
        self.vendor = vendor
        self.number = number
        self.fulfilmentState = fulfilmentState
        self.total = total
        self.taxation = taxation
        self.delivery = delivery
    }

    /// - Parameter sequence: its place in the order, from 1.
    static func number(order: String, sequence: Int) -> String { "\(order)-\(sequence)" }
}

/// One bought variant, as it was at the time of the sale.
package struct OrderLine: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "oln"

    package let id: ID<OrderLine>
    package let vendorOrder: ID<VendorOrder>
    package let variant: ID<Variant>
    package let product: ID<Product>
    package let vendor: ID<Vendor>
    package let kind: VariantKind
    package let title: String
    package let sku: String
    package let quantity: Int64
    /// Of them, those that are not handed over any more.
    package let cancelled: Int64
    package let unitPrice: Money
    /// The price of all units, before adjustments.
    package let total: Money
    /// The marketplace's share, frozen at the sale.
    package let commissionRate: Rate
    package let taxation: LineTaxation
    /// When it was handed to a courier; licence keys are delivered at the same moment.
    package let fulfilledAt: Date?
    package let deliveredAt: Date?

    package init(
        id: ID<OrderLine>, vendorOrder: ID<VendorOrder>, variant: ID<Variant>, product: ID<Product>,
        vendor: ID<Vendor>, kind: VariantKind, title: String, sku: String, quantity: Int64, cancelled: Int64 = 0,
        unitPrice: Money, total: Money, commissionRate: Rate, taxation: LineTaxation = LineTaxation(),
        fulfilledAt: Date? = nil,
        deliveredAt: Date? = nil
    ) {
        self.id = id
        self.vendorOrder = vendorOrder
        self.variant = variant
        self.product = product
        self.vendor = vendor
        self.kind = kind
        self.title = title
        self.sku = sku
        self.quantity = quantity
        self.cancelled = cancelled
        self.unitPrice = unitPrice
        self.total = total
        self.commissionRate = commissionRate
        self.taxation = taxation
        self.fulfilledAt = fulfilledAt
        self.deliveredAt = deliveredAt
    }

    /// The same line handed to its customer.
    func delivered(at time: Date) -> OrderLine {
        copy(cancelled: cancelled, fulfilledAt: fulfilledAt ?? time, deliveredAt: time)
    }

    /// The same line with further units that are not handed over any more.
    func cancelling(_ further: Int64) -> OrderLine {
        copy(cancelled: min(quantity, cancelled &+ further), fulfilledAt: fulfilledAt, deliveredAt: deliveredAt)
    }

    private func copy(cancelled: Int64, fulfilledAt: Date?, deliveredAt: Date?) -> OrderLine {
        OrderLine(
            id: id, vendorOrder: vendorOrder, variant: variant, product: product, vendor: vendor, kind: kind,
            title: title, sku: sku, quantity: quantity, cancelled: cancelled, unitPrice: unitPrice, total: total,
            commissionRate: commissionRate, taxation: taxation, fulfilledAt: fulfilledAt, deliveredAt: deliveredAt)
    }

    /// Nothing of it is handed over any more.
    package var isCancelled: Bool { cancelled >= quantity }

    var isUndeliveredKey: Bool { kind == .licenceKey && deliveredAt == nil && !isCancelled }

    var units: StockQuantity { StockQuantity(variant: variant, quantity: quantity) }

    var stockItem: StockChanged.Item {
        StockChanged.Item(variantID: variant, productID: product, vendorID: vendor)
    }
}
