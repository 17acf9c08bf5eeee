/// What the control plane may do with Razorpay, and what it is shown.
extension RazorpayProvider {
    func control(_ command: ControlCommand) async throws -> JSON? {
        let body = command.body
        switch command.path {
        case ["payments"]: return try pay(body)
        case ["payments", "authorize"]: return try authorize(body)
        case ["outcomes"]: return try force(body)
        case ["refunds", "fail"]: return try failRefund(body)
        case ["disputes"]: return try dispute(body)
        case ["disputes", "decide"]: return try decide(body)
        case ["settlements"]: return settle()
        case ["webhooks"]: return try setWebhook(body)
        case ["events", "resend"]: return try resend(body)
        case ["settings"]: return try set(body)
        default: return nil
        }
    }

    /// `{"order":"order_…","outcome":"success","method":"upi","capture":false}`; without an order, `amount` and
    /// `currency`.
    private func pay(_ body: JSON) throws(ControlError) -> JSON {
        var attempt = RazorpayState.Attempt()
        attempt.order = body["order"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        attempt.amount = body["amount"]?.intValue ?? 10_000
        attempt.currency = body["currency"]?.stringValue ?? "INR"
        attempt.outcome = body["outcome"]?.stringValue ?? "success"
        attempt.captures = body["capture"]?.boolValue
        try Self.check(outcome: attempt.outcome)
        if let method = body["method"]?.stringValue {
            guard let method = RazorpayPayment.Method(rawValue: method) else {
                throw .invalid("method", "card, upi, netbanking or wallet")
            }
            attempt.method = method
        }
        do throws(RazorpayError) {
            let ordered = attempt
            return RazorpayRendering.json(
                try box.change { state, now throws(RazorpayError) in try state.pay(ordered, now: now) })
        } catch {
            throw .conflict(error.description)
        }
    }

    private static func check(outcome: String) throws(ControlError) {
        let outcomes = ["success", "late"] + RazorpayFailure.reasons
        guard outcomes.contains(outcome) else { throw .invalid("outcome", outcomes.joined(separator: ", ")) }
    }

    /// `{"payment":"pay_…"}` lets a failed payment turn out to be authorised, as after a poll of the bank.
    private func authorize(_ body: JSON) throws(ControlError) -> JSON {
        let id = body["payment"]?.stringValue ?? ""
        guard box.read({ $0.payments[id]?.status }) == .failed else {
            throw .conflict("payment must be a failed payment.")
        }
        box.change { state, now in state.authorize(id, now: now) }
        return ["authorized": .string(id)]
    }

    /// `{"payment":"insufficient_funds","times":2}`, `{"refund":"pending"|"failed"|"speed_changed"}`
    private func force(_ body: JSON) throws(ControlError) -> JSON {
        let times = body["times"]?.intValue ?? 1
        guard times > 0 else { throw .invalid("times", "an integer from 1") }
        let forced: RazorpayState.Forced
        if let outcome = body["payment"]?.stringValue {
            try Self.check(outcome: outcome)
            forced = .init(subject: .payment, outcome: outcome, remaining: times)
        } else if let outcome = body["refund"]?.stringValue {
            let outcomes = ["processed", "pending", "failed", "speed_changed"]
            guard outcomes.contains(outcome) else { throw .invalid("refund", outcomes.joined(separator: ", ")) }
            forced = .init(subject: .refund, outcome: outcome, remaining: times)
        } else {
            throw .invalid("payment or refund", "an outcome")
        }
        box.change { state, _ in state.forced.append(forced) }
        return ["forced": .string(forced.outcome), "times": .int(times)]
    }

    private func failRefund(_ body: JSON) throws(ControlError) -> JSON {
        let id = body["refund"]?.stringValue ?? ""
        guard let refund = box.read({ $0.refunds[id] }) else { throw .notFound("The refund \(id)") }
        box.change { state, now in state.fail(refund: refund.id, now: now) }
        return ["failed": .string(id)]
    }

    /// `{"payment":"pay_…","phase":"chargeback","reason":"goods_not_received"}`
    private func dispute(_ body: JSON) throws(ControlError) -> JSON {
        let id = body["payment"]?.stringValue ?? ""
        guard let payment = box.read({ $0.payments[id] }), payment.isCaptured else {
            throw .conflict("payment must be a captured payment.")
        }
        guard let phase = RazorpayDispute.Phase(rawValue: body["phase"]?.stringValue ?? "chargeback") else {
            throw .invalid("phase", RazorpayDispute.Phase.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let reason = body["reason"]?.stringValue ?? "goods_or_services_not_received_or_partially_received"
        return RazorpayRendering.json(
            box.change { state, now in state.openDispute(payment: payment, phase: phase, reason: reason, now: now) })
    }

    /// `{"dispute":"disp_…","status":"won"}`; `open` asks for more (`payment.dispute.action_required`).
    private func decide(_ body: JSON) throws(ControlError) -> JSON {
        let id = body["dispute"]?.stringValue ?? ""
        guard box.read({ $0.disputes[id] }) != nil else { throw .notFound("The dispute \(id)") }
        guard let status = RazorpayDispute.Status(rawValue: body["status"]?.stringValue ?? "") else {
            throw .invalid("status", RazorpayDispute.Status.allCases.map(\.rawValue).joined(separator: ", "))
        }
        box.change { state, now in state.decide(dispute: id, status, now: now) }
        return ["dispute": .string(id), "status": .string(status.rawValue)]
    }

    private func settle() -> JSON {
        box.change { state, now in state.settle(now: now) }.map(RazorpayRendering.json) ?? ["settled": nil]
    }

    /// `{"id":"wh_default","url":"…","secret":"…","events":["payment.captured"],"active":true}`
    private func setWebhook(_ body: JSON) throws(ControlError) -> JSON {
        let id = body["id"]?.stringValue ?? "wh_default"
        let known = box.read { $0.webhooks.first { $0.id == id } }
        var webhook = known ?? RazorpayWebhook(id: id, url: "", secret: "")
        webhook.url = body["url"]?.stringValue ?? webhook.url
        webhook.secret = body["secret"]?.stringValue ?? webhook.secret
        if let events = body["events"]?.elements?.compactMap(\.stringValue) { webhook.events = events }
        webhook.isActive = body["active"]?.boolValue ?? webhook.isActive
        guard webhook.url.hasPrefix("http"), !webhook.secret.isEmpty else {
            throw .invalid("url and secret", "given for a new webhook")
        }
        let changed = webhook
        box.change { state, _ in
            state.webhooks.removeAll { $0.id == id }
            state.webhooks.append(changed)
        }
        return Self.json(changed)
    }

    static func json(_ webhook: RazorpayWebhook) -> JSON {
        [
            "id": .string(webhook.id), "url": .string(webhook.url), "active": .bool(webhook.isActive),
            "events": .array(webhook.events.map(JSON.string)),
        ]
    }

    private func set(_ body: JSON) throws(ControlError) -> JSON {
        try set(body, in: \.settings) { settings, member throws(ControlError) in
            switch member.name {
            case "merchant": settings.merchant = try member.string()
            case "auto_capture": settings.autoCapture = try member.flag()
            case "capture_timeout": settings.captureTimeout = try member.nonNegativeInteger()
            case "late_after": settings.lateAfter = try member.nonNegativeInteger()
            case "refund_after": settings.refundAfter = try member.nonNegativeInteger()
            case "authorized_shows_captured": settings.authorizedShowsCaptured = try member.flag()
            case "error_shape": settings.errorShape = try member.word()
            default:
                throw .unknown(
                    member.name,
                    among: [
                        "merchant", "auto_capture", "capture_timeout", "late_after", "refund_after",
                        "authorized_shows_captured", "error_shape",
                    ])
            }
        }
    }
}

extension RazorpayProvider {
    func ledger(_ query: FormBody) -> JSON {
        ledger(
            query, totals: Self.totals,
            parts: [
                ("orders", { .array($0.orders.elements.map(RazorpayRendering.json)) }),
                ("payments", { .array($0.payments.elements.map(RazorpayRendering.json)) }),
                ("refunds", { .array($0.refunds.elements.map(RazorpayRendering.json)) }),
                ("disputes", { .array($0.disputes.elements.map(RazorpayRendering.json)) }),
                ("settlements", { .array($0.settlements.elements.map(RazorpayRendering.json)) }),
                ("webhooks", { .array($0.webhooks.map(Self.json)) }),
                ("events", { LedgerParts.events($0.events.elements, self.desk, type: \.type) }),
            ])
    }

    private static func totals(_ state: RazorpayState) -> [(name: String, value: JSON)] {
        let captured = state.payments.elements.filter(\.isCaptured).sums(of: \.amount, by: \.currency)
        let refunded = state.refunds.elements.filter { $0.status != .failed }.sums(of: \.amount, by: \.currency)
        return [
            ("captured", LedgerParts.amounts(captured)), ("refunded", LedgerParts.amounts(refunded)),
            ("events", .int(state.events.count)),
        ]
    }

    func overview() -> ProviderOverview {
        let state = box.read { $0 }
        let open = state.orders.elements.filter { $0.status != .paid }
        return ProviderOverview(
            figures: [
                .init(label: "Orders not paid", value: "\(open.count)"),
                .money(
                    "In flight", open.sums(of: { $0.amount - $0.amountPaid }, by: \.currency),
                    decimals: RazorpayCurrency.decimals),
                .init(label: "Payments", value: "\(state.payments.count)"),
                .init(label: "Refunds", value: "\(state.refunds.count)"),
                .init(label: "Disputes open", value: "\(state.disputes.elements.count { $0.status == .open })"),
                .pushesWaiting(desk),
                .init(label: "Webhooks disabled", value: "\(state.webhooks.count { !$0.isActive })"),
            ],
            forms: [
                .outcomes(
                    "Decide the next payments", of: "payment", "success, late, or a reason", value: "insufficient_funds"
                ),
                ControlForm(
                    title: "Pay an order", command: "payments",
                    fields: [
                        .init(name: "order", label: "Order"),
                        .init(name: "outcome", label: "Outcome", value: "success"),
                    ]),
                ControlForm(
                    title: "Authorise a failed payment late", command: "payments/authorize",
                    fields: [.init(name: "payment", label: "Payment")]),
                ControlForm(
                    title: "Dispute a payment", command: "disputes",
                    fields: [.init(name: "payment", label: "Payment")]),
                ControlForm(title: "Settle", command: "settlements"),
                ControlForm(
                    title: "Enable the webhook again", command: "webhooks",
                    fields: [
                        .init(name: "id", label: "Webhook", value: "wh_default"),
                        .init(name: "active", label: "Active", value: "true"),
                    ]),
            ])
    }
}
