/// Which pin codes couriers go to, and at what price. The table is the sandbox's own; names of couriers are invented.
struct ShiprocketServiceability: Sendable, Codable {
    struct Courier: Sendable {
        let id: Int
        let name: String
        let isSurface: Bool
        /// Hundredths of a rupee per half kilogram in the nearest zone.
        let base: Int
        let days: Int
        let rating: Double
        let takesCOD: Bool
    }

    struct Place: Sendable {
        let city: String
        let state: String
        let isMetro: Bool
    }

    /// What the control plane says about one pin code.
    struct Exception: Sendable, Codable {
        var serviceable = true
        var cod = true
    }

    struct Offer: Sendable {
        let courier: Courier
        let freight: Int
        let codCharge: Int
        let returnCharge: Int
        let days: Int
        let zone: String
        let chargedGrams: Int
        let takesCOD: Bool

        var total: Int { freight + codCharge }
    }

    /// What is to be carried.
    struct Parcel: Sendable {
        var from: String
        var to: String
        var grams: Int
        var isCOD: Bool
        /// Nil for both.
        var surface: Bool?
        /// Hundredths of a rupee.
        var value = 0
    }

    var exceptions: [String: Exception] = [:]

    static let couriers = [
        Courier(id: 51, name: "Banyan Surface", isSurface: true, base: 38_00, days: 4, rating: 4.2, takesCOD: true),
        Courier(id: 24, name: "Kingfisher Air", isSurface: false, base: 55_00, days: 2, rating: 4.5, takesCOD: true),
        Courier(id: 142, name: "Monsoon Surface", isSurface: true, base: 33_00, days: 6, rating: 3.8, takesCOD: true),
        Courier(id: 217, name: "Peepal Air", isSurface: false, base: 61_00, days: 1, rating: 4.7, takesCOD: false),
    ]

    /// The first three digits of a pin code.
    private static let places: [String: Place] = [
        "110": Place(city: "New Delhi", state: "Delhi", isMetro: true),
        "122": Place(city: "Gurugram", state: "Haryana", isMetro: false),
        "160": Place(city: "Chandigarh", state: "Chandigarh", isMetro: false),
        "180": Place(city: "Jammu", state: "Jammu and Kashmir", isMetro: false),
        "226": Place(city: "Lucknow", state: "Uttar Pradesh", isMetro: false),
        "302": Place(city: "Jaipur", state: "Rajasthan", isMetro: false),
        "380": Place(city: "Ahmedabad", state: "Gujarat", isMetro: false),
        "400": Place(city: "Mumbai", state: "Maharashtra", isMetro: true),
        "411": Place(city: "Pune", state: "Maharashtra", isMetro: false),
        "462": Place(city: "Bhopal", state: "Madhya Pradesh", isMetro: false),
        "500": Place(city: "Hyderabad", state: "Telangana", isMetro: true),
        "560": Place(city: "Bengaluru", state: "Karnataka", isMetro: true),
        "600": Place(city: "Chennai", state: "Tamil Nadu", isMetro: true),
        "682": Place(city: "Kochi", state: "Kerala", isMetro: false),
        "700": Place(city: "Kolkata", state: "West Bengal", isMetro: true),
        "744": Place(city: "Port Blair", state: "Andaman and Nicobar Islands", isMetro: false),
        "751": Place(city: "Bhubaneswar", state: "Odisha", isMetro: false),
        "781": Place(city: "Guwahati", state: "Assam", isMetro: false),
        "800": Place(city: "Patna", state: "Bihar", isMetro: false),
    ]

    static func isPincode(_ text: String) -> Bool {
        text.utf8.count == 6 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    static func place(_ pincode: String) -> Place {
        places[String(pincode.prefix(3))]
            ?? Place(city: "Postal region \(pincode.prefix(2))", state: "", isMetro: false)
    }

    /// 0 begins no pin code, 9 is the army's post, and 682551 to 682559 are islands off the coast.
    private func goes(to pincode: String) -> Bool {
        guard Self.isPincode(pincode) else { return false }
        if let exception = exceptions[pincode] { return exception.serviceable }
        return !pincode.hasPrefix("0") && !pincode.hasPrefix("9") && !pincode.hasPrefix("68255")
    }

    /// Cheapest first; none where nobody goes.
    func offers(_ parcel: Parcel) -> [Offer] {
        guard goes(to: parcel.from), goes(to: parcel.to) else { return [] }
        let zone = Self.zone(parcel.from, parcel.to)
        let cod = exceptions[parcel.to]?.cod ?? !Self.isRemote(parcel.to)
        return Self.couriers.filter { courier in
            (!parcel.isCOD || (courier.takesCOD && cod)) && (parcel.surface ?? courier.isSurface) == courier.isSurface
                // Nobody drives to the islands.
                && !(courier.isSurface && (parcel.to.hasPrefix("744") || parcel.from.hasPrefix("744")))
        }.map { Self.offer($0, parcel, zone, cod: cod) }.sorted {
            ($0.total, $0.courier.id) < ($1.total, $1.courier.id)
        }
    }

    private static func offer(
        _ courier: Courier, _ parcel: Parcel, _ zone: (name: String, factor: Int, days: Int), cod: Bool
    ) -> Offer {
        let slabs = max(1, (parcel.grams + 499) / 500)
        let freight = courier.base * zone.factor / 100 * slabs
        // The higher of a flat charge and a share of the value.
        let codCharge = parcel.isCOD ? max(35_00, parcel.value * 2 / 100) : 0
        return Offer(
            courier: courier, freight: freight, codCharge: codCharge, returnCharge: freight * 9 / 10,
            days: courier.days + zone.days, zone: zone.name, chargedGrams: slabs * 500,
            takesCOD: courier.takesCOD && cod)
    }

    private static func isRemote(_ pincode: String) -> Bool {
        ["18", "19", "78", "79"].contains(pincode.prefix(2)) || pincode.hasPrefix("744")
    }

    private static func zone(_ from: String, _ to: String) -> (name: String, factor: Int, days: Int) {
        if isRemote(from) || isRemote(to) { return ("z_e", 220, 3) }
        if from.prefix(3) == to.prefix(3) { return ("z_a", 100, 0) }
        if from.prefix(1) == to.prefix(1) { return ("z_b", 120, 1) }
        if place(from).isMetro, place(to).isMetro { return ("z_c", 140, 1) }
        return ("z_d", 160, 2)
    }
}
