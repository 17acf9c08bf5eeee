import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Logging
import NIOCore
import Postgres
import Testing
import Vendors

@testable import Media
@testable import Pictures

@Suite("Smaller pictures")
struct VariantTests {
    private static func fixture(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        return try Array(Data(contentsOf: folder.appending(path: name)))
    }

    /// A marketplace with a media directory of its own.
    private struct Studio: Sendable {
        let market: Marketplace
        let path: String
        let scaler: VipsScaler
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

        var directory: MediaDirectory { MediaDirectory(path: path, logger: logger) }

        static func open(_ body: @Sendable (Studio) async throws -> Void) async throws {
            let path = FileManager.default.temporaryDirectory.appending(path: "haat-studio-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: path) }
            try await Marketplace.open { market in
                let studio = Studio(market: market, path: path, scaler: try VipsScaler())
                try studio.directory.prepare()
                try await body(studio)
            }
        }

        func upload(
            _ bytes: [UInt8], as type: MediaType, visibility: MediaVisibility = .public
        ) async throws -> MediaFile {
            let upload = UploadMedia(
                directory: directory, quota: MediaQuota(vendor: 1 << 20, applicant: 1 << 20), audit: market.audit,
                ids: market.ids, clock: market.clock)
            let pieces = AsyncStream<ByteBuffer> { stream in
                stream.yield(ByteBuffer(bytes: bytes))
                stream.finish()
            }
            let vendor = try await market.vendor()
            let staged = try await upload.stage(
                NewMedia(
                    vendor: vendor.id.uuid, purpose: .productImage, visibility: visibility, contentType: type,
                    fileName: nil), pieces, by: .system)
            let media = try await market.work { try await upload(staged, by: .system, in: $0) }
            await staged.place()
            return media
        }

        func make(_ media: MediaFile) async throws {
            let make = MakeMediaVariants(directory: directory, scaler: scaler, ids: market.ids, clock: market.clock)
            try await make(MakeMediaVariants.Job(mediaID: media.id), in: market.queue, logger: logger)
        }

        func variants(of media: MediaFile) async throws -> [MediaVariant] {
            try await MediaStore().variants(of: [media.id], in: market.client)[media.id] ?? []
        }

        func files() throws -> Int {
            try FileManager.default.subpathsOfDirectory(atPath: path).count { $0.contains("med_") }
        }
    }

    @Test("A photograph is turned upright, and where it was taken is told nowhere")
    func upright() async throws {
        let bytes = try Self.fixture("turned.jpg")
        // The camera’s name, and 23° 48′ as the file has it.
        let notes = [Data("HaatCam".utf8), Data([23, 0, 0, 0, 1, 0, 0, 0, 48, 0, 0, 0, 1, 0, 0, 0])]
        #expect(notes.allSatisfy { Data(bytes).range(of: $0) != nil })
        let pictures = try await VipsScaler().scale(bytes, to: MakeMediaVariants.widths)
        #expect(pictures.map(\.width) == [160, 160, 200, 200] && pictures.map(\.height) == [240, 240, 300, 300])
        #expect(pictures.map(\.contentType) == [.webP, .jpeg, .webP, .jpeg])
        for picture in pictures {
            #expect(notes.allSatisfy { Data(picture.bytes).range(of: $0) == nil })
            #expect(picture.contentType.isBegun(by: picture.bytes))
        }
    }

    @Test("Nothing is made wider than the picture is, and what is seen through stays so where the type can show it")
    func transparent() async throws {
        let pictures = try await VipsScaler().scale(try Self.fixture("alpha.png"), to: [100, 1600])
        #expect(pictures.map(\.width) == [100, 100, 300, 300])
        // The extended header of WebP says whether there is transparency.
        #expect(pictures[0].bytes[12..<16].elementsEqual("VP8X".utf8) && pictures[0].bytes[20] & 0x10 != 0)
    }

