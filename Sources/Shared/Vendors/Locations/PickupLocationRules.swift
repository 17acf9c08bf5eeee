import Addresses
import Core
import Registrations
import Values

/// What pickup locations of a vendor have to be like.
struct PickupLocationRules: Sendable {
    let market: Market
    let regions: Regions
    /// Those of the vendor.
    let registrations: [TaxRegistration]
    let day: CivilDate

    /// A telephone number of the vendor's country, or with its code of any; nil after a failure.
    func phone(_ text: String, _ check: inout InputCheck, at pointer: String) -> PhoneNumber? {
        // Shops have telephones that are not mobile.
        if let number = PhoneNumber(typed: text, in: market.phones) ?? PhoneNumber(rawValue: text) { return number }
        check.fail(pointer, PhoneNumber.violation)
        return nil
    }

    func address(_ new: NewPostalAddress, _ check: inout InputCheck, at pointer: String) -> PostalAddress? {
        new.checked(&check, at: pointer, in: market, regions: regions, on: day)
    }

    /// Goods are taxed in the State that they leave: a registration of another State is none for this place.
    func registration(
        _ id: ID<TaxRegistration>, for address: PostalAddress, _ check: inout InputCheck, at pointer: String
    ) {
        guard let found = registrations.first(where: { $0.id == id }) else {
            return check.fail(pointer, "unknown", "is no registration of the vendor")
        }
        if !found.isValid(on: day) { check.fail(pointer, "not_valid", "is not valid now") }
        if let region = found.region, region != address.region {
            check.fail(pointer, "other_state", "is of another State than the address")
        }
    }

    /// The registration that a place in a State sells under where its vendor has named none: the only one that it can be.
    func obviousRegistration(for address: PostalAddress) -> ID<TaxRegistration>? {
        let fitting = registrations.filter { $0.isValid(on: day) && $0.region == address.region }
        return fitting.count == 1 ? fitting[0].id : nil
    }
}
