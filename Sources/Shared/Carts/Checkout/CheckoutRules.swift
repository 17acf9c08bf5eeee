import Addresses
import Core
import Foundation
import Orders
import Postgres
import Registrations
import Shipping
import Values

/// What contact and address of a checkout have to be like.
struct CheckoutRules: Sendable {
    private let known: KnownPlaces
    private let clock: any WallClock

    init(known: KnownPlaces, clock: some WallClock) {
        self.known = known
        self.clock = clock
    }

    /// - Throws: a 422 `Problem` with every field that is not acceptable; `PostgresError`.
    func checked(_ checkout: CartCheckout, in executor: some PostgresExecutor) async throws -> CheckedCheckout {
        var check = InputCheck()
        let email = checkout.email.flatMap { check.email("/email", $0) }
        if let name = checkout.customerName { check.text("/customer_name", name, NewOrder.customerName) }
        let market = checkout.delivery?.place.market
        let phone = checkout.phone.flatMap { typed in
            market.flatMap { PhoneNumber(typed: typed, in: $0.phones) } ?? check.phone("/phone", typed)
        }
        var (address, destination): (ShippingAddress?, ShippingDestination?) = (nil, nil)
        if let delivery = checkout.delivery, let market {
            let (places, day) = (try await known.places(of: market, in: executor), CivilDate(clock.now, in: market))
            let found = delivery.checked(
                &check, at: "/delivery", regions: places.regions, zones: places.zones, on: day)
            if let found {
                let region = places.regions.region(coded: found.address.region, on: day)
                address = ShippingAddress(found, region: region)
                destination = ShippingDestination(found.address, region: region)
            }
        }
        try check.finish()
        return CheckedCheckout(
            email: email, customerName: checkout.customerName,
            phone: phone ?? address?.phone.flatMap(PhoneNumber.init(rawValue:)),
            address: address, destination: destination)
    }
}

extension ShippingAddress {
    /// As it is kept with an order.
    fileprivate init(_ delivery: DeliveryAddress, region: Region?) {
        let (address, recipient) = (delivery.address, delivery.recipient)
        let (city, code): (String, String?) =
            switch address.place {
            case .india(let city, _, let pin): (city, pin.text)
            case .bangladesh(let upazila, _, let postalCode): (upazila, postalCode)
            }
        self.init(
            name: recipient.name, latinName: recipient.latinName, line1: address.line1, line2: address.line2,
            landmark: address.landmark, city: city, region: region?.name ?? address.region, regionCode: address.region,
            postalCode: code, country: address.market.rawValue, phone: recipient.phone.rawValue,
            alternatePhone: recipient.alternatePhone?.rawValue)
    }
}

extension ShippingDestination {
    fileprivate init(_ address: PostalAddress, region: Region?) {
        let code: String? =
            switch address.place {
            case .india(_, _, let pin): pin.text
            case .bangladesh(_, _, let postalCode): postalCode
            }
        self.init(
            country: address.market.rawValue, regions: [address.region] + (region?.parent.map { [$0] } ?? []),
            postalCode: code)
    }
}
