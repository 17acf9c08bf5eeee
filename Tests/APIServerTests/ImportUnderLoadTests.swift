import Catalog
import CatalogTransfer
import Core
import Foundation
import HTTPTypes
import Media
import Payments
import Platform
import Postgres
import Synchronization
import Testing

@testable import APIServer

@Suite("Imports while others buy")
struct ImportUnderLoadTests {
    @Test(
        "Pages of the catalogue are answered soon while a file comes in",
        .enabled(if: ProcessInfo.processInfo.environment["HAAT_IMPORT_PRODUCTS"] != nil), .timeLimit(.minutes(10)))
    func answers() async throws {
        let products = try #require(ProcessInfo.processInfo.environment["HAAT_IMPORT_PRODUCTS"].flatMap(Int.init))
        try await LiveAPI.run(isLimited: false) { api in
            let (product, _) = try await api.offer(kind: "licence_key")
            // A catalogue that the server knows: what autovacuum sees to elsewhere.
            try await take(products / 4, in: api)
            try await api.owner.execute("ANALYZE")
            let calm = try await times(of: product, in: api) { try await Task.sleep(for: .seconds(5)) }
            let busy = try await times(of: product, in: api) { try await take(products, in: api) }
            print("without an import \(calm), with one of \(products) products \(busy)")
        }
    }

    /// How long answers take while `body` runs, in milliseconds.
    private func times(
        of product: String, in api: LiveAPI, _ body: @Sendable () async throws -> Void
    ) async throws -> String {
        let start = ContinuousClock.now
        let isOver = Mutex(false)
        async let asked: [(path: String, time: Double)] = {
            var times: [(String, Double)] = []
            while !isOver.withLock({ $0 }) {
                for path in ["/products?limit=20", "/products/\(product)"] {
                    let began = ContinuousClock.now
                    let reply = try await api.call(.get, path, token: nil)
                    #expect(reply.status == 200)
                    times.append((path, (ContinuousClock.now - began) / .milliseconds(1)))
                }
                try await Task.sleep(for: .milliseconds(10))
            }
            return times
        }()
        try await body()
        isOver.withLock { $0 = true }
        let all = try await asked
        let times = all.map(\.time).sorted()
        let worst = all.max { $0.time < $1.time }
        func quantile(_ share: Double) -> Int { Int(times[min(times.count - 1, Int(Double(times.count) * share))]) }
        let took = ContinuousClock.now - start
        return
            "p50 \(quantile(0.5)) ms, p99 \(quantile(0.99)) ms of \(times.count) answers in \(took), worst \(worst?.path ?? "") \(Int(worst?.time ?? 0)) ms"
    }

    private func take(_ products: Int, in api: LiveAPI) async throws {
        let vendor = try await api.createVendor()
        var table = "handle,title,sku,weight_grams,currency,price,status\n"
        for number in 0..<products { table += "t-\(number),Thing number \(number),T-\(number),100,BDT,10,active\n" }
        let file = try await api.upload("/media?purpose=import&vendor_id=\(vendor)", Array(table.utf8), as: "text/csv")
        let body: JSONValue = [
            "vendor_id": .string(vendor), "media_id": try file.json["id"] ?? .null, "currency": "BDT",
        ]
        let id = try #require(ID<ProductImport>(try await api.make("/product_imports", body)))
        let transfer = TransferServices(
            on: api.platform, media: MediaServices(on: api.platform), acceptance: AnyPrice())
        try await transfer.runImport(RunProductImport.Job(importID: id), in: api.platform.queue)
        let done = try await api.call(.get, "/product_imports/\(id)").json
        #expect(done["state"] == "done" && done["created"] == .integer(Int64(products)))
    }
}
