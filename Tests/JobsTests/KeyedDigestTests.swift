import Crypto
import Foundation
import Testing

@testable import Jobs

@Suite("Keyed digests")
struct KeyedDigestTests {
    @Test(
        "They are HMAC-SHA-256, for keys below, at and above a block, in one piece or several",
        arguments: [1, 32, 64, 65, 200])
    func reference(keyLength: Int) {
        let key = SymmetricKey(data: (0..<keyLength).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        let digest = KeyedDigest(key: key)
        for length in [0, 1, 55, 56, 63, 64, 65, 1_400] {
            let message = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
            let expected = Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
            #expect(Array(digest.code { $0.add(message) }) == expected)
            let split = length / 3
            let pieces = digest.code { pieces in
                pieces.add(Array(message[..<split]))
                pieces.add(Array(message[split...]))
            }
            #expect(Array(pieces) == expected)
        }
    }
}
