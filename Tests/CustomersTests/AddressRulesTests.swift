import Addresses
import Core
import Registrations
import Testing
import Values

@Suite("What addresses have to be like")
struct AddressRulesTests {
    private static let day = CivilDate(daysSinceEpoch: 20_787)
    private static let regions = Regions([
        region(.state, "27", "Maharashtra", ["MH", "महाराष्ट्र"]), region(.state, "07", "Delhi", ["DL", "New Delhi"]),
        region(.state, "30", "Goa", ["GA"]), region(.division, "BD-C", "Dhaka", []),
        region(.division, "BD-B", "Chattogram", ["Chittagong"]),
        region(.district, "BD-13", "Dhaka", ["ঢাকা"], parent: "BD-C"),
        region(.district, "BD-08", "Cumilla", ["Comilla", "কুমিল্লা"], parent: "BD-B"),
    ])
    private static let zones = PostalZones([
        PostalZone(prefix: "11", regions: ["07"]), PostalZone(prefix: "40", regions: ["27"]),
        PostalZone(prefix: "403", regions: ["30"]),
    ])

    private static func region(
        _ kind: Region.Kind, _ code: String, _ name: String, _ aliases: [String], parent: String? = nil
    ) -> Region {
        Region(kind: kind, code: code, name: name, parent: parent, aliases: aliases, validFrom: nil, validTo: nil)
    }

    private func checked(_ new: NewPostalAddress, in market: Market) -> (PostalAddress?, [String]) {
        var check = InputCheck()
        let address = new.checked(
            &check, at: "/address", in: market, regions: Self.regions, zones: Self.zones, on: Self.day)
        do throws(Problem) {
            try check.finish()
            return (address, [])
        } catch {
            return (address, error.fields.map { "\($0.pointer) \($0.code)" })
        }
    }

    private func delhi(_ postalCode: String, state: String = "DL") -> NewPostalAddress {
        NewPostalAddress(line1: "12/4 Chandni Chowk", city: "Delhi", state: state, postalCode: postalCode)
    }

    @Test(
        "A PIN is read as people type it",
        arguments: ["110001", "110 001", "110001.", "Delhi-110001", "Delhi 110-001", "১১০০০১", "११०००१", "दिल्ली-११० ००१"])
    func pins(typed: String) {
        let (address, faults) = checked(delhi(typed), in: .india)
        #expect(faults.isEmpty)
        #expect(address?.place == .india(city: "Delhi", state: "07", pin: try! PINCode("110001")))
    }

    @Test(
        "What is no PIN is named", arguments: ["011001", "11000", "1100011", "110001A", "A110001", "①①०००१", "Delhi"])
    func wrongPins(typed: String) {
        let (address, faults) = checked(delhi(typed), in: .india)
        #expect(address == nil && faults.count == 1 && faults[0].hasPrefix("/address/postal_code "))
    }

    @Test("A State that the PIN does not lie in is asked about, and taken once it is confirmed")
    func otherState() {
        let (address, faults) = checked(delhi("400001", state: "Delhi"), in: .india)
        #expect(address == nil && faults == ["/address/state other_than_postal_code"])
        let confirmed = NewPostalAddress(
            line1: "1", city: "Delhi", state: "Delhi", postalCode: "400001", isRegionConfirmed: true)
        #expect(checked(confirmed, in: .india).0?.region == "07")
        // The longest beginning that is known counts, and of codes that nobody knows nothing is said.
        #expect(checked(delhi("403001", state: "GA"), in: .india).1.isEmpty)
        #expect(checked(delhi("900001", state: "07"), in: .india).1.isEmpty)
    }

