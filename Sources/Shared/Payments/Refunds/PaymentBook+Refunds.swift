package import Core
import Foundation
import Identity
package import Jobs
import Logging
import Metrics
import Orders

extension PaymentBook {
    /// Locks the payment and moves one of its refunds forward or not at all. Money counts as returned when the gateway says
    /// `succeeded`, and as ours again when it later says `failed`.
    /// - Throws: ``DoubtfulReport`` where the payment is not known to be captured: apply the gateway's word on it first.
    package func apply(
        _ report: RefundReport, to id: ID<Payment>, in work: UnitOfWork
    ) async throws -> ReportOutcome {
        let payment = try await lockCaptured(id, for: "refund", in: work)
        var known = try await RefundStore().find(report, of: payment.id, in: work)
        if known == nil { known = try await awaited(report, of: payment, in: work) }
        if let mismatch = mismatch(report, payment: payment, refund: known) {
            return try await conflict(payment, mismatch, report, in: work)
        }
        let refund: Refund
        if let known { refund = known } else { refund = try await adopt(report, of: payment, in: work) }
        return try await move(refund, of: payment, by: report, in: work)
    }

    /// The one that a person was to make by hand, where the gateway tells of what was made in its panel: it names none of ours.
    private func awaited(
        _ report: RefundReport, of payment: Payment, in work: UnitOfWork
    ) async throws -> Refund? {
        guard report.refundID == nil, report.status == .succeeded else { return nil }
        let awaited = try await RefundStore().awaitingTransfer(of: payment.id, in: work)
        // Of another amount, it is for a person to say which is which.
        return awaited.first { $0.amount == report.amount } ?? awaited.first
    }

    private func mismatch(_ report: RefundReport, payment: Payment, refund: Refund?) -> String? {
        if let reference = payment.reference, reference != report.paymentReference {
            return "refund of \(report.paymentReference) instead of \(reference)"
        }
        if report.amount.currency != payment.amount.currency { return "refund in \(report.amount.currency)" }
        if let refund, refund.amount != report.amount {
            return "refund of \(report.amount.minorUnits) instead of \(refund.amount.minorUnits)"
        }
        let after = payment.refunded.minorUnits.addingReportingOverflow(report.amount.minorUnits)
        let isNew = report.status == .succeeded && refund?.state != .succeeded && refund?.state != .failed
        if report.amount.minorUnits <= 0
            || isNew && (after.overflow || after.partialValue > payment.amount.minorUnits)
        {
            return "refunds of more than was paid"
        }
        return nil
    }

    private func adopt(_ report: RefundReport, of payment: Payment, in work: UnitOfWork) async throws -> Refund {
        let refund = Refund(
            id: ID(uuid: ids.next()), paymentID: payment.id, orderID: payment.orderID, origin: .gateway,
            reason: "made at the gateway", amount: report.amount, state: .requested, reference: report.reference,
            createdAt: clock.now)
        _ = try await RefundStore().insert(refund, in: work)
        return refund
    }

    private func move(
        _ refund: Refund, of payment: Payment, by report: RefundReport, in work: UnitOfWork
    ) async throws -> ReportOutcome {
        var moved = refund
        moved.state = refund.state.joined(with: report.status)
        moved.reference = refund.reference ?? report.reference
        guard moved.state != refund.state || moved.reference != refund.reference else { return .unchanged }
        try await RefundStore().update(moved, report: report.record, at: clock.now, in: work)
        guard moved.state != refund.state else { return .unchanged }
        var after = payment
        switch (refund.state, moved.state) {
        case (_, .succeeded):
            after.refunded = try payment.refunded.adding(refund.amount)
            try await follow(after, .refunded, refund, by: report, refund.amount, in: work)
            try await book(refund, of: payment, in: work)
        case (.succeeded, .failed), (.succeeded, .cancelled):
            after.refunded = try payment.refunded.subtracting(refund.amount)
            try await follow(
                after, .refundReturned, refund, by: report,
                Money.zero(refund.amount.currency).subtracting(refund.amount),
                in: work)
            try await unbook(refund, of: payment, in: work)
        default: break
        }
        after.state = after.stateByRefunds
        after.updatedAt = clock.now
        try await PaymentStore().update(after, in: work)
        try await record(
            "refund.\(moved.state.rawValue)", on: payment, actor: report.source.actor(gateway: report.gateway),
            payload: report.record(of: refund), in: work)
        return .moved(to: after.state)
    }

    private func follow(
        _ payment: Payment, _ kind: OrderEventKind, _ refund: Refund, by report: RefundReport, _ change: Money,
        in work: UnitOfWork
    ) async throws {
        try await orders.follow(
            refundsOf: payment, by: change, OrderEvent(kind, reference: "\(refund.id)", at: clock.now),
            actor: report.source.actor(gateway: report.gateway), in: work)
    }

    private func book(_ refund: Refund, of payment: Payment, in work: UnitOfWork) async throws {
        let capture = try await ledger.lines(of: .capture, subject: "\(payment.id)", in: work)
        let lost = try await lost(in: payment, in: work)
        // A gateway may pay back more than lost disputes have left; what is booked twice for the same share is no longer ours
        // to choose.
        let taken = try payment.refunded.adding(lost)
        let left = try payment.amount.subtracting(refund.amount)
        let before = try taken.isAtLeast(left) ? left : taken
        let posting = try LedgerPosting.refund(of: refund.amount, before: before, capture: capture)
        // Whoever has collected cash owes it none the less: it is sent back out of our own.
        let isCash = payment.gateway == .cashOnDelivery
        try await ledger.record(
            posting.holding(moneyIn: isCash ? .ownFunds : nil), kind: .refund, subject: "\(refund.id)", of: payment,
            at: clock.now, in: work)
    }

