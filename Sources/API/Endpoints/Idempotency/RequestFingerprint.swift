import Core
import Crypto
import NIOCore

enum RequestFingerprint {
    /// SHA-256 of what makes two requests the same: everything that decides the answer. Of a JSON body that is what it says, not how its
    /// members are ordered or spaced.
    static func of(path: String, query: String, body: ByteBuffer) -> [UInt8] {
        of(path: path, query: query, content: meaning(of: body))
    }

    /// - Parameter content: what was sent, or what stands for it.
    static func of(path: String, query: String, content: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        for part in [Array(path.utf8), Array(query.utf8)] {
            hash.update(data: part)
            hash.update(data: [0])
        }
        hash.update(data: content)
        return Array(hash.finalize())
    }

    private static func meaning(of body: ByteBuffer) -> [UInt8] {
        let bytes = Array(body.readableBytesView)
        guard !bytes.isEmpty else { return bytes }
        do {
            return try JSONValue(parsing: bytes).canonicalBytes
        } catch {
            // Not JSON: its bytes are all that can be compared.
            return bytes
        }
    }
}
