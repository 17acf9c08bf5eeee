package import Core
package import Foundation
package import Orders

/// One attempt of a customer to satisfy a payment demand through one gateway.
package struct Payment: Sendable, IdentifiedByTypeID {
    package static let typePrefix = "pay"

    /// What captured money was booked for.
    package enum Settlement: String, Sendable {
        /// The order's vendors and our commission.
        case order
        /// The way back to the customer: there was no order left to pay.
        case customer
    }

    package let id: ID<Payment>
    package let orderID: ID<Order>
    package let demandID: ID<PaymentDemand>
    package let gateway: GatewayName
    package let merchantAccount: String
    package var state: PaymentState
    package let amount: Money
    package var refunded: Money
    package var settlement: Settlement?
    /// Why there was no order for captured money.
    package var unclaimedReason: UnclaimedReason?
    /// Since when the customer pays through another gateway instead.
    package var supersededAt: Date?
    package var attempt: Int
    package var sessionReference: String?
    package var reference: String?
    package var redirectURL: String?
    package let successURL: String
    package let cancelURL: String
    package var sessionExpiresAt: Date
    package var conflict: String?
    package var disputeState: String?
    package var disputeStatedAt: Date?
    package var report: JSONValue?
    package var version: Int64
    package let createdAt: Date
    package var updatedAt: Date
    package var capturedAt: Date?
}
