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
}
