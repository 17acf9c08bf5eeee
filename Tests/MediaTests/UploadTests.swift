import CommerceTestSupport
import Crypto
import Foundation
import Identity
import NIOCore
import Postgres
import Testing
import Vendors

@testable import Core
@testable import Media

@Suite("Uploading")
struct UploadTests {
    @Test("A file stands in the folder under its id, with its digest in the row and its upload on record")
    func uploaded() async throws {
        try await Shelf.open { shelf in
            let vendor = try await shelf.market.vendor()
            let member = Shelf.member(of: vendor)
            let media = try await shelf.add(Shelf.new(called: "../../etc/stock.csv"), by: member)
            #expect(media.vendor == vendor.id.uuid)
            #expect(media.sha256 == Array(SHA256.hash(data: Array(Shelf.table.utf8))))
            #expect(media.sizeBytes == Int64(Shelf.table.utf8.count))
            #expect(try shelf.files() == ["files/\(media.id.description.suffix(2))/\(media.id)"])
            let found = try await MediaStore().media(media.id, visibleTo: member.visibility, in: shelf.market.client)
            #expect(found == media && found?.fileName == "../../etc/stock.csv")
            let events = try await shelf.market.audit.events(
                of: media.id.description, page: PageRequest(), in: shelf.market.client
            ).items.map(\.entry)
            #expect(events.map(\.action) == ["media.uploaded"])
            #expect(events[0].actor == member.actor)
            #expect(!events[0].payload.canonicalText.contains("stock.csv"))
        }
    }

    @Test("A large file arrives as it was sent")
    func large() async throws {
        try await Shelf.open { shelf in
            let text = (0..<60_000).map { "row-\($0),\($0 % 7)\n" }.joined()
            let media = try await shelf.add(Shelf.new(), text)
            var digest = SHA256()
            var largest = 0
            let member = FetchMedia.Proof(
                expires: "1800000060",
                signature: String(
                    shelf.links.link(to: media.id, until: shelf.market.clock.now + 60).split(separator: "=").last ?? "")
            )
            let fetched = try await shelf.fetch(media.id, member, in: shelf.market.client)
            try await fetched.read { block in
                largest = max(largest, block.readableBytes)
                digest.update(data: Array(block.readableBytesView))
            }
            #expect(Array(digest.finalize()) == media.sha256 && media.sizeBytes == Int64(text.utf8.count))
            #expect(largest <= 64 << 10)
        }
    }

    @Test("What is refused leaves nothing in the folder")
    func refused() async throws {
        try await Shelf.open { shelf in
            let cases: [(NewMedia, String, String)] = [
                (Shelf.new(), "", "media-empty"), (Shelf.new(), "<svg onload=alert(1)>", "media-content-mismatch"),
                (Shelf.new(purpose: .vendorImage, as: .gif), Shelf.table, "media-content-mismatch"),
                (Shelf.new(purpose: .vendorDocument, as: .csv), Shelf.table, "invalid-input"),
                (Shelf.new(visibility: .public), Shelf.table, "invalid-input"),
                (Shelf.new(called: "a\nb"), Shelf.table, "invalid-input"),
                (Shelf.new(called: " "), Shelf.table, "invalid-input"),
                (
                    Shelf.new(purpose: .vendorImage, as: .gif),
                    "GIF89a" + String(repeating: ".", count: MediaPurpose.vendorImage.maximumBytes), "media-too-large"
                ),
            ]
            for (new, text, type) in cases {
                let problem = await #expect(throws: Problem.self) { try await shelf.stage(new, text) }
                #expect(problem?.type == type)
            }
            let files = try shelf.files()
            #expect(files.isEmpty)
        }
    }

