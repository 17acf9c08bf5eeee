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
        self.url = url
        self.requestHeaders = requestHeaders
        self.requestBody = requestBody
        self.status = status
        self.responseHeaders = responseHeaders
        self.responseBody = responseBody
        self.startedAt = startedAt
        self.durationMilliseconds = durationMilliseconds
        self.attempts = attempts
    }
}

/// Which headers and fields never leave the process in evidence, in any depth of a form or a JSON body.
package struct SecretMask: Sendable {
    static let replacement = "***"
    private static let alwaysMaskedHeaders: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "set-cookie",
    ]

    private let headers: Set<String>
    private let fields: Set<String>
    private let maximumLength: Int

    /// - Parameters:
    ///   - headers: in addition to the authorization and cookie headers.
    ///   - fields: form or JSON field names; of nested form keys (`a[b]`) the last part counts.
    ///   - maximumLength: longer bodies are cut in evidence.
    package init(headers: Set<String> = [], fields: Set<String> = [], maximumLength: Int = 16_384) {
        self.headers = Self.alwaysMaskedHeaders.union(headers.map { $0.lowercased() })
        self.fields = Set(fields.map { $0.lowercased() })
        self.maximumLength = maximumLength
    }

    func masked(_ lines: [OutboundHeader]) -> [String: String] {
        var result: [String: String] = [:]
        for line in lines {
            let name = line.name.lowercased()
            result[name] = headers.contains(name) ? Self.replacement : line.value
        }
        return result
    }

    func maskedBody(_ body: [UInt8], contentType: String?) -> String {
        guard !body.isEmpty else { return "" }
        let text = String(decoding: body, as: UTF8.self)
        let type = contentType?.lowercased() ?? ""
        if type.hasPrefix("application/x-www-form-urlencoded") { return shortened(maskedForm(text)) }
        if type.hasPrefix("application/json") { return shortened(maskedJSON(body)) }
        return "\(body.count) bytes of \(type.isEmpty ? "unknown type" : type)"
    }

    func maskedURL(_ url: String) -> String {
        guard let question = url.firstIndex(of: "?") else { return url }
        return url[...question] + maskedForm(String(url[url.index(after: question)...]))
    }

    private func maskedForm(_ text: String) -> String {
        text.split(separator: "&", omittingEmptySubsequences: false).map { pair in
            guard let equals = pair.firstIndex(of: "=") else { return String(pair) }
            let key = String(pair[..<equals])
            return isSecret(key.removingPercentEncoding ?? key) ? "\(key)=\(Self.replacement)" : String(pair)
        }.joined(separator: "&")
    }

    private func isSecret(_ key: String) -> Bool {
        let last = key.split(whereSeparator: { $0 == "[" || $0 == "]" }).last.map(String.init) ?? key
        return fields.contains(last.lowercased())
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
        text.count <= maximumLength ? text : text.prefix(maximumLength) + "… (\(text.count) characters)"
    }
}
