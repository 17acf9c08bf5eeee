package import Core
import Foundation
package import Identity
package import Jobs
import Media
package import Orders
import Postgres
import Vendors

/// Writes about a complaint for one side of it.
package struct WriteComplaintMessage: Sendable {
    private let store = ComplaintStore()
    private let write: MessageWriting
    private let moving: ComplaintMoving
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
        write = MessageWriting(ids: ids)
        moving = ComplaintMoving(audit: audit)
    }

    /// An answer of somebody who was asked gives the complaint back to the staff.
    /// - Parameter order: the order through which a customer reaches it; nil for staff and vendors.
    /// - Throws: a 404 or 422 `Problem`; `PostgresError`.
    package func callAsFunction(
        _ new: NewComplaintMessage, on id: ID<Complaint>, of order: ID<Order>? = nil, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> ComplaintMessage {
        let complaint = try await store.locked(id, of: order, for: principal, in: work)
        let side = ComplaintSide(of: principal)
        let now = clock.now.roundedToMicroseconds
        let message = try await write(new, on: complaint, from: side, by: principal.actor, at: now, in: work)
        try work.publish(
            ComplaintMessageWritten(
                complaintID: complaint.id, messageID: message.id, side: side, readers: message.readers(of: complaint)))
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "complaint.message_written", subject: id,
                payload: ["message_id": .string(message.id.description)]), in: work)
        let answers: ComplaintAction? =
            switch (side, complaint.state) {
            case (.customer, .awaitingCustomer): .customerAnswers
            case (.vendor, .awaitingVendor): .vendorAnswers
            default: nil
            }
        if let answers {
            _ = try await moving.move(complaint, answers, [], saying: nil, by: principal.actor, at: now, in: work)
        }
        return message
    }
}

/// What filing and answering have in common.
struct MessageWriting: Sendable {
    let store = ComplaintMessageStore()
    let ids: UUIDv7Generator

    /// - Parameter pointer: the field that holds the message, for refusals.
    func callAsFunction(
        _ new: NewComplaintMessage, on complaint: Complaint, from side: ComplaintSide, by actor: AuditActor,
        at now: Date, pointer: String = "", in work: UnitOfWork
    ) async throws -> ComplaintMessage {
        var check = InputCheck()
        let body = new.checked(&check, from: side)
        try check.finish()
        let files = Set(new.attachments).sorted()
        let message = ComplaintMessage(
            id: ID(uuid: ids.next()), complaint: complaint.id, side: side, audience: new.audience, body: body,
            attachments: files, createdBy: actor, createdAt: now)
        guard try await store.insert(message, in: work) else {
            throw Problem.invalidInput([
                FieldProblem(
                    pointer: "", code: "too_many",
                    message: "a complaint has at most \(ComplaintMessage.mostPerComplaint) messages")
            ])
        }
        if !files.isEmpty {
            let attached = Set(try await store.attach(files, to: message, about: complaint.order, in: work))
            let strange = files.filter { !attached.contains($0) }
            guard strange.isEmpty else {
                throw Problem.invalidInput(
                    strange.map {
                        FieldProblem(
                            pointer: "\(pointer)/attachment_ids", code: "unknown",
                            message: "there is no file \($0) of yours that is to be shown")
                    })
            }
        }
        return message
    }
}

extension ComplaintMessage {
    /// Who reads it besides the staff and those who wrote it.
    func readers(of complaint: Complaint) -> [ComplaintSide] {
        [.customer, .vendor].filter { reader in
            reader != side && audience.includes(reader) && (reader != .vendor || complaint.vendor != nil)
        }
    }
}

extension ComplaintStore {
    /// The complaint, locked: of an order that the principal reaches, or one that it reaches itself.
    /// - Throws: a 404 `Problem`; `PostgresError`.
    func locked(
        _ id: ID<Complaint>, of order: ID<Order>?, for principal: Principal, in work: UnitOfWork
    ) async throws -> Complaint {
        var reach = principal.visibility
        if let order {
            guard try await OrderStore().order(order, visibleTo: reach, in: work) != nil else {
                throw Problem.notFound("order")
            }
            reach = .everything
        }
        guard let complaint = try await lock(id, visibleTo: reach, in: work),
            order.map({ $0 == complaint.order }) ?? true
        else { throw Problem.notFound("complaint") }
        return complaint
    }
}
