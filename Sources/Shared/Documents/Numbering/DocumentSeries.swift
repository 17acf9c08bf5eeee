package import Core
package import Foundation
package import Postgres
package import Registrations
package import Vendors

/// In whose name documents are numbered: a tax registration's holder, whichever of their shops it is, or a vendor who has none.
package struct Issuer: RawRepresentable, Hashable, Sendable {
    /// As it is stored.
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package init(registration number: String) { rawValue = "registration:\(number)" }

    package init(vendor: ID<Vendor>) { rawValue = vendor.description }
}

/// By whom and where a document is numbered, whatever its type.
package struct Numbering: Hashable, Sendable {
    package let issuer: Issuer
    /// With which numbers begin, before the mark of the type.
    package let prefix: String
    /// That goods leave from, where each place has a series of its own.
    package let location: ID<PickupLocation>?

    package init(issuer: Issuer, prefix: String, location: ID<PickupLocation>? = nil) {
        self.issuer = issuer
        self.prefix = prefix
        self.location = location
    }
}

/// The numbers of one issuer's documents with one prefix in one financial year: 1, 2, 3 … without gaps.
package struct DocumentSeries: Hashable, Sendable {
    package let numbering: Numbering
    package let year: FinancialYear
    /// Of the type; one letter at most.
    package let mark: String
    /// How long a number may be.
    package let numberLength: Int

    package init(_ numbering: Numbering, in year: FinancialYear, mark: String, numberLength: Int) {
        self.numbering = numbering
        self.year = year
        self.mark = mark
        self.numberLength = numberLength
    }

    var prefix: String { numbering.prefix + mark }

    private static let digits = 7

    /// The number of a document, such as "MH/2627/0000042".
    /// - Throws: a 409 `Problem` ("document-series-full") where it would be longer than may be.
    package func number(_ serial: Int64) throws(Problem) -> InvoiceNumber {
        let text = String(serial)
        let zeros = String(repeating: "0", count: max(0, Self.digits - text.utf8.count))
        let number = "\(prefix)/\(year.digits)/\(zeros)\(text)"
        guard number.utf8.count <= numberLength, let valid = try? InvoiceNumber(number) else {
            throw Problem.conflict(
                "document-series-full", title: "There are no numbers left",
                detail: "The series \(prefix) of \(year.text) has no number of \(numberLength) characters left")
        }
        return valid
    }
}

/// A number that was taken: the document with it has to be stored in the same transaction.
package struct TakenNumber: Hashable, Sendable {
    package let series: UUID
    package let serial: Int64
    package let number: InvoiceNumber
}

/// All SQL about series.
package struct DocumentSeriesStore: Sendable {
    package init() {}

    /// Takes the next number. Nobody else takes one of the series until the transaction ends, and where it is rolled back, the number
    /// was never taken: call it last.
    /// - Parameter id: of the series, where this is its first number.
    /// - Throws: a 409 `Problem` ("document-series-full"); `PostgresError`.
    package func takeNumber(
        of series: DocumentSeries, newID id: UUID, in transaction: some PostgresExecutor
    ) async throws -> TakenNumber {
        let taken = try await transaction.queryOne(
            """
            INSERT INTO document_series (id, issuer, location_id, financial_year, prefix, mark, last_serial)
            VALUES (\(id), \(series.numbering.issuer.rawValue), \(series.numbering.location),
                \(Int32(clamping: series.year.start)), \(series.prefix), \(series.mark), 1)
            ON CONFLICT (issuer, financial_year, prefix, location_id)
                DO UPDATE SET last_serial = document_series.last_serial + 1
            RETURNING id, last_serial
            """, as: TakenSerial.self)
        guard let taken else { throw PostgresError.decoding("the series did not come back") }
        return TakenNumber(series: taken.series, serial: taken.serial, number: try series.number(taken.serial))
    }

    /// By whom and where a document was numbered.
    func numbering(
        of document: ID<IssuedDocument>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Numbering? {
        try await executor.queryOne(
            """
            SELECT series.issuer, location_id, left(prefix, length(prefix) - length(mark)) AS prefix
            FROM documents JOIN document_series AS series ON series.id = series_id WHERE documents.id = \(document)
            """, as: Numbering.self)
    }
}

extension Numbering: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            issuer: Issuer(rawValue: try row.decode("issuer")), prefix: try row.decode("prefix"),
            location: try row.decode("location_id"))
    }
}

private struct TakenSerial: PostgresRowDecodable {
    let series: UUID
    let serial: Int64

    init(row: borrowing PostgresRow) throws(PostgresError) {
        series = try row.decode("id")
        serial = try row.decode("last_serial")
    }
}
