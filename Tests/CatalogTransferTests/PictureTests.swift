import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Media
import Postgres
import Testing

@testable import CatalogTransfer

@Suite("Pictures that files name")
struct PictureTests {
    private static let file = """
        handle,title,sku,option1_name,option1_value,weight_grams,currency,price,image_url,image_alt,image_sku
        a,A,A-1,Size,S,1,BDT,1,https://a.example/one.gif,The first,
        a,,A-2,,L,1,BDT,1,https://a.example/two.gif,The second,A-2
        a,,,,,,,,https://a.example/same-as-one.gif,Again,
        a,,,,,,,,https://a.example/gone.gif,Gone,
        """

    @Test("Pictures are fetched once, shown in their order with their words, and what fails is told of")
    func fetching() async throws {
        try await Depot.open { depot in
            let source = ScriptedPictures([
                "https://a.example/one.gif": .success(Array("GIF89a-the-first-one".utf8)),
                "https://a.example/two.gif": .success(Array("GIF89a-the-second-one".utf8)),
                "https://a.example/same-as-one.gif": .success(Array("GIF89a-the-first-one".utf8)),
                "https://a.example/gone.gif": .failure(PictureFailure("the answer was 404")),
            ])
            let one = try await depot.take(Self.file)
            let product = try await depot.product(try await depot.report(one)["a"])
            #expect(try await depot.market.jobKinds().contains(FetchProductPictures.Job.kind))
            let job = FetchProductPictures.Job(importID: one.id, productID: product.id)
            try await depot.fetch(from: source)(job, in: depot.market.queue)
            let shown = try await ProductMediaStore().media(of: product.id, in: depot.market.client)
            #expect(shown.map(\.altText) == ["The first", "The second"])
            #expect(shown.map(\.variant) == [nil, product.variants[1].id])
            #expect(try await depot.count("media WHERE purpose = 'product_image' AND is_public") == 2)
            let row = try await depot.report(one)["a"]
            #expect(row?.marks == ["5 picture picture"])
            #expect(row?.notes.first?.message.contains("404") == true)
            // Again nothing is fetched that was there; what failed is tried again.
            let again = try await depot.take(Self.file)
            #expect(again.counts.unchanged == 1)
            let asked = await source.asked.count
            try await depot.fetch(from: source)(
                FetchProductPictures.Job(importID: again.id, productID: product.id), in: depot.market.queue)
            #expect(await source.asked.dropFirst(asked) == ["https://a.example/gone.gif"])
            #expect(try await ProductMediaStore().media(of: product.id, in: depot.market.client) == shown)
        }
    }

    @Test("A host that does not answer is asked again later, and at last no more")
    func temporary() async throws {
        try await Depot.open { depot in
            let source = ScriptedPictures([:])
            let one = try await depot.take(
                "handle,title,sku,weight_grams,currency,price,image_url\na,A,A,1,BDT,1,https://slow.example/x.png\n")
            let product = try await depot.product(try await depot.report(one)["a"])
            let job = FetchProductPictures.Job(importID: one.id, productID: product.id)
            for _ in 1..<FetchProductPictures.maximumAttempts {
                await #expect(throws: RetryLater.self) {
                    try await depot.fetch(from: source)(job, in: depot.market.queue)
                }
            }
            try await depot.fetch(from: source)(job, in: depot.market.queue)
            #expect(try await depot.report(one)["a"]?.marks == ["2 picture picture"])
        }
    }
}

extension Depot {
    func fetch(from source: ScriptedPictures) -> FetchProductPictures {
        FetchProductPictures(source: source, upload: upload, links: links, audit: market.audit, clock: market.clock)
    }
}

/// Gives what was written down; all other addresses do not answer.
actor ScriptedPictures: PictureSource {
    private let answers: [String: Result<[UInt8], PictureFailure>]
    private(set) var asked: [String] = []

    init(_ answers: [String: Result<[UInt8], PictureFailure>]) { self.answers = answers }

    func picture(at url: String) async throws -> FetchedPicture {
        asked.append(url)
        guard let answer = answers[url] else { throw PictureFailure("the host does not answer", isTemporary: true) }
        return FetchedPicture(bytes: try answer.get(), type: .gif)
    }
}
