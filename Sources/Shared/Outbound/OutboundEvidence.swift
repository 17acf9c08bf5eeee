import Core
package import Foundation

/// The record of one call, kept beside what it decided. Secrets are masked before this value exists.
package struct OutboundEvidence: Sendable, Codable, Equatable {
    package let provider: String
    package let operation: String
    package let method: String
    package let url: String
    package let requestHeaders: [String: String]
    package let requestBody: String
    package let status: Int?
    package let responseHeaders: [String: String]
    package let responseBody: String
    package let startedAt: Date
    package let durationMilliseconds: Int
    package let attempts: Int

    package init(
        provider: String, operation: String, method: String, url: String, requestHeaders: [String: String],
        requestBody: String, status: Int?, responseHeaders: [String: String], responseBody: String, startedAt: Date,
        durationMilliseconds: Int, attempts: Int
    ) {
        self.provider = provider
        self.operation = operation
        self.method = method
        self.url = Self.storable(url)
        self.requestHeaders = requestHeaders.mapValues(Self.storable)
        self.requestBody = Self.storable(requestBody)
        self.status = status
        self.responseHeaders = responseHeaders.mapValues(Self.storable)
        self.responseBody = Self.storable(responseBody)
        self.startedAt = startedAt
        self.durationMilliseconds = durationMilliseconds
        self.attempts = attempts
    }

    /// PostgreSQL's texts hold every character but this one.
    private static func storable(_ text: String) -> String {
        guard text.utf8.contains(0) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }
}

/// Which headers and fields never leave the process in evidence, in any depth of a form or a JSON body.
package struct SecretMask: Sendable {
    static let replacement = "***"
    private static let alwaysMaskedHeaders: Set<UTF8Text> = [
        "authorization", "proxy-authorization", "cookie", "set-cookie",
    ]

    private let headers: Set<UTF8Text>
    private let fields: Set<UTF8Text>
    private let maximumLength: Int

    /// - Parameters:
    ///   - headers: in addition to the authorization and cookie headers.
    ///   - fields: form or JSON field names; of nested form keys (`a[b]`) the last part counts.
    ///   - maximumLength: longer bodies are cut in evidence.
    package init(headers: [String] = [], fields: [String] = [], maximumLength: Int = 16_384) {
        self.headers = Self.alwaysMaskedHeaders.union(headers.map { UTF8Text($0).lowercasedASCII })
        self.fields = Set(fields.map { UTF8Text($0).lowercasedASCII })
        self.maximumLength = maximumLength
    }

    func masked(_ lines: [OutboundHeader]) -> [String: String] {
        var result: [String: String] = [:]
        for line in lines {
            let name = UTF8Text(line.name).lowercasedASCII
            result[name.string] = headers.contains(name) ? Self.replacement : line.value
        }
        return result
    }

    func maskedBody(_ body: [UInt8], contentType: String?) -> String {
        guard !body.isEmpty else { return "" }
        let type = UTF8Text(contentType ?? "").lowercasedASCII
        if type.utf8.starts(with: "application/x-www-form-urlencoded".utf8) { return shortened(maskedForm(body[...])) }
        if type.utf8.starts(with: "application/json".utf8) { return shortened(maskedJSON(body)) }
        return "\(body.count) bytes of \(type.isEmpty ? "unknown type" : type.excerpt())"
    }

    func maskedURL(_ url: String) -> String {
        let bytes = Array(url.utf8)
        guard let question = bytes.firstIndex(of: UInt8(ascii: "?")) else { return url }
        return String(decoding: bytes[...question], as: UTF8.self) + maskedForm(bytes[(question + 1)...])
    }

    private func maskedForm(_ form: ArraySlice<UInt8>) -> String {
        form.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).map { pair in
            let whole = String(decoding: pair, as: UTF8.self)
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return whole }
            let key = String(decoding: pair[..<equals], as: UTF8.self)
            return isSecret(UTF8Text(key.removingPercentEncoding ?? key)) ? "\(key)=\(Self.replacement)" : whole
        }.joined(separator: "&")
    }

    private func isSecret(_ key: UTF8Text) -> Bool {
        let parts = key.utf8.split { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }
        return fields.contains((parts.last.map { UTF8Text(Substring($0)) } ?? key).lowercasedASCII)
    }

    private func maskedJSON(_ body: [UInt8]) -> String {
        do {
            return masked(try JSONValue(parsing: body)).canonicalText
        } catch {
            return "\(body.count) bytes of malformed JSON"
        }
    }

    private func masked(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { key, value in
                        (key, isSecret(key) ? .string(Self.replacement) : masked(value))
                    }))
        case .array(let elements): .array(elements.map(masked))
        default: value
        }
    }

    private func shortened(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard scalars.count > maximumLength else { return text }
        return String(scalars.prefix(maximumLength)) + "… (\(scalars.count) characters)"
    }
}
