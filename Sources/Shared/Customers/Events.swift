package import Core
package import Identity
package import Jobs

/// A person has agreed to a purpose, or agrees to it no more.
package struct ConsentDecided: Event, Hashable {
    package static let name = "consent.decided"

    package let accountID: ID<Account>
    /// As `ConsentPurpose` calls it.
    package let purpose: String
    package let isGiven: Bool
}

/// The marketplace has forgotten a person: whoever keeps anything about them forgets it as well.
package struct AccountErased: Event, Hashable {
    package static let name = "account.erased"

    package let accountID: ID<Account>
}
