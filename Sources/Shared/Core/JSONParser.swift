/// Why a text is not acceptable JSON, and where.
package struct JSONParsingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, without the position.
    package let reason: String
    /// Bytes from the start of the document.
    package let offset: Int

    package init(reason: String, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "\(reason) at byte \(offset)" }
}

/// What a document may consist of, besides its size.
package struct JSONLimits: Sendable {
    /// Levels of nesting.
    package var depth = 64
    /// Bytes of one name.
    package var nameBytes = Int.max
    /// Members of one object, repetitions of a name included.
    package var members = Int.max

    /// Nothing but nesting is limited: for what we wrote ourselves and for providers' answers, whose size is limited.
    package static let document = JSONLimits()

    /// For what callers send: no name of ours has 128 bytes, and no object 1,000 members.
    package static let request = JSONLimits(depth: 64, nameBytes: 128, members: 1_000)
}

extension JSONValue {
    /// Parses one RFC 8259 document, strictly.
    ///
    /// Refused besides malformed text: what exceeds `limits`, invalid UTF-8, lone surrogates, U+0000 in
    /// strings (PostgreSQL can't store it), integers beyond 64 bits and numbers beyond a finite `Double`.
    /// Of duplicate keys the last wins.
    package init(parsing bytes: [UInt8], limits: JSONLimits = .document) throws(JSONParsingError) {
        var parser = JSONParser(bytes: bytes, limits: limits)
        self = try parser.document()
    }

    /// Parses one document; see `init(parsing:limits:)`.
    package init(parsing text: String, limits: JSONLimits = .document) throws(JSONParsingError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}

/// A recursive-descent parser; `limits.depth` bounds its recursion.
private struct JSONParser {
    let bytes: [UInt8]
    let limits: JSONLimits
    var index = 0

    init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(JSONParsingError) -> JSONValue {
        skipWhitespace()
        let value = try self.value(depth: 0)
        skipWhitespace()
        guard index == bytes.count else { throw failure("unexpected text after the document") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONParsingError) -> JSONValue {
        guard let byte = peek() else { throw failure("unexpected end of the document") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw failure("unexpected character")
        }
    }

    private mutating func object(depth: Int) throws(JSONParsingError) -> JSONValue {
        try enter(depth)
        var members: [UTF8Text: JSONValue] = [:]
        if take(UInt8(ascii: "}")) { return .object(members) }
        var count = 0
        repeat {
            skipWhitespace()
            guard peek() == UInt8(ascii: "\"") else { throw failure("expected a key in quotes") }
            count += 1
            guard count <= limits.members else { throw failure("an object of more than \(limits.members) members") }
            let key = try name()
            skipWhitespace()
            guard take(UInt8(ascii: ":")) else { throw failure("expected ':' after the key") }
            skipWhitespace()
            members[key] = try value(depth: depth)
            skipWhitespace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure("expected ',' or '}'") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONParsingError) -> JSONValue {
        try enter(depth)
        var elements: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            skipWhitespace()
            elements.append(try value(depth: depth))
            skipWhitespace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure("expected ',' or ']'") }
        return .array(elements)
    }

    private mutating func name() throws(JSONParsingError) -> UTF8Text {
        let start = index
        let name = try string()
        guard name.utf8.count <= limits.nameBytes else {
            throw JSONParsingError(reason: "a name longer than \(limits.nameBytes) bytes", offset: start)
        }
        return name
    }

    private mutating func enter(_ depth: Int) throws(JSONParsingError) {
        guard depth <= limits.depth else { throw failure("nested deeper than \(limits.depth) levels") }
        index += 1
        skipWhitespace()
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONParsingError) -> JSONValue {
        let expected = Array(word.description.utf8)
        guard bytes[index...].starts(with: expected) else { throw failure("unexpected word") }
        index += expected.count
        return value
    }

    private mutating func string() throws(JSONParsingError) -> UTF8Text {
        index += 1
        let start = index
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                let text = try decoded(bytes[start..<index], from: start)
                index += 1
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw failure("unescaped control character in a string")
            default: index += 1
            }
        }
        throw failure("unterminated string")
    }

    private mutating func escapedString(from start: Int) throws(JSONParsingError) -> UTF8Text {
        var text = Array(bytes[start..<index])
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                let string = try decoded(text[...], from: start)
                index += 1
                return string
            case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
            case 0..<0x20: throw failure("unescaped control character in a string")
            default:
                text.append(byte)
                index += 1
            }
        }
        throw failure("unterminated string")
    }

    private func decoded(_ slice: ArraySlice<UInt8>, from start: Int) throws(JSONParsingError) -> UTF8Text {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw JSONParsingError(reason: "invalid UTF-8 in the string starting", offset: start)
        }
        return UTF8Text(text)
    }

    private mutating func escape() throws(JSONParsingError) -> [UInt8] {
        index += 1
        guard let byte = peek() else { throw failure("unterminated string") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(try unicodeScalar()).utf8)
        default:
            index -= 1
            throw failure("unknown escape")
        }
    }

    private mutating func unicodeScalar() throws(JSONParsingError) -> Unicode.Scalar {
        let start = index
        let first = try hexadecimalUnit()
        var code = UInt32(first)
        if UTF16.isLeadSurrogate(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let second = try hexadecimalUnit()
            if UTF16.isTrailSurrogate(second) {
                code = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
            }
        }
        guard code != 0 else { throw JSONParsingError(reason: "U+0000 is not allowed in a string", offset: start) }
        guard let scalar = Unicode.Scalar(code) else {
            throw JSONParsingError(reason: "lone surrogate in a string", offset: start)
        }
        return scalar
    }

    private mutating func hexadecimalUnit() throws(JSONParsingError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Hexadecimal.value(of: byte) else {
                throw failure("expected four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
            index += 1
        }
        return unit
    }

    private mutating func number() throws(JSONParsingError) -> JSONValue {
        let start = index
        _ = take(UInt8(ascii: "-"))
        let leadingZero = peek() == UInt8(ascii: "0")
        let digits = try self.digits()
        guard !leadingZero || digits == 1 else {
            throw JSONParsingError(reason: "a number may not start with 0", offset: start)
        }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            _ = try self.digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            _ = try self.digits()
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isInteger {
            guard let value = Int64(text) else {
                throw JSONParsingError(reason: "the integer does not fit 64 bits", offset: start)
            }
            return .integer(value)
        }
        guard let value = Double(text), value.isFinite else {
            throw JSONParsingError(reason: "the number is out of range", offset: start)
        }
        return .number(value)
    }

    /// Consumes at least one digit and returns how many there were.
    private mutating func digits() throws(JSONParsingError) -> Int {
        let start = index
        while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        guard index > start else { throw failure("expected a digit") }
        return index - start
    }

    private func peek() -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipWhitespace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private func failure(_ reason: String) -> JSONParsingError { JSONParsingError(reason: reason, offset: index) }
}
