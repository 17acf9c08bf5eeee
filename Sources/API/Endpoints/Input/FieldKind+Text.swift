package import Core
import Foundation
import Values

extension FieldKind where Value == String {
    /// Text that keeps a rule.
    package static func text(_ rule: TextRule) -> FieldKind {
        let pattern: String? = if case .only(let characters) = rule.content { characters.pattern } else { nil }
        return string(TextSchema(length: rule.length, pattern: pattern), normalized: rule.normalized) {
            rule.violations(of: $0)
        }
    }

    /// Text of so many Unicode scalars.
    package static func string(_ length: ClosedRange<Int>) -> FieldKind { text(TextRule(length, .any)) }

    /// Text of so many characters, all of them among those allowed.
    package static func string(_ length: ClosedRange<Int>, of characters: AllowedCharacters) -> FieldKind {
        text(TextRule(length, .only(characters)))
    }

    /// An e-mail address; `EmailAddress` says what is one.
    package static var email: FieldKind {
        string(TextSchema(length: 3...254, format: "email")) { text in
            EmailAddress(rawValue: text) == nil ? [EmailAddress.violation] : []
        }
    }

    /// A telephone number with its country code; `PhoneNumber` says what is one.
    package static var phone: FieldKind {
        string(TextSchema(length: 9...40)) { text in
            PhoneNumber(rawValue: text) == nil ? [PhoneNumber.violation] : []
        }
    }

    /// An absolute `http` or `https` URL.
    package static var webURL: FieldKind {
        let rule = TextRule(8...2048, .any)
        return string(TextSchema(length: rule.length, format: "uri")) { text in
            let violations = rule.violations(of: text)
            guard violations.isEmpty else { return violations }
            if let url = URL(string: text), let host = url.host(), !host.isEmpty,
                let scheme = url.scheme?.utf8,
                scheme.isEqualIgnoringCase(to: "https") || scheme.isEqualIgnoringCase(to: "http")
            {
                return []
            }
            return [RuleViolation(code: "format", message: "must be an absolute http or https URL")]
        }
    }

    private static func string(
        _ schema: TextSchema, normalized: @escaping @Sendable (String) -> String = { $0 },
        violations: @escaping @Sendable (String) -> [RuleViolation]
    ) -> FieldKind {
        scalar(
            .text(schema), called: "a string", placeholder: "",
            json: { $0.textValue.map { normalized($0.string) } }, query: { normalized($0.string) },
            text: { value in JSONWriter.text { $0.write(value) } }
        ) { text, reading in
            let violations = violations(text)
            for violation in violations { reading.report(violation.code, violation.message) }
            return violations.isEmpty
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
