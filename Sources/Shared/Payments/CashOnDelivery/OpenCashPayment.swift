package import Core
import Foundation
import Identity
package import Jobs
package import Orders

/// Opens what is to be collected for an order that is paid on delivery, once it is settled that it is shipped.
package struct OpenCashPayment: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "payments.open_cash"
        package static let queue = QueueName.payments

        package let orderID: ID<Order>

        package init(orderID: ID<Order>) { self.orderID = orderID }
    }

    private let gateway = CashOnDeliveryGateway()
    private let book: PaymentBook
    private let publicURL: String

    package init(book: PaymentBook, publicURL: String) {
        self.book = book
        self.publicURL = publicURL
    }

    /// Safe to repeat: the one that is open already is returned.
    /// - Returns: nil where nothing is to be collected.
    @discardableResult
    package func callAsFunction(_ id: ID<Order>, in work: UnitOfWork) async throws -> Payment? {
        guard let order = try await OrderLocks().hold(id, visibleTo: .everything, in: work)?.order,
            order.state == .open, order.paymentMethod == .cashOnDelivery, order.confirmedAt != nil,
            let demand = try await PaymentDemandStore().demands(of: id, in: work).first(where: \.isOpen)
        else { return nil }
        var payment = draft(of: order, demand)
        guard try await PaymentStore().insert(payment, in: work) != nil else {
            return try await PaymentStore().findOpen(demandID: demand.id, gateway: gateway.name, in: work)
        }
        // Names it at the gateway, so that it counts as one that was opened there.
        payment.sessionReference = "\(payment.id)"
        payment.state = .pending
        try await PaymentStore().update(payment, in: work)
        try await book.record(
            "payment.created", on: payment, actor: .system,
            payload: [
                "gateway": .string("\(gateway.name)"), "amount": .integer(payment.amount.minorUnits),
                "currency": .string(payment.amount.currency.code),
            ], in: work)
        return payment
    }

    private func draft(of order: Order, _ demand: PaymentDemand) -> Payment {
        let now = book.clock.now.roundedToMicroseconds
        return Payment(
            id: ID(uuid: book.ids.next()), orderID: order.id, demandID: demand.id, gateway: gateway.name,
            merchantAccount: gateway.merchantAccount, state: .created, amount: demand.amount,
            refunded: .zero(demand.amount.currency), attempt: 1, successURL: publicURL, cancelURL: publicURL,
            sessionExpiresAt: now.addingTimeInterval(gateway.sessionLifetime.upperBound), version: 1, createdAt: now,
            updatedAt: now)
    }
}
