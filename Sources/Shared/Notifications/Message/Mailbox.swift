package import Core

/// An address and the name to show beside it.
package struct Mailbox: Sendable, Hashable {
    package let address: EmailAddress
    /// Any Unicode text.
    package let name: String?

    package init(_ address: EmailAddress, name: String? = nil) {
        self.address = address
        self.name = name
    }

    /// Reads `Name <address>` or a bare address, as the sender's setting is written; `nil` where the address is malformed.
    package init?(parsing text: String) {
        guard let open = text.lastIndex(of: "<"), text.hasSuffix(">") else {
            guard let address = EmailAddress(rawValue: text) else { return nil }
            self.init(address)
            return
        }
        guard let address = EmailAddress(rawValue: String(text[text.index(after: open)...].dropLast())) else {
            return nil
        }
        let words = text[..<open].split(whereSeparator: \.isWhitespace).joined(separator: " ")
        self.init(address, name: words.isEmpty ? nil : words)
    }
}
