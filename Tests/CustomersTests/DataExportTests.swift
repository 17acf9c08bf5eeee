import CommerceTestSupport
import Core
import Customers
import Foundation
import Identity
import Jobs
import Logging
import Media
import NIOCore
import Postgres
import ProductSubscriptions
import Testing

@Suite("What people get of what is held about them")
struct DataExportTests {
    private struct Desk: Sendable {
        let patrons: Patrons
        let directory: MediaDirectory

        var delete: DeleteMedia { DeleteMedia(audit: patrons.market.audit, clock: patrons.market.clock) }
        var links: MediaLinks {
            MediaLinks(keys: RootKeys(patrons.market.encryptionKey), publicURL: "https://shop.example")
        }
        var request: RequestDataExport {
            RequestDataExport(
                links: links, audit: patrons.market.audit, ids: patrons.market.ids, clock: patrons.market.clock)
        }
        var run: RunDataExport {
            RunDataExport(
                keepers: .product(delete: delete),
                upload: UploadMedia(
                    directory: directory, quota: MediaQuota(vendor: 0, applicant: 0), audit: patrons.market.audit,
                    ids: patrons.market.ids, clock: patrons.market.clock), delete: delete, clock: patrons.market.clock)
        }

        func export(_ id: ID<DataExport>, of principal: Principal) async throws -> DataExport? {
            try await DataExportStore().export(id, of: principal.ownAccount, in: patrons.market.client)
        }
    }

    private func open(_ body: @Sendable (Desk) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "haat-desk-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await Patrons.open { patrons in
            let directory = MediaDirectory(path: path, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try directory.prepare()
            try await body(Desk(patrons: patrons, directory: directory))
        }
    }

    @Test("The file has all of it, is for its owner alone, and is gone after its time")
    func whole() async throws {
        try await open { desk in
            let (market, person) = (desk.patrons.market, try await Person(in: desk.patrons))
            // More than one batch of a section.
            try await market.owner.execute(
                """
                INSERT INTO wish_list_items (id, account_id, product_id, title, added_at)
                SELECT gen_random_uuid(), \(person.principal.ownAccount), gen_random_uuid(), 'T', now() FROM generate_series(1, 450)
                """)
            let asked = try await market.work { try await desk.request(by: person.principal, in: $0) }
            let twice = try await desk.patrons.refusal {
                _ = try await market.work { try await desk.request(by: person.principal, in: $0) }
            }
            #expect(twice?.type == "data-export-in-progress")
            try await desk.run(RunDataExport.Job(exportID: asked.id), in: market.queue)
            let done = try #require(try await desk.export(asked.id, of: person.principal))
            let media = try #require(done.media)
            #expect(done.state == .done && done.expiresAt == market.clock.now + DataExport.lifetime)
            let fetch = FetchMedia(
                directory: desk.directory, links: desk.links, clock: market.clock,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            await #expect(throws: Problem.self) { try await fetch(media, nil, in: market.client) }
            // Nobody who may read all files gets at it.
            #expect(try await MediaStore().media(media, visibleTo: .everything, in: market.client) == nil)
            let link = try await market.work { try await desk.request.link(to: asked.id, by: person.principal, in: $0) }
            let query = try #require(URLComponents(string: link.url.reveal())?.queryItems)
            let proof = FetchMedia.Proof(
                expires: try #require(query.first { $0.name == "expires" }?.value),
                signature: try #require(query.first { $0.name == "signature" }?.value))
            var bytes: [UInt8] = []
            try await fetch(media, proof, in: market.client).read { bytes += $0.readableBytesView }
            let json = try JSONValue(parsing: bytes)
            let counts = try #require(json.objectValue).mapValues { $0.arrayValue?.count }
            #expect(
                counts == [
                    "accounts": 1, "sessions": 1, "memberships": 0, "support_sessions": 1, "addresses": 1,
                    "consents": 1,
                    "wish_list": 451, "carts": 2, "complaints": 1, "orders": 1, "licence_keys": 1, "payments": 0,
                    "emails": 2,
                    "sms_messages": 1,
                ])
            #expect(json["accounts"]?[0]?["email"] == .string(Person.email))
            #expect(json["orders"]?[0]?["lines"]?[0]?["title"] == "Book")
            #expect(json["sessions"]?[0]?["network"] == "203.0.113.77")
            let other = try await desk.patrons.customer("rahim@example.com")
            #expect(try await desk.export(asked.id, of: other) == nil)
            let removal = RunDataExport.Removal(exportID: asked.id)
            for _ in 0..<2 { try await market.work { try await desk.run.remove(removal, in: $0) } }
            #expect(try await desk.export(asked.id, of: person.principal)?.state == .ended)
            let gone = try await desk.patrons.refusal {
                _ = try await market.work { try await desk.request.link(to: asked.id, by: person.principal, in: $0) }
            }
            #expect(gone?.type == "data-export-unavailable")
            #expect(try await market.jobKinds().contains("media.remove_file"))
            // Another may be asked for.
            _ = try await market.work { try await desk.request(by: person.principal, in: $0) }
        }
    }

    @Test("Whoever is forgotten leaves no file behind, and none that was asked for is made")
    func forgotten() async throws {
        try await open { desk in
            let (market, person) = (desk.patrons.market, try await Person(in: desk.patrons))
            try await market.cancel(person.order)
            let first = try await market.work { try await desk.request(by: person.principal, in: $0) }
            try await desk.run(RunDataExport.Job(exportID: first.id), in: market.queue)
            let second = try await market.work { try await desk.request(by: person.principal, in: $0) }
            let subject = DataSubject(
                try #require(try await AccountStore().account(person.principal.ownAccount, in: market.client)))
            try await market.owner.execute(
                """
                INSERT INTO erasures (id, account_id, requested_at, due_at)
                VALUES (\(UUID()), \(subject.account), now(), now())
                """)
            try await market.work { work in
                for keeper in [any PersonalDataKeeper].product(delete: desk.delete) {
                    try await keeper.forget(subject, at: market.clock.now, in: work)
                }
            }
            try await desk.run(RunDataExport.Job(exportID: second.id), in: market.queue)
            let states = try await [first, second].asyncMap {
                try await desk.export($0.id, of: person.principal)?.state
            }
            #expect(states == [.ended, .failed])
            let kept = try await market.owner.queryValue(
                "SELECT count(*) FROM media WHERE purpose = 'personal_data' AND deleted_at IS NULL", as: Int.self)
            #expect(kept == 0)
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
