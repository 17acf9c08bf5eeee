import Core
import Telemetry

/// The ids under which a request is known.
enum RequestIdentity {
    private static let allowed: AllowedCharacters = "A-Za-z0-9_.-"

    /// The caller's id when it is harmless in logs and headers (8 to 64 of `A-Za-z0-9_.-`), else a new one.
    static func requestID(accepting header: UTF8Text?, using randomness: inout some RandomNumberGenerator) -> String {
        if let header, (8...64).contains(header.utf8.count), allowed.contains(all: header) { return header.string }
        return "req_" + hexadecimal(randomness.next()) + hexadecimal(randomness.next())
    }

    /// A span of the caller's trace, or of a new one when the header is absent or malformed.
    static func trace(continuing header: UTF8Text?, using randomness: inout some RandomNumberGenerator) -> TraceContext
    {
        guard let parent = header.flatMap({ TraceContext(traceparent: $0.string) }) else {
            return .root(using: &randomness)
        }
        return parent.child(using: &randomness)
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
