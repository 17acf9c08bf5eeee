import Core
import Foundation
import Outbound
import Testing

@testable import OutgoingWebhooks

@Suite("When webhooks are sent again")
struct ScheduleTests {
    private static func result(
        _ ending: WebhookCallResult.Ending, failures: Int = 0, attempts: Int = 0
    ) -> WebhookCallResult {
        let delivery = WebhookDelivery(
            id: ID(uuid: UUID()), endpoint: ID(uuid: UUID()), event: UUID(), eventType: "order.paid", body: "{}",
            attempts: attempts, failures: failures, dueAt: now, createdAt: now)
        return WebhookCallResult(delivery: delivery, startedAt: now, milliseconds: 1, ending: ending)
    }

    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private static func answered(_ status: Int, retryAfter: Duration? = nil) -> WebhookCallResult.Ending {
        .answered(status: status, excerpt: "", retryAfter: retryAfter)
    }

    @Test("Ten calls over three days, each delay up to a fifth longer")
    func delays() {
        let shortest = (1...9).compactMap { WebhookSchedule.delay(afterFailures: $0, retryAfter: nil, random: 0) }
        let longest = (1...9).compactMap { WebhookSchedule.delay(afterFailures: $0, retryAfter: nil, random: 0.999) }
        #expect(shortest == WebhookSchedule.delays)
        let (hours, minutes): (Int64, Int64) = (75, 35)
        #expect(shortest.reduce(Duration.zero, +) == Duration.seconds(hours * 3600 + minutes * 60 + 5))
        for (short, long) in zip(shortest, longest) { #expect(long > short && long <= short * 1.2) }
        #expect(WebhookSchedule.delay(afterFailures: 10, retryAfter: .seconds(1), random: 0) == nil)
    }

    @Test("A receiver can ask for more time, never for less")
    func retryAfter() {
        #expect(WebhookSchedule.delay(afterFailures: 1, retryAfter: .seconds(600), random: 0) == .seconds(600))
        #expect(WebhookSchedule.delay(afterFailures: 4, retryAfter: .seconds(1), random: 0) == .seconds(7200))
    }

    @Test("Only an answer of 2xx counts", arguments: [199, 301, 302, 307, 400, 404, 410, 429, 500, 503])
    func refusals(status: Int) {
        let after = Self.result(Self.answered(status)).delivery(at: Self.now, random: 0)
        #expect(after.state == .pending && after.failures == 1 && after.attempts == 1)
        #expect(after.dueAt == Self.now + 5)
    }

    @Test("What is taken is done with, and the tenth failure is the last")
    func ends() {
        let taken = Self.result(Self.answered(202), failures: 3, attempts: 3).delivery(at: Self.now, random: 0)
        #expect(taken.state == .delivered && taken.dueAt == nil && taken.attempts == 4)
        let given = Self.result(.failed(.tooSlow), failures: 9, attempts: 9).delivery(at: Self.now, random: 0)
        #expect(given.state == .failed && given.dueAt == nil)
    }

    @Test("An endpoint that does not answer rests longer and longer, five minutes at most, and is well again at once")
    func silence() {
        var health = WebhookEndpointHealth()
        var rests: [TimeInterval] = []
        for _ in 0..<12 {
            health.pausedUntil = nil
            health.note([Self.result(.failed(.tooSlow))], at: Self.now, random: 1)
            rests.append(health.pausedUntil?.timeIntervalSince(Self.now) ?? 0)
        }
        #expect(rests.prefix(4) == [5, 10, 20, 40] && rests.last == 300)
        #expect(health.failingSince == Self.now && health.unanswered == 12)
        health.note([Self.result(Self.answered(204))], at: Self.now + 60, random: 1)
        #expect(health == WebhookEndpointHealth(lastDeliveredAt: Self.now + 60))
    }

    @Test("Whoever answers badly is not silent, and what it asks for holds for all its messages, for an hour at most")
    func refusing() {
        var health = WebhookEndpointHealth(unanswered: 3)
        health.note([Self.result(Self.answered(500))], at: Self.now, random: 1)
        #expect(health.unanswered == 0 && health.pausedUntil == nil && health.failingSince == Self.now)
        health.note([Self.result(Self.answered(429, retryAfter: .seconds(90)))], at: Self.now, random: 1)
        #expect(health.pausedUntil == Self.now + 90)
        health.note([Self.result(Self.answered(503, retryAfter: .seconds(86_400)))], at: Self.now, random: 1)
        #expect(health.pausedUntil == Self.now + 3600)
    }

    @Test("Five days without anything taken are enough")
    func patience() {
        var health = WebhookEndpointHealth()
        health.note([Self.result(Self.answered(500))], at: Self.now, random: 1)
        #expect(!health.isBeyondPatience(at: Self.now + 5 * 86_400 - 1))
        #expect(health.isBeyondPatience(at: Self.now + 5 * 86_400))
    }

    @Test("An answer is kept as a text that anybody can read")
    func excerpts() {
        #expect(WebhookCaller.text(of: Array("a\u{0}b\nc".utf8) + [0xFF]) == "a\u{FFFD}b\nc\u{FFFD}")
    }
}
