package import Crypto

/// HMAC-SHA-256 (RFC 2104), keyed once and used for many messages. The library's own takes its messages through a generic entry
/// that costs more than the digest of a short one.
package struct KeyedDigest: Sendable {
    private static let blockBytes = 64

    private let inner: SHA256
    private let outer: SHA256

    package init(key: SymmetricKey) {
        var block = key.withUnsafeBytes { bytes in
            bytes.count > Self.blockBytes ? Array(SHA256.hash(data: bytes)) : Array(bytes)
        }
        block += repeatElement(0, count: Self.blockBytes - block.count)
        inner = Self.started(with: block, pad: 0x36)
        outer = Self.started(with: block, pad: 0x5C)
    }

    private static func started(with block: [UInt8], pad: UInt8) -> SHA256 {
        var hash = SHA256()
        hash.update(data: block.map { $0 ^ pad })
        return hash
    }

    /// The code of the pieces that `feed` gives, one after the other.
    package func code(of feed: (inout Pieces) -> Void) -> SHA256Digest {
        var pieces = Pieces(hash: inner)
        feed(&pieces)
        var hash = outer
        pieces.hash.finalize().withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize()
    }

    /// What a code is made of.
    package struct Pieces {
        fileprivate var hash: SHA256

        package mutating func add(_ bytes: [UInt8]) {
            bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        }

        mutating func add(_ bytes: UnsafeRawBufferPointer) {
            hash.update(bufferPointer: bytes)
        }
    }
}
