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

    private let values = Mutex<[String]>([])

    package init() {}

    /// From now on replaces this value in every message and metadata value. Values under six bytes are ignored.
    package func register(_ secret: String) {
        guard secret.utf8.count >= Self.minimumLength else { return }
        values.withLock { values in
            guard !values.contains(secret) else { return }
            // Longest first, so that a secret that contains another goes as a whole.
            let index = values.firstIndex { $0.utf8.count < secret.utf8.count } ?? values.endIndex
            values.insert(secret, at: index)
        }
    }

    /// The text without registered secrets.
    func clean(_ text: String) -> String {
        values.withLock { $0 }.reduce(text) { text, secret in
            guard text.utf8.count >= secret.utf8.count, text.contains(secret) else { return text }
            return text.replacing(secret, with: Self.replacement)
        }
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
