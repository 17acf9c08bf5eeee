/// Walks over JSON text by its quotes and brackets alone: what is odd inside a value does not matter until the value is read.
/// Nesting costs a counter, not stack.
package struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Goes through the members of the object that the text begins with, in their order, until `goesOn` has seen enough.
    /// - Parameter goesOn: is given where the name stands, without its quotes, and where the value does.
    /// - Returns: false where the text is no object or ends before the object does.
    package mutating func members(_ goesOn: (_ name: Range<Int>, _ value: Range<Int>) -> Bool) -> Bool {
        skipWhitespace()
        guard take(UInt8(ascii: "{")) else { return false }
        skipWhitespace()
        if take(UInt8(ascii: "}")) { return true }
        while true {
            skipWhitespace()
            guard let name = takeString() else { return false }
            skipWhitespace()
            guard take(UInt8(ascii: ":")), let value = takeValue() else { return false }
            guard goesOn(name, value) else { return true }
            skipWhitespace()
            if take(UInt8(ascii: "}")) { return true }
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    /// Where the elements of the array stand that the text begins with; nil where it is no array or ends before the array does.
    package mutating func elements() -> [Range<Int>]? {
        skipWhitespace()
        guard take(UInt8(ascii: "[")) else { return nil }
        skipWhitespace()
        var elements: [Range<Int>] = []
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            guard let element = takeValue() else { return nil }
            elements.append(element)
            skipWhitespace()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { return nil }
        }
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

    /// Up to the comma or bracket after the value.
    private mutating func takeValue() -> Range<Int>? {
        skipWhitespace()
        let start = position
        var depth = 0
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                guard takeString() != nil else { return nil }
                if depth == 0 { return start..<position }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return start..<position }
                depth -= 1
                position += 1
                if depth == 0 { return start..<position }
            case UInt8(ascii: ","):
                if depth == 0 { return start..<position }
                position += 1
            default:
                position += 1
            }
        }
        return nil
    }
}
