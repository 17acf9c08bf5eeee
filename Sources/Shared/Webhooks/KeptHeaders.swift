import Core
import Values

/// The headers of a push that are stored with it.
enum KeptHeaders {
    static let maximumLength = 4096

    /// A JSON object of those that came, in the order of `names`.
    static func json(
        _ names: [String], header: (String) -> String?
    ) throws(WebhookRejection) -> String {
        var json = "{"
        for name in names {
            guard let value = header(name) else { continue }
            guard value.utf8.count <= maximumLength else { throw .headerTooLong(name) }
            if json.utf8.count > 1 { json += "," }
            json.reserveCapacity(json.utf8.count + name.utf8.count + value.utf8.count + 8)
            append(name, to: &json)
            json += ":"
            append(value, to: &json)
        }
        json += "}"
        return json
    }

    /// Signatures hold nothing that JSON escapes: they are copied as they are.
    private static func append(_ text: String, to json: inout String) {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        if isPlain {
            json += "\""
            json += text
            json += "\""
        } else {
            json += JSONWriter.text { $0.write(text) }
        }
    }
}
