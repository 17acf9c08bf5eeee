/// Writes JSON straight into bytes. Callers write values in grammatical order; strings are escaped here and nowhere else, and
/// only where they must be.
package struct JSONWriter: Sendable {
    /// What has been written so far; complete JSON once every object and array is closed.
    package private(set) var bytes: [UInt8] = []

    package init(reservingCapacity capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// The JSON text that `body` writes.
    package static func text(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Appends text that is JSON already.
    package mutating func write(raw text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Appends bytes that are JSON already.
    package mutating func write(raw text: some Sequence<UInt8>) {
        bytes.append(contentsOf: text)
    }

    package mutating func writeNull() { write(raw: "null") }

    package mutating func write(_ value: Bool) { value ? write(raw: "true") : write(raw: "false") }

    package mutating func write(_ value: some FixedWidthInteger) {
        if value >= 0, value < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value))
        } else {
            bytes.append(contentsOf: String(value).utf8)
        }
    }

    /// A number; JSON has no NaN or infinity, which become null.
    package mutating func write(_ value: Double) {
        guard value.isFinite else { return writeNull() }
        bytes.append(contentsOf: "\(value)".utf8)
    }

    package mutating func write(_ value: some StringProtocol) {
        bytes.append(UInt8(ascii: "\""))
        if value.utf8.withContiguousStorageIfAvailable({ appendEscaped($0) }) == nil {
            appendEscaped(Array(value.utf8))
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes `[…]` with one element per item.
    package mutating func writeArray<Item>(_ items: some Sequence<Item>, _ body: (inout JSONWriter, Item) -> Void) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for item in items {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            body(&self, item)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Copies runs that need no escape at once: most strings are one run.
    private mutating func appendEscaped(_ utf8: some RandomAccessCollection<UInt8>) {
        var runStart = utf8.startIndex
        var index = runStart
        while index != utf8.endIndex {
            let byte = utf8[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                bytes.append(contentsOf: utf8[runStart..<index])
                appendEscape(of: byte)
                runStart = utf8.index(after: index)
            }
            utf8.formIndex(after: &index)
        }
        bytes.append(contentsOf: utf8[runStart..<utf8.endIndex])
    }

    private mutating func appendEscape(of byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): write(raw: "\\\"")
        case UInt8(ascii: "\\"): write(raw: "\\\\")
        case UInt8(ascii: "\n"): write(raw: "\\n")
        case UInt8(ascii: "\r"): write(raw: "\\r")
        case UInt8(ascii: "\t"): write(raw: "\\t")
        default:
            write(raw: "\\u00")
            bytes.append(Self.hexDigit(byte >> 4))
            bytes.append(Self.hexDigit(byte & 0xf))
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
