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

    package init(
        kind: Kind, code: String, name: String, parent: String? = nil, aliases: [String] = [],
        validFrom: CivilDate? = nil, validTo: CivilDate? = nil
    ) {
        self.kind = kind
        self.code = code
        self.name = name
        self.parent = parent
        self.aliases = aliases
        self.validFrom = validFrom
        self.validTo = validTo
    }

    package func isValid(on day: CivilDate) -> Bool {
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

    /// The one with a code; nil where there is none, or not any more.
    package func region(coded code: String, on day: CivilDate) -> Region? {
        all.first { $0.code == code && $0.isValid(on: day) }
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
