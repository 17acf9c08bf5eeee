import Core
package import Postgres

/// How an order is to be paid.
package enum PaymentMethod: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    /// Through a gateway, before anything is shipped.
    case online
    /// In cash to the courier; perhaps with an advance through a gateway.
    case cashOnDelivery = "cash_on_delivery"
}

/// What has become of the question whether a customer means an order that is paid on delivery.
package enum CashConfirmation: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    case notAsked = "not_asked"
    case pending
    case confirmed
    case rejected
    /// Nobody could be asked.
    case unreachable

    /// Whether it keeps nobody from shipping.
    var isSettled: Bool { self == .notAsked || self == .confirmed }
}
