import Catalog
package import Core
import Foundation
package import Identity
import Inventory
package import Jobs
package import Orders
import Values
package import Vendors

/// What of a vendor order is packed.
package struct NewPacking: Hashable, Sendable {
    /// Each line once; nil for all that is left.
    package let lines: [ChosenLine]?
    /// Where the goods leave from; nil for the vendor's usual place.
    package let location: ID<PickupLocation>?

    package init(lines: [ChosenLine]? = nil, location: ID<PickupLocation>? = nil) {
        self.lines = lines
        self.location = location
    }
}

/// Packs a vendor order or some units of it: takes them from where they stand and issues the document that goes with them.
package struct PackVendorOrder: Sendable {
    private let sales = SaleStore()
    private let seller = ReadSeller()
    private let locks = OrderLocks()
    private let pick = PickStock()
    private let issue: IssueDocument

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        issue = IssueDocument(audit: audit, ids: ids, clock: clock)
    }

    /// - Throws: `Problem`: 404; 409 where the order is not to be packed (yet), nothing is left, or the seller or the buyer is not
    ///   known well enough for the document; 422 for lines and units that are not there; `PostgresError`.
    package func callAsFunction(
        _ new: NewPacking, of id: ID<VendorOrder>, by principal: Principal, in work: UnitOfWork
    ) async throws -> DocumentDetails {
        let found = try await VendorOrderStore().details(id, visibleTo: principal.visibility, in: work)
        guard let found, let contents = try await locks.lockWithLines(found.listed.order, in: work),
            let sale = try await sales.sale(id, number: found.listed.part.number, in: work)
        else { throw Problem.notFound("vendor order") }
        guard contents.order.mayBePacked else { throw Problem.notToBePacked(contents.order) }
        let packed = try await issue.store.packed(id, in: work)
        let cancelled = try await CancelledUnitsStore().units(of: id, in: work)
        let units = try new.units(of: sale, but: packed.standing.merging(cancelled) { $0.union($1) })
        let from = try await seller(of: sale, from: new.location, in: work)
        let moment = IssueDocument.Moment(issue.clock.now, in: from.market)
        let type = sale.documentDue.narrowed(to: sale.lines.filter { units[$0.id] != nil }.map(\.isTaxed))
        let rule = try await issue.rule(for: type, in: from.market, on: moment.day, in: work)
        let content = try sale.content(
            units, but: packed.charges, from: from, to: contents.order, under: rule, at: moment)
        // What a cancelled document was about was taken before.
        let taken = sale.goods(units, but: packed.ever)
        if !taken.isEmpty {
            _ = try await pick(
                taken, from: new.location, for: contents.order.holder, on: moment.day, by: principal.actor, in: work)
        }
        let subject = IssueDocument.Subject(vendor: sale.vendor, order: contents.order.id, vendorOrder: id)
        let issued = try await issue(
            content, about: subject, rule, moment, from.numbering(under: rule), by: principal.actor, in: work)
        try work.publish(
            VendorOrderPacked(
                vendorOrderID: id, orderID: subject.order, vendorID: subject.vendor, documentID: issued.document.id,
                isComplete: sale.isComplete(after: units, packed.standing, cancelled)))
        return issued
    }
}

extension Order {
    /// Whether its goods may leave: all of its money has arrived, and not all of it was given back.
    fileprivate var mayBePacked: Bool { (isPaid || confirmedAt != nil) && (state == .open || state == .completed) }
}

extension Problem {
    fileprivate static func notToBePacked(_ order: Order) -> Problem {
        var problem = conflict(
            "order-not-ready", title: "The order is not to be packed",
            detail: "Its goods leave once it is paid, and not after it was cancelled or refunded")
        problem.extensions["status"] = .string(order.status.rawValue)
        return problem
    }

    fileprivate static let nothingToPack = conflict(
        "nothing-to-pack", title: "There is nothing left to pack",
        detail: "Every unit of the vendor order stands on a document already")
}

extension NewPacking {
    /// Which units are to be packed: the first of each line that are left.
    /// - Throws: a 409 or 422 `Problem`.
    fileprivate func units(
        of sale: Sale, but gone: [ID<OrderLine>: UnitRanges]
    ) throws(Problem) -> [ID<OrderLine>: UnitRanges] {
        func left(_ line: Sale.Line) -> UnitRanges { line.all.subtracting(gone[line.id] ?? UnitRanges()) }
        guard let lines else {
            let all = Dictionary(uniqueKeysWithValues: sale.lines.map { ($0.id, left($0)) }).filter {
                !$0.value.isEmpty
            }
            guard !all.isEmpty else { throw .nothingToPack }
            return all
        }
        var (check, units) = (InputCheck(), [ID<OrderLine>: UnitRanges]())
        if lines.isEmpty { check.fail("/lines", "too_few", "must name at least one line") }
        for (index, wanted) in lines.prefix(NewOrder.lineCount.upperBound).enumerated() {
            guard let line = sale.lines.first(where: { $0.id == wanted.line }), units[line.id] == nil else {
                check.fail("/lines/\(index)/line_id", "unknown", "must be a line of the vendor order, each once")
                continue
            }
            let free = left(line)
            check.number("/lines/\(index)/quantity", wanted.quantity, in: 1...max(1, free.count))
            if free.isEmpty { check.fail("/lines/\(index)/line_id", "packed", "is packed or cancelled already") }
            units[line.id] = free.prefix(wanted.quantity)
        }
        try check.finish()
        return units
    }
}

extension Sale {
    /// The goods among these units, without those others.
    fileprivate func goods(
        _ units: [ID<OrderLine>: UnitRanges], but others: [ID<OrderLine>: UnitRanges]
    ) -> [StockQuantity] {
        lines.compactMap { line in
            guard line.kind == .physical, let wanted = units[line.id] else { return nil }
            let count = wanted.subtracting(others[line.id] ?? UnitRanges()).count
            return count > 0 ? StockQuantity(variant: line.variant, quantity: count) : nil
        }
    }

    fileprivate func isComplete(after parts: [ID<OrderLine>: UnitRanges]...) -> Bool {
        lines.allSatisfy { line in parts.reduce(line.all) { $0.subtracting($1[line.id] ?? UnitRanges()) }.isEmpty }
    }
}
