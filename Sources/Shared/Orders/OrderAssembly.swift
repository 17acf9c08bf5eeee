import Catalog
import Core
import Foundation
import Pricing
import Shipping
import Vendors

/// Makes an order of what was quoted: prices, taxes, commissions and terms stay as they are at this moment.
struct OrderAssembly: Sendable {
    let new: NewOrder
    let quote: OrderQuote
    let ids: UUIDv7Generator
    let reservations: ReservationSettings

    func draft(
        _ id: ID<Order>, of customer: Order.Customer, token: AccessToken, at now: Date
    ) throws -> OrderDraft {
        let address = try new.shippingAddress.map { address in
            try JSONValue(parsing: Array(JSONEncoder().encode(address)))
        }
        let vendorOrders = quote.priced.vendors.map { priced in
            VendorOrderDraft(
                id: ID(uuid: ids.next()), vendor: priced.vendor, total: priced.totals.total,
                taxation: VendorTaxation(priced), delivery: delivery(of: priced.vendor))
        }
        let parts = Dictionary(vendorOrders.map { ($0.vendor, $0.id) }, uniquingKeysWith: { $1 })
        let lines = try self.lines(of: parts)
        let confirmation = cashConfirmation
        let isConfirmed = confirmation == .notAsked && quote.advance == nil
        return OrderDraft(
            id: id, customer: customer, total: quote.total, shippingAddress: address, accessTokenHash: token.hash,
            reservationExpiresAt: now.addingTimeInterval(heldFor(confirmation)), placedAt: now,
            paymentMethod: quote.paymentMethod, cashConfirmation: confirmation,
            confirmedAt: isConfirmed ? now : nil, vendorOrders: vendorOrders, lines: lines,
            adjustments: adjustments(of: parts, lines, at: now), demands: try demands(at: now))
    }

    private func lines(of parts: [ID<Vendor>: ID<VendorOrder>]) throws -> [OrderLine] {
        try quote.offers.indices.map { index in
            let (offer, priced, subject) = (quote.offers[index], quote.priced.lines[index], quote.subjects[index])
            guard let part = parts[offer.vendor] else { throw NewOrder.notForSale }
            return OrderLine(
                id: ID(uuid: ids.next()), vendorOrder: part, variant: offer.variant, product: offer.product,
                vendor: offer.vendor, kind: offer.kind, title: offer.title, sku: offer.sku, quantity: priced.quantity,
                unitPrice: priced.unitPrice.amount, total: priced.goods, commissionRate: offer.commissionRate,
                taxation: LineTaxation(
                    hsn: subject.hsn, taxClass: subject.taxClass, isIncluded: priced.unitPrice.includesTax))
        }
    }

    private func adjustments(
        of parts: [ID<Vendor>: ID<VendorOrder>], _ lines: [OrderLine], at now: Date
    ) -> [OrderAdjustment] {
        // In the order of their ids, as they are read back: a charge comes before what is for it.
        let known = quote.priced.adjustments.map { _ in ID<OrderAdjustment>(uuid: ids.next()) }
        return zip(known, quote.priced.adjustments).map { id, adjustment in
            let target: OrderAdjustment.Target =
                switch adjustment.target {
                case .line(let place): .line(lines[place].id, of: lines[place].vendorOrder)
                case .vendor(let vendor): parts[vendor].map(OrderAdjustment.Target.vendorOrder) ?? .order
                case .order: .order
                }
            return OrderAdjustment(
                id: id, kind: adjustment.kind, target: target, amount: adjustment.amount,
                isIncluded: adjustment.isIncluded, bearer: adjustment.bearer, rate: adjustment.rate,
                head: adjustment.head, taxable: adjustment.taxable, charge: adjustment.charge.map { known[$0] },
                source: adjustment.source, recordedAt: now)
        }
    }

    /// An advance comes before the rest.
    private func demands(at now: Date) throws -> [PaymentDemand] {
        guard !quote.total.isZero else { return [] }
        guard let advance = quote.advance else {
            return [PaymentDemand(id: ID(uuid: ids.next()), kind: .full, amount: quote.total, createdAt: now)]
        }
        return [
            PaymentDemand(id: ID(uuid: ids.next()), kind: .advance, amount: advance, createdAt: now),
            PaymentDemand(
                id: ID(uuid: ids.next()), kind: .balance, amount: try quote.total.subtracting(advance), createdAt: now),
        ]
    }

    private var cashConfirmation: CashConfirmation? {
        guard quote.paymentMethod == .cashOnDelivery, case .success(let cash) = quote.cash else { return nil }
        return cash.asksForCode ? .pending : .notAsked
    }

    private func heldFor(_ confirmation: CashConfirmation?) -> TimeInterval {
        confirmation == .pending ? reservations.confirmationTime : reservations.firstTime
    }

    private func delivery(of vendor: ID<Vendor>) -> VendorDelivery {
        let option = quote.shipments.first { $0.vendor == vendor }?.chosen
        let note = new.notes.first { $0.vendor == vendor }
        return VendorDelivery(
            method: option?.method, name: option?.terms.name, pickupLocation: option?.terms.way.location,
            promise: option?.terms.promise, note: note?.note ?? "", giftMessage: note?.giftMessage ?? "")
    }
}
