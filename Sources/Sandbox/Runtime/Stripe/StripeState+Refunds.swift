extension StripeState {
    mutating func createRefund(_ call: StripeCall) throws(StripeError) -> Refund {
        let parameters = call.parameters
        try parameters.allow([
            "payment_intent", "charge", "amount", "reason", "metadata", "reverse_transfer", "refund_application_fee",
            "instructions_email", "origin", "currency",
        ])
        let charge = try chargeToRefund(parameters)
        let remaining = charge.amountCaptured - charge.amountRefunded
        let amount = try parameters.integer("amount") ?? remaining
        let reason = try parameters.word("reason", among: ["duplicate", "fraudulent", "requested_by_customer"])
        let metadata = try parameters.metadata("metadata")
        guard charge.status == .succeeded, charge.captured else {
            throw Self.executed(.invalid("Charge \(charge.id) has not been captured.", code: nil, param: "charge"))
        }
        guard remaining > 0 else {
            throw Self.executed(
                .invalid("Charge \(charge.id) has already been refunded.", code: "charge_already_refunded"))
        }
        guard amount >= 1 else {
            throw .invalid("Invalid positive integer", code: "parameter_invalid_integer", param: "amount")
        }
        guard amount <= remaining else {
            throw Self.executed(
                .invalid(
                    "Refund amount (\(StripeCurrency.display(amount, charge.currency))) is greater than unrefunded amount "
                        + "on charge (\(StripeCurrency.display(remaining, charge.currency)))", param: "amount"))
        }
        return refund(charge, amount: amount, reason: reason, metadata: metadata, cause: call.cause, now: call.now)
    }

    private static func executed(_ error: StripeError) -> StripeError {
        var error = error
        error.executed = true
        return error
    }

    private func chargeToRefund(_ parameters: StripeParameters) throws(StripeError) -> Charge {
        if let id = try parameters.text("charge") { return try find(charge: id) }
        guard let id = try parameters.text("payment_intent") else {
            throw .invalid("One of the following params should be provided for this request: payment_intent or charge.")
        }
        guard let intent = paymentIntents[id] else { throw .noSuch("payment_intent", id, param: "payment_intent") }
        guard let charge = intent.latestCharge.flatMap({ charges[$0] }) else {
            throw Self.executed(
                .invalid(
                    "This PaymentIntent (\(id)) does not have a successful charge to refund.", param: "payment_intent"))
        }
        return charge
    }

    func find(charge id: String) throws(StripeError) -> Charge {
        guard let charge = charges[id] else { throw .noSuch("charge", id, param: "charge") }
        return charge
    }

    func find(refund id: String) throws(StripeError) -> Refund {
        guard let refund = refunds[id] else { throw .noSuch("refund", id, param: "id") }
        return refund
    }

    private mutating func refund(
        _ charge: Charge, amount: Int, reason: String?, metadata: [String: String], cause: StripeCause, now: Int
    ) -> Refund {
        let id = random.identifier("re_3", length: 23)
        let outcome = takeForced(.refund)
        var refund = Refund(
            id: id, created: now, amount: amount, currency: charge.currency, charge: charge.id,
            paymentIntent: charge.paymentIntent, reason: reason, metadata: metadata, status: .succeeded)
        refund.balanceTransaction = bookRefund(id, amount: -amount, currency: charge.currency, type: "refund", now: now)
        if case .pending = outcome {
            refund.status = .pending
            refund.pendingReason = "processing"
        }
        refunds.append(refund)
        let refunded = charges.update(charge.id) { $0.amountRefunded += amount }
        emit("refund.created", .refund(refund), cause: cause, now: now)
        if let refunded {
            emit(
                "charge.refunded", .charge(refunded),
                previous: ["amount_refunded": .int(charge.amountRefunded), "refunded": .bool(charge.refunded)],
                cause: cause,
                now: now)
        }
        switch outcome {
        case .pending: schedule(.finishRefund(id), at: now + settings.settleAfter)
        case .fail: fail(refund: id, reason: "unknown", now: now)
        case .decline, .delay, nil: finish(refund: id, now: now)
        }
        return refunds[id] ?? refund
    }

    /// The bank's reference arrives; a pending refund has succeeded with it.
    mutating func finish(refund id: String, now: Int) {
        guard let before = refunds[id], before.status == .pending || before.status == .succeeded,
            !before.referenceAvailable
        else { return }
        let updated = refunds.update(id) {
            $0.status = .succeeded
            $0.pendingReason = nil
            $0.referenceAvailable = true
        }
        var previous: JSON = ["destination_details": ["card": ["reference": nil, "reference_status": "pending"]]]
        if before.status == .pending {
            previous = ["pending_reason": .text(before.pendingReason), "status": "pending"]
        }
        if let updated { emitUpdate(updated, previous: previous, cause: StripeCause(), now: now) }
    }

    /// A refund that fails, also after it had succeeded: the money returns to the balance and the charge (UNCONFIRMED:
    /// the charge's `amount_refunded` shrinks again).
    mutating func fail(refund id: String, reason: String, now: Int) {
        guard let before = refunds[id], before.status == .pending || before.status == .succeeded else { return }
        _ = bookRefund(id, amount: before.amount, currency: before.currency, type: "refund_failure", now: now)
        let updated = refunds.update(id) {
            $0.status = .failed
            $0.failureReason = reason
            $0.pendingReason = nil
        }
        charges.update(before.charge) { $0.amountRefunded -= before.amount }
        guard let updated else { return }
        emit("refund.failed", .refund(updated), cause: StripeCause(), now: now)
        emitUpdate(
            updated, previous: ["failure_reason": nil, "status": .string(before.status.rawValue)], cause: StripeCause(),
            now: now)
    }

    /// One fact, two events: the older type is still sent beside the newer.
    private mutating func emitUpdate(_ refund: Refund, previous: JSON, cause: StripeCause, now: Int) {
        emit("refund.updated", .refund(refund), previous: previous, cause: cause, now: now)
        emit("charge.refund.updated", .refund(refund), previous: previous, cause: cause, now: now)
    }

    mutating func updateRefund(_ call: StripeCall) throws(StripeError) -> Refund {
        let refund = try find(refund: call.id)
        try call.parameters.allow(["metadata"])
        let metadata = try call.parameters.metadata("metadata", onto: refund.metadata)
        let updated = refunds.update(refund.id) { $0.metadata = metadata } ?? refund
        emitUpdate(updated, previous: ["metadata": .strings(refund.metadata)], cause: call.cause, now: call.now)
        return updated
    }

    mutating func updateCharge(_ call: StripeCall) throws(StripeError) -> Charge {
        let charge = try find(charge: call.id)
        try call.parameters.allow(["metadata", "description", "receipt_email", "customer", "fraud_details", "shipping"])
        let metadata = try call.parameters.metadata("metadata", onto: charge.metadata)
        let updated = charges.update(charge.id) { $0.metadata = metadata } ?? charge
        emit(
            "charge.updated", .charge(updated), previous: ["metadata": .strings(charge.metadata)], cause: call.cause,
            now: call.now)
        return updated
    }

    private mutating func bookRefund(_ refund: String, amount: Int, currency: String, type: String, now: Int) -> String
    {
        let transaction = BalanceTransaction(
            id: random.identifier("txn_3", length: 23), created: now, amount: amount, fee: 0, currency: currency,
            type: type, source: refund, availableOn: now)
        balanceTransactions.append(transaction)
        return transaction.id
    }

    /// Pays out what is on the balance and not paid out yet; nil where there is nothing.
    mutating func payOut(currency: String, now: Int) -> Payout? {
        let open = balanceTransactions.elements.filter { $0.payout == nil && $0.currency == currency }
        let amount = open.reduce(0) { $0 + $1.net }
        guard amount > 0 else { return nil }
        let id = random.identifier("po_1", length: 23)
        for transaction in open { balanceTransactions.update(transaction.id) { $0.payout = id } }
        var booked = BalanceTransaction(
            id: random.identifier("txn_1", length: 23), created: now, amount: -amount, fee: 0, currency: currency,
            type: "payout", source: id, availableOn: now)
        booked.payout = id
        balanceTransactions.append(booked)
        let payout = Payout(id: id, created: now, amount: amount, currency: currency, balanceTransaction: booked.id)
        payouts.append(payout)
        emit("payout.created", .payout(payout), cause: StripeCause(), now: now)
        emit("payout.paid", .payout(payout), cause: StripeCause(), now: now)
        return payout
    }
}
