import Core
import Jobs
import Orders

extension PaymentBook {
    /// A checkout was paid a second time: the money is on record as a payment of its own, which no order is paid with, and goes back unless
    /// a person decides on that. The caller holds the lock of the checkout's own payment.
    func captureAgain(_ report: Report, of payment: Payment, in work: UnitOfWork) async throws -> ReportOutcome {
        guard let reference = report.reference, let amount = report.amount else { return .unchanged }
        let now = clock.now.roundedToMicroseconds
        let (reason, goesBack) = ("the checkout of \(payment.id) was paid twice", refundsPaidTwice)
        var further = Payment(
            id: ID(uuid: ids.next()), orderID: payment.orderID, demandID: payment.demandID, gateway: payment.gateway,
            merchantAccount: payment.merchantAccount, state: .captured, amount: amount,
            refunded: .zero(amount.currency),
            settlement: .customer, attempt: payment.attempt, reference: reference, successURL: payment.successURL,
            cancelURL: payment.cancelURL, sessionExpiresAt: payment.sessionExpiresAt, report: report.record, version: 1,
            createdAt: now, updatedAt: now, capturedAt: now)
        further.unclaimedReason = .paidTwice
        further.conflict = goesBack ? nil : reason
        guard try await PaymentStore().insertCaptured(further, in: work) else { return .unchanged }
        try await orders.note(.captured, "\(further.id)", on: further, at: now, in: work)
        return try await bookUnclaimed(further, by: report, because: reason, goesBack: goesBack, in: work)
    }
}