    private func unbook(_ refund: Refund, of payment: Payment, in work: UnitOfWork) async throws {
        let lines = try await ledger.lines(of: .refund, subject: "\(refund.id)", in: work)
        try await ledger.record(
            try .reversal(of: lines, currency: refund.amount.currency), kind: .refundReversal, subject: "\(refund.id)",
            of: payment, at: clock.now, in: work)
        logger.error(
            "a refund came back: the customer still has no money",
            metadata: ["payment_id": "\(payment.id)", "refund_id": "\(refund.id)"])
    }

    /// What was neither returned nor lost, and is not about to be returned. The caller holds the payment's lock.
    func refundable(_ payment: Payment, in work: UnitOfWork) async throws -> Money {
        let underway = Money(
            minorUnits: try await RefundStore().underway(of: payment.id, in: work), currency: payment.amount.currency)
        let gone = try payment.refunded.adding(underway).adding(try await lost(in: payment, in: work))
        let left = try payment.amount.subtracting(gone)
        return left.isNegative ? .zero(left.currency) : left
    }

    /// Records a refund and has the gateway asked for it, after the commit. The caller holds the payment's lock.
    func request(_ refund: Refund, of payment: Payment, in work: UnitOfWork) async throws {
        guard try await RefundStore().insert(refund, in: work) else { return }
        try await orders.note(.refundStarted, "\(refund.id)", on: payment, at: clock.now, in: work)
        guard refund.state == .requested else { return announceTransfer(refund, of: payment) }
        try work.enqueue(RefundPayment.Job(refundID: refund.id))
    }

    /// Leaves a refund to people: its gateway sends nothing back by API.
    func awaitTransfer(_ refund: Refund, because reason: String, in work: UnitOfWork) async throws {
        guard let payment = try await PaymentStore().lock(refund.paymentID, in: work),
            var current = try await RefundStore().refund(refund.id, visibleTo: .everything, in: work),
            current.state == .requested
        else { return }
        current.state = .awaitingTransfer
        let record: JSONValue = ["refund_id": .string("\(refund.id)"), "reason": .string(reason)]
        try await RefundStore().update(current, report: record, at: clock.now, in: work)
        try await self.record("refund.awaiting_transfer", on: payment, actor: .system, payload: record, in: work)
        announceTransfer(current, of: payment)
    }

    private func announceTransfer(_ refund: Refund, of payment: Payment) {
        Counter(label: "haat_refunds_by_hand_total").increment()
        logger.warning(
            "a refund has to be made by hand",
            metadata: ["payment_id": "\(payment.id)", "refund_id": "\(refund.id)", "gateway": "\(payment.gateway)"])
    }

    /// Ends a refund that nobody is to make. Its amount can be refunded anew.
    func reject(
        _ refund: Refund, of payment: Payment, because reason: String, by actor: AuditActor, in work: UnitOfWork
    ) async throws {
        var rejected = refund
        rejected.state = .cancelled
        rejected.failureReason = reason
        // Its reason stays out of what is kept for ever.
        let record: JSONValue = ["refund_id": .string("\(refund.id)")]
        try await RefundStore().update(rejected, report: record, at: clock.now, in: work)
        try await self.record("refund.cancelled", on: payment, actor: actor, payload: record, in: work)
        try await orders.note(.refundFailed, "\(refund.id)", on: payment, at: clock.now, in: work)
    }

    /// Ends a refund that the gateway refuses: cancelled where nothing is left to send back, else failed for somebody to look at.
    /// Either way its amount can be refunded anew.
    func giveUp(_ refund: Refund, because reason: String, in work: UnitOfWork) async throws {
        guard let payment = try await PaymentStore().lock(refund.paymentID, in: work),
            var current = try await RefundStore().refund(refund.id, visibleTo: .everything, in: work),
            current.state.isUnderway
        else { return }
        current.state = payment.refunded == payment.amount ? .cancelled : .failed
        current.failureReason = reason
        let record: JSONValue = ["refund_id": .string("\(refund.id)"), "reason": .string(reason)]
        try await RefundStore().update(current, report: record, at: clock.now, in: work)
        try await self.record(
            "refund.\(current.state.rawValue)", on: payment, actor: .gateway(payment.gateway.rawValue), payload: record,
            in: work)
        guard current.state == .failed else { return }
        try await orders.note(.refundFailed, "\(refund.id)", on: payment, at: clock.now, in: work)
        Counter(label: "haat_refunds_refused_total").increment()
        logger.error(
            "a gateway refuses a refund",
            metadata: ["payment_id": "\(payment.id)", "refund_id": "\(refund.id)", "reason": "\(reason)"])
    }

    private func conflict(
        _ payment: Payment, _ reason: String, _ report: RefundReport, in work: UnitOfWork
    ) async throws -> ReportOutcome {
        guard payment.conflict != reason else { return .unchanged }
        var conflicted = payment
        conflicted.conflict = reason
        conflicted.updatedAt = clock.now
        try await PaymentStore().update(conflicted, in: work)
        try await record(
            "refund.conflicted", on: payment, actor: report.source.actor(gateway: report.gateway),
            payload: report.record, note: reason, in: work)
        logger.error(
            "a refund conflicts with its payment", metadata: ["payment_id": "\(payment.id)", "reason": "\(reason)"])
        return .conflicted(reason: reason)
    }
}

extension Payment {
    /// Follows from the sum of the refunds that hold.
    fileprivate var stateByRefunds: PaymentState {
        if refunded.isZero { return .captured }
        return refunded == amount ? .refunded : .partiallyRefunded
    }
}
