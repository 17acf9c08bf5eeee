package import Configuration

/// Every missing or malformed setting of one reading, as one line.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One per setting, each starting with the setting's name.
    package let failures: [String]

    package init(failures: [String]) { self.failures = failures }

    package var description: String { "configuration: " + failures.joined(separator: "; ") }
}

/// Reads settings one after another and remembers what is wrong with each, so that all of it can be told at once.
package struct SettingsReader {
    private let reader: ConfigReader
    private var failures: [String] = []

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
        guard let text = text(name) else { return fallback }
        guard let value = parse(text) else {
            failures.append("\(name) must be \(expected)")
            return fallback
        }
        return value
    }

    /// The setting as `parse` reads it; absent or malformed is remembered, and `placeholder` stands in until `finish`.
    package mutating func required<Value>(
        _ name: String, placeholder: Value, expected: String, _ parse: (String) -> Value?
    ) -> Value {
        if text(name) == nil { failures.append("\(name) is missing (\(expected))") }
        return value(name, default: placeholder, expected: expected, parse)
    }

    /// Remembers what is wrong with settings that are fine each by itself; the text starts with a setting's name.
    package mutating func refuse(_ failure: String) { failures.append(failure) }

    /// - Throws: `ConfigurationError` when any setting so far was missing or malformed.
    package func finish() throws(ConfigurationError) {
        guard failures.isEmpty else { throw ConfigurationError(failures: failures) }
    }

    /// "HAAT_API_PORT" → "haat.api.port", which the environment provider maps back to the same name.
    private static func key(_ name: String) -> ConfigKey {
        ConfigKey(name.lowercased().split(separator: "_").map(String.init))
    }
}
