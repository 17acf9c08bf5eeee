import Addresses
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Media
import Postgres
import Registrations
import Values
import Vault
import Vendors

/// The use cases about vendors, and applications that are good.
extension Marketplace {
    var apply: ApplyToSell { ApplyToSell(audit: audit, ids: ids, clock: clock) }
    var update: UpdateVendor { UpdateVendor(audit: audit, clock: clock) }
    var decide: DecideOnVendor { DecideOnVendor(audit: audit, ids: ids, clock: clock) }
    var addRegistration: AddRegistration { AddRegistration(audit: audit, ids: ids, clock: clock) }
    var addDocument: AddDocument { AddDocument(audit: audit, ids: ids, clock: clock) }
    var locations: KeepPickupLocations { KeepPickupLocations(audit: audit, ids: ids, clock: clock) }
    var setCommission: SetCommission { SetCommission(audit: audit, ids: ids, clock: clock) }
    var replaceAccount: ReplacePayoutAccount {
        ReplacePayoutAccount(vault: vault, audit: audit, ids: ids, clock: clock)
    }

    static let nobody = Principal.nobody(network: "4:1")

    /// Whoever acts for one vendor and no other.
    func member(of vendor: ID<Vendor>) -> Principal {
        Principal(
            .vendorMember(ids.next()), permissions: Role.vendorOwner.permissions, visibility: .vendor(vendor.uuid))
    }

    /// A private file of the vendor, for its documents.
    func file(of vendor: Vendor) async throws -> ID<MediaFile> { try await file(of: vendor.id, for: .vendorDocument) }

    /// A company of Bangladesh with all that is asked of one but documents and a payout account.
    func bangladeshi(name: String = "Rahim Books") -> NewApplication {
        var profile = VendorChanges()
        profile.supportPhone = .set("+8801712345678")
        profile.registeredAddress = .set(Self.dhakaAddress)
        return NewApplication(
            name: name, email: "rahim@example.com",
            identity: VendorIdentity(legalName: "Rahim Books Limited", country: "BD", kind: .company), profile: profile,
            registrations: [NewRegistration(kind: .etin, number: "১২৩৪৫৬৭৮৯০১২", legalName: "Rahim Books Limited")],
            locations: [NewPickupLocation(name: "Shop", phone: "01712-345678", address: Self.dhakaAddress)])
    }

    /// A person of India, in Maharashtra.
    func indian(name: String = "Meera Crafts", registrations: [NewRegistration] = []) -> NewApplication {
        NewApplication(
            name: name, email: "meera@example.com",
            identity: VendorIdentity(legalName: "Meera Patil", country: "IN", kind: .proprietorship),
            registrations: registrations)
    }

    static let dhakaAddress = NewPostalAddress(
        line1: "12 Lake Road", landmark: "Behind the mosque", upazila: "Gulshan", district: "dhaka", postalCode: "১২১২")

    static let mumbaiAddress = NewPostalAddress(
        line1: "4 Hill Road", city: "Mumbai", state: "Maharashtra", postalCode: "400 050")

    func received(_ application: NewApplication) async throws -> ReceivedApplication {
        try await work { try await apply(application, by: Self.nobody, in: $0) }
    }

    func applied(_ application: NewApplication) async throws -> Vendor {
        try await received(application).details.vendor
    }

    @discardableResult
    func add(_ document: NewDocument, to vendor: Vendor) async throws -> VendorDocument {
        try await work { try await addDocument(document, to: vendor.id, by: member(of: vendor.id), in: $0) }
    }

    /// An account of a bank in Bangladesh.
    static let account = NewPayoutAccount(
        kind: .bankBangladesh, holderName: "Rahim Books Limited", accountNumber: Secret("0012345678901"),
        routingNumber: "999270017")

    @discardableResult
    func replaceAccount(
        of vendor: ID<Vendor>, with account: NewPayoutAccount = Self.account, by principal: Principal = .system
    ) async throws -> PayoutAccount {
        try await work { try await replaceAccount(account, of: vendor, by: principal, in: $0) }
    }

    /// A vendor that has applied and lacks a payout account alone.
    func documented() async throws -> Vendor {
        let vendor = try await applied(bangladeshi())
        try await add(NewDocument(kind: .nid, file: file(of: vendor), number: "1234567890"), to: vendor)
        try await add(
            NewDocument(
                kind: .tradeLicence, file: file(of: vendor), number: "TRAD/DSCC/012345/2024",
                authority: "Dhaka South City Corporation", expiresOn: CivilDate(year: 2030, month: 6, day: 30)),
            to: vendor)
        return vendor
    }

    /// A vendor that has applied, shown everything and waits.
    func inReview() async throws -> Vendor {
        let vendor = try await documented()
        try await replaceAccount(of: vendor.id)
        return try await work { try await decide.submit(vendor.id, by: member(of: vendor.id), in: $0) }
    }

    func approved(at rate: Rate = .percent(10)) async throws -> Vendor {
        let vendor = try await inReview()
        return try await work {
            try await decide.approve(vendor.id, under: Commission(rate: rate), by: .system, in: $0)
        }
    }

    func decided(_ judgement: Judgement, on vendor: ID<Vendor>, reason: String = "so") async throws -> Vendor {
        try await work { try await decide(judgement, on: vendor, reason: reason, by: .system, in: $0) }
    }

    func checklist(of vendor: ID<Vendor>) async throws -> Checklist {
        try await ReadChecklist(clock: clock)(vendor, visibleTo: .everything, in: client)
    }

    /// The actions on record about a vendor, the earliest first.
    func actions(on vendor: ID<Vendor>) async throws -> [String] {
        try await audit.events(of: vendor.description, page: PageRequest(limit: 100), in: client).items
            .map(\.entry.action).reversed()
    }

    /// What was published, by name.
    func published() async throws -> [String] {
        try await client.queryValues("SELECT name FROM events ORDER BY id", as: String.self)
    }
}

extension Problem {
    /// The fields that it names, with what is wrong with each.
    var faults: [String] { fields.map { "\($0.pointer) \($0.code)" } }
}
