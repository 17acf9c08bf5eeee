package import Core
import Foundation
package import Jobs
package import Logging
import Metrics
package import Orders

/// A pushed report contradicts what is recorded; nothing was changed. Ask the gateway, then apply its answer.
package struct DoubtfulReport: Error, CustomStringConvertible {
    package let reason: String

    package var description: String { "doubtful report: \(reason)" }
}

/// What applying a report did.
package enum ReportOutcome: Sendable, Hashable {
    /// Nothing that was not known before.
    case unchanged
    case moved(to: PaymentState)
    /// The order is paid.
    case captured
    /// Money came in that no order can take; it is on its way back.
    case returned(reason: String)
    /// Money came in that no order can take, and a person decides what becomes of it.
    case kept(reason: String)
    case conflicted(reason: String)
}

/// The one place where reports become state. Client verification, webhooks and operators' re-verification all end in
/// ``apply(_:to:in:)``; whatever a capture causes is written in the same transaction, once.
package struct PaymentBook: Sendable {
    let orders: OrderSettlement
    let ledger: LedgerStore
    let audit: AuditStore
    let ids: UUIDv7Generator
    let clock: any WallClock
    /// Whether what was paid twice goes back by itself; else a person decides.
    let refundsPaidTwice: Bool
    let logger: Logger

    package init(
        orders: OrderSettlement, ledger: LedgerStore, audit: AuditStore, ids: UUIDv7Generator, clock: any WallClock,
        refundsPaidTwice: Bool = true, logger: Logger
    ) {
        self.orders = orders
        self.ledger = ledger
        self.audit = audit
        self.ids = ids
        self.clock = clock
        self.refundsPaidTwice = refundsPaidTwice
        self.logger = logger
    }

    /// Locks the payment, weighs the report and moves the payment forward or not at all. Called again, it does nothing.
    /// - Parameter news: what the order's timeline should tell beside the capture, such as the webhook that reported it.
    /// - Throws: ``DoubtfulReport`` where the gateway has to be asked first.
    package func apply(
        _ report: Report, to id: ID<Payment>, news: [OrderEvent] = [], in work: UnitOfWork
    ) async throws -> ReportOutcome {
        guard let payment = try await PaymentStore().lock(id, in: work) else { throw Problem.notFound("payment") }
        switch payment.assess(report) {
        case .nothing:
            try await adoptReference(of: report, for: payment, in: work)
            return .unchanged
        case .doubtful(let reason):
            throw DoubtfulReport(reason: reason)
        case .conflict(let reason):
            return try await conflict(payment, reason, report, in: work)
        case .capturedAgain:
            return try await captureAgain(report, of: payment, in: work)
        case .move(to: .captured):
            return try await capture(payment, report, news, in: work)
        case .move(let state):
            return try await move(payment, to: state, report, in: work)
        }
    }

    /// The gateway may name its payment only after the checkout was opened; refunds and disputes will speak of it by that name.
    private func adoptReference(of report: Report, for payment: Payment, in work: UnitOfWork) async throws {
        let belongs = report.sessionReference.map { $0 == payment.sessionReference } ?? true
        guard payment.reference == nil, let reference = report.reference, belongs else { return }
        var payment = payment
        payment.reference = reference
        payment.updatedAt = clock.now
        try await PaymentStore().update(payment, in: work)
    }

    private func move(
        _ payment: Payment, to state: PaymentState, _ report: Report, in work: UnitOfWork
    ) async throws -> ReportOutcome {
        let moved = payment.moved(to: state, by: report, at: clock.now)
        try await PaymentStore().update(moved, in: work)
        try await orders.follow(payment, movingTo: state, in: work)
        if let ending = OrderEventKind.ending(state) {
            try await orders.note(ending, "\(payment.id)", on: payment, at: clock.now, in: work)
        }
        try moved.publishEnding(as: state, in: work)
        try await record("payment.\(state.rawValue)", on: payment, by: report, in: work)
        return .moved(to: state)
    }

    /// For what can only happen to a payment that was captured: locks it.
    /// - Parameter news: what has come, such as "refund".
    /// - Throws: ``DoubtfulReport`` where it is not known to be captured.
    func lockCaptured(_ id: ID<Payment>, for news: String, in work: UnitOfWork) async throws -> Payment {
        guard let payment = try await PaymentStore().lock(id, in: work) else { throw Problem.notFound("payment") }
        guard payment.state.isCaptured else {
            throw DoubtfulReport(reason: "\(news) of a payment that is \(payment.state.rawValue)")
        }
        return payment
    }

    private func conflict(
        _ payment: Payment, _ reason: String, _ report: Report, in work: UnitOfWork
    ) async throws -> ReportOutcome {
        guard payment.conflict != reason else { return .unchanged }
        // Money that is booked stays booked; the contradiction is noted beside it.
        var conflicted = payment.moved(to: payment.state.joined(with: .conflicted), by: report, at: clock.now)
        conflicted.reference = payment.reference
        conflicted.sessionReference = payment.sessionReference
        conflicted.conflict = reason
        try await PaymentStore().update(conflicted, in: work)
        try await orders.note(.paymentConflicted, "\(payment.id)", on: payment, at: clock.now, in: work)
        try payment.publishEnding(as: .conflicted, in: work)
        Counter(label: "haat_payments_conflicted_total", dimensions: [("gateway", payment.gateway.rawValue)])
            .increment()
        try await record("payment.conflicted", on: payment, by: report, note: reason, in: work)
        logger.error(
            "payment conflicts with what its gateway says",
            metadata: ["payment_id": "\(payment.id)", "order_id": "\(payment.orderID)", "reason": "\(reason)"])
        return .conflicted(reason: reason)
    }

    private func capture(
        _ payment: Payment, _ report: Report, _ news: [OrderEvent], in work: UnitOfWork
    ) async throws -> ReportOutcome {
        let now = clock.now.roundedToMicroseconds
        var captured = payment.moved(to: .captured, by: report, at: now)
        captured.capturedAt = now
        captured.conflict = nil
        switch try await orders.pay(
            payment, events: news, by: report.source.actor(gateway: report.gateway), at: now, in: work)
        {
        case .taken(let order):
            captured.settlement = .order
            try await PaymentStore().update(captured, in: work)
            let posting = try LedgerPosting.capture(of: payment.amount, for: order, through: payment.gateway)
            try await book(posting.holding(moneyIn: report.heldIn), for: payment, in: work)
            try await record("payment.captured", on: payment, by: report, in: work)
            try publishCapture(of: captured, in: work)
            // The customer had gone on to another gateway, where nobody should pay any more.
            if payment.supersededAt != nil {
                try work.enqueue(CloseCheckouts.SupersededJob(demandID: payment.demandID))
            }
            return .captured
        case .unclaimed(let reason):
            captured.settlement = .customer
            captured.unclaimedReason = reason
            let goesBack = reason != .paidTwice || refundsPaidTwice
            if !goesBack { captured.conflict = reason.text }
            try await PaymentStore().update(captured, in: work)
            return try await bookUnclaimed(captured, by: report, because: reason.text, goesBack: goesBack, in: work)
        }
    }

    /// Money that no order takes is its customer's: it goes back, or waits for a person.
    func bookUnclaimed(
        _ captured: Payment, by report: Report, because reason: String, goesBack: Bool, in work: UnitOfWork
    ) async throws -> ReportOutcome {
        let posting = LedgerPosting.unclaimedCapture(of: captured.amount, through: captured.gateway)
        try await book(posting.holding(moneyIn: report.heldIn), for: captured, in: work)
        if goesBack { try await sendBack(captured, because: reason, in: work) }
        try await record("payment.captured_unclaimed", on: captured, by: report, note: reason, in: work)
        try publishCapture(of: captured, in: work)
        if captured.unclaimedReason == .paidTwice { try tellPaidTwice(captured, goesBack, in: work) }
        logger.error(
            "captured money has no order to pay\(goesBack ? " and is refunded" : "; a person has to decide")",
            metadata: ["payment_id": "\(captured.id)", "order_id": "\(captured.orderID)", "reason": "\(reason)"])
        return goesBack ? .returned(reason: reason) : .kept(reason: reason)
    }

    private func publishCapture(of payment: Payment, in work: UnitOfWork) throws {
        try work.publish(
            PaymentCaptured(
                paymentID: payment.id, orderID: payment.orderID, gateway: payment.gateway.rawValue,
                amountMinor: payment.amount.minorUnits, currency: payment.amount.currency.code,
                unclaimedReason: payment.unclaimedReason))
    }

    private func tellPaidTwice(_ payment: Payment, _ isRefunded: Bool, in work: UnitOfWork) throws {
        try work.publish(
            PaymentPaidTwice(paymentID: payment.id, orderID: payment.orderID, isRefunded: isRefunded))
        Counter(label: "haat_payments_paid_twice_total", dimensions: [("gateway", payment.gateway.rawValue)])
            .increment()
    }

    private func book(_ posting: LedgerPosting, for payment: Payment, in work: UnitOfWork) async throws {
        try await ledger.record(
            posting, kind: .capture, subject: "\(payment.id)", of: payment, at: clock.now, in: work)
    }

    private func sendBack(_ payment: Payment, because reason: String, in work: UnitOfWork) async throws {
        let refund = Refund(
            id: ID(uuid: ids.next()), paymentID: payment.id, orderID: payment.orderID, origin: .automatic,
            reason: reason, amount: payment.amount, state: .requested, requestedBy: .system, createdAt: clock.now)
        try await request(refund, of: payment, in: work)
    }

    func record(
        _ action: String, on payment: Payment, by report: Report, note: String? = nil, in work: UnitOfWork
    ) async throws {
        try await record(
            action, on: payment, actor: report.source.actor(gateway: report.gateway), payload: report.record,
            note: note, in: work)
    }

    func record(
        _ action: String, on payment: Payment, actor: AuditActor, payload: JSONValue, note: String? = nil,
        in work: UnitOfWork
    ) async throws {
        try await audit.append(entry(action, on: payment, actor: actor, payload: payload, note: note), in: work)
    }

    func entry(
        _ action: String, on payment: Payment, actor: AuditActor, payload: JSONValue, note: String? = nil
    ) -> AuditEntry {
        var members = payload.objectValue ?? [:]
        members["order_id"] = .string("\(payment.orderID)")
        members["note"] = note.map(JSONValue.string)
        return AuditEntry(actor: actor, action: action, subject: payment.id, payload: .object(members))
    }
}

extension Payment {
    /// The row after a report moved it; the gateway's ids are adopted where we had none.
    fileprivate func moved(to state: PaymentState, by report: Report, at now: Date) -> Payment {
        var result = self
        result.state = state
        result.reference = reference ?? report.reference
        result.sessionReference = sessionReference ?? report.sessionReference
        result.report = report.record
        result.updatedAt = now
        return result
    }
}