    @Test("A head that promises more pixels than are looked at is believed, and nothing is unpacked")
    func bomb() async throws {
        let scaler = try VipsScaler()
        let error = await #expect(throws: UnusablePicture.self) {
            try await scaler.scale(try Self.fixture("bomb.png"), to: [160])
        }
        #expect(error?.description == "it has 50000 by 50000 pixels")
        await #expect(throws: UnusablePicture.self) {
            try await scaler.scale(Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), to: [160])
        }
    }

    @Test("What is public has its smaller pictures made once, outside of the vendor’s quota, and they go with it")
    func life() async throws {
        try await Studio.open { studio in
            let bytes = try Self.fixture("turned.jpg")
            let media = try await studio.upload(bytes, as: .jpeg)
            #expect(try await studio.market.jobKinds() == ["media.make_variants"])
            for _ in 0..<2 { try await studio.make(media) }
            let variants = try await studio.variants(of: media)
            #expect(variants.count == 4 && variants.map(\.width) == [160, 160, 200, 200])
            #expect(try studio.files() == 5)
            let usage = try await studio.market.client.queryValue("SELECT size_bytes FROM media_usage", as: Int64.self)
            #expect(usage == Int64(bytes.count))
            let links = MediaLinks(keys: RootKeys(studio.market.encryptionKey), publicURL: "https://shop.example")
            let fetch = FetchMedia(
                directory: studio.directory, links: links, clock: studio.market.clock, logger: studio.logger)
            let fetched = try await fetch(variants[0].id, nil, in: studio.market.client)
            #expect(fetched.media.contentType == variants[0].contentType)
            let listed = try await MediaStore().media(
                for: nil, page: PageRequest(), visibleTo: .everything, in: studio.market.client)
            #expect(listed.items.map(\.id) == [media.id])
            let delete = DeleteMedia(audit: studio.market.audit, clock: studio.market.clock)
            await #expect(throws: Problem.self) {
                try await studio.market.work { try await delete(variants[0].id, by: .system, in: $0) }
            }
            try await studio.market.work { try await delete(media.id, by: .system, in: $0) }
            let remove = RemoveMediaFile(directory: studio.directory, clock: studio.market.clock)
            for id in [media.id] + variants.map(\.id) {
                try await remove(RemoveMediaFile.Job(mediaID: id), in: studio.market.queue)
            }
            #expect(try studio.files() == 0)
            let left = try await studio.market.client.queryValue("SELECT size_bytes FROM media_usage", as: Int64.self)
            #expect(left == 0)
            try await studio.make(media)
            #expect(try studio.files() == 0)
        }
    }

    @Test("A picture that was deleted while its smaller ones were made leaves none")
    func overtaken() async throws {
        try await Studio.open { studio in
            let media = try await studio.upload(try Self.fixture("turned.jpg"), as: .jpeg)
            let deleting = DeletingScaler(studio.scaler) {
                try await studio.market.work {
                    try await DeleteMedia(audit: studio.market.audit, clock: studio.market.clock)(
                        media.id, by: .system, in: $0)
                }
            }
            let make = MakeMediaVariants(
                directory: studio.directory, scaler: deleting, ids: studio.market.ids, clock: studio.market.clock)
            try await make(MakeMediaVariants.Job(mediaID: media.id), in: studio.market.queue, logger: studio.logger)
            #expect(try studio.files() == 1)
            #expect(try await studio.variants(of: media).isEmpty)
        }
    }

    @Test("A private picture has none")
    func hidden() async throws {
        try await Studio.open { studio in
            _ = try await studio.upload(try Self.fixture("turned.jpg"), as: .jpeg, visibility: .private)
            #expect(try await studio.market.jobKinds().isEmpty)
        }
    }
}

/// Does something else while pictures are made.
private struct DeletingScaler: PictureScaler {
    private let scaler: VipsScaler
    private let meanwhile: @Sendable () async throws -> Void

    init(_ scaler: VipsScaler, _ meanwhile: @escaping @Sendable () async throws -> Void) {
        self.scaler = scaler
        self.meanwhile = meanwhile
    }

    func scale(_ bytes: [UInt8], to widths: [Int]) async throws -> [ScaledPicture] {
        let pictures = try await scaler.scale(bytes, to: widths)
        try await meanwhile()
        return pictures
    }
}
