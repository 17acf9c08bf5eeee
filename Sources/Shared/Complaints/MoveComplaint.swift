package import Core
import Foundation
package import Identity
package import Jobs
package import Orders
import Postgres
import Vendors

/// Takes a complaint from one state to another, with a word to those whom it concerns.
package struct MoveComplaint: Sendable {
    private let store = ComplaintStore()
    private let clocks = ComplaintClockStore()
    private let write: MessageWriting
    private let moving: ComplaintMoving
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.clock = clock
        write = MessageWriting(ids: ids)
        moving = ComplaintMoving(audit: audit)
    }

    /// What is done already is not done again, but said.
    /// - Parameters:
    ///   - message: what is said about it; nil: nothing.
    ///   - order: the order through which a customer reaches it; nil for the staff.
    /// - Throws: `Problem`: 404, 409 for a customer who comes too late, 422; `ComplaintActionRefused`; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Complaint>, _ action: ComplaintAction, saying message: NewComplaintMessage? = nil,
        of order: ID<Order>? = nil, by principal: Principal, in work: UnitOfWork
    ) async throws -> Complaint {
        let complaint = try await store.locked(id, of: order, for: principal, in: work)
        let now = clock.now.roundedToMicroseconds
        // Looked at before anything is written.
        _ = try complaint.state.after(action)
        if action == .askVendor, complaint.vendor == nil {
            throw Problem.invalidInput([
                FieldProblem(
                    pointer: "/of", code: "no_vendor", message: "the complaint is about no vendor's part alone")
            ])
        }
        let deadlines = action == .reopen ? try await reopened(complaint, for: principal, at: now, in: work) : []
        var said: ComplaintMessage?
        if let message {
            said = try await write(
                message, on: complaint, from: ComplaintSide(of: principal), by: principal.actor, at: now,
                pointer: "/message", in: work)
        }
        return try await moving.move(complaint, action, deadlines, saying: said, by: principal.actor, at: now, in: work)
    }

    /// The time begins anew.
    private func reopened(
        _ complaint: Complaint, for principal: Principal, at now: Date, in work: UnitOfWork
    ) async throws -> [ComplaintDeadline] {
        let isLate = complaint.closedAt.map { now.timeIntervalSince($0) > Complaint.reopeningTime } ?? false
        if complaint.reopenings >= Complaint.mostReopenings || isLate && ComplaintSide(of: principal) == .customer {
            throw Problem.conflict(
                "complaint-final", title: "The complaint can’t be reopened",
                detail: "It was closed too long ago, or reopened too often; file another one")
        }
        guard let country = complaint.country else { return [] }
        return try await clocks.clocks(in: country, at: now, from: work)
            .map { $0.deadline(of: complaint.id, round: complaint.reopenings + 1, filedAt: now) }
    }
}

/// What moving and answering have in common.
struct ComplaintMoving: Sendable {
    let store = ComplaintStore()
    let audit: AuditStore

    /// - Parameters:
    ///   - complaint: locked.
    ///   - deadlines: those that begin with it.
    ///   - message: what is said about it.
    func move(
        _ complaint: Complaint, _ action: ComplaintAction, _ deadlines: [ComplaintDeadline],
        saying message: ComplaintMessage?, by actor: AuditActor, at now: Date, in work: UnitOfWork
    ) async throws -> Complaint {
        let state = try complaint.state.after(action)
        let isRepetition = state == complaint.state && action != .reopen
        try await store.insert(deadlines, in: work)
        let steps: [ComplaintStep] =
            state.isClosed ? ComplaintStep.allCases : action.acknowledges ? [.acknowledgement] : []
        try await store.meet(steps, of: complaint.id, at: now, in: work)
        guard let moved = try await store.update(complaint.moved(to: state, by: action, at: now), in: work) else {
            throw Problem.notFound("complaint")
        }
        if let message, isRepetition {
            try work.publish(
                ComplaintMessageWritten(
                    complaintID: complaint.id, messageID: message.id, side: message.side,
                    readers: message.readers(of: complaint)))
        }
        guard !isRepetition else { return moved }
        try await store.append(action.name, to: complaint, by: actor, at: now, in: work)
        try work.publish(
            ComplaintMoved(
                complaintID: complaint.id, action: action.name, messageID: message?.id,
                readers: message?.readers(of: complaint) ?? []))
        try await audit.append(
            AuditEntry(
                actor: actor, action: "complaint.\(action.name)", subject: complaint.id,
                payload: [
                    "state": .string(state.rawValue), "outcome": moved.outcome.map { .string($0.rawValue) } ?? .null,
                ]), in: work)
        return moved
    }
}

extension Complaint {
    /// The same after an action; what is due is not looked at.
    fileprivate func moved(to state: ComplaintState, by action: ComplaintAction, at time: Date) -> Complaint {
        let outcome: Outcome? = if case .resolve(let outcome) = action { outcome } else { nil }
        return Complaint(
            id: id, number: number, order: order, vendor: vendor, country: country, kind: kind, state: state,
            outcome: outcome, filedBy: filedBy, filedAt: filedAt, closedAt: state.isClosed ? time : nil,
            reopenings: action == .reopen ? reopenings + 1 : reopenings, dueAt: dueAt, version: version)
    }
}
