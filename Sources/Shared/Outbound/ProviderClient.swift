import Foundation
package import Logging
import Metrics

/// How one provider is reached and treated.
package struct ProviderProfile: Sendable {
    /// The label in metrics, logs and evidence.
    package let name: String
    /// Without a trailing slash; request paths are appended.
    package let baseURL: String
    /// Sent with every call, authorization included.
    package let headers: [OutboundHeader]
    /// The header that carries the key of a ``CallSafety/keyed(_:)`` call.
    package let idempotencyHeader: String
    package let retry: RetryRules
    package let mask: SecretMask
    /// The statuses of answers that say no to who asks, not to what is asked.
    package let credentialRefusals: Set<Int>
    /// For one call with all its attempts and waits.
    package let deadline: Duration
    /// For one attempt.
    package let attemptTimeout: Duration

    package init(
        name: String, baseURL: String, headers: [OutboundHeader] = [], idempotencyHeader: String = "Idempotency-Key",
        retry: RetryRules = RetryRules(), mask: SecretMask = SecretMask(),
        credentialRefusals: Set<Int> = [401, 403], deadline: Duration = .seconds(25),
        attemptTimeout: Duration = .seconds(10)
    ) {
        self.name = name
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.headers = headers
        self.idempotencyHeader = idempotencyHeader
        self.retry = retry
        self.mask = mask
        self.credentialRefusals = credentialRefusals
        self.deadline = deadline
        self.attemptTimeout = attemptTimeout
    }
}

