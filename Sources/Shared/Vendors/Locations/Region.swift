package import Core
package import Foundation
package import Postgres
package import Registrations
package import Values

/// A State, division or district.
package struct Region: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        case state, division, district
    }

    package let kind: Kind
    /// Of an Indian State that of its GSTINs, in Bangladesh that of ISO 3166-2.
    package let code: String
    package let name: String
    /// Of the division that a district is in.
    package let parent: String?
    /// Other spellings and letters that people use.
    package let aliases: [String]
    /// The first and the last day; nil where there is none.
    package let validFrom: CivilDate?
    package let validTo: CivilDate?

    func isValid(on day: CivilDate) -> Bool {
        (validFrom.map { $0.daysSinceEpoch <= day.daysSinceEpoch } ?? true)
            && (validTo.map { day.daysSinceEpoch <= $0.daysSinceEpoch } ?? true)
    }
}

/// The regions of one country.
package struct Regions: Hashable, Sendable {
    package let all: [Region]

    package init(_ all: [Region]) { self.all = all }

    /// The one that people call so, by its code, its name or another spelling, whatever the case.
    package func region(_ text: String, _ kind: Region.Kind, on day: CivilDate) -> Region? {
        let wanted = UTF8Text(text.precomposedStringWithCanonicalMapping).lowercasedASCII
        return all.first { region in
            region.kind == kind && region.isValid(on: day)
                && ([region.code, region.name] + region.aliases).contains { UTF8Text($0).lowercasedASCII == wanted }
        }
    }

    /// India's States as GSTINs name them.
    package var gstStates: GSTStates {
        GSTStates(
            all.filter { $0.kind == .state }.map {
                GSTState(code: $0.code, name: $0.name, validFrom: $0.validFrom, validTo: $0.validTo)
            })
    }
}

/// All SQL about regions.
package struct RegionStore: Sendable {
    package init() {}

    /// Every region of a country, those that have ended included: some hundred at most.
    package func regions(
        of market: Market, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Regions {
        Regions(
            try await executor.query(
                """
                SELECT kind, code, name, parent, aliases, valid_from, valid_to FROM regions
                WHERE country = \(market.rawValue) ORDER BY code
                """, as: Region.self))
    }
}

extension Region: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            kind: try row.decode("kind"), code: try row.decode("code"), name: try row.decode("name"),
            parent: try row.decode("parent"), aliases: try row.decode("aliases"),
            validFrom: try row.decode("valid_from", as: Date?.self).map(CivilDate.init(utc:)),
            validTo: try row.decode("valid_to", as: Date?.self).map(CivilDate.init(utc:)))
    }
}

extension CivilDate {
    /// The day of a moment in UTC.
    package init(utc date: Date) { self.init(unixTime: date, offset: 0) }

    /// The day of a moment where a market is: laws begin and end by its clocks. None of these countries has summer time.
    package init(_ date: Date, in market: Market) {
        switch market {
        case .bangladesh: self.init(unixTime: date, offset: 6 * 3600)
        case .india: self.init(unixTime: date, offset: 5 * 3600 + 1800)
        }
    }

    private init(unixTime date: Date, offset: Int64) {
        let seconds = Int(clamping: date.secondsSince1970.clamped + offset)
        self.init(daysSinceEpoch: seconds.quotientAndRemainder(flooringBy: 86_400).quotient)
    }

    /// Midnight UTC, as PostgreSQL's dates are sent.
    package var utcMidnight: Date { Date(timeIntervalSince1970: Double(daysSinceEpoch) * 86_400) }
}

extension Int64 {
    /// Within what a calendar has days for.
    fileprivate var clamped: Int64 { Swift.min(Swift.max(self, -1_000_000_000_000), 1_000_000_000_000) }
}
