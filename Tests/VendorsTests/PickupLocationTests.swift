import Addresses
import CommerceTestSupport
import Core
import Foundation
import Identity
import Postgres
import Testing
import Vendors

@Suite("Where parcels are fetched")
struct PickupLocationTests {
    private func add(
        _ new: NewPickupLocation, to vendor: Vendor, in market: Marketplace
    ) async throws -> PickupLocation {
        try await market.work {
            try await market.locations.add(new, to: vendor.id, by: market.member(of: vendor.id), in: $0)
        }
    }

    private let mumbai = NewPickupLocation(name: "Studio", phone: "98123 45678", address: Marketplace.mumbaiAddress)

    @Test("An address has its country's form, and names of regions become their codes")
    func forms() async throws {
        try await Marketplace.open { market in
            let indian = try await market.applied(market.indian())
            let studio = try await add(mumbai, to: indian, in: market)
            #expect(studio.address.region == "27" && studio.phone.rawValue == "+919812345678")
            let bangladeshi = try await market.applied(market.bangladeshi())
            let address = NewPostalAddress(line1: "Station Road", upazila: "Sadar", district: "Comilla")
            let shop = try await add(
                NewPickupLocation(name: "Shop", phone: "০১৭১২৩৪৫৬৭৮", address: address), to: bangladeshi, in: market)
            #expect(shop.address.region == "BD-08")
            let all = try await PickupLocationStore().locations(
                of: indian.id, visibleTo: .everything, in: market.client)
            #expect(all == [studio])
            let regions = try await market.client.queryValues(
                "SELECT region FROM pickup_locations ORDER BY id", as: String.self)
            #expect(regions == ["27", "BD-13", "BD-08"])
        }
    }

    @Test("What an address lacks, or has of another country's form, is named")
    func wrong() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.indian())
            let cases: [(NewPostalAddress, [String])] = [
                (
                    NewPostalAddress(line1: "1"),
                    ["/address/city required", "/address/state required", "/address/postal_code required"]
                ),
                (
                    NewPostalAddress(line1: "1", city: "Pune", state: "Atlantis", postalCode: "011001"),
                    ["/address/state unknown", "/address/postal_code format"]
                ),
                (
                    NewPostalAddress(line1: "1", city: "Pune", state: "27", upazila: "Sadar", postalCode: "411001"),
                    ["/address/upazila not_wanted"]
                ),
            ]
            for (address, faults) in cases {
                let problem = await #expect(throws: Problem.self) {
                    try await add(
                        NewPickupLocation(name: "Shop", phone: "9812345678", address: address), to: vendor, in: market)
                }
                #expect(problem?.faults == faults)
            }
        }
    }

    @Test("It sells under the State's only registration, and under none of another State")
    func registration() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(
                market.indian(registrations: [
                    NewRegistration(kind: .gstin, number: "27ABCPE1234F1ZB", legalName: "Meera Patil")
                ]))
            let registrations = try await RegistrationStore().registrations(
                of: vendor.id, visibleTo: .everything, in: market.client)
            let studio = try await add(mumbai, to: vendor, in: market)
            #expect(studio.registration == registrations[0].id)
            let bengaluru = NewPostalAddress(line1: "1 MG Road", city: "Bengaluru", state: "KA", postalCode: "560001")
            let problem = await #expect(throws: Problem.self) {
                try await add(
                    NewPickupLocation(
                        name: "South", phone: "9812345678", address: bengaluru, registration: registrations[0].id),
                    to: vendor, in: market)
            }
            #expect(problem?.faults == ["/registration_id other_state"])
            let south = try await add(
                NewPickupLocation(name: "South", phone: "9812345678", address: bengaluru), to: vendor, in: market)
            #expect(south.registration == nil)
        }
    }

    @Test("It is edited from the version that was seen; a move to another State leaves the old registration behind")
    func editing() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(
                market.indian(registrations: [
                    NewRegistration(kind: .gstin, number: "27ABCPE1234F1ZB", legalName: "Meera Patil")
                ]))
            let studio = try await add(mumbai, to: vendor, in: market)
            func edit(_ changes: PickupLocationChanges, version: Int64?) async throws -> PickupLocation {
                try await market.work {
                    try await market.locations.update(
                        studio.id, of: vendor.id, changes, version: version, by: market.member(of: vendor.id), in: $0)
                }
            }
            let renamed = try await edit(PickupLocationChanges(name: "Old studio", isActive: false), version: 1)
            #expect(renamed.name == "Old studio" && !renamed.isActive && renamed.version == 2)
            #expect(renamed.registration == studio.registration && renamed.address == studio.address)
            await #expect(throws: Problem.versionMismatch(current: 2)) {
                try await edit(PickupLocationChanges(name: "Late"), version: 1)
            }
            let address = NewPostalAddress(line1: "1 MG Road", city: "Bengaluru", state: "29", postalCode: "560001")
            let moved = try await edit(PickupLocationChanges(address: address), version: nil)
            #expect(moved.address.region == "29" && moved.registration == nil && moved.version == 3)
            let stored = try await PickupLocationStore().locations(
                of: vendor.id, visibleTo: .everything, in: market.client)
            #expect(stored == [moved])
        }
    }
}
