import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Orders
import Postgres
import Registrations
import Testing
import Values
import Vendors

@testable import Inventory

@Suite("Files of licence keys")
struct KeyFileImportTests {
    /// Whose keys they are, and what reads them in.
    private struct Desk: Sendable {
        let market: Marketplace
        let variant: Variant
        let batch: LicenceKeyBatch

        init(in market: Marketplace, _ details: KeyBatchDetails = KeyBatchDetails(source: "Maker")) async throws {
            self.market = market
            variant = try await market.licence(keys: 0)
            batch = try await market.keyBatch(of: variant, details)
        }

        func start(
            _ bytes: [UInt8], as format: KeyFileFormat = .csv, isDryRun: Bool = false, part: Int = 61
        ) async throws -> KeyFileImport {
            let parts = stride(from: 0, to: bytes.count, by: part).map {
                Array(bytes[$0..<min($0 + part, bytes.count)])
            }
            return try await market.work {
                try await StartKeyFileImport(
                    vault: market.vault, audit: market.audit, ids: market.ids, clock: market.clock)(
                        parts, as: format, isDryRun: isDryRun, into: batch.id, by: .system, in: $0)
            }
        }

        var run: RunKeyFileImport {
            RunKeyFileImport(vault: market.vault, audit: market.audit, ids: market.ids, clock: market.clock)
        }

        func take(
            _ text: String, as format: KeyFileFormat = .csv, isDryRun: Bool = false
        ) async throws -> (one: KeyFileImport, rows: [KeyImportRow]) {
            let started = try await start(Array(text.utf8), as: format, isDryRun: isDryRun)
            try await run(.init(importID: started.id), in: market.queue)
            return try await report(started.id)
        }

        func report(_ id: ID<KeyFileImport>) async throws -> (one: KeyFileImport, rows: [KeyImportRow]) {
            let store = KeyFileImportStore()
            let one = try #require(try await store.find(id, visibleTo: .everything, in: market.client))
            return (one, try await store.rows(of: id, nil, page: PageRequest(limit: 100), in: market.client).items)
        }

        /// What the pool has, as it was given.
        func pool() async throws -> [String] {
            let order = try await market.place((variant, try await market.level(of: variant).onHand)).order
            #expect(try await market.pay(order.id).isPaid)
            try await market.deliver(order.id)
            return try await market.reveal(order.id).map { $0.key.reveal() }
        }
    }

