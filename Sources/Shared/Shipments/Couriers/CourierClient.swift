import Foundation
package import Outbound
import Postgres
import Synchronization

/// Calls a courier when it is our turn, which all processes share, and notes how that went.
package final class CourierClient: Sendable {
    /// How long a call waits for its turn.
    private static let patience: TimeInterval = 5
    /// How long nobody asks after the courier has said that it was asked too often, and not until when.
    private static let pauseAfterLimit: TimeInterval = 30
    private static let longestPause = 3_600
    /// So that a courier in good health costs a write each half minute, not with each call.
    private static let noteInterval: TimeInterval = 30

    private let courier: CourierName
    private let client: ProviderClient
    private let turns: CourierTurns?
    private let pace: CourierPace
    private let timing: OutboundTiming
    private let notedAt = Mutex<Date?>(nil)

    init(courier: CourierName, client: ProviderClient, turns: CourierTurns?, pace: CourierPace, timing: OutboundTiming)
    {
        self.courier = courier
        self.client = client
        self.turns = turns
        self.pace = pace
        self.timing = timing
    }

    /// - Parameters:
    ///   - refusal: what a 4xx with a body means; by default its status is all that is told.
    ///   - fault: what an answer means that is no usable one by its status, where the courier says more in it; nil where it does not.
    /// - Returns: the courier's 2xx answer.
    package func call(
        _ request: OutboundRequest,
        refusal: (OutboundAnswer) -> CourierError = { .refused(code: nil, message: "status \($0.response.status)") },
        fault: (OutboundEvidence) -> CourierError? = { _ in nil }
    ) async throws(CourierError) -> OutboundAnswer {
        try await awaitTurn()
        do {
            let answer = try await client.call(request)
            await note(nil)
            return answer
        } catch {
            switch error {
            case .refused, .credentialsRefused: await note(nil)
            case .unavailable(let reason, let evidence):
                await note(reason)
                if evidence?.status == 429 { await hold(afterLimit: evidence) }
            case .unknown(let reason, _): await note(reason)
            }
            if case .refused = error { throw CourierError(error, refusal: refusal) }
            throw error.evidence.flatMap(fault) ?? CourierError(error, refusal: refusal)
        }
    }

    private func awaitTurn() async throws(CourierError) {
        guard let turns else { return }
        do {
            switch try await turns.take(at: courier, pace: pace, now: timing.now(), patience: Self.patience) {
            case .after(let seconds):
                if seconds > 0 { try await timing.sleep(.seconds(seconds)) }
            case .crowded: throw CourierError.notOurTurn("more calls wait than \(courier) takes")
            case .held(let reason): throw CourierError.unavailable(reason)
            }
        } catch let error as CourierError {
            throw error
        } catch {
            throw .unavailable("our own limit for \(courier) can't be asked: \(error)")
        }
    }

    private func hold(afterLimit evidence: OutboundEvidence?) async {
        let header = evidence?.responseHeaders.first { $0.key.lowercased() == "retry-after" }?.value
        let seconds = header.flatMap { Int($0) }.map { TimeInterval(min(max(1, $0), Self.longestPause)) }
        do {
            try await turns?.hold(
                courier, for: seconds ?? Self.pauseAfterLimit, because: "it was asked too often", now: timing.now())
        } catch {
            // The next call is turned away as this one was.
        }
    }

    /// What can't be noted is no reason to drop an answer.
    private func note(_ failure: String?) async {
        let now = timing.now()
        let isDue = notedAt.withLock { last in
            guard failure == nil, let known = last, now.timeIntervalSince(known) < Self.noteInterval else {
                last = failure == nil ? now : nil
                return true
            }
            return false
        }
        guard isDue else { return }
        do {
            try await turns?.note(failure, at: courier, now: now)
        } catch {
            // The next call notes it.
        }
    }
}
