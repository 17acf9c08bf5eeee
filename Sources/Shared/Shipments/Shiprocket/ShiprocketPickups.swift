import Core
import Payments
import Synchronization
import Vendors

/// The places that parcels are fetched at, as the account knows them.
final class ShiprocketPickups: Sendable {
    private let client: ShiprocketClient
    private let settings: ShiprocketProvider
    private let pin = Mutex<String?>(nil)

    init(client: ShiprocketClient, settings: ShiprocketProvider) {
        self.client = client
        self.settings = settings
    }

    /// The PIN code of the account's own place, which is asked for once.
    func ownPIN() async throws(CourierError) -> String {
        if let known = pin.withLock({ $0 }) { return known }
        let answer = try await client.get("pickups.list", "/settings/company/pickup")
        let found = try CourierError.reading { () throws(MalformedEvent) in
            try answer.object("data").objects("shipping_address")
                .first { $0.loose("pickup_location") == settings.pickupLocation }?.loose("pin_code")
        }
        guard let found, ShiprocketOrderForm.isPIN(found) else {
            throw .refused(
                code: ShiprocketRefusal.Code.wrongPickupLocation,
                message: "the account has no pickup address \(settings.pickupLocation) with a PIN code")
        }
        pin.withLock { $0 = found }
        return found
    }

    /// Makes a vendor's place known; safe to repeat. UNCONFIRMED: a new place may have to be confirmed by a code that is sent to its
    /// telephone before anything is fetched there.
    func add(_ location: PickupLocation) async throws(CourierError) {
        guard let place = ShiprocketPlace(location) else {
            throw .refused(
                code: ShiprocketRefusal.Code.wrongPickupLocation,
                message: "Shiprocket fetches at places in India that have a mobile number")
        }
        var fields = place.fields
        fields["pickup_location"] = .string(ShiprocketOrderForm.nickname(of: location))
        fields["name"] = .string(ShiprocketOrderForm.cut(location.name, 100))
        fields["email"] = .string(settings.credentials.email.reveal())
        fields["pin_code"] = .string(place.pin)
        do throws(CourierError) {
            _ = try await client.answer("pickups.add", "/settings/company/addpickup", .object(fields))
        } catch .refused(ShiprocketRefusal.Code.knownPickupLocation, _) {
            // Another process was faster.
        }
    }
}
