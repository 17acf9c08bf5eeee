import Foundation

/// Refuses secrets that could be guessed: too short for what they are made of, regular, or left over from an example. How a text was
/// chosen can't be seen in it, so this finds carelessness, not every weak choice.
package enum SecretStrength {
    static let minimumBits = 128.0
    /// Fewer different characters, or steps from one to the next, are a pattern.
    private static let minimumVariety = 8

    /// What makes a good one, for errors.
    package static let advice = "`openssl rand -base64 32` makes a good one"

    private static let placeholders = [
        "changeme", "change-me", "change_me", "replaceme", "replace-me", "replace_me", "placeholder", "example",
        "default",
        "password", "secret", "insecure", "letmein", "dummy", "your-", "your_", "goes-here", "goes_here",
    ].map { Array($0.utf8) }

    /// Why the secret could be guessed, without a word of it; nil where nothing says so.
    package static func objection(to text: String) -> String? { objection(to: Array(text.utf8)) }

    /// The first objection to any of several secrets, separated by commas.
    static func objection(toEachOf list: String) -> String? {
        list.split(separator: ",").lazy
            .compactMap { objection(to: $0.trimmingCharacters(in: .whitespaces)) }.first
    }

    static func objection(to bytes: [UInt8]) -> String? {
        let lowered = bytes.map { isUpper($0) ? $0 | 0x20 : $0 }
        if placeholders.contains(where: { lowered.firstRange(of: $0) != nil }) { return "it contains a placeholder" }
        let secret = withoutLabel(bytes)
        if estimatedBits(secret) < minimumBits { return "it is too short, or repeats itself" }
        return isRegular(secret) ? "its characters follow a pattern" : nil
    }

    /// Each character up to the first repetition counts as one of those that could have stood there.
    private static func estimatedBits(_ secret: [UInt8]) -> Double {
        guard !secret.isEmpty else { return 0 }
        return Double(period(of: secret)) * log2(Double(alphabetSize(of: Set(secret))))
    }

    /// Digits are taken to belong to letters, whether or not chance has brought some.
    private static func alphabetSize(of characters: Set<UInt8>) -> Int {
        guard characters.allSatisfy({ (0x20...0x7E).contains($0) }) else { return 256 }
        let (lower, upper, digits) = (
            characters.filter(isLower), characters.filter(isUpper), characters.filter(isDigit)
        )
        let others = characters.count - lower.count - upper.count - digits.count
        let letters = lower.union(upper)
        guard let last = letters.map({ $0 | 0x20 }).max() else { return 10 + others }
        guard lower.isEmpty || upper.isEmpty else { return 62 + others }
        return (last <= UInt8(ascii: "f") ? 16 : 36) + others
    }

    /// The length of the shortest text that the whole repeats at least once (the failure function of Knuth, Morris and Pratt).
    private static func period(of secret: [UInt8]) -> Int {
        var borders = [Int](repeating: 0, count: secret.count)
        var border = 0
        for index in secret.indices.dropFirst() {
            while border > 0, secret[index] != secret[border] { border = borders[border - 1] }
            if secret[index] == secret[border] { border += 1 }
            borders[index] = border
        }
        let period = secret.count - border
        return period * 2 <= secret.count ? period : secret.count
    }

    private static func isRegular(_ secret: [UInt8]) -> Bool {
        let steps = Set(zip(secret, secret.dropFirst()).map { Int($1) - Int($0) })
        let counts = Dictionary(secret.map { ($0, 1) }, uniquingKeysWith: +)
        return steps.count < minimumVariety || counts.count < minimumVariety
            || counts.values.contains { $0 > secret.count / 2 }
    }

    /// Without the word that every secret of its kind begins with, such as "whsec_".
    private static func withoutLabel(_ secret: [UInt8]) -> [UInt8] {
        let word = secret.prefix(while: isLower)
        guard word.count >= 3, secret.dropFirst(word.count).first == UInt8(ascii: "_") else { return secret }
        return Array(secret.dropFirst(word.count + 1))
    }

    private static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
