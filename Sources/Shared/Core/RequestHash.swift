import Crypto

/// What tells repetitions of one request from every other request: stored with what the request creates or moves, in the
/// same transaction, it makes a repetition find the first one's result.
package enum RequestHash {
    /// SHA-256 of an idempotency key with the very content of its request, 32 bytes.
    package static func of(idempotencyKey: String, _ content: JSONValue) -> [UInt8] {
        let whole: JSONValue = [.string(idempotencyKey), content]
        return Array(SHA256.hash(data: whole.canonicalBytes))
    }
}
