import Core
import Foundation
import Values

/// A set of ASCII characters that names or codes may consist of, written like the inside of a regular expression's
/// brackets:
/// `"a-z0-9_-"` (a hyphen that means itself stands last).
package struct AllowedCharacters: Sendable, ExpressibleByStringLiteral {
    let expression: String
    private let allowed: Set<UInt8>

    package init(stringLiteral value: String) {
        expression = value
        var allowed: Set<UInt8> = []
        let bytes = Array(value.utf8)
        var index = 0
        while index < bytes.count {
            if index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "-"), bytes[index] <= bytes[index + 2] {
                allowed.formUnion(bytes[index]...bytes[index + 2])
                index += 3
            } else {
                allowed.insert(bytes[index])
                index += 1
            }
        }
        self.allowed = allowed
    }

    var pattern: String { "^[\(expression)]*$" }

    func contains(all text: UTF8Text) -> Bool { text.utf8.allSatisfy(allowed.contains) }
}

extension FieldKind where Value == String {
    /// Text of so many Unicode scalars.
    package static func string(_ length: ClosedRange<Int>) -> FieldKind { string(length, format: nil) }

    /// Text of so many characters, all of them among those allowed.
    package static func string(_ length: ClosedRange<Int>, of characters: AllowedCharacters) -> FieldKind {
        string(length, pattern: characters.pattern) { text, reading in
            if characters.contains(all: UTF8Text(text)) { return true }
            reading.report("pattern", "may only contain the characters \(characters.expression)")
            return false
        }
    }

    /// An e-mail address as people write it: local part, `@`, domain (RFC 5321's lengths, no quoted local parts).
    package static var email: FieldKind {
        string(3...254, format: "email") { text, reading in
            if EmailSyntax.accepts(text) { return true }
            reading.report("format", "must be an e-mail address")
            return false
        }
    }

    /// An absolute `http` or `https` URL.
    package static var webURL: FieldKind {
        string(8...2048, format: "uri") { text, reading in
            if let url = URL(string: text), let host = url.host(), !host.isEmpty,
                let scheme = url.scheme?.utf8,
                scheme.isEqualIgnoringCase(to: "https") || scheme.isEqualIgnoringCase(to: "http")
            {
                return true
            }
            reading.report("format", "must be an absolute http or https URL")
            return false
        }
    }

    private static func string(
        _ length: ClosedRange<Int>, format: String? = nil, pattern: String? = nil,
        check: @escaping @Sendable (String, inout FieldReading) -> Bool = { _, _ in true }
    ) -> FieldKind {
        scalar(
            .text(TextSchema(length: length, pattern: pattern, format: format)), called: "a string", placeholder: "",
            json: { $0.textValue?.string }, query: \.string, text: { value in JSONWriter.text { $0.write(value) } }
        ) { text, reading in
            let count = text.unicodeScalars.count
            if count < length.lowerBound {
                reading.report(
                    "too_short",
                    length.lowerBound == 1 ? "must not be empty" : "must have at least \(length.lowerBound) characters")
                return false
            }
            if count > length.upperBound {
                reading.report("too_long", "must have at most \(length.upperBound) characters")
                return false
            }
            return check(text, &reading)
        }
    }
}

extension FieldKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of an enumeration's cases, by raw value.
    package static func oneOf(_ type: Value.Type) -> FieldKind {
        let cases: @Sendable () -> [String] = { Value.allCases.map(\.rawValue) }
        let values = Dictionary(
            Value.allCases.map { (UTF8Text($0.rawValue), $0) }, uniquingKeysWith: { first, _ in first })
        return FieldKind(
            schema: { .text(TextSchema(cases: cases())) },
            placeholder: { Value.allCases[Value.allCases.startIndex] }
        ) { input, reading in
            let text: UTF8Text? =
                switch input {
                case .json(let value): value.textValue
                case .query(let values), .form(let values): values.count == 1 ? values.first : nil
                }
            if let text, let value = values[text] { return value }
            reading.report("enum", "must be one of \(cases().joined(separator: ", "))")
            return nil
        } text: { value in
            JSONWriter.text { $0.write(value.rawValue) }
        }
    }
}

/// The addresses that mail servers really take.
enum EmailSyntax {
    static func accepts(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, let local = parts.first, let domain = parts.last else { return false }
        return acceptsLocal(local) && acceptsDomain(domain)
    }

    private static func acceptsLocal(_ local: Substring.UTF8View) -> Bool {
        (1...64).contains(local.count)
            && local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
                !atom.isEmpty && atom.allSatisfy(isAtomCharacter)
            }
    }

    private static func acceptsDomain(_ domain: Substring.UTF8View) -> Bool {
        let hyphen = UInt8(ascii: "-")
        let labels = domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                    && label.allSatisfy { isAlphanumeric($0) || $0 == hyphen || $0 >= 0x80 }
            }
    }

    private static func isAtomCharacter(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte >= 0x80 || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
