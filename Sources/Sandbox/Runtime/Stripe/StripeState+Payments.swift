/// What happens to money: one attempt at a time, many attempts per intent.
extension StripeState {
    /// Tries to take the money. A decline is thrown after it is recorded.
    mutating func confirm(
        intent id: String, with instrument: Instrument, billingEmail: String?, cause: StripeCause, now: Int
    ) throws(StripeError) {
        let intent = try find(intent: id)
        var instrument = instrument
        switch takeForced(.payment) {
        case .decline(let decline): instrument.outcome = .declined(decline)
        case .delay: instrument.outcome = .delayed
        case .pending, .fail, nil: break
        }
        switch instrument.outcome {
        case .approved: approve(intent, instrument, email: billingEmail, cause: cause, now: now)
        case .delayed: wait(intent, instrument, email: billingEmail, cause: cause, now: now)
        case .declined(let decline):
            throw refuse(intent, instrument, decline, email: billingEmail, cause: cause, now: now)
        }
    }

    private mutating func approve(
        _ intent: PaymentIntent, _ instrument: Instrument, email: String?, cause: StripeCause, now: Int
    ) {
        let captures = intent.captureMethod != .manual
        var charge = newCharge(intent, instrument, email: email, status: .succeeded, now: now)
        if captures {
            charge.captured = true
            charge.amountCaptured = charge.amount
            charge.balanceTransaction = book(charge, amount: charge.amount, now: now)
        }
        charges.append(charge)
        let updated = paymentIntents.update(intent.id) {
            $0.paymentMethod = instrument.paymentMethod
            $0.latestCharge = charge.id
            $0.lastError = nil
            $0.status = captures ? .succeeded : .requiresCapture
            $0.amountReceived = captures ? charge.amount : 0
            $0.amountCapturable = captures ? 0 : charge.amount
        }
        emit("charge.succeeded", .charge(charge), cause: cause, now: now)
        guard let updated else { return }
        let type = captures ? "payment_intent.succeeded" : "payment_intent.amount_capturable_updated"
        emit(type, .paymentIntent(updated), cause: cause, now: now)
    }

    private mutating func refuse(
        _ intent: PaymentIntent, _ instrument: Instrument, _ decline: CardDecline, email: String?, cause: StripeCause,
        now: Int
    ) -> StripeError {
        var charge = newCharge(intent, instrument, email: email, status: .failed, now: now)
        var decline = decline
        decline.charge = charge.id
        charge.failure = decline
        charges.append(charge)
        let updated = paymentIntents.update(intent.id) {
            $0.paymentMethod = nil
            $0.latestCharge = charge.id
            $0.lastError = decline
            $0.status = .requiresPaymentMethod
        }
        emit("charge.failed", .charge(charge), cause: cause, now: now)
        emit("payment_intent.payment_failed", .paymentIntent(updated ?? intent), cause: cause, now: now)
        return .declined(decline, intent: updated ?? intent)
    }

    private mutating func wait(
        _ intent: PaymentIntent, _ instrument: Instrument, email: String?, cause: StripeCause, now: Int
    ) {
        let charge = newCharge(intent, instrument, email: email, status: .pending, now: now)
        charges.append(charge)
        let updated = paymentIntents.update(intent.id) {
            $0.paymentMethod = instrument.paymentMethod
            $0.latestCharge = charge.id
            $0.lastError = nil
            $0.status = .processing
        }
        emit("charge.pending", .charge(charge), cause: cause, now: now)
        if let updated { emit("payment_intent.processing", .paymentIntent(updated), cause: cause, now: now) }
        schedule(.settle(intent: intent.id), at: now + settings.settleAfter)
    }

    /// Ends the wait for a delayed payment. Does nothing where none is under way.
    mutating func settle(intent id: String, failing decline: CardDecline?, now: Int) {
        guard let intent = paymentIntents[id], intent.status == .processing, let chargeID = intent.latestCharge,
            let pending = charges[chargeID]
        else { return }
        let cause = StripeCause()
        if let decline {
            settleFailed(intent, pending, decline, cause: cause, now: now)
        } else {
            settleSucceeded(intent, pending, cause: cause, now: now)
        }
    }

