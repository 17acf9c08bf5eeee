extension RazorpayState {
    mutating func openDispute(
        payment: RazorpayPayment, phase: RazorpayDispute.Phase, reason: String, now: Int
    ) -> RazorpayDispute {
        let dispute = RazorpayDispute(
            id: random.identifier("disp_", length: 14), created: now, payment: payment.id, amount: payment.amount,
            currency: payment.currency, phase: phase, reason: reason, respondBy: now + 7 * 86_400)
        disputes.append(dispute)
        timetable.add(.loseDispute(dispute.id), at: dispute.respondBy)
        emitDispute("created", dispute.id, now: now)
        return dispute
    }

    mutating func acceptDispute(_ call: RazorpayCall) throws(RazorpayError) -> RazorpayDispute {
        try requireOpen(call.id)
        decide(dispute: call.id, .lost, now: call.now)
        return try find(dispute: call.id)
    }

    mutating func contestDispute(_ call: RazorpayCall) throws(RazorpayError) -> RazorpayDispute {
        try requireOpen(call.id)
        let dispute = try find(dispute: call.id)
        let action = try call.word("action", among: ["draft", "submit"]) ?? "draft"
        let amount = try call.integer("amount") ?? dispute.amount
        guard (1...dispute.amount).contains(amount) else {
            throw .invalid("The amount may not be greater than the dispute's.", field: "amount")
        }
        guard action == "draft" || call.body["summary"]?.stringValue?.isEmpty == false else {
            throw .required("summary")
        }
        disputes.update(call.id) { $0.evidence = call.body }
        if action == "submit" { decide(dispute: call.id, .underReview, now: call.now) }
        return try find(dispute: call.id)
    }

    private func requireOpen(_ id: String) throws(RazorpayError) {
        guard try find(dispute: id).status == .open else {
            throw .invalid("The dispute is not open any more")
        }
    }

    mutating func decide(dispute id: String, _ status: RazorpayDispute.Status, now: Int) {
        disputes.update(id) {
            $0.status = status
            $0.amountDeducted = status == .lost ? $0.amount : 0
        }
        emitDispute(status == .open ? "action_required" : status.rawValue, id, now: now)
    }

    /// Nobody answered by `respond_by` (UNCONFIRMED: that silence loses).
    mutating func expire(dispute id: String, now: Int) {
        guard disputes[id]?.status == .open else { return }
        decide(dispute: id, .lost, now: now)
    }

    private mutating func emitDispute(_ type: String, _ id: String, now: Int) {
        guard let dispute = disputes[id], let payment = payments[dispute.payment] else { return }
        emit(
            "payment.dispute.\(type)",
            [("payment", RazorpayRendering.json(payment)), ("dispute", RazorpayRendering.json(dispute))], now: now)
    }
}

extension RazorpayState {
    /// Pays out everything captured, less what was refunded, that is in no settlement yet.
    mutating func settle(now: Int) -> RazorpaySettlement? {
        let payments = payments.elements.filter { $0.isCaptured && $0.settlement == nil }
        let refunds = refunds.elements.filter {
            $0.status == .processed && $0.settlement == nil && self.payments[$0.payment]?.isCaptured == true
        }
        guard !payments.isEmpty || !refunds.isEmpty else { return nil }
        let fees = payments.reduce(0) { $0 + ($1.fee ?? 0) }
        let settlement = RazorpaySettlement(
            id: random.identifier("setl_", length: 14), created: now,
            amount: payments.reduce(0) { $0 + $1.amount } - fees - refunds.reduce(0) { $0 + $1.amount }, fees: fees,
            tax: payments.reduce(0) { $0 + ($1.tax ?? 0) },
            utr: String(1_000_000_000 + Int(random.next() % 9_000_000_000)),
            status: .processed, payments: payments.map(\.id), refunds: refunds.map(\.id))
        for payment in payments { self.payments.update(payment.id) { $0.settlement = settlement.id } }
        for refund in refunds { self.refunds.update(refund.id) { $0.settlement = settlement.id } }
        settlements.append(settlement)
        emit("settlement.processed", [("settlement", RazorpayRendering.json(settlement))], now: now)
        return settlement
    }

    /// What was settled in a month, or on a day of it.
    func reconciliation(_ call: RazorpayCall) throws(RazorpayError) -> [JSON] {
        guard let year = try call.integer("year") else { throw .required("year") }
        guard let month = try call.integer("month") else { throw .required("month") }
        let day = try call.integer("day")
        let listing = try RazorpayListing(call, limit: 1000)
        let items = settlements.elements.filter { settlement in
            let date = CivilTime(unix: settlement.created, offset: CivilTime.india)
            return date.year == year && date.month == month && (day == nil || date.day == day)
        }.flatMap(reconciliation)
        return listing.page(of: items)
    }

    private func reconciliation(_ settlement: RazorpaySettlement) -> [JSON] {
        settlement.payments.compactMap { payments[$0] }.map { item($0, settlement) }
            + settlement.refunds.compactMap { refunds[$0] }.map { item($0, settlement) }
    }

    private func item(_ payment: RazorpayPayment, _ settlement: RazorpaySettlement) -> JSON {
        let order = payment.order.flatMap { orders[$0] }
        return [
            "entity_id": .string(payment.id), "type": "payment", "debit": 0,
            "credit": .int(payment.amount - (payment.fee ?? 0)), "amount": .int(payment.amount),
            "currency": .string(payment.currency), "fee": .int(payment.fee ?? 0), "tax": .int(payment.tax ?? 0),
            "on_hold": false, "settled": true, "created_at": .int(payment.created),
            "settled_at": .int(settlement.created), "settlement_id": .string(settlement.id), "posted_at": nil,
            "credit_type": "default", "description": nil, "notes": RazorpayRendering.notes(payment.notes),
            "payment_id": nil, "settlement_utr": .string(settlement.utr), "order_id": .text(payment.order),
            "order_receipt": .text(order?.receipt), "method": .string(payment.method.rawValue), "card_network": nil,
            "card_issuer": nil, "card_type": nil, "dispute_id": nil,
        ]
    }

    private func item(_ refund: RazorpayRefund, _ settlement: RazorpaySettlement) -> JSON {
        let payment = payments[refund.payment]
        let order = payment?.order.flatMap { orders[$0] }
        return [
            "entity_id": .string(refund.id), "type": "refund", "debit": .int(refund.amount), "credit": 0,
            "amount": .int(refund.amount), "currency": .string(refund.currency), "fee": 0, "tax": 0,
            "on_hold": false, "settled": true, "created_at": .int(refund.created),
            "settled_at": .int(settlement.created), "settlement_id": .string(settlement.id), "posted_at": nil,
            "credit_type": "default", "description": nil, "notes": RazorpayRendering.notes(refund.notes),
            "payment_id": .string(refund.payment), "settlement_utr": .string(settlement.utr),
            "order_id": .text(payment?.order), "order_receipt": .text(order?.receipt),
            "method": .text(payment?.method.rawValue), "card_network": nil, "card_issuer": nil, "card_type": nil,
            "dispute_id": nil,
        ]
    }
}
