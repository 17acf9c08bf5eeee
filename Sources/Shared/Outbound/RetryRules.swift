import Core
package import Foundation

/// How often and how patiently a provider's calls are repeated.
package struct RetryRules: Sendable {
    package var maximumAttempts: Int
    package var base: Duration
    package var cap: Duration
    /// A header by which the provider itself says `true` or `false` (Stripe: `Stripe-Should-Retry`).
    package var adviceHeader: String?
    /// A header by which the provider marks with `true` an answer that it has kept under the call's key and gives again (Stripe:
    /// `Idempotent-Replayed`).
    package var replayHeader: String?

    package init(
        maximumAttempts: Int = 3, base: Duration = .milliseconds(500), cap: Duration = .seconds(5),
        adviceHeader: String? = nil, replayHeader: String? = nil
    ) {
        self.maximumAttempts = maximumAttempts
        self.base = base
        self.cap = cap
        self.adviceHeader = adviceHeader
        self.replayHeader = replayHeader
    }

    /// Exponential backoff with full jitter: anywhere between nothing and the doubled base, capped.
    func backoff(afterAttempt attempt: Int, random: Double) -> Duration {
        let doubled = base * (1 << min(max(attempt - 1, 0), 20))
        return min(doubled, cap) * random
    }
}

/// How one attempt ended.
enum AttemptOutcome: Sendable {
    case answered(OutboundResponse)
    case failed(TransportFailure)
}

/// What one attempt means for the call.
enum AttemptVerdict: Equatable {
    case success(OutboundResponse)
    case refused(OutboundResponse)
    /// No usable answer. `inDoubt`: it may have had its effect; `repeatable`: another attempt can do no harm.
    case fault(inDoubt: Bool, repeatable: Bool, reason: String, wait: Duration?)
}

extension RetryRules {
    /// Pure: the meaning of an attempt's end for a call of this safety.
    func verdict(on outcome: AttemptOutcome, safety: CallSafety, now: Date) -> AttemptVerdict {
        switch outcome {
        case .failed(.notSent(let reason)):
            return .fault(inDoubt: false, repeatable: true, reason: reason, wait: nil)
        case .failed(.interrupted(let reason)):
            return .fault(inDoubt: safety != .read, repeatable: safety != .once, reason: reason, wait: nil)
        case .answered(let response):
            return verdict(on: response, safety: safety, now: now)
        }
    }

    private func verdict(on response: OutboundResponse, safety: CallSafety, now: Date) -> AttemptVerdict {
        let advice = adviceHeader.flatMap { response.header($0) }.flatMap(Self.flag)
        let wait = Self.retryAfter(response.header("Retry-After"), now: now)
        let reason = "status \(response.status)"
        switch response.status {
        case 200..<300:
            return .success(response)
        case 429:
            return .fault(inDoubt: false, repeatable: advice ?? true, reason: reason, wait: wait)
        case 408:
            return .fault(
                inDoubt: safety != .read, repeatable: safety != .once && advice != false, reason: reason, wait: wait)
        case 409:
            // A conflict on a key means that the first call under it is still running: its end is not known yet.
            guard case .keyed = safety, advice != false else { return .refused(response) }
            return .fault(inDoubt: true, repeatable: true, reason: reason, wait: wait)
        case 400..<500:
            guard advice == true else { return .refused(response) }
            return .fault(inDoubt: false, repeatable: true, reason: reason, wait: wait)
        case 500...:
            let mayChange = safety != .once && !isReplay(response)
            return .fault(
                inDoubt: safety != .read, repeatable: mayChange && advice != false, reason: reason, wait: wait)
        default:
            return .refused(response)
        }
    }

    /// Whether the answer is an earlier one, given again.
    func isReplay(_ response: OutboundResponse) -> Bool {
        replayHeader.flatMap { response.header($0) }.flatMap(Self.flag) ?? false
    }

    /// `true` or `false` in any case; nil for anything else.
    private static func flag(_ value: String) -> Bool? {
        if value.utf8.isEqualIgnoringCase(to: "true") { return true }
        return value.utf8.isEqualIgnoringCase(to: "false") ? false : nil
    }

    /// In seconds.
    private static let longestWait = 86_400

    /// Seconds or an HTTP date, at most a day, as RFC 9110 section 10.2.3 has it; anything else counts as absent.
    package static func retryAfter(_ value: String?, now: Date) -> Duration? {
        guard let value, value.utf8.count <= 64 else { return nil }
        if let seconds = Int(Substring(value.utf8.trimmingBlanks())), seconds >= 0 {
            return .seconds(min(seconds, longestWait))
        }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        guard let date = format.date(from: value) else { return nil }
        return .seconds(min(max(0, date.timeIntervalSince(now)), TimeInterval(longestWait)))
    }
}
