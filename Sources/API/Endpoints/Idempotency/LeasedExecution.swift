import Core
import Crypto
import HTTPTypes
import Logging
import NIOCore
import Postgres

/// Runs the work of a request at most once per key and gives every repetition the first one's answer.
struct IdempotentExecution: Sendable {
    let store: any IdempotencyStore
    let settings: IdempotencySettings

    /// What makes two requests the same: everything that decides the answer. Of a JSON body that is what it says, not how its
    /// members are ordered or spaced.
    static func fingerprint(path: String, query: String, body: ByteBuffer) -> [UInt8] {
        var hash = SHA256()
        for part in [Array(path.utf8), Array(query.utf8)] {
            hash.update(data: part)
            hash.update(data: [0])
        }
        hash.update(data: meaning(of: body))
        return Array(hash.finalize())
    }

    private static func meaning(of body: ByteBuffer) -> [UInt8] {
        let bytes = Array(body.readableBytesView)
        guard !bytes.isEmpty else { return bytes }
        do {
            return try JSONValue(parsing: bytes).canonicalBytes
        } catch {
            // Not JSON: its bytes are all that can be compared.
            return bytes
        }
    }

    /// - Throws: 409 when the first request is still running after all patience, 422 when the key was used for another
    ///   request;
    ///   besides, what `work` throws, which is not remembered.
    func run(
        _ key: IdempotencyKey, fingerprint: [UInt8], logger: Logger,
        _ work: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let deadline = ContinuousClock.now + settings.patience
        var pause = Duration.milliseconds(10)
        while true {
            switch try await store.start(
                key, fingerprint: fingerprint, lease: settings.lease, retention: settings.retention)
            {
            case .started(let claim): return try await execute(claim, logger: logger, work)
            case .finished(let response): return Answer(replaying: response)
            case .mismatch: throw ProblemType.idempotencyKeyReused.problem()
            case .inProgress:
                guard ContinuousClock.now + pause < deadline else {
                    var problem = ProblemType.idempotencyInProgress.problem(
                        "The first request is still running; repeat it shortly")
                    problem.retryAfter = .seconds(1)
                    throw problem
                }
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .milliseconds(200))
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

extension StoredResponse {
    init(_ answer: Answer) {
        var headers: [String: String] = [:]
        for field in answer.headers { headers[field.name.canonicalName] = field.value }
        if let location = answer.location { headers[Self.locationKey] = location }
        self.init(status: answer.status.code, headers: headers, body: Array(answer.body.readableBytesView))
    }

    /// The location below the prefix, which is put before it when the answer goes out.
    fileprivate static let locationKey = "location"
}

extension Answer {
    init(replaying stored: StoredResponse) {
        self.init(status: HTTPResponse.Status(code: stored.status), body: ByteBuffer(bytes: stored.body))
        for (name, value) in stored.headers where name != StoredResponse.locationKey {
            guard let name = HTTPField.Name(name) else { continue }
            headers[name] = value
        }
        location = stored.headers[StoredResponse.locationKey]
        headers[.idempotentReplayed] = "true"
    }
}
