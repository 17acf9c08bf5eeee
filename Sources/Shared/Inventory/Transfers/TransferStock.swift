import Catalog
package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
import Vendors

/// Moves goods from one of a vendor's places to another: entered, sent, received.
package struct TransferStock: Sendable {
    private let products = ProductStore()
    private let stock = StockStore()
    private let store = StockTransferStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// Enters a transfer; nothing has left yet.
    /// - Throws: a 422 `Problem` with every field that is not acceptable; `PostgresError`.
    package func create(
        _ new: NewStockTransfer, by principal: Principal, in work: UnitOfWork
    ) async throws -> StockTransferDetails {
        try new.check()
        let vendor = try await vendor(of: new.lines, for: principal, in: work)
        try await store.unknown(new, of: vendor, in: work).finish()
        let transfer = StockTransfer(
            id: ID(uuid: ids.next()), vendor: vendor, origin: new.origin, destination: new.destination, note: new.note,
            createdBy: principal.actor, createdAt: clock.now.roundedToMicroseconds)
        try await store.insert(transfer, new.lines, in: work)
        try await audit.append(entry("stock_transfer.created", transfer, by: principal), in: work)
        return StockTransferDetails(transfer: transfer, lines: new.lines)
    }

    /// The goods leave: they are not for sale until they arrive. Once more does nothing.
    /// - Throws: `Problem`: 404; 409 ("stock-transfer-closed", "stock-lacking", "stock-reserved"); `PostgresError`.
    package func send(
        _ id: ID<StockTransfer>, by principal: Principal, in work: UnitOfWork
    ) async throws -> StockTransferDetails {
        let old = try await held(id, for: principal, in: work)
        guard old.transfer.state != .inTransit else { return old }
        guard old.transfer.state == .draft else { throw Problem.stockTransferClosed }
        let amounts = old.lines.map { -$0.quantity }
        try await move(old, amounts, at: old.transfer.origin, by: principal, in: work)
        return try await set(old, .inTransit, by: principal, in: work)
    }

    /// The goods arrive, all of them or as many of each line.
    /// - Parameter received: one number for each line, in their order; nil for all.
    /// - Throws: `Problem`: 404; 409 ("stock-transfer-closed"); 422 for other numbers of lines or more than was sent; `PostgresError`.
    package func receive(
        _ id: ID<StockTransfer>, _ received: [Int64]?, by principal: Principal, in work: UnitOfWork
    ) async throws -> StockTransferDetails {
        let old = try await held(id, for: principal, in: work)
        guard old.transfer.state == .inTransit else { throw Problem.stockTransferClosed }
        let amounts = received ?? old.lines.map(\.quantity)
        var check = InputCheck()
        if amounts.count != old.lines.count {
            check.fail("/received", "count", "must have a number for each of the \(old.lines.count) lines")
        }
        for (index, (amount, line)) in zip(amounts, old.lines).enumerated() {
            check.number("/received/\(index)", amount, in: 0...line.quantity)
        }
        try check.finish()
        try await move(old, amounts, at: old.transfer.destination, by: principal, in: work)
        return try await set(old, .received, received: amounts, by: principal, in: work)
    }

    /// Gives a transfer up; what had left is back where it was. Once more does nothing.
    /// - Throws: `Problem`: 404; 409 ("stock-transfer-closed") once it has arrived; `PostgresError`.
    package func cancel(
        _ id: ID<StockTransfer>, by principal: Principal, in work: UnitOfWork
    ) async throws -> StockTransferDetails {
        let old = try await held(id, for: principal, in: work)
        switch old.transfer.state {
        case .cancelled: return old
        case .received: throw Problem.stockTransferClosed
        case .draft: break
        case .inTransit:
            try await move(old, old.lines.map(\.quantity), at: old.transfer.origin, by: principal, in: work)
        }
        return try await set(old, .cancelled, by: principal, in: work)
    }

    private func held(
        _ id: ID<StockTransfer>, for principal: Principal, in work: UnitOfWork
    ) async throws -> StockTransferDetails {
        let found = try await store.held(id, visibleTo: principal.visibility, in: work)
        guard let found else { throw Problem.notFound("stock transfer") }
        return found
    }

    /// Whose all of them are.
    private func vendor(
        of lines: [StockTransfer.Line], for principal: Principal, in work: UnitOfWork
    ) async throws -> ID<Vendor> {
        let known = try await stock.owners(of: lines.map(\.variant), visibleTo: principal.visibility, in: work)
        var check = InputCheck()
        let vendor = lines.first.flatMap { known[$0.variant] }
        for (index, line) in lines.enumerated() {
            let pointer = "/lines/\(index)/variant_id"
            guard let owner = known[line.variant] else {
                check.fail(pointer, "unknown", "there is no such physical variant")
                continue
            }
            if owner != vendor { check.fail(pointer, "other_vendor", "is another vendor’s than the first one’s") }
        }
        try check.finish()
        guard let vendor else { throw Problem.notFound("variant") }
        return vendor
    }

    private func move(
        _ details: StockTransferDetails, _ amounts: [Int64], at location: ID<PickupLocation>?, by principal: Principal,
        in work: UnitOfWork
    ) async throws {
        var held = try await stock.hold(Array(Set(details.lines.map(\.variant))), in: work)
        for (line, amount) in zip(details.lines, amounts) where amount != 0 {
            let movement = NewStockMovement(
                of: line.variant, at: StockPlace(location: location, batch: line.batch), .transferred, amount,
                transfer: details.transfer.id)
            if let refusal = held[line.variant]?.note(movement) {
                var problem = refusal.problem
                problem.extensions["variant_id"] = .string(line.variant.description)
                throw problem
            }
        }
        try await stock.record(Array(held.values), by: principal.actor, in: work)
        try work.publish(held.values.map(\.change))
    }

    private func set(
        _ old: StockTransferDetails, _ state: StockTransferState, received: [Int64]? = nil, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> StockTransferDetails {
        let (transfer, now) = (old.transfer, clock.now.roundedToMicroseconds)
        let moved = StockTransfer(
            id: transfer.id, vendor: transfer.vendor, origin: transfer.origin, destination: transfer.destination,
            state: state, note: transfer.note, createdBy: transfer.createdBy, createdAt: transfer.createdAt,
            sentAt: state == .inTransit ? now : transfer.sentAt, closedAt: state == .inTransit ? nil : now)
        try await store.update(moved, received: received, in: work)
        try work.publish(StockTransferMoved(transferID: moved.id, vendorID: moved.vendor, state: state))
        try await audit.append(entry("stock_transfer.\(state.rawValue)", moved, by: principal), in: work)
        let lines = old.lines.enumerated().map { index, line in
            StockTransfer.Line(
                variant: line.variant, batch: line.batch, quantity: line.quantity, received: received?[index])
        }
        return StockTransferDetails(transfer: moved, lines: lines)
    }

    private func entry(_ action: String, _ transfer: StockTransfer, by principal: Principal) -> AuditEntry {
        AuditEntry(
            actor: principal.actor, action: action, subject: transfer.vendor,
            payload: ["stock_transfer_id": .string(transfer.id.description)])
    }
}

extension Problem {
    package static let stockTransferClosed = Problem.conflict(
        "stock-transfer-closed", title: "The transfer is not at that stage",
        detail: "It is not on its way, or has arrived or was given up before")
}
