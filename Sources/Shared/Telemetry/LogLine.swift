import Logging

/// One log event as one line of JSON. Reserved members come first, then the metadata, nested dictionaries flattened with
/// dots; a metadata key that is reserved gets the prefix `metadata.`.
struct LogLine {
    private static let reserved: Set = ["ts", "level", "msg", "logger", "error"]
    /// Longer values are cut, so that one event can't flood the log.
    private static let maximumValueBytes = 16 << 10

    private let redaction: SecretRedaction
    private(set) var bytes: [UInt8] = []

    init(timestamp: String, label: String, event: LogEvent, metadata: Logger.Metadata, redaction: SecretRedaction) {
        self.redaction = redaction
        bytes.reserveCapacity(256)
        bytes.append(contentsOf: "{\"ts\":\"\(timestamp)\",\"level\":\"\(event.level.rawValue)\"".utf8)
        append(key: "msg", value: event.message.description)
        append(key: "logger", value: label)
        if let error = event.error {
            append(key: "error", value: "\(error)")
        }
        append(metadata, path: "")
        bytes.append(contentsOf: "}\n".utf8)
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
        case let number as Int: bytes.append(contentsOf: String(number).utf8)
        case let flag as Bool: bytes.append(contentsOf: String(flag).utf8)
        case let number as Double where number.isFinite: bytes.append(contentsOf: String(number).utf8)
        default: append(text: value.description)
        }
    }

    private mutating func append(_ elements: [Logger.MetadataValue]) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func append(object: Logger.Metadata) {
        bytes.append(UInt8(ascii: "{"))
        for (index, (key, value)) in object.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(text: key)
            bytes.append(UInt8(ascii: ":"))
            SecretRedaction.isSecret(key: key) ? append(text: SecretRedaction.replacement) : append(value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func append(key: String, value: String) {
        append(key: key)
        append(text: value)
    }

    private mutating func append(key: String) {
        bytes.append(UInt8(ascii: ","))
        append(text: key)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func append(text: String) {
        bytes.append(UInt8(ascii: "\""))
        let text = redaction.clean(text)
        var rest = text.utf8.count
        for scalar in text.unicodeScalars {
            guard text.utf8.count - rest < Self.maximumValueBytes else {
                bytes.append(contentsOf: "… (\(rest) more bytes)".utf8)
                break
            }
            rest -= UTF8.width(scalar)
            append(escaping: scalar)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": bytes.append(contentsOf: #"\""#.utf8)
        case "\\": bytes.append(contentsOf: #"\\"#.utf8)
        case "\n": bytes.append(contentsOf: #"\n"#.utf8)
        case "\r": bytes.append(contentsOf: #"\r"#.utf8)
        case "\t": bytes.append(contentsOf: #"\t"#.utf8)
        case "\u{0}"..<"\u{20}", "\u{7F}":
            let digits = String(scalar.value, radix: 16)
            bytes.append(contentsOf: #"\u"#.utf8)
            bytes.append(contentsOf: (String(repeating: "0", count: 4 - digits.count) + digits).utf8)
        default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }
}
