extension RazorpayState {
    /// What a customer brings to Checkout, or the control plane makes up.
    struct Attempt: Sendable {
        var order: String?
        var amount = 0
        var currency = "INR"
        var method = RazorpayPayment.Method.card
        var email = "void@razorpay.com"
        var contact = "+919000090000"
        /// `success`, `late`, or a reason of failure.
        var outcome = "success"
        /// Over the setting of the order and the account.
        var captures: Bool?
    }

    /// One attempt at paying. An order that is paid already can still be paid a second time: only the first payment is
    /// captured.
    mutating func pay(_ attempt: Attempt, now: Int) throws(RazorpayError) -> RazorpayPayment {
        var attempt = attempt
        if let id = attempt.order {
            let order = try find(order: id)
            attempt.amount = order.amount
            attempt.currency = order.currency
            orders.update(id) {
                $0.attempts += 1
                if $0.status == .created { $0.status = .attempted }
            }
        }
        let outcome = takeForced(.payment) ?? attempt.outcome
        let payment = RazorpayPayment(
            id: random.identifier("pay_", length: 14), created: now, order: attempt.order, amount: attempt.amount,
            currency: attempt.currency, method: attempt.method, email: attempt.email, contact: attempt.contact,
            notes: [:], reference: String(100_000_000_000 + Int(random.next() % 900_000_000_000)))
        payments.append(payment)
        if let order = payment.order { paymentsByOrder.add(payment.id, under: order) }
        if outcome == "success" {
            authorize(payment.id, captures: attempt.captures, now: now)
        } else {
            let reason = outcome == "late" ? "payment_timed_out" : outcome
            fail(payment.id, RazorpayFailure.named(reason) ?? .timedOut, now: now)
            if outcome == "late" { timetable.add(.authorizeLate(payment: payment.id), at: now + settings.lateAfter) }
        }
        return payments[payment.id] ?? payment
    }

    private mutating func fail(_ id: String, _ failure: RazorpayFailure, now: Int) {
        guard
            let payment = payments.update(
                id,
                {
                    $0.status = .failed
                    $0.failure = failure
                })
        else { return }
        emit("payment.failed", [("payment", RazorpayRendering.json(payment))], now: now)
    }

    /// The bank says yes: at once, or after the payment was taken for failed (late authorisation).
    mutating func authorize(_ id: String, captures: Bool? = nil, now: Int) {
        guard let payment = payments[id], payment.status == .created || payment.status == .failed else { return }
        let order = payment.order.flatMap { orders[$0] }
        let isSecond = order?.status == .paid
        let captures = captures ?? order?.capturesAutomatically ?? settings.autoCapture
        let authorized = payments.update(id) {
            $0.status = .authorized
            $0.failure = nil
        }
        let capturesNow = captures && order != nil && !isSecond
        if var shown = authorized {
            if capturesNow, settings.authorizedShowsCaptured { Self.markCaptured(&shown) }
            emit("payment.authorized", [("payment", RazorpayRendering.json(shown))], now: now)
        }
        if capturesNow {
            settle(capture: id, now: now)
        } else {
            timetable.add(.autoRefund(payment: id), at: now + settings.captureTimeout)
        }
    }

    mutating func capture(_ call: RazorpayCall) throws(RazorpayError) -> RazorpayPayment {
        let payment = try find(payment: call.id)
        guard let amount = try call.integer("amount") else { throw .required("amount") }
        let currency = try call.text("currency") ?? payment.currency
        guard payment.status == .authorized else {
            throw .invalid(
                payment.isCaptured
                    ? "This payment has already been captured"
                    : "Only payments which have been authorized and not yet captured can be captured")
        }
        guard let order = payment.order else {
            throw .invalid("The payment has no order and can't be captured; it is refunded.")
        }
        guard try find(order: order).status != .paid else { throw Self.orderAlreadyPaid }
        guard currency == payment.currency else {
            throw .invalid(
                "The capture currency must be the same as the payment's, \(payment.currency).", field: "currency")
        }
        guard amount == payment.amount else {
            throw .invalid("Capture amount must be equal to the amount authorized", field: "amount")
        }
        settle(capture: payment.id, now: call.now)
        return try find(payment: payment.id)
    }

    /// What capturing a second payment of a paid order is told (UNCONFIRMED: the wording).
    private static let orderAlreadyPaid = RazorpayError.invalid("Order is already paid")

    private static func markCaptured(_ payment: inout RazorpayPayment) {
        payment.status = .captured
        payment.isCaptured = true
        (payment.fee, payment.tax) = fee(payment.amount)
    }

    private mutating func settle(capture id: String, now: Int) {
        guard let payment = payments.update(id, Self.markCaptured) else { return }
        let json = RazorpayRendering.json(payment)
        emit("payment.captured", [("payment", json)], now: now)
        guard
            let order = payment.order.flatMap({
                orders.update($0) {
                    $0.status = .paid
                    $0.amountPaid = payment.amount
                }
            })
        else { return }
        emit("order.paid", [("payment", json), ("order", RazorpayRendering.json(order))], now: now)
    }

    /// 2 %, and 18 % tax on that, both within `fee` (UNCONFIRMED: a plan's real rates).
    private static func fee(_ amount: Int) -> (fee: Int, tax: Int) {
        let net = amount / 50
        let tax = net * 18 / 100
        return (net + tax, tax)
    }

    /// Authorised but never captured: the customer gets the money back.
    mutating func autoRefund(_ id: String, now: Int) {
        guard let payment = payments[id], payment.status == .authorized else { return }
        giveBack(payment, amount: payment.amount, now: now)
    }
}

extension RazorpayFailure {
    static let timedOut = RazorpayFailure(
        code: "GATEWAY_ERROR", description: "Payment processing failed because of timeout", source: "gateway",
        step: "payment_authorization", reason: "payment_timed_out")

    private static let all = [
        timedOut,
        RazorpayFailure(
            code: "BAD_REQUEST_ERROR",
            description:
                "Your payment didn't go through as it was declined by the bank. Try another payment method or contact your bank.",
            source: "bank", step: "payment_authorization", reason: "payment_failed"),
        RazorpayFailure(
            code: "BAD_REQUEST_ERROR",
            description:
                "Your payment could not be completed due to insufficient account balance. Try again with another payment method.",
            source: "customer", step: "payment_authorization", reason: "insufficient_funds"),
        RazorpayFailure(
            code: "BAD_REQUEST_ERROR",
            description: "Your payment has been cancelled. Try again or complete the payment later.",
            source: "customer", step: "payment_authentication", reason: "payment_cancelled"),
        RazorpayFailure(
            code: "BAD_REQUEST_ERROR",
            description: "Your payment didn't go through due to an incorrect OTP. Try again.",
            source: "customer", step: "payment_authentication", reason: "incorrect_otp"),
    ]

    static let reasons = all.map(\.reason)

    static func named(_ reason: String) -> RazorpayFailure? { all.first { $0.reason == reason } }
}
