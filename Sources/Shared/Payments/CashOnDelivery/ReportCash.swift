package import Core
import Foundation
package import Identity
package import Jobs
package import Orders

/// What came of a delivery that was to bring cash, as whoever collects tells it: by way of the staff, or a courier's report.
package struct ReportCash: Sendable {
    /// How far a collector's clock may be from ours.
    private static let clockSkew: TimeInterval = 300

    private let gateway = CashOnDeliveryGateway()
    private let book: PaymentBook
    private let open: OpenCashPayment
    private let cancel: CancelOrder

    package init(book: PaymentBook, publicURL: String) {
        self.book = book
        open = OpenCashPayment(book: book, publicURL: publicURL)
        cancel = CancelOrder(audit: book.audit, clock: book.clock)
    }

    /// Captures what was to be collected, where it is that to the last unit; else the payment is conflicted, for a person to settle: by
    /// a report of the right amount, once it is there. The same report once more changes nothing.
    /// - Returns: the payment as it stands afterwards.
    /// - Throws: ``Problem``: 404; 409 where the order is not paid on delivery or not to be shipped; 422 for each field that can't be right.
    package func collected(
        _ new: NewCashCollection, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> Payment {
        try check(new, of: try await order(new.order, in: work))
        if let other = try await PaymentStore().find(
            id: nil, gateway: gateway.name, reference: new.reference, sessionReference: nil, in: work),
            other.orderID != new.order
        {
            throw Problem.invalidInput([
                FieldProblem(pointer: "/reference", code: "taken", message: "is a collection for another order")
            ])
        }
        let payment = try await payment(of: new, in: work)
        let report = Report(
            gateway: gateway.name, paymentID: payment.id, sessionReference: payment.sessionReference,
            reference: new.reference, status: .captured, amount: new.amount, merchantAccount: gateway.merchantAccount,
            source: .stated(by: actor), statement: "collected by \(new.collector.name)",
            heldIn: .cashOwed(new.collector))
        _ = try await book.apply(report, to: payment.id, in: work)
        try await CashCollectionStore().insert(
            new, book.ids.next(), of: payment.id, by: actor, at: book.clock.now, in: work)
        return try await read(payment.id, in: work)
    }

    /// Nothing was collected and the goods come back: the attempt ends, and with it an order for which nothing was paid before.
    /// - Returns: the payment as it stands afterwards.
    /// - Throws: ``Problem``: 404; 409 where nothing is to be collected (any more).
    package func refused(_ id: ID<Order>, by principal: Principal, in work: UnitOfWork) async throws -> Payment {
        let order = try await order(id, in: work).order
        let payments = try await PaymentStore().payments(of: id, in: work).filter { $0.gateway == gateway.name }
        if let newest = payments.first, newest.state == .cancelled { return newest }
        var unsettled = payments.first(where: \.isToBeCollected)
        if unsettled == nil { unsettled = try await open(id, in: work) }
        guard let payment = unsettled else { throw Self.nothingToCollect(order) }
        let report = Report(
            gateway: gateway.name, paymentID: payment.id, sessionReference: payment.sessionReference, reference: nil,
            status: .cancelled, amount: nil, merchantAccount: gateway.merchantAccount,
            source: .stated(by: principal.actor), statement: "delivery refused")
        _ = try await book.apply(report, to: payment.id, in: work)
        if order.captured.isZero, order.state == .open { _ = try await cancel(id, by: principal, in: work) }
        return try await read(payment.id, in: work)
    }

    private func order(_ id: ID<Order>, in work: UnitOfWork) async throws -> OrderWithLines {
        guard let found = try await OrderStore().orderWithLines(id, visibleTo: .everything, in: work) else {
            throw Problem.notFound("order")
        }
        guard found.order.paymentMethod == .cashOnDelivery else { throw Self.nothingToCollect(found.order) }
        return found
    }

    private func check(_ new: NewCashCollection, of found: OrderWithLines) throws {
        var check = InputCheck()
        let order = found.order
        if let vendor = new.collector.vendor, !found.vendorOrders.contains(where: { "\($0.vendor)" == vendor }) {
            check.fail("/vendor_id", "unknown", "must be a vendor of the order")
        }
        check.text("/reference", new.reference, NewCashCollection.reference)
        if new.amount.currency != order.total.currency {
            check.fail("/amount/currency", "currency", "must be \(order.total.currency.code)")
        }
        if new.amount.minorUnits <= 0 { check.fail("/amount/minor_units", "out_of_range", "must be at least 1") }
        let earliest = order.placedAt.addingTimeInterval(-Self.clockSkew)
        let latest = book.clock.now.addingTimeInterval(Self.clockSkew)
        if new.collectedAt > latest || new.collectedAt < earliest {
            check.fail("/collected_at", "out_of_range", "must be between the order and now")
        }
        try check.finish()
    }

    /// The one that this very report was about before; else what is still to be collected, a contradiction included; else the last one.
    private func payment(of new: NewCashCollection, in work: UnitOfWork) async throws -> Payment {
        let payments = try await PaymentStore().payments(of: new.order, in: work).filter { $0.gateway == gateway.name }
        let reference = UTF8Text(new.reference)
        if let known = payments.first(where: { $0.reference.map { UTF8Text($0) } == reference }) { return known }
        if let unsettled = payments.first(where: \.isToBeCollected) { return unsettled }
        if let payment = try await open(new.order, in: work) ?? payments.first { return payment }
        throw Self.nothingToCollect(try await order(new.order, in: work).order)
    }

    private func read(_ id: ID<Payment>, in work: UnitOfWork) async throws -> Payment {
        guard let payment = try await PaymentStore().payment(id, visibleTo: .everything, in: work) else {
            throw Problem.notFound("payment")
        }
        return payment
    }

    private static func nothingToCollect(_ order: Order) -> Problem {
        .conflict(
            "nothing-to-collect", title: "No cash is to be collected",
            detail: "The order is \(order.status.rawValue), and paid \(order.paymentMethod.rawValue)")
    }
}

extension Payment {
    fileprivate var isToBeCollected: Bool { state.isOpen || state == .conflicted }
}
