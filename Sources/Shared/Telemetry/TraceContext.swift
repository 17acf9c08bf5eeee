package import Logging

/// Where a piece of work stands in a distributed trace, as carried by the `traceparent` header
/// (W3C Trace Context, version 00).
package struct TraceContext: Sendable, Hashable {
    /// Thirty-two lower-case hexadecimal digits that the whole trace shares; never all zero.
    package let traceID: String
    /// Sixteen lower-case hexadecimal digits of the present span; never all zero.
    package let spanID: String
    /// Whether the caller records this trace.
    package let isSampled: Bool

    /// The context of the running task; log lines carry it through ``Logging/Logger/MetadataProvider/traceContext``.
    @TaskLocal package static var current: TraceContext?

    private init(traceID: String, spanID: String, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// Reads a `traceparent` header; nil when it is malformed, in which case a new trace begins.
    package init?(traceparent: String) {
        // Byte by byte: a text from outside can make comparisons of `String` take the square of its length.
        let fields = traceparent.utf8.split(
            separator: UInt8(ascii: "-"), maxSplits: 4, omittingEmptySubsequences: false)
        guard fields.count >= 4,
            let version = Self.number(fields[0]), version != 0xFF, version != 0 || fields.count == 4,
            Self.isIdentifier(fields[1], digits: 32), Self.isIdentifier(fields[2], digits: 16),
            let flags = Self.number(fields[3])
        else { return nil }
        self.init(
            traceID: String(Substring(fields[1])), spanID: String(Substring(fields[2])), isSampled: flags & 1 == 1)
    }

    /// The first span of a new, sampled trace.
    package static func root(using random: inout some RandomNumberGenerator) -> TraceContext {
        let traceID = hexadecimal(.random(in: 1...UInt64.max, using: &random)) + hexadecimal(random.next())
        return TraceContext(traceID: traceID, spanID: newSpanID(&random), isSampled: true)
    }

    /// A span of the same trace with this one as its parent.
    package func child(using random: inout some RandomNumberGenerator) -> TraceContext {
        TraceContext(traceID: traceID, spanID: Self.newSpanID(&random), isSampled: isSampled)
    }

    /// The header to send on; also what is stored with a job so that its run belongs to the trace.
    package var traceparent: String {
        "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")"
    }

    private static func newSpanID(_ random: inout some RandomNumberGenerator) -> String {
        hexadecimal(.random(in: 1...UInt64.max, using: &random))
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Two digits.
    private static func number(_ field: Substring.UTF8View) -> UInt8? {
        isHexadecimal(field, digits: 2) ? UInt8(Substring(field), radix: 16) : nil
    }

    private static func isIdentifier(_ field: Substring.UTF8View, digits: Int) -> Bool {
        isHexadecimal(field, digits: digits) && field.contains { $0 != UInt8(ascii: "0") }
    }

    private static func isHexadecimal(_ field: Substring.UTF8View, digits: Int) -> Bool {
        field.count == digits
            && field.allSatisfy {
                ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
                    || ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "f"))
            }
    }
}

extension Logger.MetadataProvider {
    /// `trace_id` and `span_id` of the running task, if it has a ``TraceContext``.
    package static var traceContext: Logger.MetadataProvider {
        Logger.MetadataProvider {
            guard let context = TraceContext.current else { return [:] }
            return ["trace_id": "\(context.traceID)", "span_id": "\(context.spanID)"]
        }
    }
}
