package import Core
import Crypto

/// What stands in for a lost authenticator, once: 120 random bits in letters and digits that can't be taken for one another. Only the
/// SHA-256 is stored.
package struct RecoveryCode: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// A person has so many.
    package static let count = 10
    /// Of what is typed.
    package static let typedRule = TextRule(1...60, .any)

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let length = 24

    private let characters: [UInt8]

    init(using generator: inout some RandomNumberGenerator) {
        characters = (0..<Self.length).map { _ in Self.alphabet[Int.random(in: 0..<32, using: &generator)] }
    }

    /// nil unless `text` has the form of one, however its letters are cased and its groups are kept apart. What is easily taken for
    /// another character is that one (Crockford's base 32).
    package init?(typed text: String) {
        guard text.utf8.count <= 60 else { return nil }
        let bytes = UTF8Text(text).lowercasedASCII.utf8.filter { !" -".utf8.contains($0) }.map(Self.meant)
        guard bytes.count == Self.length, bytes.allSatisfy(Self.alphabet.contains) else { return nil }
        characters = bytes
    }

    private static func meant(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "o"): UInt8(ascii: "0")
        case UInt8(ascii: "i"), UInt8(ascii: "l"): UInt8(ascii: "1")
        default: byte
        }
    }

    var hash: [UInt8] { Array(SHA256.hash(data: characters)) }

    /// In groups of four, for people.
    package func reveal() -> String {
        stride(from: 0, to: characters.count, by: 4)
            .map { String(decoding: characters[$0..<min($0 + 4, characters.count)], as: UTF8.self) }
            .joined(separator: "-")
    }

    package var description: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
