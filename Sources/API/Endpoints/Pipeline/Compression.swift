import Core
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPCompression

/// Compression of whole bodies with swift-nio-extras' compressor, which exists only as a channel handler: an embedded
/// channel
/// carries one response through it. So it costs connections that never compress nothing.
enum Compression {
    /// Whether an `Accept-Encoding` lets us send gzip (RFC 9110, section 12.5.3).
    static func acceptsGzip(_ header: UTF8Text?) -> Bool {
        guard let header else { return false }
        var wildcard = false
        for part in header.utf8.split(separator: UInt8(ascii: ",")) {
            let sides = part.split(separator: UInt8(ascii: ";"), maxSplits: 1, omittingEmptySubsequences: false)
            let coding = sides[0].trimmingBlanks()
            let isWanted = sides.count < 2 || isPositive(weight: sides[1].trimmingBlanks())
            if coding.isEqualIgnoringCase(to: "gzip") || coding.isEqualIgnoringCase(to: "x-gzip") { return isWanted }
            if coding.isEqual(to: "*") { wildcard = isWanted }
        }
        return wildcard
    }

    /// `q=` and at most five characters.
    private static func isPositive(weight: Substring.UTF8View) -> Bool {
        guard weight.count <= 7, weight.prefix(2).isEqualIgnoringCase(to: "q=") else { return false }
        return Double(Substring(weight.dropFirst(2))).map { $0 > 0 } ?? false
    }

    /// The body as gzip, or nil when that can't be made.
    static func gzip(_ body: ByteBuffer) -> ByteBuffer? {
        let channel = EmbeddedChannel(handler: HTTPResponseCompressor(initialByteBufferCapacity: body.readableBytes))
        do {
            try channel.writeInbound(
                HTTPServerRequestPart.head(
                    HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: ["Accept-Encoding": "gzip"])))
            _ = channel.write(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
            _ = channel.write(HTTPServerResponsePart.body(.byteBuffer(body)))
            try channel.writeOutbound(HTTPServerResponsePart.end(nil))
            let compressed = try compressedBody(in: channel)
            _ = try channel.finish(acceptAlreadyClosed: true)
            return compressed
        } catch {
            // The body goes out as it is.
            return nil
        }
    }

    private static func compressedBody(in channel: EmbeddedChannel) throws -> ByteBuffer? {
        var compressed = ByteBuffer()
        while let part = try channel.readOutbound(as: HTTPServerResponsePart.self) {
            switch part {
            case .head(let head):
                guard head.headers["Content-Encoding"] == ["gzip"] else { return nil }
            case .body(.byteBuffer(var buffer)): compressed.writeBuffer(&buffer)
            case .body(.fileRegion), .end: break
            }
        }
        return compressed.readableBytes > 0 ? compressed : nil
    }
}
