import Core
import Foundation
package import Postgres
package import Registrations
package import Values
import Vendors

/// What a country's law asks of one type of document.
package struct DocumentRule: Hashable, Sendable {
    package let type: DocumentType
    package let title: String
    /// Behind the region's letters in the prefix of its numbers.
    package let mark: String
    /// The month with which the financial year begins.
    package let yearBeginsIn: Int
    package let numberLength: Int
    /// Whether each place that goods leave from has a series of its own.
    package let isByLocation: Bool
    /// The total from which a buyer without a registration has to be named with an address, in minor units.
    package let buyerAddressFrom: Int64?
    /// The first and the last day; nil where there is none.
    let validFrom: CivilDate
    let validTo: CivilDate?

    package init(
        type: DocumentType, title: String, mark: String, yearBeginsIn: Int, numberLength: Int = 16,
        isByLocation: Bool = false, buyerAddressFrom: Int64? = nil,
        validFrom: CivilDate = CivilDate(daysSinceEpoch: 0), validTo: CivilDate? = nil
    ) {
        self.type = type
        self.title = title
        self.mark = mark
        self.yearBeginsIn = yearBeginsIn
        self.numberLength = numberLength
        self.isByLocation = isByLocation
        self.buyerAddressFrom = buyerAddressFrom
        self.validFrom = validFrom
        self.validTo = validTo
    }

    func isValid(on day: CivilDate) -> Bool {
        validFrom.daysSinceEpoch <= day.daysSinceEpoch
            && (validTo.map { day.daysSinceEpoch <= $0.daysSinceEpoch } ?? true)
    }
}

/// A year of accounts. It is named by the calendar years that it touches.
package struct FinancialYear: Hashable, Sendable {
    /// In which it begins.
    package let start: Int

    /// - Parameter month: with which years begin.
    package init(of day: CivilDate, beginningIn month: Int) { start = day.month >= month ? day.year : day.year - 1 }

    /// "2026-27".
    package var text: String { "\(start)-\(Self.twoDigits(start + 1))" }

    /// "2627", as numbers have it.
    package var digits: String { Self.twoDigits(start) + Self.twoDigits(start + 1) }

    private static func twoDigits(_ year: Int) -> String {
        let short = year.quotientAndRemainder(flooringBy: 100).remainder
        return short < 10 ? "0\(short)" : "\(short)"
    }
}

/// All SQL about what the law asks of documents.
package struct DocumentRuleStore: Sendable {
    package init() {}

    /// The rule that holds on a day; nil where there is none.
    package func rule(
        for type: DocumentType, in market: Market, on day: CivilDate, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> DocumentRule? {
        let all = try await executor.query(
            """
            SELECT type, title, mark, year_begins_in, number_length, by_location, buyer_address_from_minor, valid_from, valid_to
            FROM document_rules WHERE country = \(market.rawValue) AND type = \(type) ORDER BY valid_from DESC
            """, as: DocumentRule.self)
        return all.first { $0.isValid(on: day) }
    }
}

extension DocumentRule: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            type: try row.decode("type"), title: try row.decode("title"), mark: try row.decode("mark"),
            yearBeginsIn: Int(try row.decode("year_begins_in", as: Int32.self)),
            numberLength: Int(try row.decode("number_length", as: Int32.self)),
            isByLocation: try row.decode("by_location"), buyerAddressFrom: try row.decode("buyer_address_from_minor"),
            validFrom: CivilDate(utc: try row.decode("valid_from")),
            validTo: try row.decode("valid_to", as: Date?.self).map(CivilDate.init(utc:)))
    }
}
