package import Foundation

/// The text form of an identifier: a prefix, an underscore and 26 characters of Crockford's base 32, lower case,
/// for the 128 bits of a UUID (the TypeID specification, version 0.3).
package enum TypeID {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let suffixLength = 26

    package static func encode(prefix: String, uuid: UUID) -> String {
        var text = Array(prefix.utf8)
        text.reserveCapacity(prefix.utf8.count + 1 + suffixLength)
        if !prefix.isEmpty { text.append(UInt8(ascii: "_")) }
        let value = UInt128(uuid)
        for position in 0..<suffixLength {
            let shift = (suffixLength - 1 - position) * 5
            text.append(alphabet[Int(truncatingIfNeeded: value >> UInt128(shift)) & 31])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The UUID of `text` when it is well formed and carries exactly `prefix`, else nil.
    package static func decode(_ text: String, prefix: String) -> UUID? {
        let bytes = Array(text.utf8)
        let lead = prefix.isEmpty ? [] : Array((prefix + "_").utf8)
        guard bytes.count == lead.count + suffixLength, bytes.starts(with: lead) else { return nil }
        var value: UInt128 = 0
        for (position, byte) in bytes.dropFirst(lead.count).enumerated() {
            guard let digit = alphabet.firstIndex(of: byte) else { return nil }
            // 26 digits carry 130 bits: the first may use only three of its five.
            guard position > 0 || digit < 8 else { return nil }
            value = value << 5 | UInt128(digit)
        }
        return UUID(value)
    }
}

extension UInt128 {
    init(_ uuid: UUID) {
        let bytes = uuid.uuid
        let high = [bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5, bytes.6, bytes.7]
        let low = [bytes.8, bytes.9, bytes.10, bytes.11, bytes.12, bytes.13, bytes.14, bytes.15]
        self = (high + low).reduce(0) { $0 << 8 | UInt128($1) }
    }
}

extension UUID {
    /// Its 128 bits as one number.
    package init(_ value: UInt128) {
        func byte(_ position: Int) -> UInt8 { UInt8(truncatingIfNeeded: value >> UInt128((15 - position) * 8)) }
        self.init(
            uuid: (
                byte(0), byte(1), byte(2), byte(3), byte(4), byte(5), byte(6), byte(7),
                byte(8), byte(9), byte(10), byte(11), byte(12), byte(13), byte(14), byte(15)
            ))
    }
}
