/// The `id` and `type` at the top level of an event, found without decoding the rest: the body is stored as it came, and
/// what is inside is a worker's business.
package struct EventEnvelope: Equatable {
    private static let maximumLength = 255

    package let id: String
    package let type: String

    /// Reads as far as it must; nesting costs a counter, not stack.
    package init(scanning body: [UInt8]) throws(WebhookRejection) {
        let fields = body.withUnsafeBufferPointer { bytes in
            var scanner = TopLevelScanner(bytes: bytes)
            return scanner.strings(named: ["id", "type"])
        }
        guard let fields else { throw .malformedEvent("it is not a JSON object") }
        id = try Self.accept(fields[0], as: "id")
        type = try Self.accept(fields[1], as: "type")
    }

    private static func accept(_ value: String?, as name: String) throws(WebhookRejection) -> String {
        guard let value else { throw .malformedEvent("it has no \(name)") }
        let isPrintable = value.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
        guard isPrintable, (1...maximumLength).contains(value.utf8.count) else {
            throw .malformedEvent("its \(name) is not a plain name")
        }
        return value
    }
}

/// Walks over JSON text, looking only at the keys of the outermost object.
private struct TopLevelScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The string values of the named top-level keys in the names' order, escapes untouched; `nil` where the text is no
    /// object. Stops once it has them all.
    mutating func strings(named names: [String]) -> [String?]? {
        skipWhitespace()
        guard take(UInt8(ascii: "{")) else { return nil }
        var found = [String?](repeating: nil, count: names.count)
        skipWhitespace()
        if take(UInt8(ascii: "}")) { return found }
        while found.contains(nil) {
            skipWhitespace()
            guard let key = takeString() else { return nil }
            skipWhitespace()
            guard take(UInt8(ascii: ":")) else { return nil }
            skipWhitespace()
            let index = names.firstIndex { $0.utf8.elementsEqual(bytes[key]) }
            if let index, peek == UInt8(ascii: "\"") {
                guard let value = takeString() else { return nil }
                found[index] = String(decoding: bytes[value], as: UTF8.self)
            } else if !skipValue() {
                return nil
            }
            skipWhitespace()
            if take(UInt8(ascii: "}")) { return found }
            guard take(UInt8(ascii: ",")) else { return nil }
        }
        return found
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipWhitespace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// The range between the quotes.
    private mutating func takeString() -> Range<Int>? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return start..<(position - 1)
            case UInt8(ascii: "\\"):
                position += 2
            default:
                position += 1
            }
        }
        return nil
    }

    private mutating func skipValue() -> Bool {
        var depth = 0
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                guard takeString() != nil else { return false }
                if depth == 0 { return true }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return true }
                depth -= 1
                position += 1
                if depth == 0 { return true }
            case UInt8(ascii: ","):
                if depth == 0 { return true }
                position += 1
            default:
                position += 1
            }
        }
        return false
    }
}
