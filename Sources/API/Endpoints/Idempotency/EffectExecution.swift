import Core
import Jobs
import Postgres

/// Commits the effect of a request together with its answer, so that nothing can stand between the two: a repetition that comes
/// meanwhile waits for the commit and gets that answer. What is refused has left nothing behind, not even the key.
struct EffectExecution: Sendable {
    let scope: any WorkScope
    let store: any IdempotencyStore
    let settings: IdempotencySettings

    /// - Parameter keyed: nil where the request has no key.
    /// - Throws: 409 when the first request is still running after all patience, 422 when the key was used for another
    ///   request; besides, what `effect` throws.
    func run(
        _ keyed: KeyedRequest?, _ effect: @escaping @Sendable (UnitOfWork) async throws -> Answer
    ) async throws -> Answer {
        guard let keyed else { return try await scope.withUnitOfWork(effect) }
        return try await settings.waitingForFirst {
            try await scope.withUnitOfWork { work in
                let keys = store.joined(to: work)
                switch try await keys.startAfterOthers(keyed, settings) {
                case .started(let claim):
                    let answer = try await effect(work)
                    try await keys.answer(claim, with: StoredResponse(answer))
                    return answer
                case .finished(let response): return Answer(replaying: response)
                case .mismatch: throw ProblemType.idempotencyKeyReused.problem()
                case .inProgress: return nil
                }
            }
        }
    }
}

extension IdempotencyStore {
    func start(_ keyed: KeyedRequest, _ settings: IdempotencySettings) async throws -> IdempotencyStart {
        try await start(
            keyed.key, fingerprint: keyed.fingerprint, lease: settings.lease, retention: settings.retention)
    }

    /// The same for a store that is joined to a unit of work: waits for another one that holds the key, at most as long as any
    /// statement may take.
    func startAfterOthers(_ keyed: KeyedRequest, _ settings: IdempotencySettings) async throws -> IdempotencyStart {
        do {
            return try await start(keyed, settings)
        } catch PostgresError.timedOut {
            throw IdempotencySettings.stillInProgress
        }
    }
}

extension IdempotencySettings {
    /// Tries until there is an answer.
    /// - Parameter attempt: nil while another request holds the key.
    /// - Throws: 409 after all patience.
    func waitingForFirst(_ attempt: @Sendable () async throws -> Answer?) async throws -> Answer {
        let deadline = ContinuousClock.now + patience
        var pause = Duration.milliseconds(10)
        while true {
            if let answer = try await attempt() { return answer }
            guard ContinuousClock.now + pause < deadline else { throw Self.stillInProgress }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(200))
        }
    }

    fileprivate static var stillInProgress: Problem {
        var problem = ProblemType.idempotencyInProgress.problem("The first request is still running; repeat it shortly")
        problem.retryAfter = .seconds(1)
        return problem
    }
}
