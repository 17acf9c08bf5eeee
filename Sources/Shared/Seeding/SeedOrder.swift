import Catalog
import Core
import Foundation
import Orders
import Payments
import Vendors

/// What is ordered: a variant of a product, and how many of it.
struct SeedChoice {
    let product: SeedProduct
    /// Its place among the product's variants.
    let variant: Int
    let quantity: Int64
}

/// An order of a plan, with all that has become of it.
struct SeedOrder {
    /// How it ended, or how far it has come.
    enum Fate {
        case cancelled, expired, paid, shipped, delivered, refunded

        var isPaid: Bool { self != .cancelled && self != .expired }
    }

    private static let quantities = [80, 15, 5]
    private static let lineCounts = [55, 25, 12, 8]

    let id: ID<Order>
    let placedAt: Date
    let fate: Fate
    let choices: [SeedChoice]
    let demand: ID<PaymentDemand>
    let payment: ID<Payment>
    let booking: UUID
    let paidAt: Date
    let fulfilledAt: Date?
    let deliveredAt: Date?
    /// When it was cancelled, expired, delivered or refunded.
    let closedAt: Date?
    let refund: (id: ID<Refund>, booking: UUID, at: Date)?
    /// For what rows alone need.
    let draw: Draw

    /// nil where nothing that is drawn is for sale.
    init?(_ index: Int, of plan: SeedPlan, by vendors: [SeedVendor]) {
        var draw = Draw(plan.seed, .order, index)
        // More and more of them as the year goes on.
        let share = pow((Double(index) + draw.fraction()) / Double(plan.orders), 0.8)
        let placedAt = plan.daysBefore(365 * (1 - share)).addingTimeInterval(-2 * .hour)
        self.placedAt = placedAt
        id = ID(uuid: draw.uuid(at: placedAt))
        choices = Self.choices(&draw, of: plan, by: vendors)
        guard !choices.isEmpty else { return nil }
        let fate = Self.fate(&draw, daysOld: plan.end.timeIntervalSince(placedAt) / .day)
        self.fate = fate
        demand = ID(uuid: draw.uuid(at: placedAt))
        payment = ID(uuid: draw.uuid(at: placedAt))
        paidAt = placedAt.addingTimeInterval(.minute * (1 + 14 * draw.fraction()))
        booking = draw.uuid(at: paidAt)
        let shipping = paidAt.addingTimeInterval(.hour * (6 + 40 * draw.fraction()))
        let arrival = shipping.addingTimeInterval(.day * (1 + 4 * draw.fraction()))
        let isArrived = fate == .delivered || fate == .refunded
        fulfilledAt = isArrived || fate == .shipped ? shipping : nil
        deliveredAt = isArrived ? arrival : nil
        let refundedAt = arrival.addingTimeInterval(.hour * (1 + 15 * draw.fraction()))
        refund = fate == .refunded ? (ID(uuid: draw.uuid(at: refundedAt)), draw.uuid(at: refundedAt), refundedAt) : nil
        closedAt =
            switch fate {
            case .cancelled: placedAt.addingTimeInterval(.minute * (2 + 20 * draw.fraction()))
            case .expired: placedAt.addingTimeInterval(30 * .minute)
            case .delivered: arrival
            case .refunded: refundedAt
            case .paid, .shipped: nil
            }
        self.draw = draw
    }

    var currency: Currency { choices[0].product.currency }

    /// Of a token that nobody has.
    var accessTokenHash: [UInt8] {
        var draw = draw
        return draw.bytes(32)
    }

    /// Until when its units were held.
    var heldUntil: Date { placedAt.addingTimeInterval(30 * .minute) }

    private static func fate(_ draw: inout Draw, daysOld: Double) -> Fate {
        let chance = draw.below(100)
        if chance < 4 { return .cancelled }
        if chance < 6 { return .expired }
        guard daysOld > 9 else { return daysOld > 3 ? .shipped : .paid }
        return chance < 8 ? .refunded : .delivered
    }

    /// Variants that can be paid in one currency, each once.
    private static func choices(
        _ draw: inout Draw, of plan: SeedPlan, by vendors: [SeedVendor]
    ) -> [SeedChoice] {
        var found: [SeedChoice] = []
        // What is drawn in vain is not on sale, sold in another currency, or there already.
        var triesLeft = 24
        let wanted = draw.weighed(lineCounts) + 1
        while found.count < wanted, triesLeft > 0 {
            triesLeft -= 1
            let product = SeedProduct(draw.skewed(plan.products), of: plan, by: vendors)
            let variant = draw.below(product.variants.count)
            let quantity = Int64(draw.weighed(quantities) + 1)
            guard product.status == .active, !product.vendor.isSuspended,
                found.first.map({ $0.product.currency == product.currency }) ?? true,
                !found.contains(where: { $0.product.id == product.id && $0.variant == variant })
            else { continue }
            found.append(SeedChoice(product: product, variant: variant, quantity: quantity))
        }
        return found
    }
}
