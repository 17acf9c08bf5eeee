/// What the control plane may do with Stripe, and what it is shown.
extension StripeProvider {
    func control(_ command: ControlCommand) async throws -> JSON? {
        let body = command.body
        switch command.path {
        case ["events"]: return try emit(body)
        case ["events", "resend"]: return try resend(body)
        case ["outcomes"]: return try force(body)
        case ["settle"]: return try settle(body)
        case ["refunds", "fail"]: return try failRefund(body)
        case ["payouts"]: return try payOut(body)
        case ["endpoints"]: return try register(body)
        case ["endpoints", "remove"]: return try removeEndpoint(body)
        case ["settings"]: return try set(body)
        case ["seed"]: return try seed(body)
        default: return nil
        }
    }

    /// `{"type":"…","object":{…},"count":1}` sends events that nothing caused.
    private func emit(_ body: JSON) throws(ControlError) -> JSON {
        guard let type = body["type"]?.stringValue, !type.isEmpty else { throw .invalid("type", "an event type") }
        let object = body["object"] ?? [:]
        guard case .object = object else { throw .invalid("object", "a JSON object") }
        let count = body["count"]?.intValue ?? 1
        guard (1...100_000).contains(count) else { throw .invalid("count", "an integer from 1 to 100000") }
        // One change each: what belongs to one change is sent one after another.
        let ids = (0..<count).map { _ in
            change { state, now in
                state.emit(type, .given(object), cause: StripeCause(), now: now)
                return state.events.elements.last?.id
            }
        }
        return ["events": .array(ids.map(JSON.text))]
    }

    private func resend(_ body: JSON) throws(ControlError) -> JSON {
        guard let id = body["event"]?.stringValue else { throw .invalid("event", "an event's id") }
        guard let event = read({ $0.events[id] }) else { throw .notFound("The event \(id)") }
        resend(event)
        return ["resent": .string(id)]
    }

    /// `{"payment":"insufficient_funds","times":2}`, `{"payment":"delayed"}`, `{"refund":"pending"}`,
    /// `{"refund":"failed"}`
    private func force(_ body: JSON) throws(ControlError) -> JSON {
        let times = body["times"]?.intValue ?? 1
        guard times > 0 else { throw .invalid("times", "an integer from 1") }
        let outcome: StripeState.ForcedOutcome
        if let name = body["payment"]?.stringValue {
            outcome = .init(subject: .payment, result: try Self.paymentResult(name), remaining: times)
        } else if let name = body["refund"]?.stringValue {
            guard name == "pending" || name == "failed" else { throw .invalid("refund", "pending or failed") }
            outcome = .init(subject: .refund, result: name == "pending" ? .pending : .fail, remaining: times)
        } else {
            throw .invalid("payment or refund", "an outcome")
        }
        change { state, _ in state.forced.append(outcome) }
        return ["forced": .string(outcome.subject.rawValue), "times": .int(times)]
    }

    private static func paymentResult(_ name: String) throws(ControlError) -> StripeState.ForcedOutcome.Result {
        if name == "delayed" { return .delay }
        guard let decline = CardDecline.named(name) else {
            throw .invalid("payment", "delayed or a decline code: \(CardDecline.names.joined(separator: ", "))")
        }
        return .decline(decline)
    }

