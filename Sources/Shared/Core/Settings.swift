package import Configuration

/// Every missing or malformed setting of one reading, as one line.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One per setting, each starting with the setting's name.
    package let failures: [String]

    package init(failures: [String]) { self.failures = failures }

    package var description: String { "configuration: " + failures.joined(separator: "; ") }
}

/// Reads settings one after another and remembers what is wrong with each, so that all of it can be told at once.
///
/// A secret NAME may stand in a file instead, which NAME_FILE names.
package struct SettingsReader {
    /// Where a secret was looked for.
    private enum SecretSource {
        case absent
        case text(String)
        /// What is wrong is remembered already.
        case refused
    }

    private let reader: ConfigReader
    private var failures: [String] = []
    /// One per setting that can be used and should be set otherwise, each starting with the setting's name.
    package private(set) var warnings: [String] = []
    /// Every secret that was found so far, for logs to leave out; of a list each by itself.
    package private(set) var secrets: [Secret] = []
    /// How many secrets are set, usable or not.
    package private(set) var secretCount = 0

    package init(_ reader: ConfigReader) { self.reader = reader }

    /// The text of a setting, or nil when it is absent or empty. `name` is the environment's: "HAAT_API_PORT".
    package func text(_ name: String) -> String? {
        let key = Self.key(name)
        let text = reader.string(forKey: key, isSecret: true) ?? reader.int(forKey: key).map { String($0) }
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The setting as `parse` reads it, or `fallback` when it is absent; `parse` returns nil for a malformed text.
    package mutating func value<Value>(
        _ name: String, default fallback: Value, expected: String, _ parse: (String) -> Value?
    ) -> Value {
        text(name).flatMap { parsed($0, name, expected, parse) } ?? fallback
    }

    /// The secret as `parse` reads it; absent, malformed or guessable is remembered, and `placeholder` stands in until `finish`.
    /// - Parameter objection: why a text could be guessed; nil where nothing says so.
    package mutating func secret<Value>(
        _ name: String, placeholder: Value, expected: String, objection: (String) -> String? = { _ in nil },
        _ parse: (String) -> Value?
    ) -> Value {
        let source = secretSource(name)
        if case .absent = source { failures.append("\(name) is missing (\(expected))") }
        return secret(in: source, name, expected, objection, parse) ?? placeholder
    }

    /// The same for a secret that need not be there: `fallback` where it is absent.
    package mutating func optionalSecret<Value>(
        _ name: String, default fallback: Value, expected: String, objection: (String) -> String? = { _ in nil },
        _ parse: (String) -> Value?
    ) -> Value {
        secret(in: secretSource(name), name, expected, objection, parse) ?? fallback
    }

    private mutating func secret<Value>(
        in source: SecretSource, _ name: String, _ expected: String, _ objection: (String) -> String?,
        _ parse: (String) -> Value?
    ) -> Value? {
        guard case .text(let text) = source, let value = parsed(secret: text, name, expected, parse) else {
            return nil
        }
        if let objection = objection(text) {
            failures.append("\(name) can be guessed: \(objection); \(SecretStrength.advice)")
        }
        return value
    }

    private mutating func parsed<Value>(
        secret text: String, _ name: String, _ expected: String, _ parse: (String) -> Value?
    ) -> Value? {
        let value = parsed(text, name, expected, parse)
        secrets += (value as? [Secret]) ?? [Secret(text)]
        return value
    }

    private mutating func parsed<Value>(
        _ text: String, _ name: String, _ expected: String, _ parse: (String) -> Value?
    ) -> Value? {
        let value = parse(text)
        if value == nil { failures.append("\(name) must be \(expected)") }
        return value
    }

    private mutating func secretSource(_ name: String) -> SecretSource {
        let file = "\(name)_FILE"
        let sources = (text(name), text(file))
        if sources.0 != nil || sources.1 != nil { secretCount += 1 }
        switch sources {
        case (nil, nil): return .absent
        case (let text?, nil): return .text(text)
        case (_?, _?):
            failures.append("\(name) and \(file) are both set: which of them holds is not to be guessed")
            return .refused
        case (nil, let path?):
            do throws(UnusableSecretFile) {
                let secret = try SecretFile(path: path)
                if secret.isOpenToAll {
                    warnings.append("\(file) names a file that every user of this machine may read or change")
                }
                return .text(secret.text)
            } catch {
                failures.append("\(file) names a file that can't be used: \(error.reason)")
                return .refused
            }
        }
    }

    /// Remembers what is wrong with settings that are fine each by itself; the text starts with a setting's name.
    package mutating func refuse(_ failure: String) { failures.append(failure) }

    /// Remembers what can be used and may not be meant; the text starts with a setting's name.
    package mutating func warn(_ warning: String) { warnings.append(warning) }

    /// - Throws: `ConfigurationError` when any setting so far was missing or malformed.
    package func finish() throws(ConfigurationError) {
        guard failures.isEmpty else { throw ConfigurationError(failures: failures) }
    }

    /// "HAAT_API_PORT" → "haat.api.port", which the environment provider maps back to the same name.
    private static func key(_ name: String) -> ConfigKey {
        ConfigKey(name.lowercased().split(separator: "_").map(String.init))
    }
}
