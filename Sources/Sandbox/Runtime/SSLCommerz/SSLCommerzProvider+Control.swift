/// What the control plane may do with SSLCommerz, and what it is shown.
extension SSLCommerzProvider {
    func control(_ command: ControlCommand) async throws -> JSON? {
        let body = command.body
        switch command.path {
        case ["payments"]: return try pay(body)
        case ["outcomes"]: return try force(body)
        case ["settle"]: return try settle(body)
        case ["refunds", "cancel"]: return try cancelRefund(body)
        case ["notices"]: return try notify(body)
        case ["settings"]: return try set(body)
        default: return nil
        }
    }

    /// `{"sessionkey":"…","outcome":"success","method":"visa"}`, also for a session that was paid already.
    private func pay(_ body: JSON) throws(ControlError) -> JSON {
        let key = body["sessionkey"]?.stringValue ?? ""
        guard box.read({ $0.sessions[key] }) != nil else { throw .notFound("The session \(key)") }
        guard let outcome = SSLCommerzState.Outcome(rawValue: body["outcome"]?.stringValue ?? "success") else {
            throw .invalid("outcome", SSLCommerzState.Outcome.allCases.map(\.rawValue).joined(separator: ", "))
        }
        guard let method = SSLCommerzMethod(rawValue: body["method"]?.stringValue ?? "visa") else {
            throw .invalid("method", SSLCommerzMethod.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let attempt = box.change { state, now in state.pay(session: key, outcome: outcome, method: method, now: now) }
        return attempt.map(Self.json) ?? nil
    }

    private func force(_ body: JSON) throws(ControlError) -> JSON {
        try order(
            body,
            allowed: [
                "payment": SSLCommerzState.Outcome.allCases.map(\.rawValue), "refund": ["failed"],
                "refund_answer": ["processing"],
            ])
    }

    /// `{"tran_id":"…","outcome":"success"|"failed"}` decides what is pending.
    private func settle(_ body: JSON) throws(ControlError) -> JSON {
        let transaction = body["tran_id"]?.stringValue ?? ""
        let outcome = body["outcome"]?.stringValue ?? "success"
        guard outcome == "success" || outcome == "failed" else { throw .invalid("outcome", "success or failed") }
        let pending = box.read {
            $0.attempts.elements.last { $0.transaction == transaction && $0.status == .pending }
        }
        guard let pending else { throw .conflict("tran_id must have a pending payment.") }
        box.change { state, now in
            state.settle(pending.id, as: outcome == "success" ? .valid : .failed, now: now)
        }
        return ["settled": .string(transaction)]
    }

    private func cancelRefund(_ body: JSON) throws(ControlError) -> JSON {
        let id = body["refund_ref_id"]?.stringValue ?? ""
        guard box.read({ $0.refunds[id]?.status }) == .processing else {
            throw .conflict("refund_ref_id must be a refund in processing.")
        }
        box.change { state, _ in state.refunds.update(id) { $0.status = .cancelled } }
        return ["cancelled": .string(id)]
    }

    /// `{"tran_id":"…"}` sends the notification of the latest attempt, again or for the first time.
    private func notify(_ body: JSON) throws(ControlError) -> JSON {
        let transaction = body["tran_id"]?.stringValue ?? ""
        guard let attempt = box.read({ $0.attempts.elements.last { $0.transaction == transaction } }) else {
            throw .notFound("The transaction \(transaction)")
        }
        box.change { state, now in state.notify(attempt.id, now: now) }
        return ["notified": .string(transaction)]
    }

    private func set(_ body: JSON) throws(ControlError) -> JSON {
        try set(body, in: \.settings) { settings, member throws(ControlError) in
            switch member.name {
            case "merchant": settings.merchant = try member.string()
            case "ipn": settings.ipn = try member.word()
            case "ipn_delay": settings.ipnDelay = try member.nonNegativeInteger()
            case "amounts": settings.amounts = try member.word()
            case "requires_refund_trans_id": settings.requiresRefundReference = try member.flag()
            case "repeated_refund": settings.repeatedRefund = try member.word()
            case "settle_after": settings.settleAfter = try member.nonNegativeInteger()
            case "refund_after": settings.refundAfter = try member.nonNegativeInteger()
            case "session_lifetime": settings.sessionLifetime = try member.nonNegativeInteger()
            default:
                throw .unknown(
                    member.name,
                    among: [
                        "merchant", "ipn", "ipn_delay", "amounts", "requires_refund_trans_id", "repeated_refund",
                        "settle_after", "refund_after", "session_lifetime",
                    ])
            }
        }
    }
}

extension SSLCommerzProvider {
    func ledger(_ query: FormBody) -> JSON {
        ledger(
            query, totals: Self.totals,
            parts: [
                ("sessions", { .array($0.sessions.elements.map(Self.json)) }),
                ("transactions", { .array($0.attempts.elements.map(Self.json)) }),
                ("refunds", { .array($0.refunds.elements.map(SSLCommerzRendering.state)) }),
                ("events", { LedgerParts.events($0.notices.elements, self.desk, type: \.status) }),
            ])
    }

    private static func json(_ session: SSLCommerzSession) -> JSON {
        [
            "sessionkey": .string(session.id), "tran_id": .string(session.transaction),
            "amount": .int(session.amount), "currency": .string(session.currency), "closed": .bool(session.isClosed),
            "created": .int(session.created),
        ]
    }

    private static func json(_ attempt: SSLCommerzAttempt) -> JSON {
        [
            "sessionkey": .string(attempt.session), "tran_id": .string(attempt.transaction),
            "status": .string(attempt.status.rawValue), "val_id": .text(attempt.validation),
            "bank_tran_id": .string(attempt.bankTransaction), "amount_bdt": .int(attempt.amount),
            "amount": .int(attempt.currencyAmount), "currency": .string(attempt.currencyType),
            "risky": .bool(attempt.isRisky), "created": .int(attempt.created),
        ]
    }

    private static func totals(_ state: SSLCommerzState) -> [(name: String, value: JSON)] {
        let captured = state.attempts.elements.filter(\.status.isPaid).sums(of: \.currencyAmount, by: \.currencyType)
        let refunded = state.refunds.elements.reduce(0) { $1.status == .cancelled ? $0 : $0 + $1.amount }
        return [
            ("captured", LedgerParts.amounts(captured)), ("refunded", ["BDT": .int(refunded)]),
            ("events", .int(state.notices.count)),
        ]
    }

    func overview() -> ProviderOverview {
        let state = box.read { $0 }
        let open = state.sessions.elements.filter { !$0.isClosed }
        return ProviderOverview(
            figures: [
                .init(label: "Sessions open", value: "\(open.count)"),
                .money("In flight", open.sums(of: \.amount, by: \.currency)),
                .init(label: "Paid", value: "\(state.attempts.elements.count { $0.status.isPaid })"),
                .init(label: "Pending", value: "\(state.attempts.elements.count { $0.status == .pending })"),
                .init(label: "Refunds", value: "\(state.refunds.count)"),
                .acknowledged("Notifications", desk),
            ],
            forms: [
                .outcomes(
                    "Decide the next payments", of: "payment", "success, risky, failed, cancelled, pending",
                    value: "failed"),
                ControlForm(
                    title: "Settle a pending payment", command: "settle",
                    fields: [
                        .init(name: "tran_id", label: "Transaction"),
                        .init(name: "outcome", label: "success or failed", value: "success"),
                    ]),
                ControlForm(
                    title: "Notify again", command: "notices",
                    fields: [.init(name: "tran_id", label: "Transaction")]),
                ControlForm(
                    title: "When notifications come", command: "settings",
                    fields: [.init(name: "ipn", label: "before, after or none", value: "after")]),
            ])
    }
}
