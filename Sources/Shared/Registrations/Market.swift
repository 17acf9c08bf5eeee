/// A country whose registrations, addresses, telephones and accounts are known in their form.
package enum Market: String, Hashable, Sendable, CaseIterable {
    case bangladesh = "BD"
    case india = "IN"
}
