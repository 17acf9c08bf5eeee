import CommerceTestSupport
import Core
import Customers
import Foundation
import Identity
import Jobs
import Logging
import Media
import NIOCore
import Postgres
import Testing

@Suite("Customers who come in as tables")
struct CustomerImportTests {
    private struct Gate: Sendable {
        let patrons: Patrons
        let directory: MediaDirectory

        var market: Marketplace { patrons.market }
        var delete: DeleteMedia { DeleteMedia(audit: market.audit, clock: market.clock) }
        var manage: ManageCustomerImports {
            ManageCustomerImports(delete: delete, audit: market.audit, ids: market.ids, clock: market.clock)
        }
        var run: RunCustomerImport {
            RunCustomerImport(
                directory: directory, delete: delete, audit: market.audit, ids: market.ids, clock: market.clock)
        }

        func upload(_ text: String) async throws -> ID<MediaFile> {
            let upload = UploadMedia(
                directory: directory, quota: MediaQuota(vendor: 0, applicant: 0), audit: market.audit, ids: market.ids,
                clock: market.clock)
            let pieces = AsyncStream<ByteBuffer> { continuation in
                let bytes = Array(text.utf8)
                for start in stride(from: 0, to: bytes.count, by: 1_003) {
                    continuation.yield(ByteBuffer(bytes: bytes[start..<min(start + 1_003, bytes.count)]))
                }
                continuation.finish()
            }
            let staged = try await upload.stage(
                NewMedia(vendor: nil, purpose: .import, visibility: .private, contentType: .csv, fileName: nil),
                pieces, by: .system)
            let media = try await market.work { try await upload(staged, by: .system, in: $0) }
            await staged.place()
            return media.id
        }

        func ask(_ text: String, dryRun: Bool = false) async throws -> CustomerImport {
            let media = try await upload(text)
            return try await market.work {
                try await manage.create(
                    NewCustomerImport(
                        media: media, isDryRun: dryRun, phoneCountry: .bangladesh, locale: LanguageTag("bn-BD")!),
                    by: .system, in: $0)
            }
        }

        func take(_ text: String, dryRun: Bool = false) async throws -> CustomerImport {
            let asked = try await ask(text, dryRun: dryRun)
            try await run(RunCustomerImport.Job(importID: asked.id), in: market.queue)
            return try #require(try await CustomerImportStore().find(asked.id, in: market.client))
        }

        /// "line outcome column code …" of each row.
        func report(_ one: CustomerImport) async throws -> [String] {
            let page = try await CustomerImportStore().rows(
                of: one.id, nil, page: PageRequest(limit: 100), in: market.client)
            return page.items.map { row in
                (["\(row.line) \(row.outcome.rawValue)"] + row.notes.map { "\($0.column) \($0.code)" })
                    .joined(separator: ", ")
            }
        }

        func accounts() async throws -> Int {
            try await market.client.queryValue("SELECT count(*) FROM accounts", as: Int.self) ?? -1
        }
    }

    private func open(_ body: @Sendable (Gate) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "haat-gate-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await Patrons.open { patrons in
            let directory = MediaDirectory(path: path, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try directory.prepare()
            try await body(Gate(patrons: patrons, directory: directory))
        }
    }

    private static let table = """
        E-mail,Mobile,Full Name,latin_name,locale,marketing_email_consent_at,analytics_consent_at,consent_source,Loyalty
        Karim@Example.com,০১৭১২-৩৪৫৬৭৮,করিম উদ্দিন,Karim Uddin,,2026-01-31,,Newsletter form,gold
        karim@example.COM,,Another Karim,,en,,,,
        ,'+8801812345678,,,hi-IN,,2026-02-01T10:00:00Z,,
        nobody@,12,Nobody,,,,,,
        rahim@example.com,1,Rahim,,nonsense language,2999-01-01,,Form,
        known@example.com,,,,,,,,

        """

