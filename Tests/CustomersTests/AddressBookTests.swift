import Addresses
import CommerceTestSupport
import Core
import Customers
import Foundation
import Identity
import Postgres
import Registrations
import Testing

@Suite("Address books")
struct AddressBookTests {
    private static let dhaka = NewPlace(
        market: .bangladesh,
        address: NewPostalAddress(line1: "বাড়ি ৭, রোড ৩", landmark: "Mosque", upazila: "Dhanmondi", district: "ঢাকা"))
    private static let pune = NewPlace(
        market: .india,
        address: NewPostalAddress(line1: "1 MG Road", city: "Pune", state: "महाराष्ट्र", postalCode: "Pune - ४११ ००१"))

    private func entered(
        _ place: NewPlace = Self.dhaka, name: String = "করিম", label: String? = nil, uses: AddressUses = AddressUses()
    ) -> NewSavedAddress {
        NewSavedAddress(
            label: label,
            delivery: NewDeliveryAddress(
                recipient: NewRecipient(name: name, latinName: "Karim", phone: "+8801712345678"), place: place),
            uses: uses)
    }

    @Test("An address is kept in its country's form, and the first one is taken for deliveries and bills")
    func kept() async throws {
        try await Patrons.open { patrons in
            let karim = try await patrons.customer()
            let home = try await patrons.market.work { try await patrons.addresses.add(entered(), by: karim, in: $0) }
            #expect(home.uses == AddressUses(isDefaultShipping: true, isDefaultBilling: true))
            #expect(home.delivery.address.region == "BD-13")
            let office = try await patrons.market.work {
                try await patrons.addresses.add(
                    entered(Self.pune, label: "Office", uses: AddressUses(isDefaultShipping: true)), by: karim, in: $0)
            }
            guard case .india(_, "27", let pin) = office.delivery.address.place else {
                Issue.record("\(office)")
                return
            }
            #expect(pin.text == "411001")
            let store = AddressBookStore()
            let all = try await store.addresses(of: karim.ownAccount, in: patrons.market.client)
            #expect(all.map(\.id) == [home.id, office.id])
            #expect(
                all.map(\.uses.isDefaultShipping) == [false, true] && all.map(\.uses.isDefaultBilling) == [true, false])
            // What has yielded is another version: an edit of the former one would undo it.
            #expect(all[0].version == 2 && all[1] == office)
            let rahim = try await patrons.customer("rahim@example.com")
            #expect(try await store.address(home.id, of: rahim.ownAccount, in: patrons.market.client) == nil)
        }
    }

    @Test("An edit changes what it names, from the version that was seen")
    func edited() async throws {
        try await Patrons.open { patrons in
            let karim = try await patrons.customer()
            let home = try await patrons.market.work { try await patrons.addresses.add(entered(), by: karim, in: $0) }
            let changed = try await patrons.market.work {
                try await patrons.addresses.update(
                    home.id, SavedAddressChanges(label: "Home", latinName: .some(nil), alternatePhone: "01812345678"),
                    expecting: 1, by: karim, in: $0)
            }
            #expect(
                changed.label == "Home" && changed.version == 2 && changed.delivery.address == home.delivery.address)
            #expect(changed.delivery.recipient.latinName == nil)
            #expect(changed.delivery.recipient.alternatePhone?.rawValue == "+8801812345678")
            let store = AddressBookStore()
            let read = try await store.address(home.id, of: karim.ownAccount, in: patrons.market.client)
            #expect(read == changed)
            let stale = try await patrons.refusal {
                _ = try await patrons.market.work {
                    try await patrons.addresses.update(
                        home.id, SavedAddressChanges(name: "K"), expecting: 1, by: karim, in: $0)
                }
            }
            #expect(stale?.status == 412)
            let wrong = try await patrons.refusal {
                _ = try await patrons.market.work {
                    try await patrons.addresses.update(
                        home.id, SavedAddressChanges(label: "", name: "", phone: "1", place: Self.pune), expecting: nil,
                        by: karim, in: $0)
                }
            }
            #expect(wrong?.fields.map(\.pointer) == ["/label", "/name", "/phone"])
            let rahim = try await patrons.customer("rahim@example.com")
            let foreign = try await patrons.refusal {
                try await patrons.market.work { try await patrons.addresses.remove(home.id, by: rahim, in: $0) }
            }
            #expect(foreign?.status == 404)
            try await patrons.market.work { try await patrons.addresses.remove(home.id, by: karim, in: $0) }
            #expect(try await store.addresses(of: karim.ownAccount, in: patrons.market.client).isEmpty)
        }
    }

    @Test("A book is bounded, and of many that become the default at once one is")
    func bounded() async throws {
        try await Patrons.open { patrons in
            let karim = try await patrons.customer()
            try await withThrowingTaskGroup { tasks in
                for number in 0..<AddressBookStore.mostPerCustomer {
                    tasks.addTask {
                        _ = try await patrons.market.work {
                            try await patrons.addresses.add(
                                entered(
                                    name: "K \(number)",
                                    uses: AddressUses(isDefaultShipping: true, isDefaultBilling: true)), by: karim,
                                in: $0)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            let all = try await AddressBookStore().addresses(of: karim.ownAccount, in: patrons.market.client)
            #expect(all.count == AddressBookStore.mostPerCustomer)
            #expect(all.filter(\.uses.isDefaultShipping).count == 1 && all.filter(\.uses.isDefaultBilling).count == 1)
            let full = try await patrons.refusal {
                _ = try await patrons.market.work { try await patrons.addresses.add(entered(), by: karim, in: $0) }
            }
            #expect(full?.type == "too-many-addresses")
        }
    }

    @Test("The audit record names addresses by their ids and tells nothing of them")
    func audited() async throws {
        try await Patrons.open { patrons in
            let karim = try await patrons.customer()
            let home = try await patrons.market.work { try await patrons.addresses.add(entered(), by: karim, in: $0) }
            let payloads = try await patrons.market.owner.queryValues(
                "SELECT payload FROM audit_events WHERE action = 'address.added'", as: String.self)
            #expect(payloads == [#"{"address_id":"\#(home.id)"}"#])
        }
    }
}
