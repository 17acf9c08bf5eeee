package import Core
import Foundation
package import Identity
package import Jobs
import Postgres

/// What becomes of a payment that somebody had to look at, beside asking its gateway once more.
package enum ConflictResolution: String, Hashable, Sendable, CaseIterable, Codable {
    /// It stays as it is on record.
    case accept
    /// What was captured and did not go back yet is refunded.
    case refund
}

/// Takes a payment out of the queue of those that somebody has to look at.
package struct ResolveConflict: Sendable {
    package static let reason = TextRule(1...500, .line)

    private let createRefund: CreateRefund
    private let book: PaymentBook

    package init(createRefund: CreateRefund, book: PaymentBook) {
        self.createRefund = createRefund
        self.book = book
    }

    /// - Returns: the payment as it stands afterwards.
    /// - Throws: ``Problem``: 404; 403 for a refund by whoever may make none; 409 ("payment-not-conflicted") where there is nothing to
    ///   resolve, and what ``CreateRefund`` throws; 422.
    package func callAsFunction(
        _ id: ID<Payment>, by resolution: ConflictResolution, because reason: String, principal: Principal,
        in work: UnitOfWork
    ) async throws -> Payment {
        var check = InputCheck()
        check.text("/reason", reason, Self.reason)
        try check.finish()
        guard var payment = try await PaymentStore().lock(id, in: work) else { throw Problem.notFound("payment") }
        guard let conflict = payment.conflict else {
            throw Problem.conflict(
                "payment-not-conflicted", title: "Nobody has to look at this payment",
                detail: "Nothing about it is in doubt, or somebody was faster")
        }
        if resolution == .refund {
            guard principal.may(.refundsCreate) else { throw Self.mayNotRefund }
            try await sendBack(payment, because: reason, by: principal.actor, in: work)
        }
        payment.conflict = nil
        payment.updatedAt = book.clock.now
        try await PaymentStore().update(payment, in: work)
        try work.publish(
            PaymentConflictResolved(paymentID: payment.id, orderID: payment.orderID, resolution: resolution))
        try await book.record(
            "payment.conflict_resolved", on: payment, actor: principal.actor,
            payload: ["resolution": .string(resolution.rawValue), "conflict": .string(conflict)], note: reason, in: work
        )
        guard let after = try await PaymentStore().payment(id, visibleTo: .everything, in: work) else {
            throw Problem.notFound("payment")
        }
        return after
    }

    private static let mayNotRefund = Problem(
        type: "forbidden", title: "Forbidden", status: 403,
        detail: "This needs the permission \(Permission.refundsCreate.rawValue)",
        extensions: ["permission": .string(Permission.refundsCreate.rawValue)])

    private func sendBack(
        _ payment: Payment, because reason: String, by actor: AuditActor, in work: UnitOfWork
    ) async throws {
        let left = try await book.refundable(payment, in: work)
        // Where nothing is known to be here, or all of it went back, the refund's own refusal says so.
        let amount = left.minorUnits > 0 ? left : payment.amount
        _ = try await createRefund(
            NewRefund(paymentID: payment.id, amount: amount, reason: reason), by: actor, in: work)
    }
}
