package import Core
package import Jobs

/// A contact has made itself an account.
package struct AccountCreated: Event, Hashable {
    package static let name = "account.created"

    package let accountID: ID<Account>

    package init(accountID: ID<Account>) { self.accountID = accountID }
}

/// An account has another password, or its first.
package struct AccountPasswordChanged: Event, Hashable {
    package static let name = "account.password_changed"

    package let accountID: ID<Account>
}

/// An account has another e-mail address or telephone number.
package struct AccountContactChanged: Event, Hashable {
    package static let name = "account.contact_changed"

    package let accountID: ID<Account>
    /// Which of them.
    package let channel: String
}

/// Somebody has signed in.
package struct SessionStarted: Event, Hashable {
    package static let name = "session.started"

    package let sessionID: ID<Session>
    package let accountID: ID<Account>
    /// Where they had signed in before.
    package let isKnownDevice: Bool
}

/// A code was asked for and is to be sent.
package struct VerificationRequested: Event, Hashable {
    package static let name = "verification.requested"

    package let verificationID: ID<Verification>
    package let channel: Contact.Channel
}
