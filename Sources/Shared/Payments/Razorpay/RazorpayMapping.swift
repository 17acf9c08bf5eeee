import Core
import Foundation

/// Razorpay's objects in our words. Pure; the calls are in ``RazorpayGateway``.
struct RazorpayMapping: Sendable {
    let gateway: GatewayName
    /// Our account and its mode.
    let merchantAccount: String

    /// At most 40 characters; by it an order whose making went unanswered is found again.
    static func receipt(_ payment: ID<Payment>, attempt: Int) -> String { "\(payment)/\(attempt)" }

    /// Our payment in an order's receipt, which only we write.
    static func paymentID(inReceiptOf order: ProviderObject) -> ID<Payment>? {
        order.note("receipt")?.split(separator: "/").first.flatMap { ID(String($0)) }
    }

    static func merchantAccount(keyID: String, accountID: String?) -> String {
        let mode = keyID.hasPrefix("rzp_live_") ? "live" : "test"
        return accountID.map { "\($0)/\(mode)" } ?? mode
    }

    /// What it counts a currency in where that need not be the ISO 4217 minor unit; a factor of 100 is at stake.
    private static let doubtful: Set<String> = ["ISK", "MGA", "UGX"]

    static func objection(to amount: Money) -> String? {
        if doubtful.contains(amount.currency.code) { return "\(amount.currency) can’t be charged through Razorpay" }
        if amount.currency == .inr, amount.minorUnits < 100 { return "Razorpay takes INR 1.00 at least" }
        if amount.currency.exponent == 3, amount.minorUnits % 10 != 0 {
            return "Razorpay takes amounts in \(amount.currency) that end in 0"
        }
        return nil
    }

    static func money(_ object: ProviderObject, _ name: UTF8Text) throws(MalformedEvent) -> Money {
        Money(minorUnits: try object.integer(name), currency: try currency(of: object))
    }

    static func currency(of object: ProviderObject) throws(MalformedEvent) -> Currency {
        let code = try object.word("currency")
        do {
            return try Currency(code)
        } catch {
            throw MalformedEvent("\(object.path).currency: \(error)")
        }
    }

    /// Where a payment stands. A failed one is no end: the customer may try again on the same page, and the bank may say yes days later.
    static func status(of payment: ProviderObject) throws(MalformedEvent) -> ReportStatus {
        let word = try payment.word("status")
        switch word {
        case "created", "failed": return .pending
        case "authorized": return .authorised
        case "captured": return .captured
        // What was let go without ever having been ours is refunded as well.
        case "refunded": return try payment.bool("captured") ? .captured : .cancelled
        default: throw MalformedEvent("\(payment.path).status '\(word)' is unknown")
        }
    }

    /// What one payment says. An order has several until one is captured: only that one's name is the payment's name to us.
    func report(of payment: ProviderObject, source: ReportSource) throws(MalformedEvent) -> Report {
        let status = try Self.status(of: payment)
        return Report(
            gateway: gateway, paymentID: nil, sessionReference: try payment.optionalID("order_id"),
            reference: status == .captured ? try payment.id() : nil, status: status,
            amount: try Self.money(payment, "amount"), merchantAccount: merchantAccount, source: source,
            statement: try statement(of: payment))
    }

    private func statement(of payment: ProviderObject) throws(MalformedEvent) -> String {
        let words = ["payment \(try payment.id()) \(try payment.word("status"))", payment.note("error_reason")]
        return words.compactMap { $0 }.joined(separator: ", ")
    }

    /// What an order and its payments say together.
    /// - Parameter isOver: whether our own time for it is over; at Razorpay an order has no end.
    func report(
        of order: ProviderObject, payments: [ProviderObject], isOver: Bool, source: ReportSource
    ) throws(MalformedEvent) -> Report {
        if let captured = try Self.captures(among: payments).first { return try report(of: captured, source: source) }
        var standing = ReportStatus.pending
        var statement = "order \(try order.word("status"))"
        for payment in payments {
            let status = try Self.status(of: payment)
            if status == .authorised || (status == .cancelled && standing == .pending) {
                standing = status
                statement = try self.statement(of: payment)
            }
        }
        if standing == .pending, isOver { standing = .expired }
        return Report(
            gateway: gateway, paymentID: nil, sessionReference: try order.id(), reference: nil, status: standing,
            amount: try Self.money(order, "amount"), merchantAccount: merchantAccount, source: source,
            statement: statement)
    }

    /// The captured ones, the first one first.
    static func captures(among payments: [ProviderObject]) throws(MalformedEvent) -> [ProviderObject] {
        var captured: [(at: Date, id: String, payment: ProviderObject)] = []
        for payment in payments where try status(of: payment) == .captured {
            captured.append((try payment.moment("created_at"), try payment.id(), payment))
        }
        return captured.sorted { ($0.at, $0.id) < ($1.at, $1.id) }.map(\.payment)
    }

    func refundReport(of refund: ProviderObject, source: ReportSource) throws(MalformedEvent) -> RefundReport {
        let status = try refund.word("status")
        let state: RefundState
        switch status {
        case "pending": state = .pending
        case "processed": state = .succeeded
        case "failed": state = .failed
        default: throw MalformedEvent("\(refund.path).status '\(status)' is unknown")
        }
        return RefundReport(
            gateway: gateway, refundID: refund.note("refund_id", in: "notes").flatMap { ID($0) },
            reference: try refund.id(), paymentReference: try refund.id("payment_id"), status: state,
            amount: try Self.money(refund, "amount"), source: source, statement: "refund \(status)")
    }

    func disputeReport(
        of dispute: ProviderObject, source: ReportSource, statedAt: Date
    ) throws(MalformedEvent) -> DisputeReport {
        let (amount, status) = (try Self.money(dispute, "amount"), try dispute.word("status"))
        let deducted = try dispute.optionalInteger("amount_deducted") ?? 0
        // Nothing says what came back: of a dispute that is won, all that was ever deducted.
        let returned = status == Dispute.wonStatus && deducted == 0 ? amount.minorUnits : 0
        return DisputeReport(
            gateway: gateway, disputeReference: try dispute.id(), reference: try dispute.id("payment_id"),
            amount: amount, status: status, funds: DisputeFunds(taken: deducted, returned: returned),
            reason: dispute.note("reason_code"), respondBy: try dispute.optionalMoment("respond_by"),
            statedAt: statedAt, source: source)
    }
}
