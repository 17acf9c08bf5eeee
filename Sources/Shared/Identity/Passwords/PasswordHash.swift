import CArgon2
package import Core

/// A password as it is stored: Argon2id in the PHC string format, which carries its own parameters and salt.
package struct PasswordHash: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    let encoded: String

    init(encoded: String) { self.encoded = encoded }

    /// Whether it costs something else than new ones do.
    func isOutdated(for cost: PasswordCost) -> Bool { !encoded.utf8.starts(with: cost.prefix.utf8) }

    package var description: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension PasswordCost {
    /// How PHC strings of this cost begin.
    var prefix: String { "$argon2id$v=19$m=\(memoryKiB),t=\(iterations),p=\(lanes)$" }
}

/// The library's refusal, such as for lack of memory.
struct Argon2Failure: Error, Hashable {
    let code: Int32
}

/// The calls of libargon2. Each takes tens of milliseconds and the memory that its cost says.
enum Argon2 {
    static let saltLength = 16
    private static let tagLength = 32

    static func hash(
        _ password: Password, salt: [UInt8], cost: PasswordCost
    ) throws(Argon2Failure) -> PasswordHash {
        let length = argon2_encodedlen(
            cost.iterations, cost.memoryKiB, cost.lanes, UInt32(saltLength), UInt32(tagLength), Argon2_id)
        var encoded = [CChar](repeating: 0, count: length)
        let code = argon2id_hash_encoded(
            cost.iterations, cost.memoryKiB, cost.lanes, password.bytes, password.bytes.count, salt, salt.count,
            tagLength, &encoded, length)
        guard code == ARGON2_OK.rawValue else { throw Argon2Failure(code: code) }
        return PasswordHash(
            encoded: String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    /// Compares in constant time.
    static func verify(_ password: Password, _ hash: PasswordHash) throws(Argon2Failure) -> Bool {
        let code = argon2id_verify(hash.encoded, password.bytes, password.bytes.count)
        switch code {
        case ARGON2_OK.rawValue: return true
        case ARGON2_VERIFY_MISMATCH.rawValue: return false
        default: throw Argon2Failure(code: code)
        }
    }
}
