import CommerceTestSupport
import Core
import Foundation
import Identity
import Postgres
import Testing
import Values
import Vendors

@Suite("Documents of vendors")
struct DocumentTests {
    private func add(_ new: NewDocument, to vendor: Vendor, in market: Marketplace) async throws -> VendorDocument {
        try await market.work {
            try await market.addDocument(new, to: vendor.id, by: market.member(of: vendor.id), in: $0)
        }
    }

    @Test("A document is read back; of a person's number four digits are kept and no more")
    func kept() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.bangladeshi(documents: []))
            let card = try await add(
                NewDocument(kind: .nid, file: market.file(), number: "১৯৮৭৬৫৪৩২১০১২"), to: vendor, in: market)
            let licence = try await add(
                NewDocument(
                    kind: .tradeLicence, file: market.file(), number: "TRAD/DNCC/০০১", authority: "Dhaka North",
                    expiresOn: CivilDate(year: 2028, month: 6, day: 30)), to: vendor, in: market)
            #expect(card.number == .lastFour("1012") && licence.number == .whole("TRAD/DNCC/001"))
            let all = try await DocumentStore().documents(of: vendor.id, visibleTo: .everything, in: market.client)
            #expect(all == [card, licence])
        }
    }

    @Test("What a document must not be is told: without its number, expired, or with an Aadhaar number")
    func refused() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.indian())
            let file = market.file()
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
                let problem = await #expect(throws: Problem.self) { try await add(new, to: vendor, in: market) }
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
            let added = try await add(NewDocument(kind: .addressProof, file: market.file()), to: vendor, in: market)
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
}
