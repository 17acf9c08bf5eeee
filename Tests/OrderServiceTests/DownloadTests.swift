import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Media
import OrderService
import Orders
import Postgres
import Testing
import Vendors

@Suite("Files that are sold with variants")
struct DownloadTests {
    private let links = MediaLinks(keys: RootKeys(EncryptionKey()), publicURL: "https://shop.test")

    private func set(
        _ files: [VariantDownload], of variant: Variant, by principal: Principal = .system, in market: Marketplace
    ) async throws {
        _ = try await market.work {
            try await SetVariantDownloads(audit: market.audit)(files, of: variant.id, by: principal, in: $0)
        }
    }

    private func fetch(_ market: Marketplace) -> FetchDownloads {
        FetchDownloads(links: links, audit: market.audit, clock: market.clock)
    }

    private func link(
        _ file: ID<MediaFile>, of order: ID<Order>, in market: Marketplace
    ) async throws -> MediaLink {
        let buyer = Principal.holder(ofTokenOf: order.uuid)
        return try await market.work { try await fetch(market).link(to: file, of: order, by: buyer, in: $0) }
    }

    private func list(_ order: ID<Order>, in market: Marketplace) async throws -> [OrderDownload] {
        try await fetch(market).list(order, visibleTo: .order(order.uuid), in: market.client)
    }

    @Test("A paid order gets links that end, each counts, and there are no more than its vendor gives")
    func counting() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 1)
            let file = try await market.file(of: variant.vendor, for: .download)
            try await set([VariantDownload(media: file, title: "Installer", limit: 2)], of: variant, in: market)
            let order = try await market.place((variant, 1)).order.id
            #expect(try await list(order, in: market).isEmpty)
            let early = await #expect(throws: Problem.self) { try await link(file, of: order, in: market) }
            #expect(early?.type == "order-state")
            #expect(try await market.pay(order).isPaid)
            #expect(try await list(order, in: market).map(\.left) == [2])
            let first = try await link(file, of: order, in: market)
            let query = try #require(URLComponents(string: first.url.reveal())?.queryItems)
            let (expires, signature) = (query[0].value ?? "", query[1].value ?? "")
            let good = market.clock.now.addingTimeInterval(FetchDownloads.lifetime - 2)
            #expect(links.opens(file, expires: expires, signature: signature, at: good))
            #expect(!links.opens(file, expires: expires, signature: signature, at: good + 3))
            _ = try await link(file, of: order, in: market)
            let used = await #expect(throws: Problem.self) { try await link(file, of: order, in: market) }
            #expect(used?.type == "downloads-used-up")
            #expect(try await list(order, in: market).map(\.left) == [0])
            try await set([VariantDownload(media: file, title: "Installer", limit: 3)], of: variant, in: market)
            _ = try await link(file, of: order, in: market)
        }
    }

    @Test("Sixteen who ask at once for the last links get as many as there are")
    func parallel() async throws {
        try await Marketplace.open(connections: 16) { market in
            let variant = try await market.licence(keys: 1)
            let file = try await market.file(of: variant.vendor, for: .download)
            try await set([VariantDownload(media: file, title: "Installer", limit: 5)], of: variant, in: market)
            let order = try await market.place((variant, 1)).order.id
            #expect(try await market.pay(order).isPaid)
            let got = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        do {
                            _ = try await link(file, of: order, in: market)
                            return true
                        } catch let problem as Problem where problem.type == "downloads-used-up" {
                            return false
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(got == 5)
        }
    }

    @Test("Only what was bought, by whom it was, and for as long as it is paid")
    func reach() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 2)
            let other = try await market.licence(keys: 2, sku: "OTHER")
            let (file, foreign) = (
                try await market.file(of: variant.vendor, for: .download),
                try await market.file(of: other.vendor, for: .download)
            )
            try await set([VariantDownload(media: file, title: "Installer")], of: variant, in: market)
            try await set([VariantDownload(media: foreign, title: "Installer")], of: other, in: market)
            let order = try await market.place((variant, 1)).order.id
            #expect(try await market.pay(order).isPaid)
            let missing = await #expect(throws: Problem.self) { try await link(foreign, of: order, in: market) }
            #expect(missing?.status == 404)
            let stranger = Principal.holder(ofTokenOf: UUID())
            let unknown = await #expect(throws: Problem.self) {
                try await market.work { try await fetch(market).link(to: file, of: order, by: stranger, in: $0) }
            }
            #expect(unknown?.status == 404)
            try await market.owner.execute("UPDATE orders SET refunded_minor = captured_minor WHERE id = \(order)")
            #expect(try await list(order, in: market).isEmpty)
            let refunded = await #expect(throws: Problem.self) { try await link(file, of: order, in: market) }
            #expect(refunded?.type == "order-state")
        }
    }

    @Test("Files are the vendor's own, uploaded for this, each once; what is sold can't be deleted")
    func files() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 0)
            let file = try await market.file(of: variant.vendor, for: .download)
            let wrong = [
                try await market.file(of: nil, for: .download), try await market.file(of: variant.vendor, for: .import),
            ]
            for media in wrong {
                let problem = await #expect(throws: Problem.self) {
                    try await set([VariantDownload(media: media, title: "X")], of: variant, in: market)
                }
                #expect(problem?.fields.map(\.pointer) == ["/files"])
            }
            let problem = await #expect(throws: Problem.self) {
                try await set(
                    [VariantDownload(media: file, title: " ", limit: 0), VariantDownload(media: file, title: "X")],
                    of: variant, in: market)
            }
            #expect(problem?.fields.map(\.pointer) == ["/files/0/title", "/files/0/download_limit", "/files"])
            try await set([VariantDownload(media: file, title: "X")], of: variant, in: market)
            let delete = DeleteMedia(audit: market.audit, clock: market.clock)
            let used = await #expect(throws: Problem.self) {
                try await market.work { try await delete(file, by: .system, in: $0) }
            }
            #expect(used?.type == "media-in-use")
            try await set([], of: variant, in: market)
            try await market.work { try await delete(file, by: .system, in: $0) }
        }
    }
}