    @Test("Regions are known by codes, names, other spellings and other scripts")
    func regionNames() {
        for name in ["27", "MH", "mh", "maharashtra", "महाराष्ट्र"] {
            #expect(checked(delhi("400001", state: name), in: .india).0?.region == "27", "\(name)")
        }
        for name in ["BD-08", "Cumilla", "comilla", "কুমিল্লা"] {
            let new = NewPostalAddress(line1: "Station Road", upazila: "Sadar", district: name)
            #expect(checked(new, in: .bangladesh).0?.region == "BD-08", "\(name)")
        }
    }

    @Test("A Bangladeshi address needs district and thana, and its division has to be the district's")
    func bangladesh() {
        let whole = NewPostalAddress(
            line1: "বাড়ি ৭, রোড ৩", landmark: "মসজিদের পাশে", division: "Dhaka", upazila: "ধানমন্ডি", district: "ঢাকা",
            postalCode: "ঢাকা-১২০৫")
        #expect(
            checked(whole, in: .bangladesh).0?.place
                == .bangladesh(upazila: "ধানমন্ডি", district: "BD-13", postalCode: "1205"))
        let without = NewPostalAddress(line1: "7", upazila: "Dhanmondi", district: "Dhaka", postalCode: "")
        #expect(
            checked(without, in: .bangladesh).0?.place
                == .bangladesh(upazila: "Dhanmondi", district: "BD-13", postalCode: nil))
        let cases: [(NewPostalAddress, [String])] = [
            (NewPostalAddress(line1: "7"), ["/address/upazila required", "/address/district required"]),
            (
                NewPostalAddress(line1: "7", division: "Chattogram", upazila: "Dhanmondi", district: "Dhaka"),
                ["/address/division other_than_district"]
            ),
            (
                NewPostalAddress(line1: "7", city: "Dhaka", state: "27", upazila: "Dhanmondi", district: "Dhaka"),
                ["/address/city not_wanted", "/address/state not_wanted"]
            ),
            (
                NewPostalAddress(line1: "7", upazila: "Dhanmondi", district: "Dhaka", postalCode: "120"),
                ["/address/postal_code length"]
            ),
        ]
        for (new, faults) in cases { #expect(checked(new, in: .bangladesh).1 == faults) }
    }

    @Test("Recipients have one name of any script and mobile numbers as they are typed there")
    func recipients() throws {
        var check = InputCheck()
        let recipient = NewRecipient(
            name: "মোঃ রহিম", latinName: "Md. Rahim", phone: "০১৭১২-৩৪৫৬৭৮", alternatePhone: "+91 98123 45678"
        ).checked(&check, at: "", in: .bangladesh)
        try check.finish()
        #expect(recipient?.phone.rawValue == "+8801712345678")
        #expect(recipient?.alternatePhone?.rawValue == "+919812345678")
        let wrong = NewRecipient(name: " ", latinName: "রহিম", phone: "12", alternatePhone: "")
        #expect(wrong.checked(&check, at: "/to", in: .india) == nil)
        let problem = #expect(throws: Problem.self) { try check.finish() }
        #expect(
            problem?.fields.map { "\($0.pointer) \($0.code)" } == [
                "/to/name blank", "/to/latin_name pattern", "/to/phone format", "/to/alternate_phone format",
            ])
        var same = InputCheck()
        #expect(
            NewRecipient(name: "R", phone: "01712345678", alternatePhone: "+8801712345678")
                .checked(&same, at: "", in: .bangladesh) == nil)
    }

    @Test("An address is the same after it was stored")
    func stored() throws {
        for new in [
            delhi("110001"),
            NewPostalAddress(line1: "1", line2: "2", landmark: "L", city: "C", state: "07", postalCode: "110001"),
        ] {
            let address = try #require(checked(new, in: .india).0)
            #expect(PostalAddress(json: address.json) == address)
        }
        let dhaka = PostalAddress(line1: "1", place: .bangladesh(upazila: "U", district: "BD-13", postalCode: nil))
        #expect(PostalAddress(json: dhaka.json) == dhaka)
        #expect(PostalAddress(json: ["country": "BD"]) == nil)
    }
}
