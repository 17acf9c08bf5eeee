import CommerceTestSupport
import Foundation
import Identity
import Logging
import Postgres
import Testing
import Vendors

@testable import Core
@testable import Media

@Suite("Fetching, deleting and sweeping")
struct RemovalTests {
    private static let gif = "GIF89a.........................."

    @Test("A public file is everybody's; a private one needs a link that is good, and else is not there")
    func fetching() async throws {
        try await Shelf.open { shelf in
            let shown = try await shelf.add(
                Shelf.new(purpose: .productImage, visibility: .public, as: .gif), Self.gif)
            let hidden = try await shelf.add()
            #expect(try await shelf.read(shown.id) == Self.gif)
            await #expect(throws: Problem.notFound("file")) { try await shelf.read(hidden.id) }
            let issue = IssueMediaLink(links: shelf.links, audit: shelf.market.audit, clock: shelf.market.clock)
            let link = try await shelf.market.work { try await issue(hidden.id, lasting: 60, by: .system, in: $0) }
            #expect(link.expiresAt == shelf.market.clock.now + 60)
            let query = try #require(URLComponents(string: link.url.reveal())?.queryItems)
            let proof = FetchMedia.Proof(expires: query[0].value ?? "", signature: query[1].value ?? "")
            let client = shelf.market.client
            #expect(try await shelf.fetch(hidden.id, proof, in: client).media == hidden)
            shelf.market.clock.advance(by: 60)
            await #expect(throws: Problem.notFound("file")) { try await shelf.fetch(hidden.id, proof, in: client) }
            let actions = try await shelf.market.audit.events(
                of: hidden.id.description, page: PageRequest(), in: client
            ).items.map(\.entry.action)
            #expect(actions == ["media.link_issued", "media.uploaded"])
        }
    }