    @Test("Addresses and numbers are normalised, duplicates told, and consent taken with its date and source alone")
    func whole() async throws {
        try await open { gate in
            _ = try await gate.patrons.customer("KNOWN@example.com")
            let one = try await gate.take(Self.table)
            #expect(one.state == .done && one.counts == CustomerImportCounts(created: 3, duplicate: 2, refused: 1))
            #expect(
                try await gate.report(one) == [
                    "2 created", "3 duplicate,  repeated", "4 created, analytics_consent_at no_source",
                    "5 refused, E-mail format, Mobile format,  unreachable",
                    "6 created, Mobile format, locale format, marketing_email_consent_at format",
                    "7 duplicate, email known",
                ])
            let found = try await AccountStore().accounts(
                matching: AccountQuery(typed: "01712 345 678"), page: PageRequest(), in: gate.market.client)
            let karim = try #require(found.items.first)
            #expect(karim.email?.rawValue == "Karim@Example.com" && karim.name == "করিম উদ্দিন" && !karim.hasPassword)
            #expect(karim.locale.text == "bn-BD")
            let state = try await ConsentStore().state(of: karim.id, on: .marketingEmail, in: gate.market.client)
            #expect(state.isGiven && state.decision?.source == .import && state.decision?.note == "Newsletter form")
            #expect(state.decision?.decidedAt == Date(timeIntervalSince1970: 1_769_817_600))
            let given = try await gate.market.client.queryValue("SELECT count(*) FROM consents", as: Int.self)
            #expect(given == 1)
            #expect(try await gate.market.told("account.created").count == 3)
            // The file tells of people: it goes.
            let kept = try await gate.market.owner.queryValue(
                "SELECT count(*) FROM media WHERE deleted_at IS NULL", as: Int.self)
            #expect(kept == 0)
            let reports = try await gate.market.owner.queryValues(
                "SELECT problems::text FROM customer_import_rows", as: String.self)
            let named = ["karim", "rahim", "nobody@", "known@"]
            #expect(!reports.contains { named.contains(where: $0.lowercased().contains) })
        }
    }

    @Test("A dry run writes nothing but the report, and leaves the file to be taken in")
    func dryRun() async throws {
        try await open { gate in
            let one = try await gate.take(Self.table, dryRun: true)
            #expect(one.counts == CustomerImportCounts(created: 4, duplicate: 1, refused: 1))
            #expect(try await gate.accounts() == 0)
            let again = try await gate.market.work {
                try await gate.manage.create(
                    NewCustomerImport(media: one.media, isDryRun: false, phoneCountry: .bangladesh, locale: .english),
                    by: .system, in: $0)
            }
            try await gate.run(RunCustomerImport.Job(importID: again.id), in: gate.market.queue)
            #expect(try await gate.accounts() == 4)
        }
    }

    @Test("An interrupted import goes on behind what it has written")
    func resumed() async throws {
        try await open { gate in
            let rows = (0..<600).map { "p\($0)@example.com,\($0 == 599 ? "p3@example.com" : "")" }
            let text = "email,other\n" + rows.joined(separator: "\n")
            let asked = try await gate.ask(text)
            // The commit of the second batch is lost.
            try await gate.market.owner.execute(
                "INSERT INTO accounts (id, email, locale, created_at, updated_at) VALUES (gen_random_uuid(), 'x@y.example', 'en', now(), now())"
            )
            let stopping = StoppingQueue(queue: gate.market.queue, commits: 2)
            await #expect(throws: StoppingQueue.Stopped.self) {
                try await gate.run(RunCustomerImport.Job(importID: asked.id), in: stopping)
            }
            let halfway = try #require(try await CustomerImportStore().find(asked.id, in: gate.market.client))
            #expect(halfway.state == .running && halfway.counts.all == Int64(RunCustomerImport.batch))
            try await gate.run(RunCustomerImport.Job(importID: asked.id), in: gate.market.queue)
            let done = try #require(try await CustomerImportStore().find(asked.id, in: gate.market.client))
            #expect(done.state == .done && done.counts == CustomerImportCounts(created: 600))
            #expect(try await gate.accounts() == 601)
        }
    }

    @Test(
        "What is no table of people fails with the reason; a cancelled import stops",
        arguments: [
            ("name\nKarim\n", "the first line has neither a column email nor a column phone"),
            ("email,E-mail\na,b\n", "the first line has two columns for the same thing"),
            ("email\n\"karim\n", "line 2 has a quote that is not closed, or text behind a closed one"),
        ])
    func refused(text: String, reason: String) async throws {
        try await open { gate in
            let one = try await gate.take(text)
            #expect(one.state == .failed && one.problem == reason)
            let asked = try await gate.ask(Self.table)
            for _ in 0..<2 {
                _ = try await gate.market.work { try await gate.manage.cancel(asked.id, by: .system, in: $0) }
            }
            try await gate.run(RunCustomerImport.Job(importID: asked.id), in: gate.market.queue)
            #expect(try await gate.accounts() == 0)
            let over = try await gate.patrons.refusal {
                _ = try await gate.market.work { try await gate.manage.cancel(one.id, by: .system, in: $0) }
            }
            #expect(over?.type == "import-over")
        }
    }
}

/// A claim that is lost after some commits.
private actor StoppingQueue: Claim {
    struct Stopped: Error {}

    private let queue: JobQueue
    private var commits: Int

    init(queue: JobQueue, commits: Int) {
        self.queue = queue
        self.commits = commits
    }

    func withUnitOfWork<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        guard commits > 0 else { throw Stopped() }
        commits -= 1
        return try await queue.withUnitOfWork(body)
    }

    func finish<Result: Sendable>(_ body: @Sendable (UnitOfWork) async throws -> Result) async throws -> Result {
        try await withUnitOfWork(body)
    }

    func hold() async throws {}
}
