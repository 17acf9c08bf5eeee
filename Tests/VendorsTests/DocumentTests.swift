import CommerceTestSupport
import Core
import Foundation
import Identity
import Media
import Postgres
import Testing
import Values
import Vendors

@Suite("Documents of vendors")
struct DocumentTests {
    @Test("A document is read back; of a person's number four digits are kept and no more")
    func kept() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.bangladeshi())
            let card = try await market.add(
                NewDocument(kind: .nid, file: market.file(of: vendor), number: "১৯৮৭৬৫৪৩২১০১২"), to: vendor)
            let licence = try await market.add(
                NewDocument(
                    kind: .tradeLicence, file: market.file(of: vendor), number: "TRAD/DNCC/০০১",
                    authority: "Dhaka North",
                    expiresOn: CivilDate(year: 2028, month: 6, day: 30)), to: vendor)
            #expect(card.number == .lastFour("1012") && licence.number == .whole("TRAD/DNCC/001"))
            let all = try await DocumentStore().documents(of: vendor.id, visibleTo: .everything, in: market.client)
            #expect(all == [card, licence])
        }
    }

    @Test("What a document must not be is told: without its number, expired, or with an Aadhaar number")
    func refused() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.indian())
            let file = try await market.file(of: vendor)
            let cases: [(NewDocument, String)] = [
                (NewDocument(kind: .foodLicence, file: file), "/number required"),
                (NewDocument(kind: .foodLicence, file: file, number: "123"), "/number length"),
                (NewDocument(kind: .addressProof, file: file, number: "2341 2341 2346"), "/number aadhaar"),
                (NewDocument(kind: .other, file: file, number: "UID 234123412346"), "/number aadhaar"),
                (
                    NewDocument(
                        kind: .addressProof, file: file, expiresOn: CivilDate(year: 2026, month: 1, day: 1)),
                    "/expires_on expired"
                ),
            ]
            for (new, fault) in cases {
                let problem = await #expect(throws: Problem.self) { try await market.add(new, to: vendor) }
                #expect(problem?.faults == [fault])
            }
            let rows = try await market.client.queryValue("SELECT count(*) FROM vendor_documents", as: Int64.self)
            #expect(rows == 0)
        }
    }

    @Test("A review is final only until the next one, and one of another vendor's document is none")
    func review() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.indian())
            let other = try await market.applied(market.indian(name: "Other"))
            let added = try await market.add(
                NewDocument(kind: .addressProof, file: market.file(of: vendor)), to: vendor)
            let review = ReviewDocument(audit: market.audit, clock: market.clock)
            func reviewed(_ verdict: Verdict, of vendor: Vendor) async throws -> VendorDocument {
                try await market.work { try await review(added.id, of: vendor.id, verdict, by: .system, in: $0) }
            }
            #expect(try await reviewed(.refused(reason: "Blurred"), of: vendor).status == .refused)
            let accepted = try await reviewed(.accepted, of: vendor)
            #expect(accepted.status == .accepted && accepted.reason.isEmpty)
            await #expect(throws: Problem.notFound("document")) { try await reviewed(.accepted, of: other) }
        }
    }

    @Test("Its file is one that the vendor has uploaded for documents, and stays while the document does")
    func file() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.indian())
            let other = try await market.applied(market.indian(name: "Other"))
            let picture = try await market.file(of: vendor.id, for: .vendorImage, visibility: .public)
            for file in [try await market.file(of: other), picture, ID(uuid: UUID())] {
                let problem = await #expect(throws: Problem.self) {
                    try await market.add(NewDocument(kind: .addressProof, file: file), to: vendor)
                }
                #expect(problem?.faults == ["/media_id unknown"])
            }
            let file = try await market.file(of: vendor)
            try await market.add(NewDocument(kind: .addressProof, file: file), to: vendor)
            let problem = await #expect(throws: Problem.self) {
                try await market.work {
                    try await DeleteMedia(audit: market.audit, clock: market.clock)(file, by: .system, in: $0)
                }
            }
            #expect(problem?.type == "media-in-use")
        }
    }
}
