import Core
import Crypto

/// What buckets are called.
enum RateBucket {
    /// One length for each kind, whatever comes from outside, and nothing of that to be read in it.
    static func name(_ kind: String, _ counted: String) -> String {
        "\(kind):" + Hexadecimal.encode(SHA256.hash(data: Array(counted.utf8)).prefix(16))
    }
}
