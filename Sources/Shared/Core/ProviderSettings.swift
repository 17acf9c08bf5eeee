/// Reads the settings of one account at a provider: `HAAT_STRIPE_SECRET_KEY` for the main account, `HAAT_STRIPE_EU_SECRET_KEY` for
/// the account `eu`. What is wrong is remembered and told with everything else.
package struct ProviderSettings {
    private var settings: SettingsReader
    private let prefix: String

    fileprivate init(_ settings: SettingsReader, prefix: String) {
        self.settings = settings
        self.prefix = prefix
    }

    /// A secret without which the account can't be used; also read from the file that NAME_FILE names.
    /// - Parameter name: without the prefix, such as "SECRET_KEY".
    package mutating func secret(_ name: String, expected: String) -> Secret {
        settings.secret(prefix + name, placeholder: Secret(""), expected: expected, SettingForm.token)
    }

    /// A name without which the account can't be used and that is no secret, such as a store's id.
    package mutating func word(_ name: String, expected: String) -> String {
        if let word = optionalWord(name, expected: expected) { return word }
        if settings.text(prefix + name) == nil { settings.refuse("\(prefix + name) is missing (\(expected))") }
        return ""
    }

    package mutating func optionalWord(_ name: String, expected: String) -> String? {
        settings.value(prefix + name, default: nil, expected: expected) { SettingForm.token($0)?.reveal() }
    }

    /// Remembers what is wrong with settings that are fine each by itself.
    /// - Parameter failure: goes on after the setting's name: "is …".
    package mutating func refuse(_ name: String, _ failure: String) {
        settings.refuse("\(prefix + name) \(failure)")
    }

    /// What proves that a push is the provider's: at least one, separated by commas, each hard to guess. Whoever has seen one push can
    /// try secrets out at home.
    package mutating func secrets(_ name: String, expected: String) -> [Secret] {
        settings.secret(
            prefix + name, placeholder: [], expected: expected,
            objection: SecretStrength.objection(toEachOf:), SettingForm.tokens)
    }

    /// Without a final slash.
    package mutating func webURL(_ name: String, default fallback: String) -> String {
        settings.value(prefix + name, default: fallback, expected: "an http:// or https:// URL", SettingForm.webURL)
    }

    /// - Parameter parse: nil for what is not acceptable.
    package mutating func value<Value>(
        _ name: String, default fallback: Value, expected: String, _ parse: (String) -> Value?
    ) -> Value {
        settings.value(prefix + name, default: fallback, expected: expected, parse)
    }

    package mutating func number(_ name: String, default fallback: Int, in range: ClosedRange<Int>) -> Int {
        settings.value(
            prefix + name, default: fallback, expected: "a number from \(range.lowerBound) to \(range.upperBound)"
        ) { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// A text of the account's; nil where there is none.
    package mutating func text(_ name: String, expected: String, _ accepts: (String) -> Bool) -> String? {
        settings.value(prefix + name, default: nil, expected: expected) { accepts($0) ? .some(.some($0)) : nil }
    }

    fileprivate var reader: SettingsReader { settings }
}

extension SettingsReader {
    /// Reads an account's settings.
    /// - Parameter prefix: what their names begin with, such as "HAAT_STRIPE_".
    package mutating func provider<Value>(
        _ prefix: String, _ read: (inout ProviderSettings) -> Value
    ) -> Value {
        var provider = ProviderSettings(self, prefix: prefix)
        let value = read(&provider)
        self = provider.reader
        return value
    }

    /// Whether any secret of the account is set: then somebody means to use it.
    package func hasSecrets(_ prefix: String, of read: (inout ProviderSettings) -> Void) -> Bool {
        var attempt = ProviderSettings(self, prefix: prefix)
        read(&attempt)
        return attempt.reader.secretCount > secretCount
    }
}
