import Catalog
package import Core
import Documents
import Foundation
package import Identity
package import Jobs
package import Orders
package import Payments
import Postgres
import Pricing

/// Which units are not to be sent any more.
package struct NewCancellation: Hashable, Sendable {
    /// Each line once; nil for all that is left.
    package let lines: [ChosenLine]?
    /// Customer and vendor read it.
    package let reason: String

    package init(lines: [ChosenLine]? = nil, reason: String) {
        self.lines = lines
        self.reason = reason
    }
}

/// Whose units they are.
package enum CancellationScope: Hashable, Sendable {
    case order(ID<Order>)
    case vendorOrder(ID<VendorOrder>)
}

/// Takes units out of a paid order before they are packed or handed over: they stand on the shelf again, and their money goes back.
package struct CancelOrderLines: Sendable {
    private let documents = IssuedDocumentStore()
    private let cancel: CancelUnits
    private let refund: RefundOrder

    package init(audit: AuditStore, clock: some WallClock, refund: RefundOrder) {
        cancel = CancelUnits(audit: audit, clock: clock)
        self.refund = refund
    }

    /// What was charged for delivery comes back with the last unit that it was for.
    /// - Throws: `Problem`: 404; 409 where the order is not paid, nothing is left that is not packed or handed over, or less money is left
    ///   than the units are worth; 422 for lines and units that are not there.
    package func callAsFunction(
        _ new: NewCancellation, of scope: CancellationScope, by principal: Principal, in work: UnitOfWork
    ) async throws -> CreatedOrderRefund {
        var check = InputCheck()
        check.text("/reason", new.reason, CancelUnits.reason)
        try check.finish()
        let (order, part) = try await place(scope, visibleTo: principal.visibility, in: work)
        // Whoever reaches the part reaches what is done about it, whose money is the whole order's.
        guard let money = try await refund.lock(order, visibleTo: .everything, in: work) else {
            throw Problem.notFound("order")
        }
        guard money.contents.order.isPaid, money.contents.order.state == .open else {
            throw Self.notToBeCancelled(money.contents.order)
        }
        let lines = money.contents.lines.filter { part == nil || $0.vendorOrder == part }
        let free = try await free(lines, of: money, in: work)
        let units = try new.units(among: lines, free)
        try await cancel(units, of: money.contents, reason: new.reason, by: principal, in: work)
        return try await refund.give(
            units, of: money, charges: .withLastUnit, reason: new.reason, by: principal, in: work)
    }

    private func place(
        _ scope: CancellationScope, visibleTo visibility: Visibility, in work: UnitOfWork
    ) async throws -> (ID<Order>, ID<VendorOrder>?) {
        switch scope {
        case .order(let id):
            guard try await OrderStore().order(id, visibleTo: visibility, in: work) != nil else {
                throw Problem.notFound("order")
            }
            return (id, nil)
        case .vendorOrder(let id):
            guard let found = try await VendorOrderStore().vendorOrder(id, visibleTo: visibility, in: work) else {
                throw Problem.notFound("vendor order")
            }
            return (found.order, id)
        }
    }

    /// What is neither packed nor handed over, nor paid back, as all that was cancelled is.
    private func free(
        _ lines: [OrderLine], of money: LockedOrderMoney, in work: UnitOfWork
    ) async throws -> [ID<OrderLine>: UnitRanges] {
        var gone: [ID<OrderLine>: UnitRanges] = [:]
        for part in Set(lines.map(\.vendorOrder)).sorted() {
            gone.merge(try await documents.packed(part, in: work).ever) { $0.union($1) }
        }
        return Dictionary(
            uniqueKeysWithValues: lines.map { line in
                let isHandedOver = line.fulfilledAt != nil || line.deliveredAt != nil
                let left = money.left(of: line).subtracting(gone[line.id] ?? UnitRanges())
                return (line.id, isHandedOver ? UnitRanges() : left)
            })
    }

    private static func notToBeCancelled(_ order: Order) -> Problem {
        var problem = Problem.conflict(
            "order-not-cancellable", title: "Its units can’t be cancelled",
            detail:
                "Units are cancelled of orders that are paid and not closed; one that is not paid is cancelled as a whole"
        )
        problem.extensions["status"] = .string(order.status.rawValue)
        return problem
    }
}

extension NewCancellation {
    /// The last of each line that can still be had. The keys of a line go together.
    /// - Throws: a 409 or 422 `Problem`.
    fileprivate func units(
        among all: [OrderLine], _ free: [ID<OrderLine>: UnitRanges]
    ) throws(Problem) -> [ID<OrderLine>: UnitRanges] {
        let units: [ID<OrderLine>: UnitRanges]
        if let lines {
            units = try lines.units(of: all) { line, quantity in
                let left = free[line.id] ?? UnitRanges()
                return (left.count, left.suffix(quantity))
            }
        } else {
            units = free.filter { !$0.value.isEmpty }
        }
        guard !units.isEmpty else { throw Self.nothingLeft }
        var check = InputCheck()
        for line in all where line.kind == .licenceKey {
            guard let wanted = units[line.id], wanted.count != line.quantity else { continue }
            check.fail("/lines", "whole_line", "the licence keys of a line are cancelled together: \(line.id)")
        }
        try check.finish()
        return units
    }

    private static let nothingLeft = Problem.conflict(
        "nothing-to-cancel", title: "There is nothing left to cancel",
        detail: "Every unit is packed, handed over, cancelled or paid back already")
}
