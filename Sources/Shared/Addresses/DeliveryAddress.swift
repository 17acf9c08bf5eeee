package import Core
package import Registrations
package import Values

/// Where a parcel goes: to whom, and to which place.
package struct DeliveryAddress: Hashable, Sendable {
    package let recipient: Recipient
    package let address: PostalAddress

    package init(recipient: Recipient, address: PostalAddress) {
        self.recipient = recipient
        self.address = address
    }
}

/// A place as somebody has entered it, with its country.
package struct NewPlace: Hashable, Sendable {
    package let market: Market
    package let address: NewPostalAddress

    package init(market: Market, address: NewPostalAddress) {
        self.market = market
        self.address = address
    }
}

/// A delivery address as somebody has entered it.
package struct NewDeliveryAddress: Hashable, Sendable {
    package let recipient: NewRecipient
    package let place: NewPlace

    package init(recipient: NewRecipient, place: NewPlace) {
        self.recipient = recipient
        self.place = place
    }

    /// The delivery address, or nil after at least one failure.
    /// - Parameters:
    ///   - pointer: of the object that has the recipient's fields, and those of the place as `address`.
    ///   - regions: of the place's market, as are the zones.
    ///   - day: on which it has to be right.
    package func checked(
        _ check: inout InputCheck, at pointer: String, regions: Regions, zones: PostalZones, on day: CivilDate
    ) -> DeliveryAddress? {
        let recipient = recipient.checked(&check, at: pointer, in: place.market)
        let address = place.address.checked(
            &check, at: pointer + "/address", in: place.market, regions: regions, zones: zones, on: day)
        guard let recipient, let address else { return nil }
        return DeliveryAddress(recipient: recipient, address: address)
    }
}
