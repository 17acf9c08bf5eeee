import Core
import HTTPTypes
import Jobs
import Logging
import Postgres

/// Runs the work of a request that can't be one transaction under a lease of its key, and gives every repetition the first
/// one's answer.
struct LeasedExecution: Sendable {
    let scope: any WorkScope
    let store: any IdempotencyStore
    let settings: IdempotencySettings

    /// - Parameter keyed: nil where the request has no key.
    /// - Throws: 409 when the first request is still running after all patience, 422 when the key was used for another
    ///   request;
    ///   besides, what `work` throws, which is not remembered.
    func run(
        _ keyed: KeyedRequest?, logger: Logger, _ work: @escaping @Sendable (RequestLease) async throws -> Answer
    ) async throws -> Answer {
        try await settings.waitingForFirst {
            let lease = RequestLease(keyed, scope: scope, store: store, settings: settings)
            do {
                let answer = try await execute(lease, logger: logger, work)
                return lease.answer ?? answer
            } catch KeyTaken.finished(let response) {
                return Answer(replaying: response)
            } catch KeyTaken.inProgress {
                return nil
            }
        }
    }

    private func execute(
        _ lease: RequestLease, logger: Logger, _ work: @escaping @Sendable (RequestLease) async throws -> Answer
    ) async throws -> Answer {
        let answer: Answer
        do {
            answer = try await holding(lease, logger: logger, work)
        } catch {
            if let claim = lease.claim, !Self.mayHaveTakenEffect(error) { await giveBack(claim, logger: logger) }
            throw error
        }
        guard lease.keyed != nil, lease.answer == nil else { return answer }
        guard let claim = lease.claim else {
            // A refusal before anything was done leaves nothing behind, not even the key.
            guard answer.status.kind != .successful else { throw KeyNeverTaken() }
            return answer
        }
        if answer.status.code < 500 {
            await remember(answer, claim, logger: logger)
        } else {
            await giveBack(claim, logger: logger)
        }
        return answer
    }

    /// Whether the work may be done although it failed for us: then its key stays taken until the lease runs out.
    private static func mayHaveTakenEffect(_ error: any Error) -> Bool {
        switch error {
        case is CancellationError: true
        case PostgresError.commitOutcomeUnknown, PostgresError.connectionLost, PostgresError.timedOut,
            PostgresError.cancelled:
            true
        default: false
        }
    }

    /// The work is done whether or not its answer can be stored, so the caller gets it and the key is not given back.
    private func remember(_ answer: Answer, _ claim: IdempotencyClaim, logger: Logger) async {
        do {
            _ = try await store.finish(claim, with: StoredResponse(answer))
        } catch {
            logger.error("Can't store the answer to an idempotency key", metadata: ["error": "\(error)"])
        }
    }

    /// Renews the lease while the work takes its time.
    private func holding(
        _ lease: RequestLease, logger: Logger, _ work: @escaping @Sendable (RequestLease) async throws -> Answer
    ) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer?.self) { group in
            group.addTask { try await work(lease) }
            group.addTask {
                await renew(lease, logger: logger)
                return nil
            }
            defer { group.cancelAll() }
            while let answer = try await group.next() {
                if let answer { return answer }
            }
            throw CancellationError()
        }
    }

    private func renew(_ lease: RequestLease, logger: Logger) async {
        while true {
            do {
                try await Task.sleep(for: settings.lease / 3)
                guard let claim = lease.claim else { continue }
                guard try await store.renew(claim, lease: settings.lease) else { return }
            } catch is CancellationError {
                return
            } catch {
                logger.warning("Can't renew an idempotency lease", metadata: ["error": "\(error)"])
            }
        }
    }

    /// A key that can't be given back now is free when its lease runs out.
    private func giveBack(_ claim: IdempotencyClaim, logger: Logger) async {
        do {
            try await store.abandon(claim)
        } catch {
            logger.warning("Can't give back an idempotency key", metadata: ["error": "\(error)"])
        }
    }
}

/// A handler did its work without ever taking the request's key, so that a repetition would do it again.
private struct KeyNeverTaken: Error {}
