import AsyncHTTPClient
package import NIOCore

/// One call to an address that a stranger has chosen.
package struct UntrustedRequest: Sendable {
    package enum Method: Sendable, Hashable {
        /// Follows redirects.
        case get
        /// Ends where it is sent: a redirect is its answer.
        case post([UInt8])
    }

    package let url: String
    package let method: Method
    /// Told to the first site alone, not to those that it redirects to.
    package let headers: [OutboundHeader]

    package init(url: String, method: Method = .get, headers: [OutboundHeader] = []) {
        self.url = url
        self.method = method
        self.headers = headers
    }
}

/// How much of an answer is taken.
package struct UntrustedLimits: Sendable {
    /// From the first lookup to the last byte, all redirects included.
    package var time: Duration = .seconds(30)
    package var redirects = 5
    package var bodyBytes: Int
    /// The media types that an answer of success may have, in small letters; nil for any.
    package var contentTypes: Set<String>?

    package init(bodyBytes: Int, contentTypes: Set<String>? = nil) {
        self.bodyBytes = bodyBytes
        self.contentTypes = contentTypes
    }
}

/// The head of an answer, and its body as it arrives.
package struct UntrustedResponse: Sendable {
    package let status: Int
    package let headers: [OutboundHeader]
    /// The media type in small letters, without parameters.
    package let contentType: String?
    /// Where it came from in the end.
    package let url: String
    package let body: UntrustedBody
}

/// The pieces of an answer; can be gone through once. One byte beyond the limit ends it with ``UntrustedCallError/tooLarge(_:)``.
package struct UntrustedBody: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer

    let pieces: HTTPClientResponse.Body
    let limit: Int

    package struct AsyncIterator: AsyncIteratorProtocol {
        var pieces: HTTPClientResponse.Body.AsyncIterator
        var left: Int
        let limit: Int

        package mutating func next() async throws -> ByteBuffer? {
            let piece: ByteBuffer?
            do {
                piece = try await pieces.next()
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                throw UntrustedCallError.interrupted
            }
            guard let piece else { return nil }
            guard piece.readableBytes <= left else { throw UntrustedCallError.tooLarge(limit) }
            left -= piece.readableBytes
            return piece
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(pieces: pieces.makeAsyncIterator(), left: limit, limit: limit)
    }

    /// All of it at once.
    package func collect() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in self { bytes += piece.readableBytesView }
        return bytes
    }
}
