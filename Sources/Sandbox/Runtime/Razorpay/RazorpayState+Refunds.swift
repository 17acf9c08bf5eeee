extension RazorpayState {
    mutating func createRefund(_ call: RazorpayCall, payment id: String) throws(RazorpayError) -> RazorpayRefund {
        let payment = try find(payment: id)
        guard payment.isCaptured else {
            throw .invalid("The payment status should be captured for action to be taken")
        }
        let left = payment.amount - payment.amountRefunded
        guard left > 0 else { throw .invalid("The payment has been fully refunded already") }
        let amount = try call.integer("amount") ?? left
        guard amount >= 100 || amount == left else {
            throw .invalid("The amount must be atleast INR 1.00", field: "amount")
        }
        guard amount <= left else {
            throw .invalid("The total refund amount is greater than the refund payment amount", field: "amount")
        }
        let speed = try call.word("speed", among: ["normal", "optimum"]) ?? "normal"
        let receipt = try call.text("receipt", limit: 40)
        let notes = try call.notes() ?? [:]
        if let receipt, refundsByReceipt.last(under: receipt) != nil {
            throw .invalid("The receipt has already been taken", field: "receipt")
        }
        // Refunds of payments older than six months fail.
        let outcome = call.now - payment.created > 183 * 86_400 ? "failed" : takeForced(.refund) ?? "processed"
        return start(
            payment, amount: amount, speed: speed, receipt: receipt, notes: notes, outcome: outcome, now: call.now)
    }

    private mutating func start(
        _ payment: RazorpayPayment, amount: Int, speed: String, receipt: String?, notes: [String: String],
        outcome: String, now: Int
    ) -> RazorpayRefund {
        let refund = RazorpayRefund(
            id: random.identifier("rfnd_", length: 14), created: now, payment: payment.id, amount: amount,
            currency: payment.currency, receipt: receipt, notes: notes, speedRequested: speed,
            speedProcessed: speed == "optimum" ? "instant" : "normal", status: .pending)
        refunds.append(refund)
        refundsByPayment.add(refund.id, under: payment.id)
        if let receipt { refundsByReceipt.add(refund.id, under: receipt) }
        recountRefunds(of: payment.id)
        emitRefund("refund.created", refund.id, now: now)
        switch outcome {
        case "pending": timetable.add(.finishRefund(refund.id), at: now + settings.refundAfter)
        case "failed": fail(refund: refund.id, now: now)
        case "speed_changed":
            refunds.update(refund.id) { $0.speedProcessed = "normal" }
            emitRefund("refund.speed_changed", refund.id, now: now)
            timetable.add(.finishRefund(refund.id), at: now + settings.refundAfter)
        default: process(refund: refund.id, now: now)
        }
        return refunds[refund.id] ?? refund
    }

    mutating func giveBack(_ payment: RazorpayPayment, amount: Int, now: Int) {
        _ = start(
            payment, amount: amount, speed: "normal", receipt: nil, notes: [:], outcome: "processed", now: now)
    }

    mutating func process(refund id: String, now: Int) {
        guard refunds[id]?.status == .pending else { return }
        let arn = String(10_000_000_000_000 + Int(random.next() % 90_000_000_000_000))
        refunds.update(id) {
            $0.status = .processed
            $0.arn = arn
        }
        emitRefund("refund.processed", id, now: now)
    }

    mutating func fail(refund id: String, now: Int) {
        guard let refund = refunds[id], refund.status != .failed else { return }
        refunds.update(id) { $0.status = .failed }
        recountRefunds(of: refund.payment)
        emitRefund("refund.failed", id, now: now)
    }

    /// The payment's total is always counted anew: failed refunds don't count (UNCONFIRMED: that a failed refund
    /// makes `amount_refunded` smaller again).
    private mutating func recountRefunds(of payment: String) {
        let total = refundsByPayment.all(under: payment).compactMap { refunds[$0] }.reduce(0) {
            $1.status == .failed ? $0 : $0 + $1.amount
        }
        payments.update(payment) {
            $0.amountRefunded = total
            if total == $0.amount { $0.status = .refunded } else if $0.status == .refunded { $0.status = .captured }
        }
    }

    private mutating func emitRefund(_ type: String, _ id: String, now: Int) {
        guard let refund = refunds[id], let payment = payments[refund.payment] else { return }
        emit(
            type,
            [("refund", RazorpayRendering.json(refund)), ("payment", RazorpayRendering.json(payment))], now: now)
    }
}

/// Answers kept for `X-Refund-Idempotency` keys.
struct RazorpayIdempotency: Codable, Sendable {
    enum Decision: Sendable {
        case run
        case replay(status: Int, body: [UInt8])
        case refuse(RazorpayError)
    }

    private struct Record: Codable, Sendable {
        let request: String
        var status: Int?
        var body: [UInt8] = []
    }

    private var records: [String: Record] = [:]

    mutating func begin(key: String, request: String) -> Decision {
        guard key.utf8.count >= 10, key.utf8.allSatisfy(Self.isAllowed) else {
            return .refuse(
                .invalid("The idempotency key must have at least 10 characters of letters, digits, - and _."))
        }
        guard let record = records[key] else {
            records[key] = Record(request: request)
            return .run
        }
        guard record.request == request else {
            return .refuse(
                .invalid("Different request with the same idempotency key has already been processed."))
        }
        guard let status = record.status else {
            return .refuse(
                RazorpayError(
                    status: 409,
                    description: "Request failed because another request with the same idempotency key is in progress.")
            )
        }
        return .replay(status: status, body: record.body)
    }

    /// Keeps an answer; refusals leave the key free (UNCONFIRMED).
    mutating func end(key: String, answer: Answer?) {
        if let answer, answer.status < 400 {
            records[key]?.status = answer.status
            records[key]?.body = answer.body
        } else {
            records[key] = nil
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
