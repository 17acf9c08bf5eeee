package import Core
import Crypto

/// Where a person is reached, and by which they are known when they sign in.
package enum Contact: Hashable, Sendable {
    case email(EmailAddress)
    case phone(PhoneNumber)

    package enum Channel: String, Hashable, Sendable, CaseIterable, Codable {
        case email, phone
    }

    package var channel: Channel {
        switch self {
        case .email: .email
        case .phone: .phone
        }
    }

    var email: EmailAddress? {
        if case .email(let address) = self { address } else { nil }
    }

    var phone: PhoneNumber? {
        if case .phone(let number) = self { number } else { nil }
    }

    /// What contacts are compared by.
    var comparisonKey: String {
        switch self {
        case .email(let address): address.comparisonKey
        case .phone(let number): number.rawValue
        }
    }
}

/// A language with its region, such as "bn-BD" (BCP 47).
package struct LanguageTag: Hashable, Sendable, CustomStringConvertible {
    package static let rule = TextRule(2...35, .only("A-Za-z0-9-"))

    package let text: String

    /// nil unless `text` has the form of a tag: a language of two or three letters, then parts of up to eight letters and digits.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard Self.rule.violations(of: text).isEmpty, let language = parts.first, (2...3).contains(language.count),
            language.allSatisfy({ !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            parts.allSatisfy({ (1...8).contains($0.count) })
        else { return nil }
        self.text = text
    }

    private init(known text: String) { self.text = text }

    package static let english = LanguageTag(known: "en")
    package static let example = LanguageTag(known: "bn-BD")

    package var description: String { text }

    /// Without region and script, in small letters, such as "bn".
    package var language: String {
        String(decoding: text.utf8.prefix { $0 != UInt8(ascii: "-") }.map(ASCIILetter.lowercased), as: UTF8.self)
    }
}
