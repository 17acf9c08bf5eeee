import Synchronization

/// Keeps secrets out of log lines: by the name of a metadata key, and by value wherever a registered secret turns up.
package final class SecretRedaction: Sendable {
    /// What stands in a secret's place.
    package static let replacement = "[redacted]"

    /// Shorter values would blot out ordinary text.
    private static let minimumLength = 6

    private static let tellingWords: Set<Substring> = [
        "authorization", "cookie", "credential", "credentials", "passwd", "password", "secret", "secrets", "signature",
        "token", "tokens", "key", "keys",
    ]
    private static let harmlessKeys: Set = ["idempotency_key", "unique_key", "redis_key"]

    private let values = Mutex<[[UInt8]]>([])

    package init() {}

    /// From now on replaces this value in every message and metadata value. Values under six bytes are ignored.
    package func register(_ secret: String) {
        guard secret.utf8.count >= Self.minimumLength else { return }
        let secret = Array(secret.utf8)
        values.withLock { values in
            guard !values.contains(secret) else { return }
            // Longest first, so that a secret that contains another goes as a whole.
            let index = values.firstIndex { $0.count < secret.count } ?? values.endIndex
            values.insert(secret, at: index)
        }
    }

    /// The text without registered secrets, which are looked for byte by byte: a text from outside can make `String`'s own
    /// search take the square of its length.
    func clean(_ text: String) -> String {
        let secrets = values.withLock { $0 }
        guard secrets.contains(where: { Self.position(of: $0, in: text.utf8) != nil }) else { return text }
        var bytes = Array(text.utf8)
        for secret in secrets { bytes = Self.replacing(secret, in: bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func replacing(_ secret: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let position = position(of: secret, in: rest) {
            result += rest[..<position] + replacement.utf8
            rest = rest[(position + secret.count)...]
        }
        return result + rest
    }

    private static func position<Bytes: Collection<UInt8>>(of secret: [UInt8], in bytes: Bytes) -> Bytes.Index? {
        var candidates = bytes[...]
        while candidates.count >= secret.count, let start = candidates.firstIndex(of: secret[0]) {
            candidates = candidates[start...]
            if candidates.starts(with: secret) { return start }
            candidates = candidates.dropFirst()
        }
        return nil
    }

    /// Whether whatever is logged under this key is a secret, as in `authorization`, `access_token`, `Stripe-Secret` or
    /// `apiKey`.
    static func isSecret(key: String) -> Bool {
        let words = words(of: key)
        guard !harmlessKeys.contains(words) else { return false }
        return words.split(separator: "_").contains { tellingWords.contains($0) }
    }

    /// `requestID` and `Request-Id` as `request_id`.
    private static func words(of key: String) -> String {
        var words = ""
        var previousIsLowercase = false
        for character in key {
            guard character.isLetter || character.isNumber else {
                words.append("_")
                previousIsLowercase = false
                continue
            }
            if character.isUppercase, previousIsLowercase { words.append("_") }
            words += character.lowercased()
            previousIsLowercase = !character.isUppercase
        }
        return words
    }
}
