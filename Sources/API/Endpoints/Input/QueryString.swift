import Core

/// `application/x-www-form-urlencoded` queries and forms, strictly.
enum QueryString {
    /// No caller that means well needs more.
    struct Limits {
        let noun: String
        let bytes: Int
        let parameters: Int

        static let nameBytes = 128

        /// Names are short words, and the longest value is a cursor.
        static let query = Limits(noun: "query", bytes: 8_192, parameters: 100)
        /// A form that chooses among many rows; its bytes are limited before they are read.
        static let form = Limits(noun: "form", bytes: .max, parameters: 1_000)
    }

    /// The values of each parameter, in order.
    ///
    /// - Throws: 422 naming each parameter that is not percent-encoded UTF-8 or has too long a name; 422 for what exceeds the
    ///   limits.
    static func parse(_ text: UTF8Text, within limits: Limits = .query) throws(Problem) -> [UTF8Text: [UTF8Text]] {
        guard !text.isEmpty else { return [:] }
        guard text.utf8.count <= limits.bytes else {
            throw .whole("too_long", "the \(limits.noun) must have at most \(limits.bytes) bytes")
        }
        let pairs = text.utf8.split(separator: UInt8(ascii: "&"))
        guard pairs.count <= limits.parameters else {
            throw .whole("too_many", "the \(limits.noun) must have at most \(limits.parameters) parameters")
        }
        var values: [UTF8Text: [UTF8Text]] = [:]
        var problems = FieldProblems()
        for pair in pairs {
            let sides = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard sides[0].count <= Limits.nameBytes else {
                problems.append(problem(sides[0], "too_long", "must have a name of at most \(Limits.nameBytes) bytes"))
                continue
            }
            guard let name = decode(sides[0]), let value = decode(sides.count == 2 ? sides[1] : "".utf8[...]) else {
                problems.append(problem(sides[0], "encoding", "must be percent-encoded UTF-8 without NUL"))
                continue
            }
            values[name, default: []].append(value)
        }
        guard problems.isEmpty else { throw .invalidInput(problems) }
        return values
    }

    private static func problem(_ name: Substring.UTF8View, _ code: String, _ message: String) -> FieldProblem {
        FieldProblem(pointer: "/" + UTF8Text(Substring(name)).excerpt(), code: code, message: message)
    }

    /// Nil for broken escapes, invalid UTF-8 and NUL, which PostgreSQL can't store.
    static func decode(_ text: Substring.UTF8View, plusIsSpace: Bool = true) -> UTF8Text? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexValue), let low = iterator.next().flatMap(hexValue),
                    high != 0 || low != 0
                else { return nil }
                bytes.append(high << 4 | low)
            case 0: return nil
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self).map { UTF8Text($0) }
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Problem {
    fileprivate static func whole(_ code: String, _ message: String) -> Problem {
        .invalidInput([FieldProblem(pointer: "", code: code, message: message)])
    }
}
