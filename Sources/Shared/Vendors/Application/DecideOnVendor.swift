package import Core
import Foundation
package import Identity
package import Jobs
import Postgres

/// Moves a vendor from one status to another: hands an application in, approves or rejects it, suspends, reinstates and closes.
package struct DecideOnVendor: Sendable {
    private let vendors = VendorStore()
    private let decisions = VendorDecisionStore()
    private let commissions = CommissionStore()
    private let registrations = RegistrationStore()
    private let documents = DocumentStore()
    private let checklist: ReadChecklist
    private let promoteApplicants: PromoteApplicants
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        checklist = ReadChecklist(clock: clock)
        promoteApplicants = PromoteApplicants(audit: audit, clock: clock)
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// Hands an application in.
    /// - Throws: `Problem`: 404; 409 ("vendor-state"), ("checklist-incomplete") with what is missing; `PostgresError`.
    package func submit(_ id: ID<Vendor>, by principal: Principal, in work: UnitOfWork) async throws -> Vendor {
        try await decide(.submit, on: id, reason: "", by: principal, in: work) { vendor, work in
            try await requireChecklist(of: vendor, in: work)
        }
    }

    /// Lets a vendor sell, under a commission from now on. Registrations and documents that nobody has looked at alone count as
    /// looked at: what is not right is refused one by one before. Whoever has applied by an account of their own is its owner from now
    /// on; the key of the application opens nothing any more.
    /// - Parameter commission: nil where the vendor has one already.
    /// - Throws: `Problem`: 404; 409 ("vendor-state"), ("checklist-incomplete"); 422; `PostgresError`.
    package func approve(
        _ id: ID<Vendor>, under commission: Commission?, by principal: Principal, in work: UnitOfWork
    ) async throws -> Vendor {
        var check = InputCheck()
        commission?.check(&check, at: "")
        try check.finish()
        return try await decide(.approve, on: id, reason: "", by: principal, in: work) { vendor, work in
            try await requireChecklist(of: vendor, in: work)
            let now = clock.now.roundedToMicroseconds
            try await registrations.verifyPending(of: id, at: now, in: work)
            try await documents.acceptPending(of: id, at: now, in: work)
            if let commission {
                try await commissions.insert(
                    CommissionTerm(
                        id: ID(uuid: ids.next()), vendor: id, commission: commission, validFrom: now, recordedAt: now),
                    in: work)
            } else if try await !commissions.hasTerm(id, at: now, in: work) {
                throw Self.commissionMissing
            }
            let hasOwner = try await promoteApplicants(of: id.uuid, by: principal, in: work)
            try work.publish(VendorApproved(vendorID: id, hasOwner: hasOwner))
        }
    }

    /// Sends an application back, suspends, reinstates or closes a vendor.
    /// - Throws: `Problem`: 404; 409 ("vendor-state"); 422 for a reason that is not acceptable; `PostgresError`.
    package func callAsFunction(
        _ act: Judgement, on id: ID<Vendor>, reason: String, by principal: Principal, in work: UnitOfWork
    ) async throws -> Vendor {
        var check = InputCheck()
        if act.act.needsReason || !reason.isEmpty { check.reason("/reason", reason) }
        try check.finish()
        return try await decide(act.act, on: id, reason: reason, by: principal, in: work) { _, _ in }
    }

    /// - Parameter prepare: what has to be so, or becomes so, where the vendor moves.
    private func decide(
        _ act: VendorAct, on id: ID<Vendor>, reason: String, by principal: Principal, in work: UnitOfWork,
        _ prepare: (Vendor, UnitOfWork) async throws -> Void
    ) async throws -> Vendor {
        let vendor = try await vendors.held(id, visibleTo: principal.visibility, in: work)
        switch VendorTransition.of(act, at: vendor.status) {
        case .isDone: return vendor
        case .isRefused: throw Problem.vendorActRefused(act, at: vendor.status)
        case .moves(let status):
            try await prepare(vendor, work)
            try await vendors.setStatus(status, of: id, in: work)
            try await record(act, on: vendor, to: status, reason: reason, by: principal.actor, in: work)
            return vendor.at(status)
        }
    }

    private func record(
        _ act: VendorAct, on vendor: Vendor, to status: VendorStatus, reason: String, by actor: AuditActor,
        in work: UnitOfWork
    ) async throws {
        let decision = VendorDecision(
            id: ID(uuid: ids.next()), vendor: vendor.id, act: act, from: vendor.status, to: status, actor: actor,
            reason: reason, decidedAt: clock.now.roundedToMicroseconds)
        try await decisions.insert(decision, in: work)
        try work.publish(VendorChanged(vendorID: vendor.id))
        try await audit.append(
            AuditEntry(
                actor: actor, action: act.audited, subject: vendor.id,
                payload: [
                    "decision_id": .string(decision.id.description), "from": .string(vendor.status.rawValue),
                    "to": .string(status.rawValue),
                ]),
            in: work)
    }

    private func requireChecklist(of vendor: Vendor, in work: UnitOfWork) async throws {
        let missing = try await checklist.checklist(of: vendor, in: work).missing
        guard missing.isEmpty else { throw Problem.checklistIncomplete(missing) }
    }

    private static let commissionMissing = Problem.invalidInput([
        FieldProblem(pointer: "/commission_ppm", code: "required", message: "the vendor has no commission yet")
    ])
}

/// A decision that needs nothing but a reason.
package enum Judgement: String, Hashable, Sendable, CaseIterable {
    case reject, suspend, reinstate, close

    var act: VendorAct {
        switch self {
        case .reject: .reject
        case .suspend: .suspend
        case .reinstate: .reinstate
        case .close: .close
        }
    }
}

extension Vendor {
    fileprivate func at(_ status: VendorStatus) -> Vendor {
        Vendor(
            id: id, name: name, slug: slug, email: email, status: status, identity: identity, holiday: holiday,
            mailsLowStock: mailsLowStock, version: version + 1, createdAt: createdAt)
    }
}

extension Problem {
    /// What has to be there and is not, by its codes.
    static func checklistIncomplete(_ missing: [ChecklistItem]) -> Problem {
        Problem(
            type: "checklist-incomplete", title: "Something is missing", status: 409,
            detail: "The checklist says what: " + missing.map(\.requirement.code).joined(separator: ", "),
            extensions: ["missing": .array(missing.map { .string($0.requirement.code) })])
    }
}
