import Core

/// How long caches that many share may keep an answer to somebody who shows no credentials.
struct SharedCaching: Sendable {
    /// Seconds in which nobody asks again: as late as changes may be seen that nobody tells of, such as a sale price's end.
    static let freshFor = 15
    /// Seconds after those in which the old answer may be given while a new one is fetched.
    static let staleFor = 60

    let keys: [SurrogateKey]

    var cacheControl: String {
        "public, max-age=0, s-maxage=\(Self.freshFor), stale-while-revalidate=\(Self.staleFor)"
    }

    /// The header's value, for caches that drop answers by it.
    var surrogateKey: String { keys.map(\.description).joined(separator: " ") }
}
