import Catalog
import Core
import Foundation
import Orders
import Pricing
import Vendors

extension SeedOrder {
    /// What the buyer pays for bringing, in the currency's whole units.
    private static let shippingUnits: ClosedRange<Int> = 40...120

    /// The order as the ledger is told of it: its parts, lines and shipping, each with its own id.
    /// - Throws: `MoneyError`.
    func contents(for customer: SeedCustomer) throws -> OrderWithLines {
        var draw = draw
        var parts: [(vendor: SeedVendor, id: ID<VendorOrder>)] = []
        let lines = try choices.map { choice in
            let vendor = choice.product.vendor
            let part = parts.first { $0.vendor.id == vendor.id } ?? (vendor, ID(uuid: draw.uuid(at: placedAt)))
            if !parts.contains(where: { $0.id == part.id }) { parts.append(part) }
            let variant = choice.product.variants[choice.variant]
            let price = Money(minorUnits: variant.price, currency: currency)
            return OrderLine(
                id: ID(uuid: draw.uuid(at: placedAt)), vendorOrder: part.id, variant: variant.id,
                product: choice.product.id, vendor: vendor.id, kind: .physical, title: choice.product.title,
                sku: variant.sku, quantity: choice.quantity, unitPrice: price,
                total: try price.multiplied(by: choice.quantity),
                commissionRate: Rate(partsPerMillion: vendor.commissionRate), fulfilledAt: fulfilledAt,
                deliveredAt: deliveredAt)
        }
        let state: FulfilmentState =
            deliveredAt != nil ? .delivered : fulfilledAt != nil ? .fulfilled : .unfulfilled
        let vendorOrders = try parts.map { part in
            VendorOrder(
                id: part.id, vendor: part.vendor.id, number: "", fulfilmentState: state,
                total: try lines.filter { $0.vendorOrder == part.id }.map(\.total).total(in: currency))
        }
        let shipping = OrderAdjustment(
            id: ID(uuid: draw.uuid(at: placedAt)), kind: .shipping, target: .order,
            amount: Money(minorUnits: Int64(draw.within(Self.shippingUnits)) * 100, currency: currency),
            bearer: .marketplace, source: "shipping", recordedAt: placedAt)
        let total = try vendorOrders.map(\.total).total(in: currency).adding(shipping.amount)
        let order = Order(
            id: id, number: "", fulfilmentState: state,
            customer: Order.Customer(
                account: customer.account, email: try EmailAddress(of: customer), name: customer.name),
            total: total, shippingAddress: address(of: customer, &draw), reservationExpiresAt: heldUntil,
            placedAt: placedAt, accessTokenHash: accessTokenHash)
        return OrderWithLines(order: order, vendorOrders: vendorOrders, lines: lines, adjustments: [shipping])
    }

    private func address(of customer: SeedCustomer, _ draw: inout Draw) -> ShippingAddress {
        let isIndian = currency == .inr
        let place = draw.pick(isIndian ? Places.india : Places.bangladesh)
        return ShippingAddress(
            name: customer.name, line1: "\(draw.within(1...240)) \(draw.pick(Places.streets))", city: place.city,
            region: place.region, postalCode: place.post + draw.digits(2), country: isIndian ? "IN" : "BD")
    }
}

extension EmailAddress {
    fileprivate init(of customer: SeedCustomer) throws {
        guard let address = EmailAddress(rawValue: customer.email) else {
            throw InvalidSeedPlan(description: "\(customer.email) is no e-mail address")
        }
        self = address
    }
}
