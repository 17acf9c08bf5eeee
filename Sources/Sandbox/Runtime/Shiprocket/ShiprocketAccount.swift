/// The wallet, pickup addresses and channels.
enum ShiprocketAccount {
    /// A text, and negative where the wallet is overdrawn.
    static let balance: ShiprocketOperation = { (state, _) throws(ShiprocketError) in
        .json(["data": ["balance_amount": .decimalText(state.wallet)]])
    }

    /// UNCONFIRMED: the rows' names.
    static let statement: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let page = call.page(state.statement.reversed(), path: "account/details/statement")
        return .json([
            "data": .array(
                page.rows.map {
                    [
                        "created_at": .string(ShiprocketRendering.stamp($0.at)), "awb_code": .string($0.awb),
                        "description": .string($0.description), "amount": .decimalText($0.amount),
                        "balance_amount": .decimalText($0.balance),
                    ]
                }), "meta": page.meta,
        ])
    }

    /// Nothing is ever weighed again here.
    static let discrepancy: ShiprocketOperation = { (_, _) throws(ShiprocketError) in .json(["data": []]) }

    static let pickups: ShiprocketOperation = { (state, _) throws(ShiprocketError) in
        .json(["data": ["shipping_address": .array(state.pickups.map(address)), "allow_more": "1"]])
    }

    private static func address(_ pickup: ShiprocketPickup) -> JSON {
        [
            "id": .int(pickup.id), "pickup_location": .string(pickup.name), "address": .string(pickup.party.address),
            "address_2": .string(pickup.party.address2), "city": .string(pickup.party.city),
            "state": .string(pickup.party.state), "country": .string(pickup.party.country),
            "pin_code": .string(pickup.party.pincode), "email": .string(pickup.party.email),
            "phone": .string(pickup.party.phone), "name": .string(pickup.party.name), "phone_verified": 1, "status": 2,
            "is_primary_location": pickup.id == 1 ? 1 : 0,
        ]
    }

    static let addPickup: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let fields = ["pickup_location", "name", "email", "phone", "address", "city", "state", "country", "pin_code"]
        let missing = fields.filter { call.text($0).isEmpty }
        guard missing.isEmpty else {
            throw .invalid(missing.map { ($0, "The \($0.replacing("_", with: " ")) field is required.") })
        }
        let name = call.text("pickup_location")
        guard !state.pickups.contains(where: { $0.name == name }) else {
            throw .invalid([("pickup_location", "Address nick name already in use")])
        }
        let pickup = ShiprocketPickup(
            id: state.pickups.count + 1, name: name,
            party: ShiprocketParty(
                name: call.text("name"), address: call.text("address"), address2: call.text("address_2"),
                city: call.text("city"), pincode: call.text("pin_code"), state: call.text("state"),
                country: call.text("country"), email: call.text("email"), phone: call.text("phone")))
        state.pickups.append(pickup)
        return .json([
            "success": true, "address": address(pickup), "pickup_id": .int(pickup.id), "company_name": "Haat",
        ])
    }

    static let channels: ShiprocketOperation = { (state, _) throws(ShiprocketError) in
        .json([
            "data": [
                ["id": .int(state.channelID), "name": "CUSTOM", "status": "Active", "base_channel_code": "CS"]
            ]
        ])
    }
}
