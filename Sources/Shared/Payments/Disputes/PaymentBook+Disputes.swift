package import Core
import Foundation
package import Jobs
import Logging
import Orders

extension PaymentBook {
    /// Locks the payment and brings one of its disputes up to date. What the gateway took is booked as withheld, what it gave
    /// back as ours again, and what is lost as borne by those who had a share of the payment; each once.
    /// - Throws: ``DoubtfulReport`` where the payment is not known to be captured: apply the gateway's word on it first.
    package func apply(
        _ report: DisputeReport, to id: ID<Payment>, in work: UnitOfWork
    ) async throws -> ReportOutcome {
        let payment = try await lockCaptured(id, for: "dispute", in: work)
        let known = try await DisputeStore().find(report.disputeReference, of: id, in: work)
        if let mismatch = mismatch(report, payment: payment, dispute: known) {
            return try await conflict(payment, mismatch, report, in: work)
        }
        var dispute = known?.following(report) ?? opened(report, on: payment)
        if let known, known.status == dispute.status, known.funds == dispute.funds, known.respondBy == dispute.respondBy
        {
            return .unchanged
        }
        try await book(&dispute, after: known, of: payment, in: work)
        try await DisputeStore().save(dispute, report: report.record, at: clock.now, in: work)
        try await tell(of: dispute, isNew: known == nil, on: payment, in: work)
        try await note(dispute, report, on: payment, in: work)
        return .moved(to: payment.state)
    }

    private func mismatch(_ report: DisputeReport, payment: Payment, dispute: Dispute?) -> String? {
        if let reference = payment.reference, reference != report.reference {
            return "dispute of \(report.reference) instead of \(reference)"
        }
        if report.amount.currency != payment.amount.currency { return "dispute in \(report.amount.currency)" }
        if report.amount.minorUnits <= 0 { return "dispute of nothing" }
        if let dispute, dispute.amount != report.amount {
            return "dispute of \(report.amount.minorUnits) instead of \(dispute.amount.minorUnits)"
        }
        return nil
    }

    private func opened(_ report: DisputeReport, on payment: Payment) -> Dispute {
        Dispute(
            id: ID(uuid: ids.next()), paymentID: payment.id, orderID: payment.orderID,
            reference: report.disputeReference, amount: report.amount, status: report.status,
            funds: report.funds, lost: 0, revision: 0, respondBy: report.respondBy,
            statedAt: report.statedAt, createdAt: clock.now)
    }

    /// Books what the dispute as it now stands changes of what was booked for it before.
    private func book(
        _ dispute: inout Dispute, after known: Dispute?, of payment: Payment, in work: UnitOfWork
    ) async throws {
        let before = (withheld: known?.funds.withheld ?? 0, gone: known?.gone ?? 0)
        guard dispute.funds.withheld != before.withheld || dispute.gone != before.gone else { return }
        dispute.revision += 1
        if before.gone > 0 { try await reverseLoss(&dispute, of: payment, in: work) }
        try await bookWithheld(dispute, before: before.withheld, of: payment, in: work)
        if dispute.gone > 0 {
            try await bookLoss(&dispute, otherLosses: lost(in: payment, but: known, in: work), of: payment, in: work)
        }
    }

    private func bookWithheld(
        _ dispute: Dispute, before: Int64, of payment: Payment, in work: UnitOfWork
    ) async throws {
        let change = Money(minorUnits: dispute.funds.withheld - before, currency: dispute.amount.currency)
        guard change.minorUnits != 0 else { return }
        // What comes back is the same booking with a negative amount.
        let posting = LedgerPosting.disputeWithdrawal(of: change, through: payment.gateway)
        try await record(
            posting, change.isNegative ? .disputeReinstatement : .disputeWithdrawal, dispute, of: payment, in: work)
    }

    private func reverseLoss(_ dispute: inout Dispute, of payment: Payment, in work: UnitOfWork) async throws {
        let loss = try await ledger.sums(
            of: [.disputeLoss, .disputeLossReversal], about: "\(dispute.id)", of: payment.id, in: work)
        let reversal = try LedgerPosting.reversal(of: loss, currency: dispute.amount.currency)
        try await record(reversal, .disputeLossReversal, dispute, of: payment, in: work)
        dispute.lost = 0
    }

