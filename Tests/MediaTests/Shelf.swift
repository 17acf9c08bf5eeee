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

/// A marketplace with a media directory of its own.
struct Shelf: Sendable {
    static let quota = MediaQuota(vendor: 1000, applicant: 400)
    static let table = "sku,quantity\nA,1\n"

    let market: Marketplace
    let path: String

    var directory: MediaDirectory {
        MediaDirectory(path: path, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
    var upload: UploadMedia {
        UploadMedia(
            directory: directory, quota: Self.quota, audit: market.audit, ids: market.ids, clock: market.clock)
    }
    var links: MediaLinks {
        MediaLinks(keys: RootKeys(market.encryptionKey), publicURL: "https://shop.example")
    }
    var fetch: FetchMedia {
        FetchMedia(
            directory: directory, links: links, clock: market.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
    var remove: RemoveMediaFile { RemoveMediaFile(directory: directory, clock: market.clock) }
    var sweep: SweepMedia {
        SweepMedia(
            directory: directory, clock: market.clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    static func open(_ body: @Sendable (Shelf) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "haat-media-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await Marketplace.open { market in
            let shelf = Shelf(market: market, path: path)
            try shelf.directory.prepare()
            try await body(shelf)
        }
    }

    static func new(
        of vendor: Vendor? = nil, purpose: MediaPurpose = .import, visibility: MediaVisibility = .private,
        as contentType: MediaType = .csv, called fileName: String? = nil
    ) -> NewMedia {
        NewMedia(
            vendor: vendor?.id.uuid, purpose: purpose, visibility: visibility, contentType: contentType,
            fileName: fileName)
    }

    /// A principal that acts for a vendor and may do everything.
    static func member(of vendor: Vendor) -> Principal {
        Principal(
            .vendorMember(vendor.id.uuid), permissions: Set(Permission.allCases), visibility: .vendor(vendor.id.uuid))
    }

    func stage(
        _ new: NewMedia = new(), _ text: String = table, by principal: Principal = .system
    ) async throws -> StagedMedia {
        try await upload.stage(new, Self.pieces(text), by: principal)
    }

    /// Stages, commits and places a file.
    @discardableResult
    func add(
        _ new: NewMedia = new(), _ text: String = table, by principal: Principal = .system
    ) async throws -> MediaFile {
        let staged = try await stage(new, text, by: principal)
        let media = try await commit(staged, by: principal)
        await staged.place()
        return media
    }

    func commit(_ staged: StagedMedia, by principal: Principal = .system) async throws -> MediaFile {
        try await market.work { try await upload(staged, by: principal, in: $0) }
    }

    func delete(_ media: ID<MediaFile>, by principal: Principal = .system) async throws {
        try await market.work {
            try await DeleteMedia(audit: market.audit, clock: market.clock)(media, by: principal, in: $0)
        }
    }

    /// The files in the folder, by their paths below it.
    func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).filter { $0.contains("med_") }.sorted()
    }

    func read(_ media: ID<MediaFile>) async throws -> String {
        let fetched = try await fetch(media, nil, in: market.client)
        var bytes = ByteBuffer()
        try await fetched.read { bytes.writeImmutableBuffer($0) }
        return String(buffer: bytes)
    }

    /// What a vendor's files take, as the quota counts it.
    func usage(of vendor: Vendor) async throws -> Int64? {
        try await market.client.queryValue(
            "SELECT size_bytes FROM media_usage WHERE vendor_id = \(vendor.id)", as: Int64.self)
    }

    /// In pieces of five bytes.
    static func pieces(_ text: String) -> AsyncStream<ByteBuffer> {
        AsyncStream { continuation in
            var rest = ByteBuffer(string: text)
            while let piece = rest.readSlice(length: min(5, rest.readableBytes)), piece.readableBytes > 0 {
                continuation.yield(piece)
            }
            continuation.finish()
        }
    }
}
