package import Foundation
import Outbound

/// When a message is sent again that was not taken, and what calls say of their endpoint.
package enum WebhookSchedule {
    /// After so many failures each: the Standard Webhooks specification's example, about three days in all.
    package static let delays: [Duration] = [
        .seconds(5), .seconds(5 * 60), .seconds(30 * 60), .seconds(2 * 3600), .seconds(5 * 3600), .seconds(10 * 3600),
        .seconds(14 * 3600), .seconds(20 * 3600), .seconds(24 * 3600),
    ]
    /// Up to so much of a delay is added, so that what failed together does not come back together.
    static let jitter = 0.2
    /// An endpoint that has taken nothing for so long is disabled.
    package static let patience: TimeInterval = 5 * 86_400
    /// For so long at most an endpoint is left alone because it asks for it.
    static let longestPause: Duration = .seconds(3600)

    private static let firstPause: Duration = .seconds(5)
    private static let longestSilencePause: Duration = .seconds(300)

    /// - Parameters:
    ///   - failures: at least one.
    ///   - retryAfter: what the receiver has asked for; a day at most.
    ///   - random: in 0..<1.
    /// - Returns: nil where nothing more is tried.
    static func delay(afterFailures failures: Int, retryAfter: Duration?, random: Double) -> Duration? {
        guard delays.indices.contains(failures - 1) else { return nil }
        let delay = delays[failures - 1]
        return max(delay + delay * (jitter * random), retryAfter ?? .zero)
    }

    /// How long an endpoint rests after so many calls in a row that nobody answered; between the half of a doubling time and all of it.
    static func pause(afterUnanswered count: Int, random: Double) -> Duration {
        let doubled = min(firstPause * (1 << min(max(count - 1, 0), 10)), longestSilencePause)
        return doubled * (0.5 + random / 2)
    }
}

/// How a call of a delivery ended.
struct WebhookCallResult: Sendable {
    enum Ending: Sendable, Hashable {
        case answered(status: Int, excerpt: String, retryAfter: Duration?)
        case failed(UntrustedCallError)
    }

    let delivery: WebhookDelivery
    let startedAt: Date
    let milliseconds: Int
    let ending: Ending

    var isTaken: Bool {
        if case .answered(let status, _, _) = ending { (200..<300).contains(status) } else { false }
    }

    /// Whether the receiver says that there is nobody any more.
    var isGone: Bool {
        if case .answered(410, _, _) = ending { true } else { false }
    }

    /// Whether it held us up, or could not be had at all.
    var isUnanswered: Bool {
        if case .failed(let error) = ending { error.isTemporary } else { false }
    }

    var retryAfter: Duration? {
        if case .answered(_, _, let wait) = ending { wait } else { nil }
    }

    var attempt: WebhookAttempt {
        let number = delivery.attempts + 1
        return switch ending {
        case .answered(let status, let excerpt, _):
            WebhookAttempt(
                number: number, startedAt: startedAt, milliseconds: milliseconds, status: status, error: nil,
                answer: excerpt)
        case .failed(let error):
            WebhookAttempt(
                number: number, startedAt: startedAt, milliseconds: milliseconds, status: nil,
                error: error.description, answer: "")
        }
    }

    /// The delivery afterwards.
    func delivery(at now: Date, random: Double) -> WebhookDelivery {
        let failures = isTaken ? 0 : delivery.failures + 1
        let wait =
            isTaken ? nil : WebhookSchedule.delay(afterFailures: failures, retryAfter: retryAfter, random: random)
        return WebhookDelivery(
            id: delivery.id, endpoint: delivery.endpoint, event: delivery.event, eventType: delivery.eventType,
            body: delivery.body, state: isTaken ? .delivered : wait == nil ? .failed : .pending,
            attempts: delivery.attempts + 1, failures: failures, dueAt: wait.map { now + $0 / .seconds(1) },
            createdAt: delivery.createdAt)
    }
}

extension WebhookEndpointHealth {
    /// Takes in how calls went that were made at once.
    mutating func note(_ results: [WebhookCallResult], at now: Date, random: Double) {
        if results.contains(where: \.isTaken) {
            (failingSince, pausedUntil, lastDeliveredAt) = (nil, nil, now)
        } else {
            failingSince = failingSince ?? now
        }
        unanswered = results.contains(where: \.isUnanswered) ? unanswered + 1 : 0
        if unanswered > 0 {
            rest(until: now + WebhookSchedule.pause(afterUnanswered: unanswered, random: random) / .seconds(1))
        }
        // What it asks for holds for all that is for it.
        if let wait = results.filter({ !$0.isTaken }).compactMap(\.retryAfter).max() {
            rest(until: now + min(wait, WebhookSchedule.longestPause) / .seconds(1))
        }
    }

    private mutating func rest(until moment: Date) {
        pausedUntil = max(pausedUntil ?? moment, moment)
    }

    /// Whether it has taken nothing for too long.
    func isBeyondPatience(at now: Date) -> Bool {
        failingSince.map { now.timeIntervalSince($0) >= WebhookSchedule.patience } ?? false
    }
}
