/// W3C Trace Context, level 1: the trace that a request belongs to and our span in it.
package struct TraceContext: Sendable, Hashable {
    /// 32 lower-case hexadecimal digits, not all zero.
    package let traceID: String
    /// 16 lower-case hexadecimal digits: this request.
    package let spanID: String
    package let isSampled: Bool

    /// As the header to send with calls made on behalf of this request.
    package var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    /// A span of the caller's trace, or of a new one when the header is absent or malformed.
    init(continuing header: String?, using randomness: inout some RandomNumberGenerator) {
        let parent = header.flatMap(Self.parse)
        traceID =
            parent?.traceID ?? Self.hex(randomness.next() | 1, width: 16) + Self.hex(randomness.next(), width: 16)
        spanID = Self.hex(randomness.next() | 1, width: 16)
        isSampled = parent?.isSampled ?? true
    }

    private static func parse(_ header: String) -> (traceID: String, isSampled: Bool)? {
        let parts = header.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, isHex(parts[0], count: 2), parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            isHex(parts[1], count: 32), parts[1].contains(where: { $0 != "0" }),
            isHex(parts[2], count: 16), parts[2].contains(where: { $0 != "0" }),
            isHex(parts[3], count: 2), let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        return (String(parts[1]), flags & 1 == 1)
    }

    private static func isHex(_ text: Substring, count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }

    static func hex(_ value: UInt64, width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

enum RequestIdentity {
    /// The caller's id when it is harmless in logs and headers (8 to 64 of `A-Za-z0-9_.-`), else a new one.
    static func accept(_ header: String?, using randomness: inout some RandomNumberGenerator) -> String {
        if let header, (8...64).contains(header.utf8.count), allowed.contains(all: header) { return header }
        return "req_" + TraceContext.hex(randomness.next(), width: 16) + TraceContext.hex(randomness.next(), width: 16)
    }

    private static let allowed: AllowedCharacters = "A-Za-z0-9_.-"
}
