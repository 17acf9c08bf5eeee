package import Identity

/// A language that messages are written in.
package enum MessageLocale: String, Sendable, CaseIterable {
    case english = "en"
    case bengali = "bn"
    case hindi = "hi"

    /// The one that is wanted, in whatever region, or English.
    package init(_ wanted: LanguageTag) {
        self = Self(rawValue: wanted.language) ?? .english
    }
}
