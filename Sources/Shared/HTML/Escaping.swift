extension [UInt8] {
    mutating func append(literal: StaticString) {
        literal.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends text in one pass; what stands between the five characters that HTML and XML give a meaning is copied as it is.
    mutating func append(escaping text: some StringProtocol) {
        if text.utf8.withContiguousStorageIfAvailable({ append(escaping: $0) }) == nil {
            Array(text.utf8).withUnsafeBufferPointer { append(escaping: $0) }
        }
    }

    private mutating func append(escaping bytes: UnsafeBufferPointer<UInt8>) {
        var copied = 0
        for (index, byte) in bytes.enumerated() {
            guard let escape = Self.escape(of: byte) else { continue }
            append(contentsOf: bytes[copied..<index])
            append(literal: escape)
            copied = index + 1
        }
        append(contentsOf: bytes[copied...])
    }

    private static func escape(of byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
