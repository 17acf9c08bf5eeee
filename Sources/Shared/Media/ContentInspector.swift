package import Core
import Crypto
import NIOCore

/// Looks at a file while it passes: counts and digests it, and stops what is not of its type or too large.
struct ContentInspector {
    private let type: MediaType
    private let maximumBytes: Int
    private var start: [UInt8] = []
    private var hash = SHA256()
    private(set) var count = 0

    init(_ type: MediaType, maximumBytes: Int) {
        self.type = type
        self.maximumBytes = maximumBytes
    }

    /// - Throws: a 413 or 422 `Problem`.
    mutating func pass(_ piece: ByteBuffer) throws(Problem) {
        let bytes = piece.readableBytesView
        guard bytes.count <= maximumBytes - count else { throw .mediaTooLarge(maximumBytes) }
        count += bytes.count
        if start.count < MediaType.signatureLength {
            start += bytes.prefix(MediaType.signatureLength - start.count)
            if start.count == MediaType.signatureLength { try checkStart() }
        }
        guard type.mayContain(bytes) else { throw .mediaContentMismatch(type) }
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    /// The SHA-256 of all that has passed.
    /// - Throws: a 422 `Problem` for a file that is empty or not of its type.
    mutating func finish() throws(Problem) -> [UInt8] {
        guard count > 0 else { throw .mediaEmpty }
        if start.count < MediaType.signatureLength { try checkStart() }
        return Array(hash.finalize())
    }

    private func checkStart() throws(Problem) {
        guard type.isBegun(by: start) else { throw .mediaContentMismatch(type) }
    }
}

extension Problem {
    package static let mediaEmpty = Problem(
        type: "media-empty", title: "The file is empty", status: 422, detail: "Send the bytes of the file as the body")

    package static func mediaContentMismatch(_ type: MediaType) -> Problem {
        Problem(
            type: "media-content-mismatch", title: "The file is something else", status: 422,
            detail: "Its bytes are not those of \(type.rawValue)")
    }

    package static func mediaTooLarge(_ maximumBytes: Int) -> Problem {
        Problem(
            type: "media-too-large", title: "The file is too large", status: 413,
            detail: "At most \(maximumBytes) bytes are accepted for this purpose")
    }
}
