import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Media
import NIOCore
import Postgres
import Testing
import Vendors

@testable import CatalogTransfer

@Suite("Exporting products")
struct ExportTests {
    @Test(
        "What an import brought in goes out with its own columns, and comes in again unchanged",
        arguments: ["shopify.csv", "woocommerce.csv"])
    func roundTrip(fixture: String) async throws {
        try await Depot.open { depot in
            let one = try await depot.take(Depot.fixture(fixture))
            let (export, file) = try await depot.export()
            #expect(export.state == .done && export.products == one.counts.created)
            let again = try await depot.take(file)
            #expect(again.state == .done && again.layout == .haat, "\(again.problem ?? "")")
            let marks = try await depot.report(again).mapValues(\.marks)
            #expect(again.counts.unchanged == one.counts.created, "\(marks)")
            #expect(again.counts.all == again.counts.unchanged)
            #expect(try await depot.export().1 == file)
        }
    }

    @Test("Texts that a spreadsheet would run, quotes and line ends come back as they were")
    func texts() async throws {
        try await Depot.open { depot in
            let product = try await depot.market.product(
                of: depot.vendor, title: "=HYPERLINK(\"x\"), \"quoted\"",
                NewVariant(
                    title: "+1", sku: "-5", kind: .physical, price: Money(minorUnits: 5, currency: .bdt), weightGrams: 1
                ))
            let (_, file) = try await depot.export()
            #expect(String(decoding: file, as: UTF8.self).contains("\"'=HYPERLINK("))
            let again = try await depot.take(file)
            #expect(again.counts.unchanged == 1)
            let read = try await ProductStore().product(product.id, visibleTo: .everything, in: depot.market.client)
            #expect(read == product)
        }
    }
}

extension Depot {
    /// A new export and its file.
    func export() async throws -> (ProductExport, [UInt8]) {
        let asked = try await market.work { work in
            try await ManageExports(audit: market.audit, ids: market.ids, clock: market.clock).create(
                of: vendor.id, by: .system, in: work)
        }
        try await RunProductExport(upload: upload, links: links, clock: market.clock)(
            RunProductExport.Job(exportID: asked.id), in: market.queue)
        let done = try #require(
            try await ProductExportStore().find(asked.id, visibleTo: .everything, in: market.client))
        var file: [UInt8] = []
        if let media = done.media { try await directory.read(media) { file += $0.readableBytesView } }
        return (done, file)
    }
}
