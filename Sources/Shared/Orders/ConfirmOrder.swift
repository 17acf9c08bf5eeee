package import Core
import Foundation
package import Identity
import Inventory
package import Jobs
package import Postgres

/// Settles whether the customer of an order that is paid on delivery means it: by a code that reached them, or by whoever asked them.
package struct ConfirmOrder: Sendable {
    private let store = OrderStore()
    private let locks = OrderLocks()
    private let stock = StockStore()
    private let cancel: CancelOrder
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        cancel = CancelOrder(audit: audit, clock: clock)
        self.audit = audit
        self.clock = clock
    }

    /// Where a code for an order is to be sent: to the customer's telephone, where codes can be sent there, else to their address.
    /// - Throws: `Problem`: 404; 409 ("not-to-be-confirmed"); `PostgresError`.
    package func contact(
        for id: ID<Order>, over channels: Set<Contact.Channel>, by principal: Principal,
        in executor: some PostgresExecutor
    ) async throws -> Contact {
        guard let order = try await store.order(id, visibleTo: principal.visibility, in: executor) else {
            throw Problem.notFound("order")
        }
        try order.checkConfirmable()
        if let phone = order.customer.phone, channels.contains(.phone) { return .phone(phone) }
        return .email(order.customer.email)
    }

    /// The order once its customer has shown the code that was sent to them; once more changes nothing.
    /// - Throws: `Problem`: 404; 409 ("not-to-be-confirmed", "verification-ended"); `PostgresError`.
    package func callAsFunction(
        _ id: ID<Order>, with contact: ProvenContact, by principal: Principal, in work: UnitOfWork
    ) async throws -> Order {
        let locked = try await lock(id, by: principal, in: work)
        let customer = locked.order.customer
        let isTheirs =
            switch contact.verification.contact {
            case .phone(let phone): phone == customer.phone
            case .email(let email): email.comparisonKey.utf8.elementsEqual(customer.email.comparisonKey.utf8)
            }
        guard isTheirs else { throw Problem.notFound("verification") }
        try await contact.use(at: clock.now, in: work)
        return try await settle(locked, as: .confirmed, by: principal.actor, in: work)
    }

    /// The order once somebody of the marketplace has asked its customer, or could not. One that the customer does not mean is cancelled.
    /// - Throws: `Problem`: 404; 409 ("not-to-be-confirmed"); 422 for an answer that is none; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Order>, _ answer: CashConfirmation, by principal: Principal, in work: UnitOfWork
    ) async throws -> Order {
        guard [.confirmed, .rejected, .unreachable].contains(answer) else {
            throw Problem.invalidInput([
                FieldProblem(pointer: "/answer", code: "enum", message: "must be confirmed, rejected or unreachable")
            ])
        }
        let locked = try await lock(id, by: principal, in: work)
        let order = try await settle(locked, as: answer, by: principal.actor, in: work)
        return answer == .rejected ? try await cancel(id, by: principal, in: work) : order
    }

    private func lock(_ id: ID<Order>, by principal: Principal, in work: UnitOfWork) async throws -> OrderWithLines {
        guard let locked = try await locks.lockWithLines(id, in: work),
            locked.order.isVisible(to: principal.visibility)
        else { throw Problem.notFound("order") }
        try locked.order.checkConfirmable()
        return locked
    }

    private func settle(
        _ locked: OrderWithLines, as answer: CashConfirmation, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> Order {
        let (order, now) = (locked.order, clock.now.roundedToMicroseconds)
        guard order.cashConfirmation != .confirmed else { return order }
        let demands = try await PaymentDemandStore().demands(of: order.id, in: work)
        let isShipped = answer == .confirmed && !demands.contains { $0.kind == .advance && $0.isOpen }
        let event = OrderEvent(.cashConfirmation, reference: answer.rawValue, at: now)
        try await store.confirm(order.id, as: answer, at: isShipped ? now : nil, event, in: work)
        try await audit.append(
            AuditEntry(
                actor: actor, action: "order.cash_confirmation", subject: order.id,
                payload: ["answer": .string(answer.rawValue), "is_shipped": .bool(isShipped)]), in: work)
        if isShipped {
            try await stock.commit(order.holder, in: work)
            try work.publish(OrderConfirmed(of: locked.lines, in: order.id))
        }
        guard let settled = try await store.order(order.id, visibleTo: .everything, in: work) else {
            throw Problem.notFound("order")
        }
        return settled
    }
}

extension Order {
    /// - Throws: a 409 `Problem` ("not-to-be-confirmed").
    fileprivate func checkConfirmable() throws(Problem) {
        guard state == .open, let cashConfirmation, cashConfirmation != .notAsked else { throw .notToBeConfirmed }
    }
}

extension Problem {
    package static let notToBeConfirmed = Problem.conflict(
        "not-to-be-confirmed", title: "Nobody is to confirm the order",
        detail: "It is paid otherwise, no code was asked for, or it is closed")
}
