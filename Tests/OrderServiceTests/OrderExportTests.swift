import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Logging
import Media
import NIOCore
import Orders
import Postgres
import Testing
import Values
import Vendors

@testable import OrderService

@Suite("Exporting orders") struct OrderExportTests {
    @Test("The marketplace's file has every line with its customer, and its totals add up to what the orders come to")
    func whole() async throws {
        try await Archive.open { archive in
            let market = archive.market
            let (rahim, karim) = (try await market.vendor(), try await market.vendor(named: "Karim Foods"))
            let book = try await market.goods(units: 10, vendor: rahim)
            let jam = try await market.goods(units: 10, price: 12_345, sku: "=JAM", vendor: karim)
            let first = try await market.place((book, 2), (jam, 1)).order
            let second = try await market.place((jam, 3)).order
            let (export, rows) = try await archive.export(OrderFilter())
            #expect(export.state == .done && export.orders == 2 && export.expiresAt != nil)
            #expect(rows.map { $0["order_number"] } == [first.number, first.number, second.number])
            #expect(rows.map { $0["sku"] } == ["BOOK-1", "'=JAM", "'=JAM"])
            #expect(rows.map { $0["unit_price"] } == ["500.00", "123.45", "123.45"])
            #expect(rows.allSatisfy { $0["email"] == "buyer@example.com" && $0["recipient"] == "Karim Uddin" })
            let totals = rows.compactMap { $0["order_total"] }.filter { !$0.isEmpty }
            #expect(totals == [first, second].map { "\($0.total.minorUnits / 100).\($0.total.minorUnits % 100)" })
            let parts = rows.compactMap { row in row["vendor_order_total"].flatMap { Double($0) } }
            #expect(parts.count == 3)
        }
    }

    @Test("A vendor's file has their own lines alone, and nobody's name")
    func ofVendor() async throws {
        try await Archive.open { archive in
            let market = archive.market
            let (rahim, karim) = (try await market.vendor(), try await market.vendor(named: "Karim Foods"))
            let book = try await market.goods(units: 10, vendor: rahim)
            let jam = try await market.goods(units: 10, sku: "JAM", vendor: karim)
            _ = try await market.place((book, 2), (jam, 1))
            _ = try await market.place((jam, 3))
            let owner = Principal(
                .vendorMember(market.ids.next()), permissions: Role.vendorOwner.permissions,
                visibility: .vendor(rahim.id.uuid))
            let (export, rows) = try await archive.export(OrderFilter(vendor: rahim.id), by: owner)
            #expect(export.orders == 1 && rows.map { $0["sku"] } == ["BOOK-1"])
            let columns = Set(rows.first?.keys.map { $0 } ?? [])
            #expect(columns.isDisjoint(with: ["email", "customer_name", "phone", "recipient", "line1", "order_total"]))
            #expect(rows.first?["city"] == "Dhaka")
            for filter in [OrderFilter(), OrderFilter(vendor: karim.id)] {
                await #expect(throws: Problem.unknownVendor) { _ = try await archive.export(filter, by: owner) }
            }
            let store = OrderExportStore()
            let whole = try await archive.export(OrderFilter()).0
            #expect(try await store.find(whole.id, visibleTo: owner.visibility, in: market.client) == nil)
            let page = try await store.list(
                page: PageRequest(limit: 10, cursor: nil), visibleTo: owner.visibility, in: market.client)
            #expect(page.items.map(\.id) == [export.id])
        }
    }

    @Test("More orders than are read at once are all there, once, and filters hold")
    func many() async throws {
        try await Archive.open { archive in
            let market = archive.market
            let book = try await market.goods(units: 1_000)
            for _ in 0..<205 { _ = try await market.place((book, 1)) }
            let (export, rows) = try await archive.export(OrderFilter(status: .pendingPayment))
            #expect(export.orders == 205 && Set(rows.compactMap { $0["order_number"] }).count == 205)
            let none = try await archive.export(
                OrderFilter(placed: OrderFilter.TimeSpan(before: market.clock.now - 86_400)))
            #expect(none.0.state == .done && none.0.orders == 0 && none.1.isEmpty)
        }
    }

    @Test("A file goes when its time is over or somebody is forgotten, and a link opens it until then")
    func end() async throws {
        try await Archive.open { archive in
            let market = archive.market
            _ = try await market.place((try await market.goods(units: 1), 1))
            let kept = try await archive.export(OrderFilter()).0
            let link = try await market.work { work in
                try await archive.request.link(to: kept.id, lasting: 60, by: .system, in: work)
            }
            #expect(link.expiresAt > market.clock.now)
            try await market.work { try await archive.run.remove(RunOrderExport.Removal(exportID: kept.id), in: $0) }
            try await market.work { try await archive.run.remove(RunOrderExport.Removal(exportID: kept.id), in: $0) }
            #expect(try await archive.find(kept.id).state == .ended)
            await #expect(throws: Problem.orderExportUnavailable) {
                try await market.work { work in
                    _ = try await archive.request.link(to: kept.id, lasting: 60, by: .system, in: work)
                }
            }
            let other = try await archive.export(OrderFilter()).0
            let keeper = OrderExportPersonalData(delete: archive.delete)
            try await market.work { work in
                try await keeper.forget(archive.subject, at: market.clock.now, in: work)
            }
            #expect(try await archive.find(other.id).state == .ended)
        }
    }
}

/// A marketplace with a folder for its files.
private struct Archive: Sendable {
    let market: Marketplace
    let path: String

    var directory: MediaDirectory {
        MediaDirectory(path: path, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
    var delete: DeleteMedia { DeleteMedia(audit: market.audit, clock: market.clock) }
    var run: RunOrderExport {
        RunOrderExport(
            upload: UploadMedia(
                directory: directory, quota: MediaQuota(vendor: 1 << 30, applicant: 1 << 30), audit: market.audit,
                ids: market.ids, clock: market.clock),
            delete: delete, clock: market.clock)
    }
    var request: RequestOrderExport {
        RequestOrderExport(
            links: MediaLinks(keys: RootKeys(market.encryptionKey), publicURL: "https://shop.example"),
            audit: market.audit, ids: market.ids, clock: market.clock)
    }
    var subject: DataSubject {
        DataSubject(
            Account(
                id: ID(uuid: market.ids.next()), email: nil, phone: nil, locale: .english, createdAt: market.clock.now))
    }

    static func open(_ body: @Sendable (Archive) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "haat-archive-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await Marketplace.open { market in
            let archive = Archive(market: market, path: path)
            try archive.directory.prepare()
            try await body(archive)
        }
    }

    func find(_ id: ID<OrderExport>) async throws -> OrderExport {
        try #require(try await OrderExportStore().find(id, visibleTo: .everything, in: market.client))
    }

    /// A new export, and the records of its file by the names of their columns.
    func export(
        _ filter: OrderFilter, by principal: Principal = .system
    ) async throws -> (OrderExport, [[String: String]]) {
        let asked = try await market.work { try await request.create(filter, by: principal, in: $0) }
        try await run(RunOrderExport.Job(exportID: asked.id), in: market.queue)
        let done = try await find(asked.id)
        let media = try #require(done.media)
        var bytes: [UInt8] = []
        try await directory.read(media) { bytes += $0.readableBytesView }
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let head = lines.removeFirst()
        return (done, lines.map { Dictionary(uniqueKeysWithValues: zip(head, $0)) })
    }
}
