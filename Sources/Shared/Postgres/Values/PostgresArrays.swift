// Array layout: `array_send` in the server's `arrayfuncs.c`.

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    package static var postgresType: PostgresType { Element.postgresArrayType }

    package func encode(into writer: inout PostgresBinaryWriter) {
        Element.encodeArray(self, into: &writer)
    }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    package init(postgres value: PostgresValue) throws(PostgresError) {
        self = try Element.decodeArray(value)
    }
}

// `[UInt8]` is bytea, and an array of it is bytea[].
extension Array: PostgresArrayElement where Element == UInt8 {}

extension UInt8: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .bytea }

    package static func encodeArray(_ elements: [UInt8], into writer: inout PostgresBinaryWriter) {
        writer.write(bytes: elements)
    }

    package static func decodeArray(_ value: PostgresValue) throws(PostgresError) -> [UInt8] {
        try value.require(.bytea, as: [UInt8].self)
        return try value.withBytes([UInt8].self) { Array($0) }
    }
}

extension PostgresBinaryWriter {
    /// Writes a one-dimensional array of which `encode` writes each element.
    @inline(__always)
    mutating func writeArray<Element>(
        of elementOID: UInt32, _ elements: [Element], encode: (Element, inout PostgresBinaryWriter) -> Void
    ) {
        guard !elements.isEmpty else {
            write(integer: Int32(0))
            write(integer: Int32(0))
            write(integer: elementOID)
            return
        }
        write(integer: Int32(1))
        let flags = bytes.count
        write(integer: Int32(0))
        write(integer: elementOID)
        write(integer: Int32(truncatingIfNeeded: elements.count))
        write(integer: Int32(1))
        reserve(elements.count * 20)
        var hasNull = false
        for element in elements {
            let start = bytes.count
            write(integer: Int32(-1))
            if let length = field({ writer in encode(element, &writer) }) {
                patch(integer: length, at: start)
            } else {
                hasNull = true
            }
        }
        if hasNull { patch(integer: 1, at: flags) }
    }
}

/// Walks the elements of a one-dimensional array value.
struct PostgresArrayReader {
    private let value: PostgresValue
    private let elementOID: UInt32
    private var offset: Int
    private var remaining: Int

    var count: Int { remaining }

    init(_ value: PostgresValue) throws(PostgresError) {
        self.value = value
        let dimensions = try value.integer(at: 0, as: Int32.self)
        elementOID = try value.integer(at: 8, as: UInt32.self)
        switch dimensions {
        case 0:
            remaining = 0
            offset = 12
        case 1:
            // Each element takes at least its length word, so a forged count can't make us reserve memory for nothing.
            let count = Int(try value.integer(at: 12, as: Int32.self))
            guard count >= 0, count <= value.count / 4 else { throw value.failure("the array's length is wrong") }
            remaining = count
            offset = 20
        default:
            throw value.failure("it is an array of \(dimensions) dimensions, only one is supported")
        }
    }

    mutating func next() throws(PostgresError) -> PostgresValue? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        let length = Int(try value.integer(at: offset, as: Int32.self))
        offset += 4
        guard length >= 0 else { return value.element(at: offset, count: nil, type: elementOID) }
        guard offset + length <= value.count else { throw value.failure("the array is cut short") }
        defer { offset += length }
        return value.element(at: offset, count: length, type: elementOID)
    }
}
