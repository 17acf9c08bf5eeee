import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPCompression

/// Compression of whole bodies with swift-nio-extras' compressor, which exists only as a channel handler: an embedded
/// channel
/// carries one response through it. So it costs connections that never compress nothing.
enum Compression {
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
