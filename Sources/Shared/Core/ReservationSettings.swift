package import Foundation

/// How long units are held for orders that are not paid, and how many for one customer.
package struct ReservationSettings: Sendable, Hashable {
    /// HAAT_RESERVATION_MINUTES: how long units are held until the customer begins to pay, default 10.
    package var firstTime: TimeInterval = 10 * 60
    /// How long from then on; as long as gateways give a customer.
    package var paymentTime: TimeInterval = 30 * 60
    /// HAAT_CONFIRMATION_HOURS: how long units are held for an order that is paid on delivery until its customer has confirmed it,
    /// default 24.
    package var confirmationTime: TimeInterval = 24 * 3600
    /// HAAT_UNPAID_UNITS_PER_CLIENT: of a network, or of the account of a customer who has signed in, default 500; nil for 0: any
    /// number.
    package var unitsPerClient: Int64? = 500
    /// HAAT_UNPAID_UNITS_PER_EMAIL, default 100; nil for 0.
    package var unitsPerEmail: Int64? = 100
    /// HAAT_UNPAID_STOCK_SHARE: percent of a variant's units on hand, default 25; nil for 0.
    package var stockShare: Int64? = 25
    /// HAAT_ORDERS_PER_MINUTE: of a network without credentials, default 120; nil for 0.
    package var ordersPerMinute: Int? = 120

    /// Of however few units on hand a customer may hold so many.
    package static let unitsOfAnyStock: Int64 = 5

    package init() {}

    /// Who pays again and again can't hold units any longer after their order was placed.
    package var longestTime: TimeInterval { firstTime + paymentTime }

    init(_ settings: inout SettingsReader) {
        firstTime = settings.value(
            "HAAT_RESERVATION_MINUTES", default: firstTime, expected: "a number of minutes from 1 to 1440"
        ) { text in Int(text).flatMap { (1...1440).contains($0) ? TimeInterval($0) * 60 : nil } }
        confirmationTime = settings.value(
            "HAAT_CONFIRMATION_HOURS", default: confirmationTime, expected: "a number of hours from 1 to 168"
        ) { text in Int(text).flatMap { (1...168).contains($0) ? TimeInterval($0) * 3600 : nil } }
        unitsPerClient = settings.limit("HAAT_UNPAID_UNITS_PER_CLIENT", default: unitsPerClient)
        unitsPerEmail = settings.limit("HAAT_UNPAID_UNITS_PER_EMAIL", default: unitsPerEmail)
        stockShare = settings.limit("HAAT_UNPAID_STOCK_SHARE", default: stockShare, upTo: 100)
        ordersPerMinute = settings.limit("HAAT_ORDERS_PER_MINUTE", default: ordersPerMinute.map(Int64.init)).map(
            Int.init)
    }
}

extension SettingsReader {
    /// Nil for 0.
    fileprivate mutating func limit(_ name: String, default fallback: Int64?, upTo most: Int64 = 1_000_000) -> Int64? {
        let limit = value(name, default: fallback ?? 0, expected: "a number from 1 to \(most), or 0 for no limit") {
            text in
            Int64(text).flatMap { (0...most).contains($0) ? $0 : nil }
        }
        return limit == 0 ? nil : limit
    }
}
