import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Postgres
import Registrations
import Testing
import Values
import Vendors

@testable import Documents

@Suite("Numbers of documents", .timeLimit(.minutes(5))) struct NumberingTests {
    private static func year(_ text: String, _ month: Int) throws -> String {
        FinancialYear(of: try #require(CivilDate(iso8601: text)), beginningIn: month).text
    }

    @Test("A financial year begins in April in India and in July in Bangladesh")
    func financialYears() throws {
        #expect(try Self.year("2027-03-31", 4) == "2026-27")
        #expect(try Self.year("2027-04-01", 4) == "2027-28")
        #expect(try Self.year("2026-06-30", 7) == "2025-26")
        #expect(try Self.year("2026-07-01", 7) == "2026-27")
        #expect(try Self.year("2099-12-31", 4) == "2099-00")
        #expect(FinancialYear(of: try #require(CivilDate(iso8601: "2105-05-01")), beginningIn: 4).digits == "0506")
    }

    @Test("A number has at most 16 characters that the tax portal takes, and a full series says so")
    func numbers() throws {
        let year = FinancialYear(of: try #require(CivilDate(iso8601: "2026-11-30")), beginningIn: 4)
        func series(_ prefix: String, _ mark: String = "", length: Int = 16) -> DocumentSeries {
            DocumentSeries(
                Numbering(issuer: Issuer(registration: "X"), prefix: prefix), in: year, mark: mark, numberLength: length
            )
        }
        #expect(try series("MH").number(42).text == "MH/2627/0000042")
        #expect(try series("MH", "C").number(1).text == "MHC/2627/0000001")
        #expect(try series("MH", "C").number(9_999_999).text == "MHC/2627/9999999")
        #expect(try series("MH").number(99_999_999).text == "MH/2627/99999999")
        for full in [
            (series("MH", "C"), Int64(10_000_000)), (series("MH"), 100_000_000), (series("MH", length: 14), 1),
        ] {
            #expect { try full.0.number(full.1) } throws: { ($0 as? Problem)?.type == "document-series-full" }
        }
        for serial in [1, 7, 123_456, 9_999_999] {
            let number = try series("MH", "B").number(Int64(serial)).text
            #expect(try InvoiceNumber(number).text == number && number.utf8.count <= 16)
        }
    }

    @Test("31 March 23:59:59 and 1 April 00:00:00 in India fall into two series, though UTC is one day")
    func turnOfTheYear() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            let orders = [
                try await desk.order([.init(price: 10_000)], under: registration),
                try await desk.order([.init(price: 10_000)], under: registration),
                try await desk.order([.init(price: 10_000)], under: registration),
            ]
            // 2027-03-31 18:29:58 UTC.
            let turn = Date(timeIntervalSince1970: 1_806_517_798)
            desk.market.clock.advance(by: turn.timeIntervalSince(desk.market.clock.now))
            #expect(try await desk.issue(orders[0]).document.number == "MH/2627/0000001")
            desk.market.clock.advance(by: 1)
            let last = try await desk.issue(orders[1])
            #expect(last.document.number == "MH/2627/0000002")
            #expect(last.content.issuedOn == "2027-03-31" && last.content.issuedTime == "23:59:59")
            desk.market.clock.advance(by: 1)
            let first = try await desk.issue(orders[2])
            #expect(first.document.number == "MH/2728/0000001" && first.content.financialYear == "2027-28")
            #expect(first.content.issuedOn == "2027-04-01" && first.content.issuedTime == "00:00:00")
        }
    }

    /// What a transaction does after it has taken a number.
    private enum Ending: CaseIterable {
        case commit, rollBack, die
    }

    private struct RolledBack: Error {}

    @Test("Of 32 connections that commit, roll back and die in between, one series has no gap and no number twice")
    func concurrency() async throws {
        try await Desk.open(connections: 34) { desk in
            let registration = try await desk.identify()
            let part = try await desk.order([.init(price: 10_000)], under: registration)
            let template = try await desk.issue(part)
            let committed = try await withThrowingTaskGroup(of: [String].self) { group in
                for lane in 0..<32 {
                    group.addTask { try await Self.issue(20, like: template, of: desk, seed: UInt64(lane)) }
                }
                return try await group.reduce(into: [String]()) { $0 += $1 }
            }
            let serials = try await desk.market.client.queryValues(
                "SELECT serial FROM documents ORDER BY serial", as: Int64.self)
            #expect(committed.count > 150)
            #expect(serials == Array(1...Int64(committed.count + 1)))
            let numbers = try await desk.market.client.queryValues(
                "SELECT number FROM documents ORDER BY serial", as: String.self)
            #expect(Set(numbers).count == numbers.count && numbers.dropFirst().sorted() == committed.sorted())
            let last = try await desk.market.client.queryValue(
                "SELECT last_serial FROM document_series", as: Int64.self)
            #expect(last == serials.last)
        }
    }

    /// The numbers that this lane has committed.
    private static func issue(
        _ count: Int, like template: DocumentDetails, of desk: Desk, seed: UInt64
    ) async throws -> [String] {
        var random = SplitMix(state: seed)
        var committed: [String] = []
        for _ in 0..<count {
            let ending = Ending.allCases[Int(random.next() % 3)]
            do {
                committed.append(
                    try await desk.market.work { work in
                        let details = try await again(template, of: desk, in: work)
                        switch ending {
                        case .commit: return details.document.number
                        case .rollBack: throw RolledBack()
                        case .die:
                            try await work.execute("SELECT pg_terminate_backend(pg_backend_pid())")
                            return details.document.number
                        }
                    })
                #expect(ending == .commit)
            } catch is RolledBack {
            } catch is PostgresError where ending == .die {
            }
        }
        return committed
    }

    /// One more document about what the template is about.
    private static func again(
        _ template: DocumentDetails, of desk: Desk, in work: UnitOfWork
    ) async throws -> DocumentDetails {
        let issue = IssueDocument(audit: desk.market.audit, ids: desk.ids, clock: desk.market.clock)
        let moment = IssueDocument.Moment(desk.market.clock.now, in: .india)
        let rule = try await issue.rule(for: .taxInvoice, in: .india, on: moment.day, in: work)
        return try await issue(
            template.content,
            about: IssueDocument.Subject(
                vendor: desk.vendor.id, order: template.document.order, vendorOrder: template.document.vendorOrder),
            rule, moment, Numbering(issuer: Issuer(registration: "27ABCPE1234F1ZB"), prefix: "MH"), by: .system,
            in: work)
    }

    @Test("The database itself refuses a gap, a number without a document, and a change of what was issued")
    func guards() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            let part = try await desk.order([.init(price: 10_000)], under: registration)
            let id = try await desk.issue(part).document.id
            let owner = desk.market.owner
            func refused(_ statement: PostgresStatement) async -> String? {
                do throws(PostgresError) {
                    try await owner.execute(statement)
                    return nil
                } catch {
                    return error.constraintName ?? "\(error)"
                }
            }
            let skipping: PostgresStatement = """
                INSERT INTO documents SELECT gen_random_uuid(), type, series_id, 3, issuer, financial_year, 'MH/2627/0000003', vendor_id,
                    order_id, vendor_order_id, original_id, issued_at, currency, total_minor, content, content_sha256, created_by
                FROM documents WHERE id = \(id)
                """
            #expect(await refused(skipping) == "documents_without_gaps")
            #expect(
                await refused("UPDATE document_series SET last_serial = last_serial + 1")
                    == "document_series_without_gaps")
            for table in ["documents", "document_lines", "document_files", "document_cancellations"] {
                #expect(await refused("DELETE FROM \(unescaped: table)") != nil)
            }
            #expect(await refused("UPDATE documents SET total_minor = 1") != nil)
        }
    }

    @Test("A vendor without a registration, and the types of documents, have series of their own")
    func series() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            let invoiced = try await desk.issue(try await desk.order([.init(price: 10_000)], under: registration))
            let note = try await desk.credit(invoiced.document.id)
            let billed = try await desk.issue(
                try await desk.order([.init(price: 10_000)], .none, under: registration, due: "bill_of_supply"))
            let plain = try await desk.issue(try await desk.order([.init(price: 10_000)], .none, due: "bill"))
            #expect(
                [invoiced, note, billed, plain].map(\.document.number)
                    == ["MH/2627/0000001", "MHC/2627/0000001", "MHB/2627/0000001", "MHP/2627/0000001"])
            let issuers = try await desk.market.client.queryValues(
                "SELECT DISTINCT issuer FROM documents ORDER BY issuer", as: String.self)
            #expect(issuers == ["registration:27ABCPE1234F1ZB", desk.vendor.id.description])
        }
    }

    @Test("Where the rule says so, each place that goods leave from has a series and letters of its own")
    func locations() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify(.bin, "0001234560101")
            try await desk.market.owner.execute("UPDATE document_rules SET by_location = true WHERE country = 'BD'")
            let second = ID<PickupLocation>(uuid: desk.ids.next())
            try await desk.market.owner.execute(
                """
                INSERT INTO pickup_locations (id, vendor_id, name, phone, address, registration_id, created_at)
                SELECT \(second), vendor_id, 'Shop', phone, address, registration_id, now() FROM pickup_locations
                """)
            func order() async throws -> ID<VendorOrder> {
                try await desk.order(
                    [.init(price: 115_000, rate: 150_000)], .vat, under: registration, due: "vat_challan", to: "BD-13")
            }
            let usual = try await desk.issue(try await order())
            #expect(usual.document.number == "L1/2627/0000001")
            let part = try await order()
            try await desk.market.owner.execute("UPDATE document_rules SET by_location = true WHERE country = 'BD'")
            let numbering = Numbering(issuer: Issuer(registration: "0001234560101"), prefix: "L2", location: second)
            let number = try await desk.refusal {
                try await desk.market.work { work in
                    let taken = try await DocumentSeriesStore().takeNumber(
                        of: DocumentSeries(
                            numbering, in: FinancialYear(of: CivilDate(daysSinceEpoch: 20_834), beginningIn: 7),
                            mark: "",
                            numberLength: 16), newID: desk.ids.next(), in: work)
                    throw Problem.conflict("taken", title: taken.number.text, detail: "")
                }
            }
            #expect(number?.title == "L2/2627/0000001")
            #expect(try await desk.issue(part).document.number == "L1/2627/0000002")
            let note = try await desk.credit(usual.document.id)
            #expect(note.document.number == "L1C/2627/0000001")
        }
    }
}

/// A small generator with a seed of its own.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