    private func bookLoss(
        _ dispute: inout Dispute, otherLosses: Money, of payment: Payment, in work: UnitOfWork
    ) async throws {
        let capture = try await ledger.lines(of: .capture, subject: "\(payment.id)", in: work)
        let before = try payment.refunded.adding(otherLosses)
        let gone = Money(minorUnits: dispute.gone, currency: dispute.amount.currency)
        let left = try payment.amount.subtracting(before)
        let share = max(0, min(gone.minorUnits, left.minorUnits, dispute.amount.minorUnits))
        dispute.lost = share
        let posting = try LedgerPosting.disputeLoss(
            of: gone, share: Money(minorUnits: share, currency: gone.currency), before: before, capture: capture,
            through: payment.gateway)
        try await record(posting, .disputeLoss, dispute, of: payment, in: work)
    }

    /// What other disputes than `known` took out of the payment's capture.
    private func lost(in payment: Payment, but known: Dispute?, in work: UnitOfWork) async throws -> Money {
        let all = try await lost(in: payment, in: work)
        return try all.subtracting(Money(minorUnits: known?.lost ?? 0, currency: all.currency))
    }

    /// What lost disputes took out of the payment's capture.
    func lost(in payment: Payment, in work: UnitOfWork) async throws -> Money {
        Money(
            minorUnits: try await DisputeStore().lost(of: payment.id, in: work), currency: payment.amount.currency)
    }

    private func record(
        _ posting: LedgerPosting, _ kind: LedgerTransactionKind, _ dispute: Dispute, of payment: Payment,
        in work: UnitOfWork
    ) async throws {
        try await ledger.record(
            posting, kind: kind, subject: "\(dispute.id)/\(dispute.revision)", of: payment, at: clock.now, in: work)
    }

    private func tell(of dispute: Dispute, isNew: Bool, on payment: Payment, in work: UnitOfWork) async throws {
        if isNew {
            try await orders.note(.disputeOpened, "\(dispute.id)", on: payment, at: clock.now, in: work)
        }
        let ending: OrderEventKind? =
            switch dispute.status {
            case Dispute.lostStatus: .disputeLost
            case Dispute.wonStatus: .disputeWon
            default: nil
            }
        if let ending { try await orders.note(ending, "\(dispute.id)", on: payment, at: clock.now, in: work) }
    }

    /// The payment shows the dispute that was spoken of last.
    private func note(
        _ dispute: Dispute, _ report: DisputeReport, on payment: Payment, in work: UnitOfWork
    ) async throws {
        var after = payment
        if payment.disputeStatedAt.map({ $0 <= dispute.statedAt }) ?? true {
            after.disputeState = dispute.status
            after.disputeStatedAt = dispute.statedAt
        }
        after.reference = payment.reference ?? report.reference
        after.updatedAt = clock.now
        try await PaymentStore().update(after, in: work)
        try await record(
            "payment.dispute", on: payment, actor: report.source.actor(gateway: report.gateway),
            payload: report.record, in: work)
        logger.warning(
            "a payment is disputed",
            metadata: [
                "payment_id": "\(payment.id)", "dispute_id": "\(dispute.id)", "status": "\(dispute.status)",
                "funds": "\(dispute.funds)",
            ])
    }

    private func conflict(
        _ payment: Payment, _ reason: String, _ report: DisputeReport, in work: UnitOfWork
    ) async throws -> ReportOutcome {
        guard payment.conflict != reason else { return .unchanged }
        var conflicted = payment
        conflicted.conflict = reason
        conflicted.updatedAt = clock.now
        try await PaymentStore().update(conflicted, in: work)
        try await record(
            "dispute.conflicted", on: payment, actor: report.source.actor(gateway: report.gateway),
            payload: report.record, note: reason, in: work)
        logger.error(
            "a dispute conflicts with its payment", metadata: ["payment_id": "\(payment.id)", "reason": "\(reason)"])
        return .conflicted(reason: reason)
    }
}
