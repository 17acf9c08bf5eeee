package import Core
import Foundation
import Identity
package import Jobs
package import Orders
package import Postgres

/// Closes whatever checkouts of a cancelled or expired order are still open at the gateways. Who paid in between has paid: the
/// capture is applied as any other, and finds an order that can't take it.
package struct CloseCheckouts: Sendable {
    /// Closes the checkouts of an order that nobody may begin to pay any more.
    package struct Job: JobPayload, Hashable {
        package static let kind = "payments.close_checkouts"
        package static let queue = QueueName.payments

        package let orderID: ID<Order>

        package init(orderID: ID<Order>) { self.orderID = orderID }
    }

    /// Closes the checkouts of a demand that its customer pays through another gateway, or has paid.
    package struct SupersededJob: JobPayload, Hashable {
        package static let kind = "payments.close_superseded"
        package static let queue = QueueName.payments

        package let demandID: ID<PaymentDemand>

        package init(demandID: ID<PaymentDemand>) { self.demandID = demandID }
    }

    /// How long a gateway without an answer is left alone.
    private static let pause: Duration = .seconds(60)

    private let postgres: any PostgresExecutor
    private let gateways: GatewayRegistry
    private let book: PaymentBook

    package init(postgres: any PostgresExecutor, gateways: GatewayRegistry, book: PaymentBook) {
        self.postgres = postgres
        self.gateways = gateways
        self.book = book
    }

    /// One transaction for each payment; safe to repeat.
    /// - Throws: `RetryLater` where a gateway does not answer, or may be opening a checkout at this moment.
    package func callAsFunction(_ order: ID<Order>, in scope: some WorkScope) async throws {
        for payment in try await PaymentStore().payments(of: order, in: postgres) where payment.state.isOpen {
            try await close(payment, in: scope)
        }
    }

    /// One transaction for each payment; safe to repeat. What can't be closed is asked about when its time is over: whatever arrives
    /// there until then goes back.
    /// - Throws: `RetryLater` where a gateway does not answer, or may be opening a checkout at this moment.
    package func callAsFunction(superseded demand: ID<PaymentDemand>, in scope: some WorkScope) async throws {
        // Who paid while the first of them was closed has paid, and the customer's latest choice is closed too.
        for _ in 0..<2 {
            let isPaid = try await PaymentStore().isPaid(demand, in: postgres)
            for payment in try await PaymentStore().open(for: demand, in: postgres)
            where isPaid || payment.supersededAt != nil {
                try await closeSuperseded(payment, in: scope)
            }
        }
    }

    private func closeSuperseded(_ payment: Payment, in scope: some WorkScope) async throws {
        guard payment.sessionReference != nil else { return try await giveUp(payment, in: scope) }
        let gateway = try gateways.gateway(of: payment)
        try await end(payment, at: gateway, in: scope)
        guard !(gateway is any CheckoutClosingGateway) else { return }
        let question = max(book.clock.now, payment.sessionExpiresAt).addingTimeInterval(1)
        try await scope.withUnitOfWork { work in
            guard try await PaymentStore().payment(payment.id, visibleTo: .everything, in: work)?.state.isOpen == true
            else { return }
            try work.enqueue(VerifyPayment.Job(paymentID: payment.id), runAt: question)
        }
    }

    private func close(_ payment: Payment, in scope: some WorkScope) async throws {
        guard payment.sessionReference != nil else { return try await giveUp(payment, in: scope) }
        let gateway = try gateways.gateway(of: payment)
        try await end(payment, at: gateway, in: scope)
        guard !(gateway is any CheckoutClosingGateway) else { return }
        try await waitForEnd(of: payment)
    }

    /// Closes the checkout, or asks what came of it where that is not possible.
    private func end(_ payment: Payment, at gateway: any PaymentGateway, in scope: some WorkScope) async throws {
        try await scope.hold()
        let report: Report?
        do {
            if payment.state == .authorised, let capturing = gateway as? any CapturingGateway {
                report = try await capturing.void(payment, for: .system)
            } else if let closing = gateway as? any CheckoutClosingGateway {
                report = try await closing.closeCheckout(payment, for: .system)
            } else {
                report = try await gateway.read(payment, for: .system)
            }
        } catch {
            guard error.isSilence else { throw error }
            throw RetryLater(after: Self.pause, reason: "\(payment.gateway) can't close the checkout: \(error)")
        }
        guard let report else { return }
        try await scope.withUnitOfWork { work in _ = try await book.apply(report, to: payment.id, in: work) }
    }

    /// Where a checkout can't be closed, somebody may pay as long as it lives.
    private func waitForEnd(of payment: Payment) async throws {
        let left = payment.sessionExpiresAt.timeIntervalSince(book.clock.now)
        guard left > 0,
            try await PaymentStore().payment(payment.id, visibleTo: .everything, in: postgres)?.state.isOpen == true
        else { return }
        throw RetryLater(
            after: .seconds(min(left, 86_400) + 1), reason: "\(payment.gateway) can't close a checkout before its time")
    }

    /// A checkout whose opening was begun may become known at any moment, as long as it may live.
    private func giveUp(_ payment: Payment, in scope: some WorkScope) async throws {
        guard payment.sessionExpiresAt <= book.clock.now else {
            throw RetryLater(after: Self.pause, reason: "the checkout of \(payment.id) may be about to open")
        }
        try await scope.withUnitOfWork { work in
            guard var current = try await PaymentStore().lock(payment.id, in: work), current.state == .created,
                current.sessionReference == nil
            else { return }
            current.state = .expired
            current.updatedAt = book.clock.now
            try await PaymentStore().update(current, in: work)
            try current.publishEnding(as: .expired, in: work)
            try await book.record(
                "payment.expired", on: current, actor: .system, payload: [:], note: "no session was ever opened",
                in: work)
        }
    }
}