    private mutating func settleSucceeded(_ intent: PaymentIntent, _ pending: Charge, cause: StripeCause, now: Int) {
        let transaction = book(pending, amount: pending.amount, now: now)
        let charge = charges.update(pending.id) {
            $0.status = .succeeded
            $0.captured = true
            $0.amountCaptured = $0.amount
            $0.balanceTransaction = transaction
        }
        let updated = paymentIntents.update(intent.id) {
            $0.status = .succeeded
            $0.amountReceived = $0.amount
        }
        if let charge { emit("charge.succeeded", .charge(charge), cause: cause, now: now) }
        if let updated { emit("payment_intent.succeeded", .paymentIntent(updated), cause: cause, now: now) }
        guard let session = intent.session.flatMap({ sessions.update($0) { $0.paymentStatus = .paid } }) else { return }
        emit("checkout.session.async_payment_succeeded", .checkoutSession(session), cause: cause, now: now)
    }

    private mutating func settleFailed(
        _ intent: PaymentIntent, _ pending: Charge, _ decline: CardDecline, cause: StripeCause, now: Int
    ) {
        var decline = decline
        decline.charge = pending.id
        let charge = charges.update(pending.id) {
            $0.status = .failed
            $0.failure = decline
        }
        let updated = paymentIntents.update(intent.id) {
            $0.status = .requiresPaymentMethod
            $0.paymentMethod = nil
            $0.lastError = decline
        }
        if let charge { emit("charge.failed", .charge(charge), cause: cause, now: now) }
        if let updated { emit("payment_intent.payment_failed", .paymentIntent(updated), cause: cause, now: now) }
        guard let session = intent.session.flatMap({ sessions[$0] }) else { return }
        emit("checkout.session.async_payment_failed", .checkoutSession(session), cause: cause, now: now)
    }

    mutating func capture(_ intent: PaymentIntent, amount: Int, cause: StripeCause, now: Int) {
        guard let chargeID = intent.latestCharge, let authorised = charges[chargeID] else { return }
        let transaction = book(authorised, amount: amount, now: now)
        let charge = charges.update(chargeID) {
            $0.captured = true
            $0.amountCaptured = amount
            $0.balanceTransaction = transaction
        }
        let updated = paymentIntents.update(intent.id) {
            $0.status = .succeeded
            $0.amountReceived = amount
            $0.amountCapturable = 0
        }
        if let charge { emit("charge.captured", .charge(charge), cause: cause, now: now) }
        if let updated { emit("payment_intent.succeeded", .paymentIntent(updated), cause: cause, now: now) }
        if let session = intent.session { sessions.update(session) { $0.paymentStatus = .paid } }
    }

    private mutating func newCharge(
        _ intent: PaymentIntent, _ instrument: Instrument, email: String?, status: Charge.Status, now: Int
    ) -> Charge {
        Charge(
            id: random.identifier("ch_3", length: 23), created: now, paymentIntent: intent.id, amount: intent.amount,
            amountCaptured: 0, currency: intent.currency, captured: false, status: status,
            customer: intent.customer, description: intent.description, receiptEmail: intent.receiptEmail,
            billingEmail: email, metadata: intent.metadata, instrument: instrument)
    }

    /// Puts a capture on the balance, with the fee of Stripe's standard card price.
    private mutating func book(_ charge: Charge, amount: Int, now: Int) -> String {
        let transaction = BalanceTransaction(
            id: random.identifier("txn_3", length: 23), created: now, amount: amount, fee: Self.fee(amount),
            currency: charge.currency, type: "charge", source: charge.id, availableOn: now + 2 * 86_400)
        balanceTransactions.append(transaction)
        return transaction.id
    }

    /// 2.9 % + 30. UNCONFIRMED for currencies other than the US dollar.
    private static func fee(_ amount: Int) -> Int {
        (amount * 29 + 500) / 1000 + 30
    }
}
