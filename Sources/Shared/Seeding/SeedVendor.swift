import Core
import Foundation
import Registrations
import Vendors

/// A vendor of a plan.
struct SeedVendor {
    let id: ID<Vendor>
    let market: Market
    let name: String
    let slug: Slug
    let email: String
    let legalName: String
    let kind: VendorKind
    let isSuspended: Bool
    let createdAt: Date
    let commissionRate: Int
    /// That of a person who can be reached; the number is nobody's.
    let contact: String
    let phone: String
    let place: Places.Place
    let street: String
    let postalCode: String
    /// For numbers that are needed once.
    private(set) var draw: Draw

    init(_ index: Int, of plan: SeedPlan) {
        var draw = Draw(plan.seed, .vendor, index)
        // Three of five sell from India.
        market = index % 5 < 3 ? .india : .bangladesh
        createdAt = plan.daysBefore(1_100 - 300 * Double(index) / Double(plan.vendors)).addingTimeInterval(
            draw.fraction() * .hour)
        id = ID(uuid: draw.uuid(at: createdAt))
        place = draw.pick(market == .india ? Places.india : Places.bangladesh)
        let last = draw.pick(market == .india ? Names.indianLast : Names.bangladeshiLast)
        contact = draw.pick(market == .india ? Names.indianFirst : Names.bangladeshiFirst) + " " + last
        let house = draw.chance(50) ? draw.pick(Assortment.brands) : last
        name = "\(house) \(draw.pick(Names.trades)), \(place.city)"
        // A vendor's slug is shorter than a product's.
        slug = Slug(from: String(name.unicodeScalars.prefix(40).map(Character.init)), of: id)
        email = "sales@\(slug).example"
        kind = draw.pick([.proprietorship, .proprietorship, .partnership, .company, .individual])
        legalName = kind == .company ? "\(house) \(market == .india ? "Private Limited" : "Limited")" : contact
        isSuspended = index > 0 && draw.chance(2)
        commissionRate = 50_000 + 5_000 * draw.below(31)
        // No operator gives out numbers that begin so.
        phone = market == .india ? "+915550" + draw.digits(6) : "+88010" + draw.digits(8)
        street = "\(draw.within(1...240)) \(draw.pick(Places.streets))"
        postalCode = place.post + draw.digits(2)
        self.draw = draw
    }

    var currency: Currency { market == .india ? .inr : .bdt }

    /// As `VendorAddress` stores it.
    var address: JSONValue {
        var members: [UTF8Text: JSONValue] = [
            "country": .string(market.rawValue), "line1": .string(street), "postal_code": .string(postalCode),
        ]
        switch market {
        case .india:
            members["city"] = .string(place.city)
            members["state"] = .string(place.region)
        case .bangladesh:
            members["upazila"] = .string(place.city)
            members["district"] = .string(place.region)
        }
        return .object(members)
    }

    /// Its tax registrations: kind, number, and the State of one that is one State's.
    func registrations() -> [(kind: String, number: String, region: String?)] {
        var draw = draw
        switch market {
        case .india:
            let holder = kind == .company ? "C" : kind == .partnership ? "F" : "P"
            let pan = draw.capitals(3) + holder + draw.capitals(1) + draw.digits(4) + draw.capitals(1)
            let unchecked = place.region + pan + "1Z"
            let check = GSTIN.checkCharacter(of: Array(unchecked.utf8)).map { String(decoding: [$0], as: UTF8.self) }
            return [("pan", pan, nil), ("gstin", unchecked + (check ?? ""), place.region)]
        case .bangladesh:
            return [("etin", draw.digits(12), nil)]
                + (draw.chance(60) ? [("bin", "00" + draw.digits(7) + "0101", nil)] : [])
        }
    }
}
