import Core
import Foundation
import Telemetry
import Webhooks

@testable import Endpoints
@testable import Payments

/// The grammars of request headers, all on the same bytes.
enum HeaderChecks {
    static func check(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let header = UTF8Text(text)
        checkEntityTag(header)
        checkIdentity(header)
        checkNetwork(text)
        checkNegotiation(header)
        checkSignature(text)
        if let token = HeaderGrammar.bearerToken(in: header) {
            promise(!token.isEmpty, "an empty token")
            promise(
                HeaderGrammar.bearerToken(in: "bearer \(token)") == token
                    && header.utf8.trimmingBlanks().reversed().starts(with: token.utf8.reversed()),
                "a token that was not sent")
        }
    }

    private static func checkEntityTag(_ header: UTF8Text) {
        _ = EntityTag.version(7).isNamed(in: header)
        guard case .version(let number) = EntityTag.expectation(in: header) else { return }
        promise(EntityTag.version(number).isNamed(in: header), "a version that the header does not name")
    }

    private static func checkIdentity(_ header: UTF8Text) {
        var randomness = SystemRandomNumberGenerator()
        let id = RequestIdentity.requestID(accepting: header, using: &randomness)
        promise((8...64).contains(id.utf8.count) && id.utf8.allSatisfy { (0x2D...0x7A).contains($0) }, "a harmful id")
        guard let parent = TraceContext(traceparent: header.string) else { return }
        promise(TraceContext(traceparent: parent.traceparent) == parent, "a trace that is not passed on")
        let trace = RequestIdentity.trace(continuing: header, using: &randomness)
        promise(trace.traceID == parent.traceID && trace.spanID != parent.spanID, "a trace that is not continued")
    }

    /// An address with a port, or with its brackets, is the same address.
    private static func checkNetwork(_ text: String) {
        let network = ClientNetwork(text)
        promise(ClientNetwork(text).key == network.key, "one network with two names")
        guard text.utf8.count <= 48 else { return }
        switch network {
        case .v4 where !text.utf8.contains(UInt8(ascii: ":")):
            promise(ClientNetwork("\(text):443") == network, "a port changes the network")
        case .v6 where text.utf8.first != UInt8(ascii: "["):
            promise(ClientNetwork("[\(text)]:443") == network, "a port changes the network")
        default: break
        }
    }

    private static func checkNegotiation(_ header: UTF8Text) {
        let isUTF8 = HeaderGrammar.isUTF8(header, "application/json")
        promise(
            HeaderGrammar.isUTF8(UTF8Text(header.string + ";charset=utf-8"), "application/json") == isUTF8,
            "naming UTF-8 changes the type")
        promise(
            HeaderGrammar.acceptsGzip(header) == HeaderGrammar.acceptsGzip(header.lowercasedASCII),
            "the case of letters matters")
        promise(HeaderGrammar.acceptsGzip(UTF8Text("gzip," + header.string)), "the first mention does not count")
        guard let address = HeaderGrammar.forwardedAddress(in: header, trustedProxies: 1) else { return }
        promise(
            HeaderGrammar.forwardedAddress(in: UTF8Text("203.0.113.9, " + header.string), trustedProxies: 1) == address,
            "what a client claims changes its address")
    }

    private static func checkSignature(_ text: String) {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let signature = accepted { () throws(WebhookRejection) in try StripeSignature(text, now: now) }
        guard let signature else { return }
        promise((1...16).contains(signature.candidates.count), "\(signature.candidates.count) candidates")
        promise(signature.ageSeconds <= 1_800_000_000, "older than time")
    }
}
