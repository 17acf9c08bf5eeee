/// What Stripe has on record, in a form that a test can compare with its own.
extension StripeProvider {
    private static let parts = [
        "totals", "checkout_sessions", "payment_intents", "charges", "refunds", "events", "endpoints", "requests",
    ]

    /// Everything, or the parts that `?only=events,refunds` names.
    func ledger(_ query: FormBody) -> JSON {
        let only = query["only"].map { $0.split(separator: ",").map(String.init) } ?? Self.parts
        var ledger = JSONObject()
        ledger["provider"] = "stripe"
        ledger["now"] = .number(desk.clock.now)
        // Totals are polled under load: they are taken under the lock, because a copy of the state would have to be
        // paid by the next change.
        if only.contains("totals") { ledger["totals"] = read { totals($0) } }
        let lists = Self.parts.filter { $0 != "totals" && only.contains($0) }
        guard !lists.isEmpty else { return .object(ledger) }
        let state = read { $0 }
        for part in lists { ledger[part] = json(part, state) }
        return .object(ledger)
    }

    private func json(_ part: String, _ state: StripeState) -> JSON {
        switch part {
        case "checkout_sessions": .array(state.sessions.elements.map(entry))
        case "payment_intents": .array(state.paymentIntents.elements.map(entry))
        case "charges": .array(state.charges.elements.map(entry))
        case "refunds": .array(state.refunds.elements.map(entry))
        case "events": events(state)
        case "endpoints": .array(state.endpoints.map { ["id": .string($0.id), "url": .string($0.url)] })
        default: desk.requests.json
        }
    }

    private func totals(_ state: StripeState) -> JSON {
        var captured: [String: Int] = [:]
        for charge in state.charges.elements where charge.status == .succeeded {
            captured[charge.currency, default: 0] += charge.amountCaptured
        }
        var refunded: [String: Int] = [:]
        for refund in state.refunds.elements where refund.status == .succeeded || refund.status == .pending {
            refunded[refund.currency, default: 0] += refund.amount
        }
        return LedgerParts.totals(
            [
                ("captured", LedgerParts.amounts(captured)), ("refunded", LedgerParts.amounts(refunded)),
                ("events", .int(state.events.count)),
            ], desk)
    }

    private func entry(_ session: CheckoutSession) -> JSON {
        [
            "id": .string(session.id), "status": .string(session.status.rawValue),
            "payment_status": .string(session.paymentStatus.rawValue), "amount_total": .int(session.amountTotal),
            "currency": .string(session.currency), "payment_intent": .text(session.paymentIntent),
            "client_reference_id": .text(session.clientReferenceID), "metadata": .strings(session.metadata),
            "created": .int(session.created), "expires_at": .int(session.expiresAt),
        ]
    }

    private func entry(_ intent: PaymentIntent) -> JSON {
        [
            "id": .string(intent.id), "status": .string(intent.status.rawValue), "amount": .int(intent.amount),
            "amount_received": .int(intent.amountReceived), "currency": .string(intent.currency),
            "latest_charge": .text(intent.latestCharge), "checkout_session": .text(intent.session),
            "metadata": .strings(intent.metadata), "created": .int(intent.created),
        ]
    }

    private func entry(_ charge: Charge) -> JSON {
        [
            "id": .string(charge.id), "payment_intent": .string(charge.paymentIntent),
            "status": .string(charge.status.rawValue), "amount": .int(charge.amount),
            "amount_captured": .int(charge.amountCaptured), "amount_refunded": .int(charge.amountRefunded),
            "currency": .string(charge.currency), "failure_code": .text(charge.failure?.code),
            "created": .int(charge.created),
        ]
    }

    private func entry(_ refund: Refund) -> JSON {
        [
            "id": .string(refund.id), "charge": .string(refund.charge), "payment_intent": .string(refund.paymentIntent),
            "status": .string(refund.status.rawValue), "amount": .int(refund.amount),
            "currency": .string(refund.currency),
            "metadata": .strings(refund.metadata), "created": .int(refund.created),
        ]
    }

    private func events(_ state: StripeState) -> JSON {
        let deliveries = Dictionary(grouping: desk.deliveries.all, by: \.id)
        return .array(
            state.events.elements.map { event in
                let own = deliveries[event.id] ?? []
                let acknowledged = own.contains { $0.attempts.contains { (200..<300).contains($0.status) } }
                return [
                    "id": .string(event.id), "type": .string(event.type), "object": .string(event.object.id),
                    "created": .int(event.created), "acknowledged": .bool(acknowledged),
                    "deliveries": .array(own.map(\.json)),
                ]
            })
    }

    func overview() -> ProviderOverview {
        read { overview($0) }
    }

    private func overview(_ state: StripeState) -> ProviderOverview {
        let open = state.sessions.elements.filter { $0.status == .open }
        var flight: [String: Int] = [:]
        for session in open { flight[session.currency, default: 0] += session.amountTotal }
        for intent in state.paymentIntents.elements
        where intent.status == .processing || intent.status == .requiresCapture {
            flight[intent.currency, default: 0] += intent.amount
        }
        var captured: [String: Int] = [:]
        for charge in state.charges.elements {
            captured[charge.currency, default: 0] += charge.amountCaptured - charge.amountRefunded
        }
        return ProviderOverview(
            figures: [
                .init(label: "Open Checkout Sessions", value: "\(open.count)"),
                .money("In flight", flight, decimals: StripeCurrency.decimals),
                .money("Captured, less refunds", captured, decimals: StripeCurrency.decimals),
                .init(label: "Events", value: "\(state.events.count)"),
                .pushesWaiting(desk),
                .acknowledged("Pushes", desk),
            ],
            forms: [
                .outcomes(
                    "Decline the next payments", of: "payment", "Decline code, or delayed", value: "insufficient_funds"),
                ControlForm(
                    title: "Settle a delayed payment", command: "settle",
                    fields: [
                        .init(name: "session", label: "Checkout Session"),
                        .init(name: "outcome", label: "succeeded or failed", value: "succeeded"),
                    ]),
                ControlForm(
                    title: "Let a refund fail", command: "refunds/fail",
                    fields: [.init(name: "refund", label: "Refund")]),
                ControlForm(
                    title: "Pay out", command: "payouts",
                    fields: [.init(name: "currency", label: "Currency", value: "usd")]),
            ])
    }
}
