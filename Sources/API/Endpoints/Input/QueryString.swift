import Core
import Foundation

/// `application/x-www-form-urlencoded` queries, strictly.
enum QueryString {
    /// The values of each parameter, in order.
    ///
    /// - Throws: 422 naming each parameter that is not percent-encoded UTF-8.
    static func parse(_ text: String) throws(Problem) -> [String: FieldInput] {
        guard !text.isEmpty else { return [:] }
        var values: [String: [String]] = [:]
        var problems: [FieldProblem] = []
        for pair in text.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(sides[0]), let value = decode(sides.count == 2 ? sides[1] : "") else {
                problems.append(
                    FieldProblem(
                        pointer: "/\(sides[0])", code: "encoding", message: "must be percent-encoded UTF-8 without NUL")
                )
                continue
            }
            values[name, default: []].append(value)
        }
        guard problems.isEmpty else { throw .invalidInput(problems) }
        return values.mapValues(FieldInput.query)
    }

    /// Nil for broken escapes, invalid UTF-8 and NUL, which PostgreSQL can't store.
    static func decode(_ text: Substring, plusIsSpace: Bool = true) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
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
        return String(validating: bytes, as: UTF8.self)
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
