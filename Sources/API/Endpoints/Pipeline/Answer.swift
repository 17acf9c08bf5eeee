import HTTPTypes
import Hummingbird
import NIOCore

/// A response before the concerns of transport (compression, CORS, request ids).
struct Answer: Sendable {
    var status: HTTPResponse.Status
    var headers: HTTPFields = [:]
    var body = ByteBuffer()
    /// The path of what was created, below the API's prefix.
    var location: String?

    mutating func setJSON(_ bytes: [UInt8]) {
        headers[.contentType] = "application/json"
        body = ByteBuffer(bytes: bytes)
    }
}