    @Test("A link is made for whom the file is there, and for at most a day")
    func issuing() async throws {
        try await Shelf.open { shelf in
            let vendor = try await shelf.market.vendor()
            let media = try await shelf.add()
            let issue = IssueMediaLink(links: shelf.links, audit: shelf.market.audit, clock: shelf.market.clock)
            await #expect(throws: Problem.notFound("file")) {
                try await shelf.market.work {
                    try await issue(media.id, lasting: 60, by: Shelf.member(of: vendor), in: $0)
                }
            }
            for seconds in [59, 86_401, Int.max, -1] {
                let problem = await #expect(throws: Problem.self) {
                    try await shelf.market.work { try await issue(media.id, lasting: seconds, by: .system, in: $0) }
                }
                #expect(problem?.fields.map(\.pointer) == ["/expires_in"])
            }
        }
    }

    @Test(
        "A deleted file is not there at once; its job takes the bytes, gives the room back, and again changes nothing")
    func deleting() async throws {
        try await Shelf.open { shelf in
            let vendor = try await shelf.market.vendor()
            let media = try await shelf.add(
                Shelf.new(of: vendor, purpose: .productImage, visibility: .public, as: .gif, called: "Karim.gif"),
                Self.gif)
            try await shelf.delete(media.id)
            await #expect(throws: Problem.notFound("file")) { try await shelf.read(media.id) }
            await #expect(throws: Problem.notFound("file")) { try await shelf.delete(media.id) }
            #expect(try await shelf.usage(of: vendor) == media.sizeBytes)
            #expect(try await shelf.market.jobKinds().contains(RemoveMediaFile.Job.kind))
            for _ in 0..<2 {
                try await shelf.remove(RemoveMediaFile.Job(mediaID: media.id), in: shelf.market.queue)
                #expect(try shelf.files().isEmpty)
                #expect(try await shelf.usage(of: vendor) == 0)
            }
            let row = try await shelf.market.client.queryValue(
                "SELECT row_to_json(media)::text FROM media", as: String.self)
            #expect(row?.contains("Karim") == false)
        }
    }

    @Test("The job of a file that is not deleted, and one that is somebody else's, take nothing")
    func kept() async throws {
        try await Shelf.open { shelf in
            let media = try await shelf.add()
            try await shelf.remove(RemoveMediaFile.Job(mediaID: media.id), in: shelf.market.queue)
            #expect(try shelf.files().count == 1)
            try await shelf.delete(media.id)
            await #expect(throws: (any Error).self) {
                try await shelf.remove(RemoveMediaFile.Job(mediaID: media.id), in: LostJob())
            }
            #expect(try shelf.files().count == 1)
        }
    }

    @Test("What something refers to can't be deleted until nothing does")
    func references() async throws {
        try await Shelf.open { shelf in
            let (vendor, other) = (try await shelf.market.vendor(), try await shelf.market.vendor())
            let first = try await shelf.add(Shelf.new(of: vendor))
            let second = try await shelf.add(Shelf.new(of: vendor))
            let foreign = try await shelf.add(Shelf.new(of: other))
            @Sendable func refer(to media: ID<MediaFile>..., for purpose: MediaPurpose = .import) async throws {
                try await shelf.market.work { work in
                    try await MediaReferences().set(
                        media, ownedBy: vendor.id.uuid, for: purpose, from: "prd_1", as: "image", pointer: "/image_ids",
                        in: work)
                }
            }
            try await refer(to: second.id, first.id, second.id)
            let problem = await #expect(throws: Problem.self) { try await shelf.delete(first.id) }
            #expect(problem?.type == "media-in-use")
            #expect(problem?.extensions["references"] == ["prd_1"])
            try await refer(to: second.id)
            try await shelf.delete(first.id)
            for unusable in [first.id, foreign.id, ID(uuid: UUID())] {
                let problem = await #expect(throws: Problem.self) { try await refer(to: second.id, unusable) }
                #expect(problem?.fields.map(\.pointer) == ["/image_ids"])
            }
            await #expect(throws: Problem.self) { try await refer(to: second.id, for: .productImage) }
            try await refer()
            try await shelf.delete(second.id)
        }
    }

    @Test("A file that a crash has left unmoved is read all the same, and is moved by it")
    func unplaced() async throws {
        try await Shelf.open { shelf in
            let staged = try await shelf.stage(
                Shelf.new(purpose: .productImage, visibility: .public, as: .gif), Self.gif)
            let media = try await shelf.commit(staged)
            #expect(try shelf.files() == ["incoming/\(media.id)"])
            #expect(try await shelf.read(media.id) == Self.gif)
            #expect(try shelf.files() == ["files/\(media.id.description.suffix(2))/\(media.id)"])
            await staged.place()
            #expect(try shelf.files().count == 1)
        }
    }

    @Test("A file that is lost or cut off is an error, never a shorter file")
    func lost() async throws {
        try await Shelf.open { shelf in
            let media = try await shelf.add(
                Shelf.new(purpose: .productImage, visibility: .public, as: .gif), Self.gif)
            let path = "\(shelf.path)/\(try shelf.files()[0])"
            try "GIF89a".write(toFile: path, atomically: false, encoding: .utf8)
            await #expect(throws: MediaFileLost.self) { try await shelf.read(media.id) }
            try FileManager.default.removeItem(atPath: path)
            await #expect(throws: MediaFileLost.self) { try await shelf.read(media.id) }
        }
    }

    @Test("The sweep keeps what is young or committed, moves what was not moved, and takes the rest")
    func sweeping() async throws {
        try await Shelf.open { shelf in
            let placed = try await shelf.add()
            let committed = try await shelf.commit(try await shelf.stage())
            _ = try await shelf.stage()
            let deleted = try await shelf.add()
            try await shelf.delete(deleted.id)
            // The files' times are the machine's.
            try await shelf.market.owner.execute("UPDATE media SET deleted_at = now() WHERE deleted_at IS NOT NULL")
            let now = Date()
            func run(after seconds: TimeInterval) async throws {
                let clock = AdjustableClock(now + seconds)
                let sweep = SweepMedia(directory: shelf.directory, clock: clock, logger: .init(label: "test"))
                try await sweep.run(in: shelf.market.queue)
            }
            try await run(after: SweepMedia.age - 600)
            #expect(try shelf.files().count == 4)
            try await run(after: SweepMedia.age + 600)
            #expect(
                try shelf.files()
                    == [placed, committed].map { "files/\($0.id.description.suffix(2))/\($0.id)" }.sorted())
            let unremoved = try await shelf.market.client.queryValue(
                "SELECT count(*) FROM media WHERE deleted_at IS NOT NULL AND removed_at IS NULL", as: Int.self)
            #expect(unremoved == 0)
        }
    }

    @Test("A directory that can't be written is told at the start and answered with 503 later")
    func unusableDirectory() async throws {
        let missing = MediaDirectory(path: "/proc/haat", logger: .init(label: "test"))
        #expect(throws: MediaStorageError.self) { try missing.prepare() }
        try await Shelf.open { shelf in
            try FileManager.default.removeItem(atPath: "\(shelf.path)/incoming")
            let error = await #expect(throws: MediaStorageError.self) { try await shelf.stage() }
            #expect(error?.problem.status == 503)
        }
    }
}
