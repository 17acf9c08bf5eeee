import Addresses
import CommerceTestSupport
import Core
import Foundation
import Identity
import Postgres
import Registrations
import Testing
import Values
import Vendors

@Suite("Tax registrations")
struct RegistrationTests {
    private let maharashtra = NewRegistration(kind: .gstin, number: "27abcpe1234f1zb", legalName: "Meera Patil")

    private func add(
        _ new: NewRegistration, to vendor: Vendor, in market: Marketplace
    ) async throws -> TaxRegistration {
        try await market.work {
            try await market.addRegistration(new, to: vendor.id, by: market.member(of: vendor.id), in: $0)
        }
    }

    @Test("A vendor has several, each in its one form and of its State")
    func several() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.indian())
            let first = try await add(maharashtra, to: vendor, in: market)
            #expect(first.number == "27ABCPE1234F1ZB" && first.region == "27" && first.status == .pending)
            _ = try await add(
                NewRegistration(kind: .pan, number: "abcpe1234f", legalName: "Meera Patil"), to: vendor, in: market)
            let enrolled = try await add(
                NewRegistration(
                    kind: .gstEnrolment, number: "29ENR0012345678", state: "KA", legalName: "Meera Patil",
                    validTo: CivilDate(year: 2031, month: 3, day: 31)), to: vendor, in: market)
            #expect(enrolled.region == "29")
            let all = try await RegistrationStore().registrations(
                of: vendor.id, visibleTo: .everything, in: market.client)
            #expect(all.map(\.kind) == [.gstin, .pan, .gstEnrolment])
            #expect(all.last?.validTo == CivilDate(year: 2031, month: 3, day: 31))
        }
    }

    @Test("A number is one holder's: another PAN than the vendor's, or one of another kind of person, is refused")
    func holder() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.indian())
            _ = try await add(maharashtra, to: vendor, in: market)
            for (number, codes) in [
                ("GGGPG6666G", ["other_holder"]), ("AAACZ0001K", ["other_holder", "holder_kind"]),
            ] {
                let problem = await #expect(throws: Problem.self) {
                    try await add(
                        NewRegistration(kind: .pan, number: number, legalName: "Meera Patil"), to: vendor, in: market)
                }
                #expect(problem?.fields.map(\.code) == codes && problem?.fields.first?.pointer == "/number")
            }
        }
    }

    @Test("The same number is a vendor's once, unless it was refused")
    func once() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.indian())
            let first = try await add(maharashtra, to: vendor, in: market)
            let problem = await #expect(throws: Problem.self) { try await add(maharashtra, to: vendor, in: market) }
            #expect(problem?.type == "registration-known")
            let review = ReviewRegistration(audit: market.audit, clock: market.clock)
            func reviewed(_ verdict: Verdict) async throws -> TaxRegistration {
                try await market.work { try await review(first.id, of: vendor.id, verdict, by: .system, in: $0) }
            }
            #expect(try await reviewed(.refused(reason: "Cancelled")).reason == "Cancelled")
            _ = try await add(maharashtra, to: vendor, in: market)
            let late = await #expect(throws: Problem.self) { try await reviewed(.accepted) }
            #expect(late?.type == "registration-known")
        }
    }

    @Test("Wrong numbers, States and dates are named")
    func wrong() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.indian())
            let cases: [(NewRegistration, [String])] = [
                (NewRegistration(kind: .gstin, number: "39ABCPE1234F1Z6", legalName: "M"), ["/number unknown_state"]),
                (NewRegistration(kind: .gstin, number: "19BBBCB2222B1CN", legalName: "M"), ["/number format"]),
                (NewRegistration(kind: .gstEnrolment, number: "29ENR0012345678", legalName: "M"), ["/state required"]),
                (NewRegistration(kind: .bin, number: "0001234560101", legalName: "M"), ["/kind other_country"]),
                (
                    NewRegistration(kind: .pan, number: "ABCPE1234F", state: "27", legalName: "M"),
                    ["/state not_wanted"]
                ),
                (
                    NewRegistration(
                        kind: .pan, number: "ABCPE1234F", legalName: "M",
                        validFrom: CivilDate(year: 2026, month: 1, day: 1),
                        validTo: CivilDate(year: 2025, month: 1, day: 1)),
                    ["/valid_to order", "/valid_to past"]
                ),
            ]
            for (new, faults) in cases {
                let problem = await #expect(throws: Problem.self) { try await add(new, to: vendor, in: market) }
                #expect(problem?.faults == faults)
            }
        }
    }

    @Test(
        "A State that has ended is none for a new registration; those of the database end and begin where they should")
    func states() async throws {
        try await Marketplace.open { market in
            let states = try await RegionStore().regions(of: .india, in: market.client).gstStates
            func isState(_ code: String, _ year: Int, _ month: Int, _ day: Int) throws -> Bool {
                states.hasState(code, on: try #require(CivilDate(year: year, month: month, day: day)))
            }
            #expect(try isState("25", 2020, 1, 25))
            #expect(try !isState("25", 2020, 1, 26))
            #expect(try !isState("38", 2019, 10, 30))
            #expect(try isState("38", 2019, 10, 31))
            for code in (1...38).map({ $0 < 10 ? "0\($0)" : "\($0)" }) + ["97"] where code != "25" && code != "28" {
                #expect(try isState(code, 2026, 11, 30), "\(code)")
            }
            #expect(try !isState("39", 2026, 11, 30))
            #expect(try !isState("28", 2026, 11, 30))
        }
    }

    @Test("Where a vendor may sell is told by its registration's kind")
    func borders() async throws {
        try await Marketplace.open { market in
            let crossing = try await market.client.query(
                "SELECT kind, crosses_regions FROM registration_kinds WHERE valid_to IS NULL ORDER BY kind",
                columns: (String, Bool?).self)
            #expect(crossing.filter { $0.1 == false }.map(\.0) == ["gst_composition", "gst_enrolment"])
            #expect(Set(crossing.map(\.0)) == Set(RegistrationKind.allCases.map(\.rawValue)))
        }
    }

    @Test("A vendor reaches its own registrations alone")
    func reach() async throws {
        try await Marketplace.open { market in
            let mine = try await market.applied(market.indian())
            let other = try await market.applied(market.indian(name: "Other"))
            _ = try await add(maharashtra, to: mine, in: market)
            let seen = try await RegistrationStore().registrations(
                of: mine.id, visibleTo: .vendor(other.id.uuid), in: market.client)
            #expect(seen.isEmpty)
            await #expect(throws: Problem.notFound("vendor")) {
                try await market.work {
                    try await market.addRegistration(
                        maharashtra, to: mine.id, by: market.member(of: other.id), in: $0)
                }
            }
        }
    }

    @Test("A vendor that has not said who it is has no registrations yet")
    func unidentified() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let problem = await #expect(throws: Problem.self) { try await add(maharashtra, to: vendor, in: market) }
            #expect(problem?.type == "vendor-unidentified")
        }
    }
}
