package import Core
package import Foundation

/// A code that was asked for and what it is for.
package struct Verification: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "ver"

    /// Codes that are looked at.
    static let mostAttempts = 5
    static let lifetime: TimeInterval = 10 * 60

    package enum Purpose: String, Hashable, Sendable, CaseIterable {
        /// To make an account, or to sign in where the contact has one.
        case signUp = "sign_up"
        case signIn = "sign_in"
        case passwordReset = "password_reset"
        /// To make the contact an account's own.
        case contactChange = "contact_change"
        /// To show that an order which is paid on delivery is meant.
        case orderConfirmation = "order_confirmation"
    }

    package let id: ID<Verification>
    package let purpose: Purpose
    package let contact: Contact
    /// Whose contact it is to become.
    package let account: ID<Account>?
    package let locale: LanguageTag
    package let requestedAt: Date
    package let expiresAt: Date

    package init(
        id: ID<Verification>, purpose: Purpose, contact: Contact, account: ID<Account>? = nil, locale: LanguageTag,
        requestedAt: Date
    ) {
        self.id = id
        self.purpose = purpose
        self.contact = contact
        self.account = account
        self.locale = locale
        self.requestedAt = requestedAt
        expiresAt = requestedAt + Self.lifetime
    }
}