    @Test("What becomes of each row of a table, as the report tells it")
    func table() async throws {
        try await Marketplace.open { market in
            let desk = try await Desk(in: market, KeyBatchDetails(source: "Maker", minimumDays: 30))
            let sibling = try await market.licence(
                keys: 0, sku: "SIBLING",
                vendor: VendorStore().vendor(desk.variant.vendor, visibleTo: .everything, in: market.client)!)
            let foreign = try await market.licence(keys: 0, sku: "FOREIGN")
            try await market.importKeys(["HERE-1"], into: sibling)
            try await market.importKeys(["THERE-1"], into: foreign)
            let soon = CivilDate(utc: market.clock.now.addingTimeInterval(20 * 86_400)).iso8601
            let later = CivilDate(utc: market.clock.now.addingTimeInterval(90 * 86_400)).iso8601
            let (one, rows) = try await desk.take(
                "\u{feff}Name,Key,Expires_On\r\n"
                    + "a,NEW-1,\r\n"
                    + "b, NEW-2 ,\(later)\r\n"
                    + "c,NEW-1,\r\n"
                    + "d,\u{200b}NEW-2,\r\n"
                    + "e,HERE-1,\r\n"
                    + "f,THERE-1,\r\n"
                    + "g,\"-----BEGIN-----\r\nabc, \"\"def\"\"\r\n-----END-----\",\r\n"
                    + "h,ENDS-SOON,\(soon)\r\n"
                    + "i,BAD-DAY,31/12/2027\r\n"
                    + "j,  ,\r\n"
                    + "k\r\n"
                    + "l,\(String(repeating: "x", count: 4_001)),\r\n"
                    + "m,LAST-1,")
            #expect(
                rows.map(\.outcome) == [
                    .imported, .imported, .repeated, .repeated, .known, .elsewhere, .imported, .expired, .refused,
                    .refused, .refused, .refused, .imported,
                ])
            #expect(rows.map(\.line) == [2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16])
            #expect(rows[2].repeatedLine == 2 && rows[3].repeatedLine == 3)
            #expect(rows.map(\.code).suffix(5) == ["expires_on", "too_short", "required", "too_long", nil])
            #expect(rows.filter { $0.outcome == .imported }.allSatisfy { $0.key != nil })
            #expect(one.state == .done && one.counts[.imported] == 4 && one.counts[.refused] == 4)
            #expect(one.counts.all == 13 && one.counts[.repeated] == 2)
            #expect(try await market.level(of: desk.variant).onHand == 4)
            #expect(
                try await desk.pool() == ["NEW-1", "NEW-2", "-----BEGIN-----\nabc, \"def\"\n-----END-----", "LAST-1"])
        }
    }

    @Test("Texts have a key on each line, or in each block of lines, whatever ends the lines")
    func texts() async throws {
        try await Marketplace.open { market in
            let desk = try await Desk(in: market)
            let (_, lines) = try await desk.take("\u{feff}L-1\r\n\r\n  \nL-2\rL-3\nL-1", as: .lines)
            #expect(lines.map(\.line) == [1, 4, 5, 6])
            #expect(lines.map(\.outcome) == [.imported, .imported, .imported, .repeated])
            let (_, blocks) = try await desk.take(
                "BEGIN\r\n one\r\nEND\r\n\r\n\r\nBEGIN\r\n two\r\nEND\r\n\r\nL-2\r\n", as: .blocks)
            #expect(blocks.map(\.line) == [1, 6, 10] && blocks.map(\.outcome) == [.imported, .imported, .known])
            #expect(
                try await desk.pool() == ["L-1", "L-2", "L-3", "BEGIN\n one\nEND", "BEGIN\n two\nEND"])
        }
    }

    @Test(
        "A file that can't be read says why, and what was read stays",
        arguments: [
            ("name,price\nx,1\n", KeyFileFormat.csv, "the first line must name a column key"),
            ("key\nA\n\"B\"x\n", .csv, "line 3 has a quote where none can stand"),
            ("key\nA\n" + String(repeating: "y", count: 40_000), .csv, "line 3 is too long"),
            ("A\n" + String(repeating: "y", count: 40_000), .lines, "line 2 is too long"),
        ])
    func faults(text: String, format: KeyFileFormat, problem: String) async throws {
        try await Marketplace.open(connections: 2) { market in
            let desk = try await Desk(in: market)
            let (one, _) = try await desk.take(text, as: format)
            #expect(one.state == .failed && one.problem == problem)
            let sealed = try await market.client.queryValue(
                "SELECT count(*) FROM licence_key_import_parts", as: Int64.self)
            #expect(sealed == 0)
        }
    }

    @Test("Bytes that are no UTF-8 are refused row by row, for nobody knows what they mean")
    func otherEncodings() async throws {
        try await Marketplace.open(connections: 2) { market in
            let desk = try await Desk(in: market)
            let started = try await desk.start(Array("GOOD\ncaf".utf8) + [0xE9] + Array("\nBETTER\n".utf8), as: .lines)
            try await desk.run(.init(importID: started.id), in: market.queue)
            let rows = try await desk.report(started.id).rows
            #expect(rows.map(\.outcome) == [.imported, .refused, .imported] && rows[1].code == "encoding")
        }
    }

    @Test("A dry run tells the same of each row and writes no key")
    func dryRun() async throws {
        try await Marketplace.open { market in
            let desk = try await Desk(in: market)
            try await market.importKeys(["HAVE"], into: desk.variant)
            let text = "key\nA\nB\nA\nHAVE\n\u{feff}B\n"
            let dry = try await desk.take(text, isDryRun: true)
            #expect(dry.rows.map(\.outcome) == [.imported, .imported, .repeated, .known, .repeated])
            #expect(dry.rows.allSatisfy { $0.key == nil } && dry.one.counts[.imported] == 2)
            #expect(try await market.level(of: desk.variant).onHand == 1)
            let real = try await desk.take(text)
            #expect(real.rows.map(\.outcome) == dry.rows.map(\.outcome))
            #expect(try await market.level(of: desk.variant).onHand == 3)
        }
    }

    @Test(
        "Whoever goes on after an interruption begins behind what was done, in dry runs as well",
        arguments: [false, true])
    func interruption(isDryRun: Bool) async throws {
        try await Marketplace.open { market in
            let desk = try await Desk(in: market)
            let keys = (0..<2_400).map { "K-\($0)" } + ["K-3", "K-2399"]
            let started = try await desk.start(
                Array(keys.joined(separator: "\n").utf8), as: .lines, isDryRun: isDryRun, part: 50_000)
            // The first transaction says that it runs, the second reads the file, two write keys, and the next one dies.
            await #expect(throws: InterruptedClaim.Interrupted.self) {
                try await desk.run(
                    .init(importID: started.id), in: InterruptedClaim(market: market, after: 4))
            }
            let half = try await desk.report(started.id).one
            #expect(half.state == .running && half.counts.all > 0 && half.counts.all < 2_402)
            try await desk.run(.init(importID: started.id), in: market.queue)
            let done = try await desk.report(started.id).one
            #expect(done.state == .done && done.counts[.imported] == 2_400 && done.counts[.repeated] == 2)
            #expect(try await market.level(of: desk.variant).onHand == (isDryRun ? 0 : 2_400))
        }
    }

    @Test("No key of a file stands in the database in the clear, before it is read or afterwards")
    func sealed() async throws {
        try await Marketplace.open(connections: 2) { market in
            let desk = try await Desk(in: market)
            let started = try await desk.start(Array("key\nPLAINTEXT-KEY\n".utf8), part: 1_000)
            let part = try await market.client.queryValue(
                "SELECT ciphertext FROM licence_key_import_parts", as: [UInt8].self)
            #expect(part?.contains(Array("PLAINTEXT-KEY".utf8)) == false)
            try await desk.run(.init(importID: started.id), in: market.queue)
            #expect(try await desk.report(started.id).one.counts[.imported] == 1)
            let left = try await market.client.queryValue(
                "SELECT count(*) FROM licence_key_import_parts", as: Int64.self)
            #expect(left == 0)
        }
    }

    @Test("An import can be stopped, and one whose job has died ends")
    func endings() async throws {
        try await Marketplace.open(connections: 2) { market in
            let desk = try await Desk(in: market)
            let stopped = try await desk.start(Array("key\nA\n".utf8))
            let start = StartKeyFileImport(
                vault: market.vault, audit: market.audit, ids: market.ids, clock: market.clock)
            for _ in 0..<2 { _ = try await market.work { try await start.cancel(stopped.id, by: .system, in: $0) } }
            try await desk.run(.init(importID: stopped.id), in: market.queue)
            #expect(try await desk.report(stopped.id).one.state == .cancelled)
            let done = try await desk.take("key\nB\n").one
            let refused = await #expect(throws: Problem.self) {
                try await market.work { try await start.cancel(done.id, by: .system, in: $0) }
            }
            #expect(refused?.type == "import-over")
        }
    }

    @Test("Two files with the same keys at once bring each key once, whosever pools they are for")
    func parallel() async throws {
        try await Marketplace.open { market in
            let desks = [try await Desk(in: market), try await Desk(in: market)]
            let keys = (0..<1_500).map { "K-\($0)" }
            let started = try await desks.asyncMap { desk in
                try await desk.start(Array(keys.shuffled().joined(separator: "\n").utf8), as: .lines, part: 100_000)
            }
            try await withThrowingTaskGroup { group in
                for (desk, one) in zip(desks, started) {
                    group.addTask { try await desk.run(.init(importID: one.id), in: market.queue) }
                }
                try await group.waitForAll()
            }
            var total: Int64 = 0
            for (desk, one) in zip(desks, started) {
                let counts = try await desk.report(one.id).one.counts
                #expect(counts[.imported] + counts[.elsewhere] == 1_500)
                #expect(try await market.level(of: desk.variant).onHand == counts[.imported])
                total += counts[.imported]
            }
            #expect(total == 1_500)
            #expect(try await market.deadlocks() == 0)
        }
    }
}

extension Array where Element: Sendable {
    fileprivate func asyncMap<Other>(_ transform: (Element) async throws -> Other) async rethrows -> [Other] {
        var results: [Other] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool { firstRange(of: part) != nil }
}

/// A claim whose process dies after some transactions.
struct InterruptedClaim: Claim {
    struct Interrupted: Error {}

    private actor Count {
        private var done = 0

        func next() -> Int {
            done += 1
            return done
        }
    }

    private let market: Marketplace
    private let limit: Int
    private let count = Count()

    init(market: Marketplace, after limit: Int) {
        self.market = market
        self.limit = limit
    }

    func withUnitOfWork<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        guard await count.next() <= limit else { throw Interrupted() }
        return try await market.queue.withUnitOfWork(body)
    }

    func hold() async throws {}

    func finish<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result { try await withUnitOfWork(body) }
}
