import Addresses
import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Postgres
import Testing
import Values
import Vendors

@Suite("Applications")
struct ApplicationTests {
    @Test("An application is one vendor that sells nothing, with all that came with it, and a key that opens it alone")
    func applying() async throws {
        try await Marketplace.open { market in
            let received = try await market.received(market.bangladeshi())
            let vendor = received.details.vendor
            #expect(vendor.status == .applied && vendor.slug == "rahim-books")
            #expect(vendor.identity?.legalName == "Rahim Books Limited")
            #expect(received.details.profile.supportPhone?.rawValue == "+8801712345678")
            #expect(received.details.profile.registeredAddress?.region == "BD-13")
            let key = try #require(
                try await APIKeyStore().key(bearing: UTF8Text(received.token.text.reveal()), in: market.client))
            #expect(key.role == .vendorApplicant && key.vendor == vendor.id.uuid)
            #expect(!key.principal.may(.productsCreate) && key.principal.may(.vendorsUpdate))
            let registrations = try await RegistrationStore().registrations(
                of: vendor.id, visibleTo: .everything, in: market.client)
            #expect(registrations.map(\.number) == ["123456789012"])
            let locations = try await PickupLocationStore().locations(
                of: vendor.id, visibleTo: .everything, in: market.client)
            #expect(locations.map(\.phone.rawValue) == ["+8801712345678"])
        }
    }

    @Test("All that is wrong with an application is told with where it stands, and nothing of it is kept")
    func wrong() async throws {
        try await Marketplace.open { market in
            var profile = VendorChanges()
            profile.supportEmail = .set("nobody")
            let application = NewApplication(
                name: "Rahim", email: "rahim@example.com",
                identity: VendorIdentity(legalName: "Rahim", country: "BD", kind: .individual), profile: profile,
                registrations: [
                    NewRegistration(kind: .etin, number: "123", legalName: "Rahim"),
                    NewRegistration(kind: .pan, number: "ABCPE1234F", legalName: "Rahim"),
                ])
            let problem = await #expect(throws: Problem.self) { try await market.applied(application) }
            #expect(problem?.faults == ["/registrations/0/number length", "/registrations/1/kind other_country"])
            let rows = try await market.client.queryValue("SELECT count(*) FROM vendors", as: Int64.self)
            #expect(rows == 0)
        }
    }

    @Test("Vendors of a country of which nothing is known are not taken")
    func otherCountry() async throws {
        try await Marketplace.open { market in
            let application = NewApplication(
                name: "Ama", email: "ama@example.com",
                identity: VendorIdentity(legalName: "Ama", country: "GH", kind: .individual))
            let problem = await #expect(throws: Problem.self) { try await market.applied(application) }
            #expect(problem?.faults == ["/country not_served"])
        }
    }

    @Test("It is handed in once nothing is missing; the refusal says what is")
    func submitting() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.documented()
            let own = market.member(of: vendor.id)
            let problem = await #expect(throws: Problem.self) {
                try await market.work { try await market.decide.submit(vendor.id, by: own, in: $0) }
            }
            #expect(problem?.type == "checklist-incomplete")
            #expect(problem?.extensions["missing"] == ["payout_account"])
            try await market.replaceAccount(of: vendor.id, by: own)
            for _ in 0..<2 {
                let submitted = try await market.work { try await market.decide.submit(vendor.id, by: own, in: $0) }
                #expect(submitted.status == .inReview)
            }
            let decisions = try await VendorDecisionStore().decisions(
                on: vendor.id, page: PageRequest(), visibleTo: .everything, in: market.client)
            #expect(decisions.items.map(\.act) == [.submit, .apply])
            #expect(decisions.items.map(\.actor) == [own.actor, .anyone])
        }
    }

    @Test("An approved vendor sells under its commission; what it had shown counts as looked at")
    func approval() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.approved(at: .percent(9))
            #expect(vendor.status == .active)
            let variant = try await market.goods(units: 1, vendor: vendor)
            let offers = try await ProductStore().offers(for: [variant.id], at: market.clock.now, in: market.client)
            #expect(offers.map(\.commissionRate) == [.percent(9)])
            let checklist = try await market.checklist(of: vendor.id)
            let states = Dictionary(uniqueKeysWithValues: checklist.items.map { ($0.requirement.code, $0.state) })
            #expect(states["etin"] == .done && states["trade_licence"] == .done && states["identity"] == .done)
            #expect(states["payout_account"] == .pending && states["bin"] == .missing && checklist.isComplete)
            #expect(
                try await market.actions(on: vendor.id) == [
                    "vendor.applied", "vendor.registration_added", "vendor.pickup_location_added", "vendor.updated",
                    "vendor.document_added", "vendor.document_added", "vendor.payout_account_replaced",
                    "vendor.submitted", "vendor.approved",
                ])
        }
    }

    @Test("A vendor that was never approved sells nothing, and its approval needs a commission")
    func withoutCommission() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.inReview()
            let variant = try await market.goods(units: 1, vendor: vendor)
            #expect(try await ProductStore().offers(for: [variant.id], at: market.clock.now, in: market.client).isEmpty)
            let problem = await #expect(throws: Problem.self) {
                try await market.work { try await market.decide.approve(vendor.id, under: nil, by: .system, in: $0) }
            }
            #expect(problem?.faults == ["/commission_ppm required"])
            let unmoved = try await VendorStore().vendor(vendor.id, visibleTo: .everything, in: market.client)
            #expect(unmoved?.status == .inReview)
        }
    }

    @Test("A refused document sends the application back; a better one lets it be handed in again")
    func rejection() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.inReview()
            let documents = try await DocumentStore().documents(
                of: vendor.id, visibleTo: .everything, in: market.client)
            let licence = try #require(documents.first { $0.kind == .tradeLicence })
            _ = try await market.work {
                try await ReviewDocument(audit: market.audit, clock: market.clock)(
                    licence.id, of: vendor.id, .refused(reason: "It can't be read"), by: .system, in: $0)
            }
            let item = try await market.checklist(of: vendor.id).missing
            #expect(item.map(\.requirement.code) == ["trade_licence"])
            #expect(item.map(\.state) == [.refused] && item.map(\.reason) == ["It can't be read"])
            await #expect(throws: Problem.self) {
                try await market.work {
                    try await market.decide.approve(
                        vendor.id, under: Commission(rate: .percent(1)), by: .system, in: $0)
                }
            }
            #expect(try await market.decided(.reject, on: vendor.id, reason: "See the licence").status == .rejected)
            try await market.add(
                NewDocument(kind: .tradeLicence, file: market.file(of: vendor), number: "TRAD/1"), to: vendor)
            let again = try await market.work { try await market.decide.submit(vendor.id, by: .system, in: $0) }
            #expect(again.status == .inReview)
        }
    }

    @Test("A suspended vendor sells nothing until it is reinstated; a closed one never again")
    func suspension() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.approved()
            let variant = try await market.goods(units: 1, vendor: vendor)
            func isOffered() async throws -> Bool {
                try await !ProductStore().offers(for: [variant.id], at: market.clock.now, in: market.client).isEmpty
            }
            #expect(try await isOffered())
            _ = try await market.decided(.suspend, on: vendor.id)
            #expect(try await !isOffered())
            _ = try await market.decided(.reinstate, on: vendor.id, reason: "")
            #expect(try await isOffered())
            _ = try await market.decided(.close, on: vendor.id)
            #expect(try await !isOffered())
            let problem = await #expect(throws: Problem.self) { try await market.decided(.reinstate, on: vendor.id) }
            #expect(problem?.type == "vendor-state" && problem?.extensions["status"] == "closed")
        }
    }

    @Test("A decision against a vendor has a reason, and none holds an Aadhaar number")
    func reasons() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            for (reason, code) in [("", "too_short"), ("card 2341 2341 2346", "aadhaar")] {
                let problem = await #expect(throws: Problem.self) {
                    try await market.decided(.suspend, on: vendor.id, reason: reason)
                }
                #expect(problem?.faults == ["/reason \(code)"])
            }
        }
    }

    @Test("Two decisions at once are made one after the other")
    func race() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.inReview()
            let outcomes = await withTaskGroup(of: VendorStatus?.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try? await market.work {
                            number % 2 == 0
                                ? try await market.decide(.reject, on: vendor.id, reason: "no", by: .system, in: $0)
                                    .status
                                : try await market.decide.approve(
                                    vendor.id, under: Commission(rate: .percent(1)), by: .system, in: $0
                                ).status
                        }
                    }
                }
                return await group.reduce(into: [VendorStatus?]()) { $0.append($1) }
            }
            let decisions = try await VendorDecisionStore().decisions(
                on: vendor.id, page: PageRequest(), visibleTo: .everything, in: market.client)
            #expect(decisions.items.filter { $0.from == .inReview }.count == 1)
            #expect(outcomes.compactMap(\.self).count == 4 && Set(outcomes.compactMap(\.self)).count == 1)
        }
    }

    @Test("Neither audit events nor published ones tell a name, a number or an address")
    func noPersonalData() async throws {
        try await Marketplace.open { market in
            _ = try await market.approved()
            let texts = try await market.client.queryValues(
                "SELECT payload FROM audit_events UNION ALL SELECT payload::text FROM events", as: String.self)
            for secret in ["Rahim", "rahim@", "123456789012", "8801712345678", "Lake Road", "0012345678901", "7890"] {
                #expect(!texts.contains { $0.contains(secret) }, "\(secret)")
            }
        }
    }
}
