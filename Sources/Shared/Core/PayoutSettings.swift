package import Foundation

/// How vendors get their money.
package struct PayoutSettings: Sendable, Hashable {
    /// HAAT_PAYOUT_COOLING_HOURS: for how long no money goes to an account that has taken another one's place, default 72; zero for 0.
    package var coolingPeriod: TimeInterval = 72 * 3600

    package init() {}

    init(_ settings: inout SettingsReader) {
        coolingPeriod = settings.value(
            "HAAT_PAYOUT_COOLING_HOURS", default: coolingPeriod, expected: "a number of hours from 0 to 720"
        ) { text in Int(text).flatMap { (0...720).contains($0) ? TimeInterval($0) * 3600 : nil } }
    }
}
