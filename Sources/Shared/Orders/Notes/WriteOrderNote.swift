package import Core
import Foundation
package import Identity
package import Jobs
package import Postgres
import Vendors

/// Whose notes on an order are meant.
package enum OrderNoteSide: Hashable, Sendable {
    /// The staff's, on the order as a whole.
    case staff(ID<Order>)
    /// A vendor's, on its part.
    case vendor(ID<VendorOrder>)
}

/// Writes a note on an order.
package struct WriteOrderNote: Sendable {
    private let store = OrderNoteStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 404, 422; `PostgresError`.
    package func callAsFunction(
        _ text: String, for side: OrderNoteSide, by principal: Principal, in work: UnitOfWork
    ) async throws -> OrderNote {
        let body = try OrderNote.checked(text)
        let place = try await side.place(visibleTo: principal.visibility, in: work)
        let note = OrderNote(
            id: ID(uuid: ids.next()), order: place.order, vendor: place.vendor, body: body, createdBy: principal.actor,
            createdAt: clock.now.roundedToMicroseconds)
        guard try await store.insert(note, in: work) else {
            throw Problem.invalidInput([
                FieldProblem(
                    pointer: "", code: "too_many",
                    message: "an order has at most \(OrderNote.mostPerSide) notes of yours")
            ])
        }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "order.note_written", subject: place.order,
                payload: ["note_id": .string(note.id.description)]), in: work)
        return note
    }
}

/// Takes a note back: that it was there stays on record, its words do not.
package struct RemoveOrderNote: Sendable {
    private let store = OrderNoteStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// Again it changes nothing.
    /// - Throws: a 404 `Problem`; `PostgresError`.
    package func callAsFunction(
        _ id: ID<OrderNote>, of side: OrderNoteSide, by principal: Principal, in work: UnitOfWork
    ) async throws {
        let place = try await side.place(visibleTo: principal.visibility, in: work)
        let removed = try await store.remove(
            id, on: place.order, of: place.vendor, at: clock.now.roundedToMicroseconds, in: work)
        guard removed != nil else { throw Problem.notFound("note") }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "order.note_removed", subject: place.order,
                payload: ["note_id": .string(id.description)]), in: work)
    }
}

/// Reads the notes on an order.
package struct ReadOrderNotes: Sendable {
    private let store = OrderNoteStore()

    package init() {}

    /// A page of them, the newest first: everybody's on an order, a vendor's own on its part.
    /// - Throws: `Problem`: 400 for another listing's cursor, 404; `PostgresError`.
    package func callAsFunction(
        of side: OrderNoteSide, page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<OrderNote> {
        let place = try await side.place(visibleTo: visibility, in: executor)
        return try await store.notes(on: place.order, of: place.vendor, page: page, in: executor)
    }
}

extension OrderNoteSide {
    /// The order, and the vendor whose notes are meant.
    /// - Throws: a 404 `Problem`; `PostgresError`.
    fileprivate func place(
        visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> (order: ID<Order>, vendor: ID<Vendor>?) {
        switch self {
        case .staff(let id):
            // A customer who reaches the order has no notes.
            guard visibility == .everything,
                try await OrderStore().order(id, visibleTo: visibility, in: executor) != nil
            else { throw Problem.notFound("order") }
            return (id, nil)
        case .vendor(let id):
            guard let part = try await VendorOrderStore().vendorOrder(id, visibleTo: visibility, in: executor) else {
                throw Problem.notFound("vendor order")
            }
            return (part.order, part.part.vendor)
        }
    }
}
