/// What the control plane may do with Steadfast.
extension SteadfastProvider {
    func control(_ command: ControlCommand) async throws -> JSON? {
        let body = command.body
        switch command.path {
        case ["move"]: return try move(body)
        case ["track"]: return try track(body)
        case ["collect"]: return try collect(body)
        case ["returns"]: return try moveReturn(body)
        case ["payments"]: return try payOut(body)
        case ["balance"]: return try setBalance(body)
        case ["seed"]: return try seed(body)
        default: return try courierControl(command)
        }
    }

    /// `{"parcel":"…","status":"delivered","message":"…","force":true}`; by hand ends a journey by itself.
    private func move(_ body: JSON) throws(ControlError) -> JSON {
        let parcel = try parcel(body)
        guard let status = body["status"]?.stringValue, !status.isEmpty else { throw .invalid("status", "a status") }
        let allowed = box.read { $0.allows(parcel, to: status) }
        guard allowed || body["force"]?.boolValue == true else {
            throw .conflict("\(parcel.id) is \(parcel.status) and can't become \(status); force is possible.")
        }
        let message = body["message"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        box.change { state, now in
            state.start(.byHand, of: parcel.id, now: now)
            state.move(parcel.id, to: status, message: message, now: now)
        }
        return SteadfastRendering.consignment(try self.parcel(body))
    }

    private func track(_ body: JSON) throws(ControlError) -> JSON {
        let parcel = try parcel(body)
        guard let message = body["message"]?.stringValue, !message.isEmpty else {
            throw .invalid("message", "a text")
        }
        box.change { state, now in state.track(parcel.id, message, now: now) }
        return ["tracked": .int(parcel.id)]
    }

    private func collect(_ body: JSON) throws(ControlError) -> JSON {
        let parcel = try parcel(body)
        guard let amount = body["amount"]?.hundredths, amount >= 0 else { throw .invalid("amount", "taka from 0") }
        guard !SteadfastStatus.final.contains(parcel.status) else {
            throw .conflict("\(parcel.id) is \(parcel.status) already.")
        }
        box.change { state, now in state.collect(amount, for: parcel.id, now: now) }
        return ["collected": .int(parcel.id)]
    }

    /// `{"id":1,"status":"processing"}`
    private func moveReturn(_ body: JSON) throws(ControlError) -> JSON {
        guard let id = body["id"]?.intValue else { throw .invalid("id", "a return request's id") }
        guard let status = body["status"]?.stringValue, SteadfastReturn.statuses.contains(status) else {
            throw .invalid("status", "one of \(SteadfastReturn.statuses.joined(separator: ", "))")
        }
        guard box.change({ state, now in state.moveReturn(id, to: status, now: now) }) else {
            throw .notFound("The return request \(id)")
        }
        return ["id": .int(id), "status": .string(status)]
    }

    private func payOut(_ body: JSON) throws(ControlError) -> JSON {
        let method = body["method"]?.stringValue ?? "bank"
        guard let payment = box.change({ state, now in state.payOut(method: method, now: now) }) else {
            throw .conflict("There is nothing on the balance.")
        }
        return SteadfastRendering.payment(payment)
    }

    private func setBalance(_ body: JSON) throws(ControlError) -> JSON {
        guard let amount = body["balance"]?.hundredths else { throw .invalid("balance", "taka") }
        box.change { state, _ in state.balance = amount }
        return ["balance": .amount(amount)]
    }

    /// `{"parcels":20,"cod_amount":1000}`: parcels that nobody ordered.
    private func seed(_ body: JSON) throws(ControlError) -> JSON {
        let amount = body["cod_amount"]?.hundredths ?? 1000_00
        return try seed(body, named: "parcels") { state, number, now in
            state.create(
                SteadfastOrder(
                    invoice: "seed-\(state.parcels.count + 1)", name: "Customer \(number + 1)", phone: "01700000000",
                    address: "House \(number + 1), Dhaka", codAmount: amount), now: now
            ).id
        }
    }
}

extension SteadfastSettings: CourierStateSettings {
    mutating func set(_ member: JSONObject.Member) throws(ControlError) {
        switch member.name {
        case "validation_status":
            guard let status = member.value.intValue, status == 200 || status == 400 else {
                throw .invalid(member.name, "200 or 400")
            }
            validationStatus = status
        case "bare_errors": bareErrors = try member.flag()
        case "title_case": titleCase = try member.flag()
        case "null_invoice": nullInvoice = try member.flag()
        case "wrong_bearer": wrongBearer = try member.flag()
        case "extras": extras = try member.flag()
        case "balance_as_text": balanceAsText = try member.flag()
        case "wrapped_bulk": wrappedBulk = try member.flag()
        case "account_active": accountActive = try member.flag()
        case "error_body": errorBody = try member.choice(["json", "html", "empty"])
        case "retry_after": retryAfter = try member.seconds()
        case "unreadable": unreadable = try member.nonNegativeInteger()
        case "script":
            script = try member.word()
        case "pace": pace = max(1, try member.seconds())
        case "webhooks": webhooks = try member.flag()
        default: throw .unknown(member.name, among: json(requestsPerMinute: 0).members.map(\.name))
        }
    }

    func json(requestsPerMinute: Int) -> JSON {
        [
            "validation_status": .int(validationStatus), "bare_errors": .bool(bareErrors),
            "title_case": .bool(titleCase), "null_invoice": .bool(nullInvoice), "wrong_bearer": .bool(wrongBearer),
            "extras": .bool(extras), "balance_as_text": .bool(balanceAsText), "wrapped_bulk": .bool(wrappedBulk),
            "account_active": .bool(accountActive), "error_body": .string(errorBody), "retry_after": .int(retryAfter),
            "unreadable": .int(unreadable), "script": .string(script.rawValue), "pace": .int(pace),
            "webhooks": .bool(webhooks), "requests_per_minute": .int(requestsPerMinute),
        ]
    }
}
