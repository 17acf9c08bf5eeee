package import Jobs
import NIOConcurrencyHelpers
import Postgres

/// The lease of a request's key, and where the request commits: the first unit of work takes the key, and the one that finishes
/// gives it its answer.
final class RequestLease: Sendable {
    private struct State {
        var claim: IdempotencyClaim?
        var answer: Answer?
        var change: @Sendable (Answer) -> Answer = { $0 }
    }

    /// nil for a request without a key.
    let keyed: KeyedRequest?
    private let scope: any WorkScope
    private let store: any IdempotencyStore
    private let settings: IdempotencySettings
    private let state = NIOLockedValueBox(State())

    init(_ keyed: KeyedRequest?, scope: any WorkScope, store: any IdempotencyStore, settings: IdempotencySettings) {
        self.keyed = keyed
        self.scope = scope
        self.store = store
        self.settings = settings
    }

    /// nil while the key is not taken.
    var claim: IdempotencyClaim? { state.withLockedValue(\.claim) }

    /// What was committed with the key; nil before.
    var answer: Answer? { state.withLockedValue(\.answer) }

    /// Has another answer committed, where the request succeeds.
    func answer(with change: @escaping @Sendable (Answer) -> Answer) {
        state.withLockedValue { $0.change = change }
    }

    /// Commits the effect with the answer under the key. Once.
    /// - Throws: ``KeyTaken``, leaving no effect, where the lease has gone to another request; ``RequestFinishedAlready``.
    func finish<Output: Sendable>(
        _ render: @Sendable (Output) throws -> Answer, _ body: @Sendable (UnitOfWork) async throws -> Output
    ) async throws -> Output {
        if answer != nil { throw RequestFinishedAlready() }
        let (output, answer) = try await claiming { work, claim in
            let output = try await body(work)
            let answer = state.withLockedValue(\.change)(try render(output))
            if let claim { try await keep(answer, under: claim, in: work) }
            return (output, answer)
        }
        state.withLockedValue { $0.answer = answer }
        return output
    }

    private func keep(_ answer: Answer, under claim: IdempotencyClaim, in work: UnitOfWork) async throws {
        let (keys, response) = (store.joined(to: work), StoredResponse(answer))
        guard self.claim == claim else { return try await keys.answer(claim, with: response) }
        // Taken by an earlier transaction, whose lease may have run out.
        guard try await keys.finish(claim, with: response) else { throw KeyTaken.inProgress }
    }

    private func claiming<Result: Sendable>(
        _ body: @Sendable (UnitOfWork, IdempotencyClaim?) async throws -> Result
    ) async throws -> Result {
        let held = claim
        let (result, claim) = try await scope.withUnitOfWork { work in
            let claim = if let held { held } else { try await take(from: store.joined(to: work), waits: true) }
            return (try await body(work, claim), claim)
        }
        state.withLockedValue { $0.claim = claim }
        return result
    }

    /// - Parameter waits: whether the unit of work of another request may hold the key.
    private func take(from store: any IdempotencyStore, waits: Bool) async throws -> IdempotencyClaim? {
        guard let keyed else { return nil }
        let start = try await waits ? store.startAfterOthers(keyed, settings) : store.start(keyed, settings)
        switch start {
        case .started(let claim): return claim
        case .inProgress: throw KeyTaken.inProgress
        case .finished(let response): throw KeyTaken.finished(response)
        case .mismatch: throw ProblemType.idempotencyKeyReused.problem()
        }
    }
}

extension RequestLease: WorkScope {
    func withUnitOfWork<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        try await claiming { work, _ in try await body(work) }
    }

    func hold() async throws {
        guard claim == nil else { return }
        let claim = try await take(from: store, waits: false)
        state.withLockedValue { $0.claim = claim }
    }
}

/// The key belongs to another request.
enum KeyTaken: Error {
    /// Which is at it, or has taken over what this one began too long ago.
    case inProgress
    case finished(StoredResponse)
}

/// A handler went on after it had finished its request: what it wanted to do is not done and will not be.
struct RequestFinishedAlready: Error {}

/// What a handler that asks a provider between its units of work commits them with, like the claim of a job.
package struct RequestClaim<Output: Sendable>: WorkScope {
    let lease: RequestLease
    let render: @Sendable (Output) throws -> Answer

    package func withUnitOfWork<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        try await lease.withUnitOfWork(body)
    }

    /// Comes before the first effect outside of the database, unless a unit of work was committed before: takes the key.
    package func hold() async throws { try await lease.hold() }

    /// Commits the last effect with the answer that the request's key keeps. Once.
    package func finish(_ body: @Sendable (UnitOfWork) async throws -> Output) async throws -> Output {
        try await lease.finish(render, body)
    }
}
