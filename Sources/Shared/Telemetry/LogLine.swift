import Logging
import Values

/// One log event as one line of JSON. Reserved members come first, then the metadata, nested dictionaries flattened with
/// dots; a metadata key that is reserved gets the prefix `metadata.`.
struct LogLine {
    private static let reserved: Set = ["ts", "level", "msg", "logger", "error"]
    /// Longer values are cut, so that one event can't flood the log.
    private static let maximumValueBytes = 16 << 10

    private let redaction: SecretRedaction
    private var json = JSONWriter(reservingCapacity: 256)

    var bytes: [UInt8] { json.bytes }

    init(timestamp: String, label: String, event: LogEvent, metadata: Logger.Metadata, redaction: SecretRedaction) {
        self.redaction = redaction
        json.write(raw: "{\"ts\":")
        json.write(timestamp)
        append(key: "level")
        json.write(event.level.rawValue)
        append(key: "msg", value: event.message.description)
        append(key: "logger", value: label)
        if let error = event.error {
            append(key: "error", value: "\(error)")
        }
        append(metadata, path: "")
        json.write(raw: "}\n")
    }

    private mutating func append(_ metadata: Logger.Metadata, path: String) {
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            let isReserved = path.isEmpty && Self.reserved.contains(key)
            let name = isReserved ? "metadata.\(key)" : path + key
            if SecretRedaction.isSecret(key: key) {
                append(key: name, value: SecretRedaction.replacement)
            } else if case .dictionary(let nested) = value {
                append(nested, path: name + ".")
            } else {
                append(key: name)
                append(value)
            }
        }
    }

    private mutating func append(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): append(text: text)
        case .stringConvertible(let value): append(convertible: value)
        case .array(let elements): append(elements)
        case .dictionary(let nested): append(object: nested)
        @unknown default: append(text: "\(value)")
        }
    }

    private mutating func append(convertible value: any CustomStringConvertible & Sendable) {
        switch value {
        case let number as Int: json.write(number)
        case let flag as Bool: json.write(flag)
        case let number as Double where number.isFinite: json.write(number)
        default: append(text: value.description)
        }
    }

    private mutating func append(_ elements: [Logger.MetadataValue]) {
        json.write(raw: "[")
        for (index, element) in elements.enumerated() {
            if index > 0 { json.write(raw: ",") }
            append(element)
        }
        json.write(raw: "]")
    }

    private mutating func append(object: Logger.Metadata) {
        json.write(raw: "{")
        for (index, (key, value)) in object.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { json.write(raw: ",") }
            append(text: key)
            json.write(raw: ":")
            SecretRedaction.isSecret(key: key) ? append(text: SecretRedaction.replacement) : append(value)
        }
        json.write(raw: "}")
    }

    private mutating func append(key: String, value: String) {
        append(key: key)
        append(text: value)
    }

    private mutating func append(key: String) {
        json.write(raw: ",")
        append(text: key)
        json.write(raw: ":")
    }

    private mutating func append(text: String) {
        json.write(Self.shortened(redaction.clean(text)))
    }

    /// The text, or its beginning and how much more there was.
    private static func shortened(_ text: String) -> String {
        let utf8 = text.utf8
        guard var end = utf8.index(utf8.startIndex, offsetBy: maximumValueBytes, limitedBy: utf8.endIndex),
            end != utf8.endIndex
        else { return text }
        // Up to the end of the character that the limit falls into.
        while end != utf8.endIndex, UTF8.isContinuation(utf8[end]) { utf8.formIndex(after: &end) }
        guard end != utf8.endIndex else { return text }
        return "\(text[..<end])… (\(utf8.distance(from: end, to: utf8.endIndex)) more bytes)"
    }
}
