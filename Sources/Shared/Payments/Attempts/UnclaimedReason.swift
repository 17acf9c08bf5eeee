package import Orders

/// Why captured money has no order to pay.
package enum UnclaimedReason: String, Hashable, Sendable, CaseIterable, Codable {
    /// Another payment was faster.
    case paidTwice = "paid_twice"
    case cancelled
    case refunded
    /// It had expired, and others have bought the units since.
    case outOfStock = "out_of_stock"

    package init(_ reason: PaymentOutcome.Reason) {
        switch reason {
        case .cancelled: self = .cancelled
        case .refunded: self = .refunded
        case .outOfStock: self = .outOfStock
        }
    }

    /// For people.
    package var text: String {
        switch self {
        case .paidTwice: "the order was paid by another payment"
        case .cancelled, .refunded, .outOfStock: "the order is \(rawValue)"
        }
    }
}
