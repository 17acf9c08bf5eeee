package import Core
package import Foundation
package import Identity
package import Jobs
import Postgres

/// Lets people ask to be forgotten, and think better of it. Who asks has shown just now that they are the account's owner
/// (``ConfirmOwner``).
package struct RequestErasure: Sendable {
    private let accounts = AccountStore()
    private let store = ErasureStore()
    private let keepers: [any PersonalDataKeeper]
    private let waitingTime: TimeInterval
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    /// - Parameters:
    ///   - keepers: of every domain.
    ///   - waitingTime: between a request and what comes of it, in seconds.
    package init(
        keepers: [any PersonalDataKeeper], waitingTime: TimeInterval, audit: AuditStore, ids: UUIDv7Generator,
        clock: some WallClock
    ) {
        self.keepers = keepers
        self.waitingTime = waitingTime
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: a 409 `Problem`: "erasure-requested" where one waits already, "erasure-held" with what has to be settled first;
    ///   `PostgresError`.
    package func callAsFunction(by principal: Principal, in work: UnitOfWork) async throws -> Erasure {
        let id = try principal.requireSignedIn().account
        guard let account = try await accounts.hold(id, in: work) else { throw Problem.notFound("account") }
        let holds = try await keepers.holds(on: DataSubject(account), in: work)
        guard holds.isEmpty else { throw Problem.erasureHeld(by: holds) }
        let now = clock.now.roundedToMicroseconds
        let erasure = Erasure(id: ID(uuid: ids.next()), account: id, requestedAt: now, dueAt: now + waitingTime)
        guard try await store.insert(erasure, in: work) else { throw Problem.erasureRequested }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "erasure.requested", subject: id,
                payload: [
                    "erasure_id": .string(erasure.id.description),
                    "due_at_us": .integer(erasure.dueAt.microsecondsSince1970),
                ]), in: work)
        try work.enqueue(ExecuteErasure.Job(erasureID: erasure.id), runAt: erasure.dueAt)
        return erasure
    }

    /// Again it changes nothing.
    /// - Throws: a 404 `Problem` where nothing was asked for, a 409 one ("erasure-over"); `PostgresError`.
    package func cancel(by principal: Principal, in work: UnitOfWork) async throws -> Erasure {
        let account = try principal.requireSignedIn().account
        guard let newest = try await store.newest(of: account, in: work),
            let erasure = try await store.lock(newest.id, in: work)
        else { throw Problem.notFound("erasure") }
        switch erasure.state {
        case .cancelled: return erasure
        case .done: throw Problem.erasureOver
        case .requested: break
        }
        let now = clock.now.roundedToMicroseconds
        try await store.end(erasure.id, as: .cancelled, at: now, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "erasure.cancelled", subject: account,
                payload: ["erasure_id": .string(erasure.id.description)]), in: work)
        return Erasure(
            id: erasure.id, account: account, state: .cancelled, requestedAt: erasure.requestedAt,
            dueAt: erasure.dueAt, endedAt: now)
    }
}

extension [any PersonalDataKeeper] {
    /// All that has to be settled before a person can be forgotten.
    func holds(on subject: DataSubject, in work: UnitOfWork) async throws -> [ErasureHold] {
        var holds: [ErasureHold] = []
        for keeper in self { holds += try await keeper.holds(on: subject, in: work) }
        return holds
    }
}

extension Problem {
    package static let erasureRequested = Problem.conflict(
        "erasure-requested", title: "It is asked for already", detail: "GET /me/erasure tells when it happens")

    package static let erasureOver = Problem.conflict(
        "erasure-over", title: "It is over", detail: "What was erased can't be had back")

    package static func erasureHeld(by holds: [ErasureHold]) -> Problem {
        var problem = Problem.conflict(
            "erasure-held", title: "Something has to be settled first",
            detail: holds.map(\.message).joined(separator: ". "))
        problem.extensions["holds"] = .array(holds.map { ["code": .string($0.code), "message": .string($0.message)] })
        return problem
    }
}
