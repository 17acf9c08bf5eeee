/// What the control plane may do with bKash, and what it is shown.
extension BKashProvider {
    func control(_ command: ControlCommand) async throws -> JSON? {
        let body = command.body
        switch command.path {
        case ["outcomes"]: return try force(body)
        case ["payments", "outside"]: return try receiveOutside(body)
        case ["payments", "answer"]: return try answer(body)
        case ["tokens", "expire"]:
            box.change { state, now in state.expireTokens(now: now) }
            return ["tokens": "expired"]
        case ["tokens", "unblock"]:
            box.change { state, _ in state.unblock() }
            return ["tokens": "unblocked"]
        case ["subscribe"]:
            let topic = settings.topic
            box.change { state, now in state.subscribe(topic: topic, now: now) }
            return ["subscribed": "when it is confirmed"]
        case ["settings"]: return try set(body)
        default: return nil
        }
    }

    /// `{"execute":"hang"}`, `{"execute":"2023"}`, `{"refund":"hang"}`, `{"page":"failure"}`
    private func force(_ body: JSON) throws(ControlError) -> JSON {
        let codes = ["hang"] + BKashError.all.keys.sorted()
        return try order(body, allowed: ["execute": codes, "refund": codes, "page": ["failure"]])
    }

    /// `{"amount":"100","invoice":"QR-1","type":"10003126"}`: money that no API call brought.
    private func receiveOutside(_ body: JSON) throws(ControlError) -> JSON {
        guard let amount = DecimalAmount.parse(body["amount"] ?? "100") else {
            throw .invalid("amount", "a decimal number")
        }
        let invoice = body["invoice"]?.stringValue ?? ""
        let type = body["type"]?.stringValue ?? "10003126"
        let transaction = box.change { state, now in
            state.receiveOutside(amount: amount, invoice: invoice, type: type, now: now)
        }
        return ["trxID": .string(transaction)]
    }

    /// `{"paymentID":"TR…","answer":"success"}`: what the customer would do at the page.
    private func answer(_ body: JSON) throws(ControlError) -> JSON {
        guard let answer = BKashPayment.Answer(rawValue: body["answer"]?.stringValue ?? "success") else {
            throw .invalid("answer", "success, failure or cancel")
        }
        let id = body["paymentID"]?.stringValue ?? ""
        let payment = box.change { state, now in state.answer(id, answer, customer: "01770618575", now: now) }
        guard let payment, let given = payment.answer else {
            throw .conflict("paymentID must be a payment that waits for its customer.")
        }
        return ["url": .string(BKashRendering.callback(payment, given))]
    }

    private func set(_ body: JSON) throws(ControlError) -> JSON {
        try set(body, in: \.settings) { settings, member throws(ControlError) in
            switch member.name {
            case "merchant": settings.merchant = try member.string()
            case "token_limit": settings.tokenLimit = try member.nonNegativeInteger()
            case "hang_ms": settings.hang = try member.nonNegativeInteger()
            case "message_as_object": settings.messageAsObject = try member.flag()
            case "signature_version":
                settings.signatureVersion = member.value.intValue.map(String.init) ?? ""
                guard ["1", "2"].contains(settings.signatureVersion) else {
                    throw .invalid("signature_version", "1 or 2")
                }
            case "error_shape": settings.errorShape = try member.word()
            default:
                throw .unknown(
                    member.name,
                    among: [
                        "merchant", "token_limit", "hang_ms", "message_as_object", "signature_version", "error_shape",
                    ])
            }
        }
    }
}

extension BKashProvider {
    func ledger(_ query: FormBody) -> JSON {
        ledger(
            query, totals: Self.totals,
            parts: [
                ("payments", { .array($0.payments.elements.map(Self.json)) }),
                ("refunds", { .array($0.refunds.map(BKashRendering.refunded)) }),
                ("events", { LedgerParts.events($0.messages.elements, self.desk, type: \.kind.rawValue) }),
            ])
    }

    private static func json(_ payment: BKashPayment) -> JSON {
        [
            "paymentID": .string(payment.id), "status": .string(payment.status.rawValue),
            "answer": .text(payment.answer?.rawValue), "trxID": .text(payment.transaction),
            "amount": .int(payment.amount), "invoice": .string(payment.invoice),
            "needless_queries": .int(payment.needlessQueries), "created": .int(payment.created),
        ]
    }

    private static func totals(_ state: BKashState) -> [(name: String, value: JSON)] {
        let captured = state.payments.elements.reduce(0) { $1.status == .completed ? $0 + $1.amount : $0 }
        let refunded = state.refunds.reduce(0) { $0 + $1.amount }
        return [
            ("captured", ["BDT": .int(captured)]), ("refunded", ["BDT": .int(refunded)]),
            ("events", .int(state.messages.count)),
        ]
    }

    func overview() -> ProviderOverview {
        let state = box.read { $0 }
        let waiting = state.payments.elements.filter { $0.answer == nil && $0.status == .initiated }
        let needless = state.payments.elements.reduce(0) { $0 + $1.needlessQueries }
        return ProviderOverview(
            figures: [
                .init(label: "Waiting for the customer", value: "\(waiting.count)"),
                .money("In flight", ["BDT": waiting.reduce(0) { $0 + $1.amount }]),
                .init(label: "Completed", value: "\(state.payments.elements.count { $0.status == .completed })"),
                .init(label: "Refunds", value: "\(state.refunds.count)"),
                .init(label: "Queries of completed payments", value: "\(needless)"),
                .init(label: "Subscribed", value: state.isSubscribed ? "yes" : "no"),
                .init(label: "Token calls blocked", value: state.blockedUntil > desk.clock.unix ? "yes" : "no"),
            ],
            forms: [
                .outcomes("Decide the next executions", of: "execute", "hang, or an error code", value: "2023"),
                ControlForm(
                    title: "Pay into the wallet by QR code", command: "payments/outside",
                    fields: [
                        .init(name: "amount", label: "BDT", value: "100"),
                        .init(name: "invoice", label: "Invoice", value: "QR-1"),
                    ]),
                ControlForm(title: "Expire all tokens", command: "tokens/expire"),
                ControlForm(title: "Lift the token block", command: "tokens/unblock"),
                ControlForm(title: "Ask for confirmation of the subscription", command: "subscribe"),
            ])
    }
}