/// Calls one provider: paces, stops at an open circuit, repeats what may be repeated, and says precisely what a missing success means.
package struct ProviderClient: Sendable {
    package let profile: ProviderProfile
    package let breaker: CircuitBreaker
    private let bucket: TokenBucket
    private let transport: any OutboundTransport
    private let timing: OutboundTiming
    private let record: @Sendable (_ evidence: OutboundEvidence, _ subject: String?) async -> Void
    private let logger: Logger

    /// - Parameter record: keeps the evidence of each call that reached the transport, whatever came of it.
    package init(
        profile: ProviderProfile, transport: any OutboundTransport, breaker: CircuitBreaker = CircuitBreaker(),
        bucket: TokenBucket = .usual(), timing: OutboundTiming = .system,
        record: @escaping @Sendable (_ evidence: OutboundEvidence, _ subject: String?) async -> Void = { _, _ in },
        logger: Logger
    ) {
        self.profile = profile
        self.transport = transport
        self.breaker = breaker
        self.bucket = bucket
        self.timing = timing
        self.record = record
        self.logger = logger
    }

    /// - Returns: the provider's 2xx answer.
    /// - Throws: ``OutboundError``; its case says what may be concluded about the provider's side.
    package func call(_ request: OutboundRequest) async throws(OutboundError) -> OutboundAnswer {
        let started = timing.elapsed()
        do {
            let answer = try await attempts(of: request, started: started)
            measure(request, since: started, outcome: "success")
            await record(answer.evidence, request.subject)
            return answer
        } catch {
            if let evidence = error.evidence { await record(evidence, request.subject) }
            measure(request, since: started, outcome: error.label)
            logger.log(
                level: error.isForOperators ? .error : .warning, "provider call without success",
                metadata: [
                    "provider": "\(profile.name)", "operation": "\(request.operation)", "outcome": "\(error.label)",
                    "reason": "\(error)",
                ])
            throw error
        }
    }

    private func attempts(of request: OutboundRequest, started: Duration) async throws(OutboundError) -> OutboundAnswer
    {
        var record = CallRecord(request: request, profile: profile, startedAt: timing.now())
        var doubt = false
        while true {
            do {
                try await admit(until: started + profile.deadline)
            } catch {
                throw Self.failure(error.reason, doubt: doubt, evidence: record.attempts == 0 ? nil : record.evidence())
            }
            let outcome = await attempt(request, until: started + profile.deadline)
            record.note(outcome, duration: timing.elapsed() - started)
            switch profile.retry.verdict(on: outcome, safety: request.safety, now: timing.now()) {
            case .success(let response): return record.answer(response)
            case .refused(let response) where profile.credentialRefusals.contains(response.status):
                let reason = "our credentials are refused with status \(response.status)"
                // An attempt before may have had its effect, while they were accepted.
                throw doubt
                    ? .unknown(reason: reason, evidence: record.evidence())
                    : .credentialsRefused(record.answer(response))
            case .refused(let response): throw .refused(record.answer(response))
            case .fault(let inDoubt, let repeatable, let reason, let wait):
                doubt = doubt || inDoubt
                let pause = max(
                    wait ?? .zero,
                    profile.retry.backoff(afterAttempt: record.attempts, random: timing.random()))
                let inTime = timing.elapsed() + pause < started + profile.deadline
                guard repeatable, record.attempts < profile.retry.maximumAttempts, inTime, await slept(pause) else {
                    throw Self.failure(reason, doubt: doubt, evidence: record.evidence())
                }
            }
        }
    }

    private struct NotAdmitted: Error {
        let reason: String
    }

    private func admit(until end: Duration) async throws(NotAdmitted) {
        let now = timing.elapsed()
        guard let wait = bucket.take(at: now, patience: end - now) else {
            throw NotAdmitted(reason: "our own rate limit for \(profile.name) leaves no room within the deadline")
        }
        if wait > .zero, await !slept(wait) { throw NotAdmitted(reason: "cancelled while waiting for the rate limit") }
        guard breaker.admits(at: timing.elapsed()) else {
            throw NotAdmitted(reason: "the circuit to \(profile.name) is open")
        }
    }

    private func attempt(_ request: OutboundRequest, until end: Duration) async -> AttemptOutcome {
        var headers = profile.headers + request.headers
        if case .keyed(let key) = request.safety { headers.append(OutboundHeader(profile.idempotencyHeader, key)) }
        let timeout = max(.milliseconds(1), min(profile.attemptTimeout, end - timing.elapsed()))
        let outcome: AttemptOutcome
        do {
            outcome = .answered(
                try await transport.send(
                    method: request.method, url: profile.baseURL + request.path, headers: headers, body: request.body,
                    timeout: timeout))
        } catch {
            outcome = .failed(error)
        }
        note(outcome)
        return outcome
    }

    /// A provider that answers, even with a refusal, is in good health. What it has kept from an earlier call tells nothing about now.
    private func note(_ outcome: AttemptOutcome) {
        switch outcome {
        case .answered(let response) where response.status >= 500 && profile.retry.isReplay(response):
            breaker.release()
        case .answered(let response): breaker.record(success: response.status < 500, at: timing.elapsed())
        case .failed: breaker.record(success: false, at: timing.elapsed())
        }
    }

    private func slept(_ duration: Duration) async -> Bool {
        do {
            try await timing.sleep(duration)
            return true
        } catch {
            return false
        }
    }

    private static func failure(_ reason: String, doubt: Bool, evidence: OutboundEvidence?) -> OutboundError {
        doubt ? .unknown(reason: reason, evidence: evidence) : .unavailable(reason: reason, evidence: evidence)
    }

    private func measure(_ request: OutboundRequest, since started: Duration, outcome: String) {
        let dimensions = [("provider", profile.name), ("operation", request.operation), ("outcome", outcome)]
        Metrics.Timer(label: "haat_outbound_duration_seconds", dimensions: dimensions)
            .recordSeconds((timing.elapsed() - started) / .seconds(1))
    }
}

extension OutboundError {
    /// Whether it stays as it is until somebody changes a setting.
    fileprivate var isForOperators: Bool { if case .credentialsRefused = self { true } else { false } }

    fileprivate var label: String {
        switch self {
        case .refused: "refused"
        case .credentialsRefused: "credentials_refused"
        case .unavailable: "unavailable"
        case .unknown: "unknown"
        }
    }
}
