/// A JSON text of which only what is asked for is read, and that strictly, as ``JSONValue`` does. For what others say and can't be
/// asked to say better: a value that nobody needs may be as odd as it likes.
package struct LazyJSON: Sendable {
    /// What a value is by its first byte.
    package enum Shape: Sendable {
        case object, array, scalar
    }

    /// The text as it came.
    package let bytes: ArraySlice<UInt8>

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes[...]
    }

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    package var shape: Shape {
        switch bytes.first(where: { !Self.isWhitespace($0) }) {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        default: .scalar
        }
    }

    /// The members of an object by name, of each name the last; nil where this is no object or has no end. A name that can't be
    /// read is none that anybody asks for.
    package var members: [UTF8Text: LazyJSON]? {
        var members: [UTF8Text: LazyJSON] = [:]
        let isWhole = bytes.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(buffer)
            return scanner.members { name, value in
                if let name = Self.name(buffer[name]) { members[name] = part(value) }
                return true
            }
        }
        return isWhole ? members : nil
    }

    /// The elements of an array; nil where this is none or has no end.
    package var elements: [LazyJSON]? {
        bytes.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(buffer)
            return scanner.elements()?.map(part)
        }
    }

    /// All of the text, read.
    package func value() throws(JSONParsingError) -> JSONValue {
        try JSONValue(parsing: Array(bytes))
    }

    private func part(_ range: Range<Int>) -> LazyJSON {
        LazyJSON(bytes[(bytes.startIndex + range.lowerBound)..<(bytes.startIndex + range.upperBound)])
    }

    private static func name(_ raw: Slice<UnsafeBufferPointer<UInt8>>) -> UTF8Text? {
        guard raw.contains(UInt8(ascii: "\\")) else {
            return String(validating: raw, as: UTF8.self).map { UTF8Text($0) }
        }
        let quote = UInt8(ascii: "\"")
        do {
            return try JSONValue(parsing: [quote] + raw + [quote]).textValue
        } catch {
            return nil
        }
    }

    private static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
