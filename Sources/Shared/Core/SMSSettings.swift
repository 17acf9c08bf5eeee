import Foundation

/// How the one SMS gateway is called: templates in which `{to}`, `{to_digits}` (without the plus), `{text}`, `{id}` and `{sender}` stand for
/// what is sent, each written as the place wants it.
package struct SMSSettings: Sendable {
    package struct Header: Sendable {
        package let name: String
        package let value: Secret
    }

    package struct Body: Sendable {
        package let template: Template
        package let encoding: Encoding
    }

    /// Scheme, host and port.
    package let origin: String
    /// Path and query of HAAT_SMS_URL.
    package let target: Template
    /// HAAT_SMS_HEADERS, with the body's Content-Type.
    package let headers: [Header]
    /// HAAT_SMS_BODY; without one the call is a GET.
    package let body: Body?
    /// HAAT_SMS_SENDER
    package let sender: String
    /// HAAT_SMS_ACCEPTED: what the answer of a gateway contains that has accepted a text, where its status alone doesn't tell.
    package let accepted: String?

    /// Nil without HAAT_SMS_URL: then no texts are sent.
    static func read(_ settings: inout SettingsReader) -> SMSSettings? {
        let address = settings.optionalSecret(
            "HAAT_SMS_URL", default: Address(),
            expected: "an http:// or https:// URL with placeholders such as {to} after the host only", Address.init)
        let headers = settings.optionalSecret(
            "HAAT_SMS_HEADERS", default: [], expected: "a JSON object of header names and texts", headers)
        let template = settings.text("HAAT_SMS_BODY")
        guard !address.origin.isEmpty else {
            if template != nil || !headers.isEmpty {
                settings.refuse("HAAT_SMS_URL is missing: HAAT_SMS_BODY and HAAT_SMS_HEADERS are for its calls")
            }
            return nil
        }
        let body = body(template, headers, &settings)
        let places = address.target + (template ?? "")
        if !places.contains("{text}") || !places.contains("{to}") && !places.contains("{to_digits}") {
            settings.refuse("HAAT_SMS_URL or HAAT_SMS_BODY must contain {text} and {to} or {to_digits}")
        }
        let typed = body != nil && !headers.contains { $0.name.lowercased() == "content-type" }
        let contentType = body.map { Header(name: "Content-Type", value: Secret($0.encoding.contentType)) }
        return SMSSettings(
            origin: address.origin, target: Template(address.target),
            headers: headers + (typed ? [contentType].compactMap(\.self) : []), body: body,
            sender: settings.text("HAAT_SMS_SENDER") ?? "", accepted: settings.text("HAAT_SMS_ACCEPTED"))
    }

    /// HAAT_SMS_URL in its two parts, empty where it is not set.
    private struct Address {
        let origin: String
        let target: String

        init() { (origin, target) = ("", "") }

        init?(_ text: String) {
            let plain = Template.placeholders.reduce(text) { $0.replacing("{\($1)}", with: "x") }
            guard text.utf8.count <= 4096, !plain.contains(where: { "{}".contains($0) }),
                SettingForm.webURL(plain) != nil, let scheme = text.firstRange(of: "://")
            else { return nil }
            let authority = text[scheme.upperBound...].prefix { !"/?#".contains($0) }
            guard !authority.contains(where: { "{}@".contains($0) }) else { return nil }
            origin = String(text[..<authority.endIndex])
            let target = text[authority.endIndex...].prefix { $0 != "#" }
            self.target = target.first == "/" ? String(target) : "/\(target)"
        }
    }

    private static func headers(_ text: String) -> [Header]? {
        guard text.utf8.count <= 16_384, case .object(let members)? = try? JSONValue(parsing: Array(text.utf8)) else {
            return nil
        }
        let headers = members.sorted { $0.key < $1.key }.compactMap { name, value -> Header? in
            guard let value = value.textValue, !name.isEmpty, name.utf8.allSatisfy(isTokenByte),
                value.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else { return nil }
            return Header(name: name.string, value: Secret(value.string))
        }
        return headers.count == members.count ? headers : nil
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !#"()<>@,;:\"/[]?={}"#.utf8.contains(byte)
    }

    private static func body(
        _ template: String?, _ headers: [Header], _ settings: inout SettingsReader
    ) -> Body? {
        guard let template else { return nil }
        let stated = headers.first { $0.name.lowercased() == "content-type" }?.value.reveal().lowercased()
        let assumed: Encoding = template.first == "{" || template.first == "[" ? .json : .form
        guard let stated else { return Body(template: Template(template), encoding: assumed) }
        guard let encoding = Encoding.allCases.first(where: { stated.hasPrefix($0.contentType) }) else {
            settings.refuse("HAAT_SMS_HEADERS must name a Content-Type of JSON or of a form")
            return nil
        }
        return Body(template: Template(template), encoding: encoding)
    }
}

extension SMSSettings {
    /// What is sent.
    package struct Words: Sendable {
        let values: [String: String]

        package init(id: String, to: String, text: String, sender: String) {
            values = [
                "id": id, "to": to, "to_digits": String(to.drop { $0 == "+" }), "text": text, "sender": sender,
            ]
        }
    }

    /// How a text is written so that it stays one value of the whole.
    package enum Encoding: Sendable, CaseIterable {
        case url, form, json

        var contentType: String {
            switch self {
            case .json: "application/json"
            case .form, .url: "application/x-www-form-urlencoded"
            }
        }

        func encode(_ text: String) -> String {
            switch self {
            case .json:
                // Without the quotes: the template has them.
                String(decoding: JSONValue.string(text).canonicalBytes.dropFirst().dropLast(), as: UTF8.self)
            case .url, .form: Self.percentEncoded(text)
            }
        }

        /// All but RFC 3986's unreserved characters.
        private static func percentEncoded(_ text: String) -> String {
            let digits = Array("0123456789ABCDEF".utf8)
            var encoded: [UInt8] = []
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    encoded.append(byte)
                case _ where "-._~".utf8.contains(byte): encoded.append(byte)
                default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                }
            }
            return String(decoding: encoded, as: UTF8.self)
        }
    }

    /// A text with places for what is sent.
    package struct Template: Sendable {
        static let placeholders = ["id", "to", "to_digits", "text", "sender"]

        private enum Part: Sendable {
            case literal(String)
            case place(String)
        }

        private let parts: [Part]

        /// Braces around anything else mean themselves.
        init(_ text: String) {
            var parts: [Part] = []
            var literal = ""
            var rest = text[...]
            while let first = rest.first {
                if let name = Self.placeholders.first(where: { rest.hasPrefix("{\($0)}") }) {
                    parts += [.literal(literal), .place(name)]
                    literal = ""
                    rest = rest.dropFirst(name.count + 2)
                } else {
                    literal.append(first)
                    rest = rest.dropFirst()
                }
            }
            self.parts = parts + [.literal(literal)]
        }

        /// What is filled in is not looked at again: braces in it mean themselves.
        package func filled(with words: Words, _ encoding: Encoding) -> String {
            parts.map { part in
                switch part {
                case .literal(let text): text
                case .place(let name): encoding.encode(words.values[name] ?? "")
                }
            }.joined()
        }
    }
}
