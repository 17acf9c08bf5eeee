package import Foundation

/// How long carts are kept, and when they count as left behind.
package struct CartSettings: Sendable, Hashable {
    /// HAAT_CART_SILENCE_HOURS: how long nobody changes a cart until it counts as left behind, default 6.
    package var silence: TimeInterval = 6 * 3600
    /// HAAT_CART_DAYS: how long a cart is kept after it was changed last, default 60.
    package var lifetime: TimeInterval = 60 * 86_400

    package init() {}

    init(_ settings: inout SettingsReader) {
        silence = settings.value(
            "HAAT_CART_SILENCE_HOURS", default: silence, expected: "a number of hours from 1 to 720"
        ) { text in Int(text).flatMap { (1...720).contains($0) ? TimeInterval($0) * 3600 : nil } }
        lifetime = settings.value(
            "HAAT_CART_DAYS", default: lifetime, expected: "a number of days from 1 to 730"
        ) { text in Int(text).flatMap { (1...730).contains($0) ? TimeInterval($0) * 86_400 : nil } }
    }
}
