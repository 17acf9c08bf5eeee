/// What the control plane may do with Shiprocket.
extension ShiprocketProvider {
    func control(_ command: ControlCommand) async throws -> JSON? {
        let body = command.body
        switch command.path {
        case ["move"]: return try move(body)
        case ["track"]: return try track(body)
        case ["wallet"]: return try setWallet(body)
        case ["pincodes"]: return try setPincode(body)
        case ["tokens", "expire"]: return expireTokens()
        case ["webhook"]: return try setWebhook(body)
        case ["seed"]: return try seed(body)
        default: return try courierControl(command)
        }
    }

    /// `{"parcel":"…","status":17,"activity":"…","location":"…","force":true}`, a status of the shipment table; by
    /// hand ends a journey by itself.
    private func move(_ body: JSON) throws(ControlError) -> JSON {
        let order = try parcel(body)
        guard let status = body["status"]?.intValue, (0...999).contains(status) else {
            throw .invalid("status", "a shipment status id")
        }
        guard !order.awb.isEmpty else { throw .conflict("\(order.id) has no AWB yet.") }
        guard box.read({ $0.allows(order, to: status) }) || body["force"]?.boolValue == true else {
            throw .conflict(
                "\(order.awb) is \(ShiprocketStatus.shipmentName(order.shipmentStatus)) and can't become \(status); "
                    + "force is possible.")
        }
        let activity = body["activity"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        let location = body["location"]?.stringValue
        box.change { state, now in
            state.start(.byHand, of: order.id, now: now)
            state.move(order.id, to: status, activity: activity, location: location, now: now)
        }
        return entry(try parcel(body))
    }

    /// `{"parcel":"…","activity":"…"}`: a scan whose status is "NA".
    private func track(_ body: JSON) throws(ControlError) -> JSON {
        let order = try parcel(body)
        guard let activity = body["activity"]?.stringValue, !activity.isEmpty else {
            throw .invalid("activity", "a text")
        }
        guard !order.awb.isEmpty else { throw .conflict("\(order.id) has no AWB yet.") }
        let location = body["location"]?.stringValue ?? ""
        box.change { state, now in state.scan(order.id, activity: activity, location: location, now: now) }
        return ["tracked": .string(order.awb)]
    }

    private func setWallet(_ body: JSON) throws(ControlError) -> JSON {
        guard let balance = body["balance"]?.hundredths else { throw .invalid("balance", "rupees") }
        box.change { state, now in state.book(balance - state.wallet, "Wallet set by hand", awb: "", now: now) }
        return ["balance": .decimalText(balance)]
    }

    /// `{"pincode":"110001","serviceable":false,"cod":true}`
    private func setPincode(_ body: JSON) throws(ControlError) -> JSON {
        guard let pincode = body["pincode"]?.looseText, ShiprocketServiceability.isPincode(pincode) else {
            throw .invalid("pincode", "six digits")
        }
        let exception = ShiprocketServiceability.Exception(
            serviceable: body["serviceable"]?.boolValue ?? true, cod: body["cod"]?.boolValue ?? true)
        box.change { state, _ in state.serviceability.exceptions[pincode] = exception }
        return [
            "pincode": .string(pincode), "serviceable": .bool(exception.serviceable), "cod": .bool(exception.cod),
        ]
    }

    private func expireTokens() -> JSON {
        box.change { state, _ in
            let count = state.tokens.count
            state.tokens = [:]
            return ["expired": .int(count)]
        }
    }

    private func setWebhook(_ body: JSON) throws(ControlError) -> JSON {
        let url = body["url"]?.stringValue?.lowercased() ?? ""
        let words = ["shiprocket", "kartrocket", "sr", "kr"]
        if let word = words.first(where: url.contains) {
            throw .invalid("url", "an address without \(word): Shiprocket refuses \(words.joined(separator: ", "))")
        }
        return try receiver.set(body)
    }

    /// `{"orders":20}`: orders that nobody sent, with AWB and pickup.
    private func seed(_ body: JSON) throws(ControlError) -> JSON {
        try seed(body, named: "orders") { state, number, now in
            let order = state.create(Self.draft(number, state), now: now)
            _ = state.assign(order.id, courier: nil, now: now)
            state.schedulePickup(order.id, at: now + 86_400, now: now)
            return order.id
        }
    }

    private static func draft(_ number: Int, _ state: ShiprocketState) -> ShiprocketDraft {
        let customer = ShiprocketParty(
            name: "Customer \(number + 1)", address: "House \(number + 1)", city: "Mumbai", pincode: "400001",
            state: "Maharashtra", country: "India", email: "customer\(number + 1)@haat.example", phone: "9811111111")
        return ShiprocketDraft(
            channelOrderID: "seed-\(state.orders.count + 1)", channelID: state.channelID, orderDate: "2026-01-01",
            pickupLocation: "Primary", billing: customer, shipping: customer,
            items: [ShiprocketItem(name: "Thing", sku: "thing", units: 1, price: 500_00)], isCOD: number % 2 == 0,
            subTotal: 500_00, dimensions: "10x10x10", grams: 500)
    }
}

extension ShiprocketSettings: CourierStateSettings {
    mutating func set(_ member: JSONObject.Member) throws(ControlError) {
        switch member.name {
        case "duplicate": duplicate = try member.choice(["existing", "refuse"])
        case "cancel_status": cancelStatus = try member.status([200, 204])
        case "cancel_keeps_awb": cancelKeepsAWB = try member.flag()
        case "unserviceable": unserviceable = try member.choice(["not_found", "ok", "empty"])
        case "reassign": reassign = try member.choice(["body", "refuse"])
        case "assign_later": assignLater = try member.flag()
        case "layout": layout = try member.choice(["2023", "2021"])
        case "token_header": tokenHeader = try member.choice(["x-api-key", "anx-api-key"])
        case "composite_order_id": compositeOrderID = try member.flag()
        case "firewall": firewall = try member.flag()
        case "forbidden": forbidden = try member.texts()
        case "error_body": errorBody = try member.choice(["json", "type", "html", "empty"])
        case "retry_after": retryAfter = try member.seconds()
        case "token_lifetime": tokenLifetime = try member.seconds()
        case "document_lifetime": documentLifetime = try member.seconds()
        case "script":
            script = try member.word()
        case "pace": pace = max(1, try member.seconds())
        case "webhooks": webhooks = try member.flag()
        default: throw .unknown(member.name, among: json(requestsPerMinute: 0).members.map(\.name))
        }
    }

    func json(requestsPerMinute: Int) -> JSON {
        [
            "duplicate": .string(duplicate), "cancel_status": .int(cancelStatus),
            "cancel_keeps_awb": .bool(cancelKeepsAWB), "unserviceable": .string(unserviceable),
            "reassign": .string(reassign),
            "assign_later": .bool(assignLater), "layout": .string(layout), "token_header": .string(tokenHeader),
            "composite_order_id": .bool(compositeOrderID), "firewall": .bool(firewall),
            "forbidden": .array(forbidden.map(JSON.string)), "error_body": .string(errorBody),
            "retry_after": .int(retryAfter), "token_lifetime": .int(tokenLifetime),
            "document_lifetime": .int(documentLifetime), "script": .string(script.rawValue), "pace": .int(pace),
            "webhooks": .bool(webhooks), "requests_per_minute": .int(requestsPerMinute),
        ]
    }
}

extension JSONObject.Member {
    /// A list of texts, or one text with commas.
    fileprivate func texts() throws(ControlError) -> [String] {
        if let elements = value.elements { return elements.compactMap(\.stringValue) }
        return try string().split(separator: ",").map(String.init)
    }
}
