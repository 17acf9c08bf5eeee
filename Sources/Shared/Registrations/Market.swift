package import Core

/// A country whose registrations, addresses, telephones and accounts are known in their form.
package enum Market: String, Hashable, Sendable, CaseIterable {
    case bangladesh = "BD"
    case india = "IN"

    /// Whose telephone numbers are typed there.
    package var phones: PhoneCountry {
        switch self {
        case .bangladesh: .bangladesh
        case .india: .india
        }
    }

    /// How far its clocks are ahead of UTC, in seconds. None of these countries has summer time.
    package var utcOffset: Int {
        switch self {
        case .bangladesh: 6 * 3600
        case .india: 5 * 3600 + 1800
        }
    }
}
