import Core
import Foundation
import NIOCore
import NIOHTTP1

/// What the head of a request says of the message and the connection, which the conversion to `HTTPRequest` leaves out.
struct WireHead {
    let isHTTP10: Bool
    /// Whether the connection may go on after the answer. Clients of HTTP/1.0 get one answer each.
    let keepsAlive: Bool
    /// Whether a body comes only once we have said that it may.
    let awaitsContinue: Bool
    /// Why the request is answered by nobody behind.
    let refusal: HeadRefusal?
}

/// The heads of a connection that were decoded and not judged yet, and the one that is being answered.
final class WireHeads {
    private var arrived = CircularBuffer<WireHead>()
    private(set) var current: WireHead?

    func arrive(_ head: WireHead) { arrived.append(head) }

    /// The next head, whose request is the one to be answered now.
    func judgeNext() -> WireHead? {
        current = arrived.popFirst()
        return current
    }
}

/// Stands between the bytes' codec and the conversion to `HTTPRequest`, where versions, every `Host` and the form of the target
/// are still to be seen (RFC 9112), and completes the heads of answers.
final class WireHeadReader: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let heads: WireHeads

    init(heads: WireHeads) {
        self.heads = heads
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        let target = RequestTarget(of: head)
        // Who asks for another protocol may go on in it: the codec reads nothing after such a request.
        let keepsAlive = head.version == .http1_1 && head.isKeepAlive && !head.headers.contains(name: "upgrade")
        heads.arrive(
            WireHead(
                isHTTP10: head.version == .http1_0, keepsAlive: keepsAlive, awaitsContinue: head.awaitsContinue,
                refusal: head.refusal(target)))
        if case .absolute(let authority, let path) = target {
            // What the target says of the host counts, not what the header does.
            head.headers.replaceOrAdd(name: "host", value: authority)
            head.uri = path
        }
        // The one spelling that is understood behind.
        if !keepsAlive { head.headers.replaceOrAdd(name: "connection", value: "close") }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), head.status.code >= 200 else {
            return context.write(data, promise: promise)
        }
        // An answer without a length goes out in chunks, which HTTP/1.0 does not know: there it ends with the connection.
        if heads.current?.isHTTP10 ?? false { head.version = .http1_0 }
        if !head.headers.contains(name: "date") { head.headers.add(name: "Date", value: HTTPDate.text(of: Date())) }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}

extension HTTPRequestHead {
    fileprivate var awaitsContinue: Bool {
        version == .http1_1
            && headers[canonicalForm: "expect"].contains { $0.utf8.isEqualIgnoringCase(to: "100-continue") }
            && announcesBody
    }

    private var announcesBody: Bool {
        headers.contains(name: "transfer-encoding") || headers.first(name: "content-length").map { $0 != "0" } ?? false
    }

    fileprivate func refusal(_ target: RequestTarget) -> HeadRefusal? {
        if method == .CONNECT { return .noTunnels }
        guard target != .malformed else { return .badTarget }
        let hosts = headers["host"]
        guard hosts.count == 1 || hosts.isEmpty && version == .http1_0, hosts.allSatisfy(\.isHost) else {
            return .badHost
        }
        if let refusal = codingRefusal { return refusal }
        let expectations = headers[canonicalForm: "expect"]
        guard expectations.allSatisfy({ $0.utf8.isEqualIgnoringCase(to: "100-continue") }) || version == .http1_0 else {
            return .expectation
        }
        return nil
    }

    /// Only `chunked` is known, and that not before HTTP/1.1. Of a length beside it, of repetitions and of codings after it
    /// the codec lets nothing pass.
    private var codingRefusal: HeadRefusal? {
        let codings = headers[canonicalForm: "transfer-encoding"]
        guard !headers.contains(name: "transfer-encoding") || version == .http1_1 else { return .codingInHTTP10 }
        return codings.allSatisfy { $0.utf8.isEqualIgnoringCase(to: "chunked") } ? nil : .unknownCoding
    }
}

extension String {
    /// Whether it is made as a name, an address and a port are (RFC 3986 section 3.2.2).
    fileprivate var isHost: Bool {
        utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-._~%:[]!$&'()*+,;=".utf8.contains(byte)
            }
        }
    }
}

/// What a request is directed at (RFC 9112 section 3.2).
private enum RequestTarget: Equatable {
    case origin
    case absolute(authority: String, path: String)
    case server
    case malformed

    init(of head: HTTPRequestHead) {
        let uri = head.uri
        guard uri.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }) else {
            self = .malformed
            return
        }
        if uri.utf8.first == UInt8(ascii: "/") {
            self = .origin
        } else if uri == "*" {
            self = head.method == .OPTIONS ? .server : .malformed
        } else {
            self = Self.absolute(uri) ?? .malformed
        }
    }

    private static func absolute(_ uri: String) -> RequestTarget? {
        let slash = UInt8(ascii: "/")
        let scheme = uri.utf8.prefix { $0 != UInt8(ascii: ":") }
        let rest = uri.utf8.dropFirst(scheme.count)
        guard scheme.isEqualIgnoringCase(to: "http") || scheme.isEqualIgnoringCase(to: "https"),
            rest.starts(with: "://".utf8)
        else { return nil }
        let authority = rest.dropFirst(3).prefix { $0 != slash && $0 != UInt8(ascii: "?") }
        let path = uri.utf8[authority.endIndex...]
        guard !authority.isEmpty, String(Substring(authority)).isHost else { return nil }
        return .absolute(
            authority: String(Substring(authority)), path: (path.first == slash ? "" : "/") + String(Substring(path)))
    }
}

/// Dates as RFC 9110 section 5.6.7 has them.
enum HTTPDate {
    private static let style = Date.VerbatimFormatStyle(
        format: """
            \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \
            \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT
            """,
        locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))

    static func text(of date: Date) -> String { date.formatted(style) }
}
