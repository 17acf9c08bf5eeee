import Core
import HTTPTypes
import Logging
import Postgres

/// Runs the work of a request that can't be one transaction under a lease of its key, and gives every repetition the first
/// one's answer.
struct LeasedExecution: Sendable {
    let store: any IdempotencyStore
    let settings: IdempotencySettings

    /// - Throws: 409 when the first request is still running after all patience, 422 when the key was used for another
    ///   request;
    ///   besides, what `work` throws, which is not remembered.
    func run(
        _ key: IdempotencyKey, fingerprint: [UInt8], logger: Logger,
        _ work: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try await settings.waitingForFirst {
            switch try await store.start(
                key, fingerprint: fingerprint, lease: settings.lease, retention: settings.retention)
            {
            case .started(let claim): try await execute(claim, logger: logger, work)
            case .finished(let response): Answer(replaying: response)
            case .mismatch: throw ProblemType.idempotencyKeyReused.problem()
            case .inProgress: nil
            }
        }
    }

    private func execute(
        _ claim: IdempotencyClaim, logger: Logger, _ work: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let answer: Answer
        do {
            answer = try await holding(claim, logger: logger, work)
        } catch {
            if !Self.mayHaveTakenEffect(error) { await giveBack(claim, logger: logger) }
            throw error
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
            try await store.finish(claim, with: StoredResponse(answer))
        } catch {
            logger.error("Can't store the answer to an idempotency key", metadata: ["error": "\(error)"])
        }
    }

    /// Renews the lease while the work takes its time.
    private func holding(
        _ claim: IdempotencyClaim, logger: Logger, _ work: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                await renew(claim, logger: logger)
                return nil
            }
            defer { group.cancelAll() }
            while let answer = try await group.next() {
                if let answer { return answer }
            }
            throw CancellationError()
        }
    }

    private func renew(_ claim: IdempotencyClaim, logger: Logger) async {
        while true {
            do {
                try await Task.sleep(for: settings.lease / 3)
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
