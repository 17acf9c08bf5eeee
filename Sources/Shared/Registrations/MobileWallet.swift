package import Core

/// An account with a mobile financial service of Bangladesh: the number of a telephone there.
package struct MobileWallet: Hashable, Sendable {
    package enum Provider: String, Hashable, Sendable, CaseIterable {
        case bKash = "bkash"
        case nagad
    }

    package let provider: Provider
    package let phone: PhoneNumber

    package init(_ provider: Provider, _ text: String) throws(IdentifierFault) {
        self.provider = provider
        guard let phone = PhoneNumber(typed: text, in: .bangladesh), phone.isOf(.bangladesh) else {
            throw .form("01712345678")
        }
        self.phone = phone
    }
}
