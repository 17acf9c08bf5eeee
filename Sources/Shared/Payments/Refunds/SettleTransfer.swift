package import Core
import Foundation
package import Identity
package import Jobs
import Orders

/// Ends a refund that a person had to make by hand: it was made, as another person than asked for it says, or it is not to be.
package struct SettleTransfer: Sendable {
    /// How bank or panel calls the transfer.
    package static let reference = TextRule(1...100, .line)
    package static let reason = TextRule(1...500, .line)

    private let book: PaymentBook

    package init(book: PaymentBook) {
        self.book = book
    }

    /// Books the refund as made. Said once more in the same words, it changes nothing.
    /// - Throws: ``Problem``: 404; 409 where no transfer is awaited, or whoever says so has asked for it; 422 for a reference that is
    ///   no line of text, or another refund's.
    package func confirm(
        _ id: ID<Refund>, as reference: String, by principal: Principal, in work: UnitOfWork
    ) async throws -> Refund {
        var check = InputCheck()
        check.text("/reference", reference, Self.reference)
        try check.finish()
        let (payment, refund) = try await lock(id, in: work)
        let actor = principal.actor
        if refund.state == .succeeded, refund.confirmedBy == actor, refund.isCalled(reference) { return refund }
        guard refund.state == .awaitingTransfer else { throw Self.notAwaited(refund) }
        guard refund.requestedBy != actor else { throw Self.ownRequest }
        guard try await !RefundStore().refunds(of: payment.id, in: work).contains(where: { $0.isCalled(reference) })
        else {
            throw Problem.invalidInput([
                FieldProblem(pointer: "/reference", code: "taken", message: "is another refund’s of the same payment")
            ])
        }
        try await RefundStore().confirm(refund.id, by: actor, in: work)
        let report = RefundReport(
            gateway: payment.gateway, refundID: refund.id, reference: reference,
            paymentReference: payment.reference ?? "", status: .succeeded, amount: refund.amount,
            source: .stated(by: actor), statement: "transferred by hand")
        _ = try await book.apply(report, to: payment.id, in: work)
        return try await read(id, in: work)
    }

    /// Whoever asked for it may take it back.
    /// - Throws: ``Problem``: 404; 409 where no transfer is awaited; 422 for a reason that is no line of text.
    package func reject(
        _ id: ID<Refund>, because reason: String, by principal: Principal, in work: UnitOfWork
    ) async throws -> Refund {
        var check = InputCheck()
        check.text("/reason", reason, Self.reason)
        try check.finish()
        let (payment, refund) = try await lock(id, in: work)
        guard refund.state == .awaitingTransfer else { throw Self.notAwaited(refund) }
        try await book.reject(refund, of: payment, because: reason, by: principal.actor, in: work)
        return try await read(id, in: work)
    }

    /// The payment first, as everywhere.
    private func lock(_ id: ID<Refund>, in work: UnitOfWork) async throws -> (Payment, Refund) {
        let named = try await read(id, in: work)
        guard let payment = try await PaymentStore().lock(named.paymentID, in: work) else {
            throw Problem.notFound("payment")
        }
        return (payment, try await read(id, in: work))
    }

    private func read(_ id: ID<Refund>, in work: UnitOfWork) async throws -> Refund {
        guard let refund = try await RefundStore().refund(id, visibleTo: .everything, in: work) else {
            throw Problem.notFound("refund")
        }
        return refund
    }

    private static func notAwaited(_ refund: Refund) -> Problem {
        .conflict(
            "refund-not-awaiting-transfer", title: "No transfer is awaited",
            detail: "The refund is \(refund.state.rawValue)")
    }

    private static let ownRequest = Problem.conflict(
        "second-person-required", title: "Another person has to confirm it",
        detail: "Whoever asked for the refund does not say themselves that the money was sent")
}

extension Refund {
    fileprivate func isCalled(_ reference: String) -> Bool {
        self.reference.map { UTF8Text($0) == UTF8Text(reference) } ?? false
    }
}
