package import Core
import Foundation
package import Identity
package import Jobs
package import Orders
package import Postgres
import Pricing

/// What somebody wants money back for.
package struct NewOrderRefund: Hashable, Sendable {
    package let order: ID<Order>
    /// Each line once.
    package let lines: [ChosenLine]
    package let charges: OrderRefund.Charges
    package let reason: String

    package init(order: ID<Order>, lines: [ChosenLine], charges: OrderRefund.Charges, reason: String) {
        self.order = order
        self.lines = lines
        self.charges = charges
        self.reason = reason
    }
}

/// An order whose row and whose payments' rows are locked, with what of it was given back before.
package struct LockedOrderMoney: Sendable {
    /// Those that brought money for the order, the latest first.
    let payments: [Payment]
    package let contents: OrderWithLines
    package let returned: [ID<OrderLine>: UnitRanges]

    /// Units of a line that no money was given back for.
    package func left(of line: OrderLine) -> UnitRanges {
        UnitRanges([0..<line.quantity]).subtracting(returned[line.id] ?? UnitRanges())
    }
}

/// An order's refund and the payments' refunds by which its money goes.
package struct CreatedOrderRefund: Hashable, Sendable {
    package let refund: OrderRefund
    package let payments: [Refund]

    package init(refund: OrderRefund, payments: [Refund]) {
        self.refund = refund
        self.payments = payments
    }
}

/// Gives a customer money back for units of an order, at the prices of the sale, through the payments that paid it.
package struct RefundOrder: Sendable {
    private let store = OrderRefundStore()
    private let createRefund: CreateRefund
    private let book: PaymentBook

    package init(gateways: GatewayRegistry, book: PaymentBook) {
        createRefund = CreateRefund(gateways: gateways, book: book)
        self.book = book
    }

    /// What these units would be worth now. Changes nothing.
    /// - Throws: a 404 or 422 `Problem`; `PostgresError`.
    package func quote(
        _ new: NewOrderRefund, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> OrderRefundQuote {
        guard let contents = try await OrderStore().orderWithLines(new.order, visibleTo: visibility, in: executor)
        else { throw Problem.notFound("order") }
        let returned = try await store.units(of: new.order, in: executor)
        let money = LockedOrderMoney(payments: [], contents: contents, returned: returned)
        return try Self.quote(try new.units(in: money), of: money, charges: new.charges)
    }

    /// - Throws: `Problem`: 404; 409 where nothing was paid, less is left than these units are worth, or a gateway can't refund; 422 for lines
    ///   and units that are not there or were given back before.
    package func callAsFunction(
        _ new: NewOrderRefund, by principal: Principal, in work: UnitOfWork
    ) async throws -> CreatedOrderRefund {
        guard let money = try await lock(new.order, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("order")
        }
        var check = InputCheck()
        check.text("/reason", new.reason, OrderRefund.reason)
        try check.finish()
        return try await give(
            try new.units(in: money), of: money, charges: new.charges, reason: new.reason, by: principal, in: work)
    }

    /// Locks an order's payments and the order, in that order; nil where there is no such order within reach.
    package func lock(
        _ id: ID<Order>, visibleTo visibility: Visibility, in work: UnitOfWork
    ) async throws -> LockedOrderMoney? {
        guard try await OrderStore().order(id, visibleTo: visibility, in: work) != nil else { return nil }
        var payments: [Payment] = []
        for payment in try await PaymentStore().payments(of: id, in: work).reversed() where payment.state.isCaptured {
            if let locked = try await PaymentStore().lock(payment.id, in: work), locked.settlement == .order {
                payments.append(locked)
            }
        }
        guard let contents = try await OrderLocks().lockWithLines(id, in: work) else { return nil }
        return LockedOrderMoney(
            payments: payments.reversed(), contents: contents, returned: try await store.units(of: id, in: work))
    }

    /// - Parameter units: none of them given back before.
    /// - Throws: as above.
    package func give(
        _ units: [ID<OrderLine>: UnitRanges], of money: LockedOrderMoney, charges: OrderRefund.Charges, reason: String,
        by principal: Principal, in work: UnitOfWork
    ) async throws -> CreatedOrderRefund {
        guard !money.payments.isEmpty || money.contents.order.total.isZero else { throw Self.notPaid }
        let quote = try Self.quote(units, of: money, charges: charges)
        let refund = OrderRefund(
            id: ID(uuid: book.ids.next()), order: money.contents.order.id, charges: charges, reason: reason,
            quote: quote,
            createdBy: principal.actor, createdAt: book.clock.now.roundedToMicroseconds)
        let shares = try await shares(of: quote.total, among: money.payments, in: work)
        try await store.insert(refund, in: work)
        var refunds: [Refund] = []
        for (payment, amount) in shares {
            let wish = NewRefund(paymentID: payment, amount: amount, reason: reason, orderRefund: refund.id)
            refunds.append(try await createRefund(wish, by: principal.actor, in: work))
        }
        try await book.audit.append(
            AuditEntry(
                actor: principal.actor, action: "order.units_refunded", subject: refund.order,
                payload: [
                    "order_refund_id": .string("\(refund.id)"), "total_minor": .integer(quote.total.minorUnits),
                    "currency": .string(quote.total.currency.code),
                    "lines": .array(
                        units.keys.sorted().map { line in
                            ["line_id": .string("\(line)"), "quantity": .integer(units[line]?.count ?? 0)]
                        }),
                ]), in: work)
        return CreatedOrderRefund(refund: refund, payments: refunds)
    }

    /// From the latest payment on, as much of each as it has left.
    private func shares(
        of total: Money, among payments: [Payment], in work: UnitOfWork
    ) async throws -> [(ID<Payment>, Money)] {
        var (rest, left, shares) = (total, Money.zero(total.currency), [(ID<Payment>, Money)]())
        for payment in payments {
            let refundable = try await book.refundable(payment, in: work)
            left = try left.adding(refundable)
            let share = Money(minorUnits: min(rest.minorUnits, refundable.minorUnits), currency: total.currency)
            guard share.minorUnits > 0 else { continue }
            shares.append((payment.id, share))
            rest = try rest.subtracting(share)
        }
        guard rest.minorUnits <= 0 else { throw CreateRefund.exceeded(left) }
        return shares
    }

    private static func quote(
        _ units: [ID<OrderLine>: UnitRanges], of money: LockedOrderMoney, charges: OrderRefund.Charges
    ) throws -> OrderRefundQuote {
        do {
            let quote = try OrderRefundQuote(
                of: money.contents, returning: units, after: money.returned, charges: charges)
            guard !quote.total.isNegative else { throw CreateRefund.exceeded(.zero(quote.total.currency)) }
            return quote
        } catch let error as RefundError {
            throw Problem.invalidInput([FieldProblem(pointer: "/lines", code: "unknown", message: "\(error)")])
        }
    }

    private static let notPaid = Problem.conflict(
        "order-not-paid", title: "The order is not paid", detail: "There is no money to give back for its units")
}

extension NewOrderRefund {
    /// The first of each line that no money was given back for.
    /// - Throws: a 422 `Problem` for lines and units that are not there.
    fileprivate func units(in money: LockedOrderMoney) throws(Problem) -> [ID<OrderLine>: UnitRanges] {
        try lines.units(of: money.contents.lines) { line, quantity in
            let left = money.left(of: line)
            return (left.count, left.prefix(quantity))
        }
    }
}