    @Test("A client that goes away in the middle leaves nothing in the folder")
    func interrupted() async throws {
        struct Gone: Error {}
        try await Shelf.open { shelf in
            let pieces = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
                continuation.yield(ByteBuffer(string: Shelf.table))
                continuation.finish(throwing: Gone())
            }
            await #expect(throws: Gone.self) { try await shelf.upload.stage(Shelf.new(), pieces, by: .system) }
            let files = try shelf.files()
            #expect(files.isEmpty)
        }
    }

    @Test("Vendors upload for themselves alone; the marketplace for itself or for a vendor that there is")
    func owners() async throws {
        try await Shelf.open { shelf in
            let (own, other) = (try await shelf.market.vendor(), try await shelf.market.vendor())
            #expect(try await shelf.add(Shelf.new(of: own), by: Shelf.member(of: own)).vendor == own.id.uuid)
            #expect(try await shelf.add(Shelf.new(of: other)).vendor == other.id.uuid)
            #expect(try await shelf.add().vendor == nil)
            let foreign = await #expect(throws: Problem.self) {
                try await shelf.stage(Shelf.new(of: other), by: Shelf.member(of: own))
            }
            #expect(foreign?.fields.map(\.pointer) == ["/vendor_id"])
            let nobodys = NewMedia(
                vendor: UUID(), purpose: .import, visibility: .private, contentType: .csv, fileName: nil)
            let staged = try await shelf.stage(nobodys)
            let unknown = await #expect(throws: Problem.self) { try await shelf.commit(staged) }
            #expect(unknown?.fields.map(\.pointer) == ["/vendor_id"])
            for visibility in [Visibility.customer(UUID()), .order(UUID()), .nothing] {
                let stranger = Principal(.system, permissions: [.mediaUpload], visibility: visibility)
                await #expect(throws: Problem.self) { try await shelf.stage(by: stranger) }
            }
        }
    }

    @Test("A vendor sees its own files, and a foreign one is not there")
    func reach() async throws {
        try await Shelf.open { shelf in
            let (own, other) = (try await shelf.market.vendor(), try await shelf.market.vendor())
            let mine = try await shelf.add(Shelf.new(of: own))
            let theirs = try await shelf.add(Shelf.new(of: other))
            let ours = try await shelf.add()
            let (store, member) = (MediaStore(), Shelf.member(of: own))
            let client = shelf.market.client
            #expect(try await store.media(mine.id, visibleTo: member.visibility, in: client) == mine)
            for hidden in [theirs, ours] {
                #expect(try await store.media(hidden.id, visibleTo: member.visibility, in: client) == nil)
                await #expect(throws: Problem.notFound("file")) { try await shelf.delete(hidden.id, by: member) }
            }
            func list(_ visibility: Visibility, _ purpose: MediaPurpose? = nil) async throws -> [ID<MediaFile>] {
                try await store.media(for: purpose, page: PageRequest(), visibleTo: visibility, in: client).items.map(
                    \.id)
            }
            #expect(try await list(member.visibility) == [mine.id])
            #expect(try await list(.everything) == [ours.id, theirs.id, mine.id])
            #expect(try await list(.everything, .vendorImage).isEmpty)
            #expect(try await list(.customer(UUID())).isEmpty)
        }
    }

    @Test("Sixteen uploads at once fill a vendor's quota and not a byte more; who waits to be let in has less")
    func quota() async throws {
        try await Shelf.open { shelf in
            let vendor = try await shelf.market.vendor()
            let text = String(repeating: "a,b\n", count: 75)
            let outcomes = await withTaskGroup(of: String.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        do {
                            try await shelf.add(Shelf.new(of: vendor), text)
                            return "added"
                        } catch let problem as Problem {
                            return problem.type
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["added": 3, "media-quota-exceeded": 13])
            #expect(try await shelf.usage(of: vendor) == 900)
            let huge = String(repeating: "a,b\n", count: 300)
            let other = try await shelf.market.vendor()
            let problem = await #expect(throws: Problem.self) { try await shelf.add(Shelf.new(of: other), huge) }
            #expect(problem?.type == "media-quota-exceeded")
            try await shelf.market.owner.execute(
                "UPDATE vendors SET status = 'in_review', legal_name = 'O', country = 'BD', kind = 'other' WHERE id = \(other.id)"
            )
            try await shelf.add(Shelf.new(of: other), text)
            let second = await #expect(throws: Problem.self) { try await shelf.add(Shelf.new(of: other), text) }
            #expect(second?.type == "media-quota-exceeded")
            // The marketplace's own have none.
            try await shelf.add(Shelf.new(), huge)
        }
    }
}