    /// `{"session":"cs_…"}` or `{"payment_intent":"pi_…"}`, `"outcome":"succeeded"|"failed"`
    private func settle(_ body: JSON) throws(ControlError) -> JSON {
        let session = body["session"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        guard
            let id = session.map({ id in read { $0.sessions[id]?.paymentIntent } })
                ?? body["payment_intent"]?.stringValue
        else { throw .invalid("session or payment_intent", "the id of a delayed payment") }
        let outcome = body["outcome"]?.stringValue ?? "succeeded"
        guard outcome == "succeeded" || outcome == "failed" else { throw .invalid("outcome", "succeeded or failed") }
        guard read({ $0.paymentIntents[id]?.status }) == .processing else {
            throw .conflict("\(id) is not a payment that is under way.")
        }
        let decline = outcome == "failed" ? CardDecline.named("insufficient_funds") : nil
        change { state, now in state.settle(intent: id, failing: decline, now: now) }
        return ["settled": .string(id), "outcome": .string(outcome)]
    }

    private func failRefund(_ body: JSON) throws(ControlError) -> JSON {
        guard let id = body["refund"]?.stringValue else { throw .invalid("refund", "a refund's id") }
        guard let refund = read({ $0.refunds[id] }) else { throw .notFound("The refund \(id)") }
        guard refund.status != .failed else { throw .conflict("\(id) has failed already.") }
        let reason = body["reason"]?.stringValue ?? "expired_or_canceled_card"
        change { state, now in state.fail(refund: id, reason: reason, now: now) }
        return ["failed": .string(id)]
    }

    private func payOut(_ body: JSON) throws(ControlError) -> JSON {
        let currency = body["currency"]?.stringValue ?? "usd"
        guard let payout = change({ state, now in state.payOut(currency: currency, now: now) }) else {
            throw .conflict("There is no \(currency) on the balance.")
        }
        return StripeRendering().json(payout)
    }

    /// `{"id":"we_…","url":"…","secrets":["…"],"types":["*"],"enabled":true}`; an id that exists is changed.
    private func register(_ body: JSON) throws(ControlError) -> JSON {
        let id = body["id"]?.stringValue
        let existing = id.flatMap { id in read { $0.endpoints.first { $0.id == id } } }
        let url = body["url"]?.stringValue ?? existing?.url ?? ""
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw .invalid("url", "an http or https address")
        }
        let secrets = try Self.strings(body["secrets"], "secrets") ?? existing?.secrets ?? []
        guard !secrets.isEmpty else { throw .invalid("secrets", "a list of one or more secrets") }
        let types = try Self.strings(body["types"], "types") ?? existing?.types ?? ["*"]
        let enabled = body["enabled"]?.boolValue ?? existing?.enabled ?? true
        let endpoint = change { state, _ in
            let endpoint = StripeEndpoint(
                id: id ?? state.random.identifier("we_1", length: 23), url: url, secrets: secrets, types: types,
                enabled: enabled)
            state.endpoints.removeAll { $0.id == endpoint.id }
            state.endpoints.append(endpoint)
            return endpoint
        }
        return Self.json(endpoint)
    }

    private func removeEndpoint(_ body: JSON) throws(ControlError) -> JSON {
        guard let id = body["id"]?.stringValue else { throw .invalid("id", "an endpoint's id") }
        let removed = change { state, _ in
            let count = state.endpoints.count
            state.endpoints.removeAll { $0.id == id }
            return state.endpoints.count < count
        }
        guard removed else { throw .notFound("The endpoint \(id)") }
        return ["removed": .string(id)]
    }

    private static func strings(_ value: JSON?, _ name: String) throws(ControlError) -> [String]? {
        guard let value else { return nil }
        if let text = value.stringValue { return text.split(separator: ",").map(String.init) }
        guard let texts = value.elements?.compactMap(\.stringValue), texts.count == value.elements?.count else {
            throw .invalid(name, "a list of strings")
        }
        return texts
    }

    private static func json(_ endpoint: StripeEndpoint) -> JSON {
        [
            "id": .string(endpoint.id), "url": .string(endpoint.url), "secrets": .int(endpoint.secrets.count),
            "types": .array(endpoint.types.map(JSON.string)), "enabled": .bool(endpoint.enabled),
        ]
    }

    private func set(_ body: JSON) throws(ControlError) -> JSON {
        var settings = read(\.settings)
        for member in body.members {
            switch member.name {
            case "merchant": settings.merchant = try member.string()
            case "settle_after": settings.settleAfter = try member.nonNegativeInteger()
            case "search_lag": settings.searchLag = try member.nonNegativeInteger()
            default: throw .unknown(member.name, among: ["merchant", "settle_after", "search_lag"])
            }
        }
        let changed = settings
        change { state, _ in state.settings = changed }
        return [
            "merchant": .string(changed.merchant), "settle_after": .int(changed.settleAfter),
            "search_lag": .int(changed.searchLag),
        ]
    }

    /// `{"payments":10,"amount":2000,"currency":"usd"}`: paid payment intents that nobody asked for, as history.
    private func seed(_ body: JSON) throws(ControlError) -> JSON {
        let count = body["payments"]?.intValue ?? 10
        guard (1...100_000).contains(count) else { throw .invalid("payments", "an integer from 1 to 100000") }
        var form = FormValue()
        form.set(body["amount"]?.intValue.map(String.init) ?? "2000", at: "amount")
        form.set(body["currency"]?.stringValue ?? "usd", at: "currency")
        form.set("pm_card_visa", at: "payment_method")
        form.set("true", at: "confirm")
        let parameters = StripeParameters(form)
        let livemode = livemode
        let result: Result<[String], StripeError> = change { state, now in
            let call = StripeCall(
                id: "", parameters: parameters, cause: StripeCause(), now: now, baseURL: "", livemode: livemode,
                pending: { _ in 0 })
            do throws(StripeError) {
                var ids: [String] = []
                for _ in 0..<count { ids.append(try state.createIntent(call).id) }
                return .success(ids)
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let ids): return ["payment_intents": .array(ids.map(JSON.string))]
        case .failure(let error): throw ControlError(status: 400, description: error.message)
        }
    }
}
