import Core

/// Percent-encoding of queries and forms (`application/x-www-form-urlencoded`).
enum PercentEncoding {
    /// What a form of a provider may hold.
    private static let fieldLimit = 300

    /// Everything but RFC 3986's unreserved characters leaves as percent-encoded UTF-8.
    static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The fields in their order.
    static func form(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(escaped($0.name))=\(escaped($0.value))" }.joined(separator: "&")
    }

    /// The fields of a form, of each name the last.
    /// - Throws: ``MalformedEvent`` for more than 300 fields, a broken escape, or what is not UTF-8.
    static func fields(of form: some Collection<UInt8>) throws(MalformedEvent) -> [UTF8Text: String] {
        let pairs = form.split(separator: UInt8(ascii: "&"))
        guard pairs.count <= fieldLimit else { throw MalformedEvent("the form has more than \(fieldLimit) fields") }
        var fields: [UTF8Text: String] = [:]
        for pair in pairs {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try unescaped(halves[0])
            fields[UTF8Text(name)] = halves.count == 2 ? try unescaped(halves[1]) : ""
        }
        return fields
    }

    private static func unescaped(_ part: some Collection<UInt8>) throws(MalformedEvent) -> String {
        var bytes: [UInt8] = []
        var rest = part[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst(), let low = rest.popFirst(),
                    let byte = Hexadecimal.decode([high, low])
                else { throw MalformedEvent("the form has a broken escape") }
                bytes += byte
            default: bytes.append(byte)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw MalformedEvent("the form is not UTF-8")
        }
        return text
    }
}
