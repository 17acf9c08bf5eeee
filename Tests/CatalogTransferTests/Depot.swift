import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Logging
import NIOCore
import Postgres
import Testing
import Values
import Vendors

@testable import CatalogTransfer
@testable import Media

/// A marketplace with a vendor and a media directory, where files are taken in and written.
struct Depot: Sendable {
    let market: Marketplace
    let vendor: Vendor
    let path: String

    private var logger: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
    var directory: MediaDirectory { MediaDirectory(path: path, logger: logger) }
    var upload: UploadMedia {
        UploadMedia(
            directory: directory, quota: MediaQuota(vendor: 1 << 30, applicant: 1 << 30), audit: market.audit,
            ids: market.ids, clock: market.clock)
    }
    var links: MediaLinks { MediaLinks(keys: RootKeys(market.encryptionKey), publicURL: "https://shop.example") }
    var manage: ManageImports { ManageImports(audit: market.audit, ids: market.ids, clock: market.clock) }
    var runner: RunProductImport {
        RunProductImport(directory: directory, audit: market.audit, ids: market.ids, clock: market.clock)
    }

    static func open(_ body: @Sendable (Depot) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "haat-depot-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await Marketplace.open { market in
            let depot = Depot(market: market, vendor: try await market.vendor(), path: path)
            try depot.directory.prepare()
            try await body(depot)
        }
    }

    static func fixture(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        return try Array(Data(contentsOf: folder.appending(path: name)))
    }

    /// Uploads a file and asks for its import.
    func ask(
        _ file: [UInt8], as layout: ImportLayout? = nil, dryRun: Bool = false, by principal: Principal = .system
    ) async throws -> ProductImport {
        let pieces = AsyncStream<ByteBuffer> { continuation in
            // In pieces that end anywhere.
            for start in stride(from: 0, to: file.count, by: 7_001) {
                continuation.yield(ByteBuffer(bytes: file[start..<min(start + 7_001, file.count)]))
            }
            continuation.finish()
        }
        let staged = try await upload.stage(
            NewMedia(
                vendor: vendor.id.uuid, purpose: .import, visibility: .private, contentType: .csv, fileName: nil),
            pieces, by: .system)
        let media = try await market.work { try await upload(staged, by: .system, in: $0) }
        await staged.place()
        return try await market.work {
            try await manage.create(
                NewProductImport(
                    vendor: vendor.id, media: media.id, layout: layout, currency: .bdt, isDryRun: dryRun),
                by: principal, in: $0)
        }
    }

    /// The same, to its end.
    @discardableResult
    func take(
        _ file: [UInt8], as layout: ImportLayout? = nil, dryRun: Bool = false, by principal: Principal = .system
    ) async throws -> ProductImport {
        let asked = try await ask(file, as: layout, dryRun: dryRun, by: principal)
        try await runner(RunProductImport.Job(importID: asked.id), in: market.queue)
        return try await read(asked.id)
    }

    func take(_ text: String, dryRun: Bool = false, by principal: Principal = .system) async throws -> ProductImport {
        try await take(Array(text.utf8), dryRun: dryRun, by: principal)
    }

    func read(_ id: ID<ProductImport>) async throws -> ProductImport {
        try #require(try await ProductImportStore().find(id, visibleTo: .everything, in: market.client))
    }

    /// Its report by the keys of the file.
    func report(_ one: ProductImport) async throws -> [String: ImportRow] {
        let page = try await ProductImportStore().rows(
            of: one.id, nil, page: PageRequest(limit: 100), in: market.client)
        return Dictionary(page.items.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func product(_ row: ImportRow?) async throws -> Product {
        let id = try #require(row?.product)
        return try #require(try await ProductStore().product(id, visibleTo: .everything, in: market.client))
    }

    func extraFields(of product: Product) async throws -> [ID<Variant>?: ExtraFields] {
        let time = market.clock.now
        let entries = try await CatalogueEntries().entries([product.id], of: vendor.id, at: time, in: market.client)
        return entries[product.id]?.extraFields ?? [:]
    }

    func count(_ table: String) async throws -> Int {
        try await market.client.queryValue("SELECT count(*) FROM \(unescaped: table)", as: Int.self) ?? -1
    }

    /// A file of our own layout with `count` products.
    static func table(_ count: Int, from first: Int = 0, price: Int = 100) -> [UInt8] {
        var writer = CSVWriter()
        let columns = [
            "handle", "title", "description", "brand", "sku", "weight_grams", "currency", "price", "gst_code",
        ]
        for column in columns { writer.write(column) }
        writer.endRecord()
        for number in first..<first + count {
            let fields = [
                "thing-\(number)", "Thing number \(number)", "What is told of thing number \(number), in some words.",
                "Lekha", "T-\(number)", "\(100 + number % 900)", "BDT", "\(price + number % 500).50", "G\(number % 7)",
            ]
            for field in fields { writer.write(field) }
            writer.endRecord()
        }
        return writer.bytes
    }
}

extension ImportRow {
    /// Where and what its notes are.
    var marks: [String] { notes.map { "\($0.line) \($0.place) \($0.code)" } }
}
