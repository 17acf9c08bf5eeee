package import Core
package import Foundation

/// A person who signs in.
package struct Account: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "cus"

    /// A full name in any script; one word is enough.
    package static let nameRule = TextRule(1...200, .line)
    package static let latinNameRule = TextRule(1...200, .only(" -~"))

    package let id: ID<Account>
    package let email: EmailAddress?
    package let phone: PhoneNumber?
    package let name: String?
    /// For those who print labels in ASCII alone.
    package let latinName: String?
    package let locale: LanguageTag
    /// Whether it can be opened with one, not only by code.
    package let hasPassword: Bool
    package let version: Int64
    package let createdAt: Date

    package init(
        id: ID<Account>, email: EmailAddress?, phone: PhoneNumber?, name: String? = nil, latinName: String? = nil,
        locale: LanguageTag, hasPassword: Bool = false, version: Int64 = 1, createdAt: Date
    ) {
        self.id = id
        self.email = email
        self.phone = phone
        self.name = name
        self.latinName = latinName
        self.locale = locale
        self.hasPassword = hasPassword
        self.version = version
        self.createdAt = createdAt
    }
}
