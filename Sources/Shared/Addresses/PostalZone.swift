package import Core
package import Postgres
package import Registrations

/// Where post codes that begin with some digits lie.
package struct PostalZone: Hashable, Sendable {
    package let prefix: String
    /// The codes of the regions; more than one where a border is straddled.
    package let regions: Set<String>

    package init(prefix: String, regions: Set<String>) {
        self.prefix = prefix
        self.regions = regions
    }
}

/// What a country's post codes tell of where they lie. Taxes follow the region, and a code or a region that was mistyped would go
/// unnoticed otherwise.
package struct PostalZones: Hashable, Sendable {
    private let byPrefix: [String: Set<String>]
    private let longest: Int

    package init(_ zones: [PostalZone]) {
        byPrefix = Dictionary(zones.map { ($0.prefix, $0.regions) }) { $0.union($1) }
        longest = zones.map(\.prefix.utf8.count).max() ?? 0
    }

    /// The regions in which a post code may lie; nil where it is not known.
    package func regions(of postalCode: String) -> Set<String>? {
        for length in stride(from: min(longest, postalCode.utf8.count), to: 0, by: -1) {
            if let found = byPrefix[String(postalCode.prefix(length))] { return found }
        }
        return nil
    }
}

extension RegionStore {
    /// What is known of a country's post codes: some dozens of rows.
    package func zones(
        of market: Market, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> PostalZones {
        let rows = try await executor.query(
            "SELECT prefix, regions FROM postal_zones WHERE country = \(market.rawValue) ORDER BY prefix",
            columns: (String, [String]).self)
        return PostalZones(rows.map { PostalZone(prefix: $0.0, regions: Set($0.1)) })
    }
}
