package import Core
import Foundation
package import Identity
package import Orders
package import Postgres

/// Reads complaints as one side sees them.
package struct ReadComplaint: Sendable {
    private let store = ComplaintStore()
    private let messages = ComplaintMessageStore()

    package init() {}

    /// One that staff or its vendor reach by itself.
    /// - Throws: a 404 `Problem`; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Complaint>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> ComplaintDetails {
        guard let complaint = try await store.complaint(id, visibleTo: visibility, in: executor) else {
            throw Problem.notFound("complaint")
        }
        return try await details(complaint, for: ComplaintSide(reaching: visibility), in: executor)
    }

    /// One about an order that is reached.
    /// - Throws: a 404 `Problem`; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Complaint>, about order: ID<Order>, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> ComplaintDetails {
        try await require(order, visibleTo: visibility, in: executor)
        guard let complaint = try await store.complaint(id, visibleTo: .everything, in: executor),
            complaint.order == order
        else { throw Problem.notFound("complaint") }
        return try await details(complaint, for: ComplaintSide(reaching: visibility), in: executor)
    }

    /// All about an order that is reached, the newest first.
    /// - Throws: a 404 `Problem`; `PostgresError`.
    package func all(
        about order: ID<Order>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> [Complaint] {
        try await require(order, visibleTo: visibility, in: executor)
        return try await store.complaints(about: order, in: executor)
    }

    private func require(
        _ order: ID<Order>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws {
        guard try await OrderStore().order(order, visibleTo: visibility, in: executor) != nil else {
            throw Problem.notFound("order")
        }
    }

    private func details(
        _ complaint: Complaint, for side: ComplaintSide, in executor: some PostgresExecutor
    ) async throws -> ComplaintDetails {
        ComplaintDetails(
            complaint: complaint, lines: try await store.lines(of: complaint.id, in: executor),
            deadlines: try await store.deadlines(of: complaint.id, in: executor),
            messages: try await messages.messages(of: complaint.id, readBy: side, in: executor))
    }
}
