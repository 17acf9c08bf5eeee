import Addresses
import Core
import Foundation
import Registrations
import Testing
import Values

@testable import Vendors

@Suite("What is asked of vendors")
struct ChecklistTests {
    private let day = CivilDate(daysSinceEpoch: 20_000)
    private let vendor = ID<Vendor>(uuid: UUID())

    private func document(_ status: DocumentStatus, expiresOn: Int? = nil, reason: String = "") -> VendorDocument {
        VendorDocument(
            id: ID(uuid: UUID()), vendor: vendor, kind: .tradeLicence, file: ID(uuid: UUID()),
            number: .whole("TRAD/1"), expiresOn: expiresOn.map { CivilDate(daysSinceEpoch: $0) }, status: status,
            reason: reason, createdAt: Date())
    }

    private func state(of documents: VendorDocument...) -> ChecklistItem {
        var evidence = VendorEvidence()
        evidence.documents = documents
        let wanted = VendorRequirement(code: "licence", subject: .document, kinds: ["trade_licence"])
        return Checklist([wanted], evidence, on: day).items[0]
    }

    @Test("A document stands as its review says, and after its last day it has expired")
    func documents() {
        #expect(state().state == .missing)
        #expect(state(of: document(.pending)).state == .pending)
        #expect(state(of: document(.accepted, expiresOn: 20_000)).state == .done)
        #expect(state(of: document(.accepted, expiresOn: 19_999)).state == .expired)
        let refused = state(of: document(.refused, reason: "blurred"))
        #expect(refused.state == .refused && refused.reason == "blurred")
    }

    @Test("Of several the one that stands best counts")
    func best() {
        let both = state(of: document(.refused, reason: "blurred"), document(.pending))
        #expect(both.state == .pending && both.reason.isEmpty)
        #expect(state(of: document(.accepted), document(.refused)).state == .done)
    }

    @Test("What is asked for only where it applies holds nobody up")
    func optional() {
        let food = VendorRequirement(code: "food", subject: .document, kinds: ["food_licence"], isRequired: false)
        let checklist = Checklist([food], VendorEvidence(), on: day)
        #expect(checklist.items.map(\.state) == [.missing] && checklist.isComplete)
    }

    @Test("A place that couriers are not sent to, and an account that was replaced, are none")
    func inactive() {
        var evidence = VendorEvidence()
        evidence.payoutAccounts = [
            PayoutAccount(
                id: ID(uuid: UUID()), vendor: vendor, kind: .upi, holderName: "M", lastFour: "abcd", state: .replaced,
                createdAt: Date(), usableFrom: Date(), replacedAt: Date())
        ]
        evidence.locations = [
            PickupLocation(
                id: ID(uuid: UUID()), vendor: vendor, name: "Shop", phone: .example,
                address: PostalAddress(
                    line1: "1", place: .bangladesh(upazila: "Gulshan", district: "BD-13", postalCode: nil)),
                isActive: false, createdAt: Date())
        ]
        let wanted = [
            VendorRequirement(code: "place", subject: .pickupLocation),
            VendorRequirement(code: "account", subject: .payoutAccount, kinds: ["upi"]),
            VendorRequirement(code: "officer", subject: .grievanceOfficer),
        ]
        let checklist = Checklist(wanted, evidence, on: day)
        #expect(checklist.missing.map(\.requirement.code) == ["place", "account", "officer"])
    }
}
