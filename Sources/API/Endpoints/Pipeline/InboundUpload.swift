package import Hummingbird
package import NIOCore

/// A file on its way in.
package struct InboundUpload: Sendable {
    /// One of the endpoint's media types.
    package let contentType: String
    package let body: UploadBody
}

/// The pieces of an upload in the order of their arrival; can be gone through once.
package struct UploadBody: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer

    private let body: RequestBody
    private let limit: Int

    /// - Parameter limit: bytes; one more and going through it ends with 413.
    package init(_ body: RequestBody, limit: Int) {
        self.body = body
        self.limit = limit
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var pieces: RequestBody.AsyncIterator
        fileprivate var left: Int
        fileprivate let limit: Int

        package mutating func next() async throws -> ByteBuffer? {
            guard let piece = try await pieces.next() else { return nil }
            guard piece.readableBytes <= left else { throw ProblemType.bodyLargerThan(limit) }
            left -= piece.readableBytes
            return piece
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(pieces: body.makeAsyncIterator(), left: limit, limit: limit)
    }
}
