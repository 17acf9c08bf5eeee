import Addresses
import CommerceTestSupport
import Core
import Foundation
import Identity
import Media
import Postgres
import Registrations
import Testing
import Vendors

@Suite("What is told of vendors")
struct ProfileTests {
    private func edit(
        _ vendor: Vendor, version: Int64? = nil, by principal: Principal? = nil, in market: Marketplace,
        _ change: (inout VendorChanges) -> Void
    ) async throws -> VendorDetails {
        var changes = VendorChanges()
        change(&changes)
        let wanted = changes
        return try await market.work {
            try await market.update(
                vendor.id, wanted, version: version, by: principal ?? market.member(of: vendor.id), in: $0)
        }
    }

    @Test("A profile is edited from the version that was seen; what is left out stays")
    func editing() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.bangladeshi())
            let logo = try await market.file(of: vendor.id, for: .vendorImage, visibility: .public)
            let first = try await edit(vendor, version: vendor.version, in: market) {
                $0.description = "Books"
                $0.logo = .set(logo)
                $0.grievanceOfficer = .set(
                    NewGrievanceOfficer(
                        name: "Karim", designation: "Officer", email: "karim@example.com", phone: nil))
            }
            #expect(first.vendor.version == vendor.version + 1)
            let second = try await edit(vendor, in: market) {
                $0.returnPolicy = "Seven days"
                $0.logo = .clear
            }
            #expect(second.profile.description == "Books" && second.profile.returnPolicy == "Seven days")
            #expect(second.profile.logo == nil && second.profile.grievanceOfficer?.name == "Karim")
            let stored = try await ProfileStore().profile(of: vendor.id, visibleTo: .everything, in: market.client)
            #expect(stored == second.profile)
            await #expect(throws: Problem.versionMismatch(current: second.vendor.version)) {
                try await edit(vendor, version: vendor.version, in: market) { $0.description = "Late" }
            }
        }
    }

    @Test("Who it is a vendor says while it applies; once that was looked at, the marketplace alone does")
    func identity() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.documented()
            let renamed = try await edit(vendor, in: market) { $0.legalName = "Rahim & Sons" }
            #expect(renamed.vendor.identity?.legalName == "Rahim & Sons")
            let fixed = await #expect(throws: Problem.self) { try await edit(vendor, in: market) { $0.country = "IN" } }
            #expect(fixed?.faults == ["/country fixed"])
            try await market.replaceAccount(of: vendor.id)
            _ = try await market.work { try await market.decide.submit(vendor.id, by: .system, in: $0) }
            let problem = await #expect(throws: Problem.self) {
                try await edit(vendor, in: market) { $0.legalName = "Somebody else" }
            }
            #expect(problem?.type == "vendor-state")
            #expect(
                try await edit(vendor, by: .system, in: market) { $0.legalName = "Rahim Brothers" }
                    .vendor.identity?.legalName == "Rahim Brothers")
        }
    }

    @Test("A vendor that an operator admitted says who it is all at once")
    func lateIdentity() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let problem = await #expect(throws: Problem.self) {
                try await edit(vendor, by: .system, in: market) { $0.legalName = "Rahim" }
            }
            #expect(problem?.faults == ["/legal_name incomplete"])
            let details = try await edit(vendor, by: .system, in: market) {
                $0.legalName = "Rahim"
                $0.country = "BD"
                $0.kind = .individual
                $0.registeredAddress = .set(Marketplace.dhakaAddress)
            }
            #expect(details.profile.registeredAddress?.market == .bangladesh)
        }
    }

    @Test("Buyers are shown who contracts, where, under which numbers and whom to complain to, and nothing more")
    func publicProfile() async throws {
        try await Marketplace.open { market in
            let read = ReadPublicProfile(clock: market.clock)
            let pending = try await market.inReview()
            #expect(try await read(pending.slug, in: market.client) == nil)
            let vendor = try await market.work {
                try await market.decide.approve(
                    pending.id, under: Commission(rate: .percent(10)), by: .system, in: $0)
            }
            let shown = try #require(try await read(vendor.slug, in: market.client))
            #expect(shown.vendor.identity?.legalName == "Rahim Books Limited" && shown.isSelling)
            #expect(shown.profile.registeredAddress?.region == "BD-13")
            #expect(shown.licences.map(\.kind) == [.tradeLicence])
            // An e-TIN is between the vendor and the tax office.
            #expect(shown.registrations.isEmpty)
            market.clock.advance(by: 10 * 366 * 86_400)
            #expect(try await read(vendor.slug, in: market.client)?.licences.isEmpty == true)
            _ = try await market.decided(.suspend, on: vendor.id)
            #expect(try await read(vendor.slug, in: market.client)?.isSelling == false)
            _ = try await market.decided(.close, on: vendor.id)
            #expect(try await read(vendor.slug, in: market.client) == nil)
            #expect(try await read("nobody-here", in: market.client) == nil)
        }
    }
}
