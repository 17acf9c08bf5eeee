import Core
import Foundation
import Testing

@testable import Payments

@Suite("The states of a payment")
struct LatticeTests {
    private let states = PaymentState.allCases

    @Test("Joining is commutative, associative and idempotent")
    func semilattice() {
        for a in states {
            #expect(a.joined(with: a) == a)
            for b in states {
                #expect(a.joined(with: b) == b.joined(with: a))
                for c in states {
                    #expect(a.joined(with: b).joined(with: c) == a.joined(with: b.joined(with: c)))
                }
            }
        }
    }

    @Test("Money that arrived outweighs every way to fail, and nothing outweighs money but its refund")
    func captureWins() {
        for state in states where !state.isCaptured { #expect(state.joined(with: .captured) == .captured) }
        for status in ReportStatus.allCases { #expect(PaymentState.refunded.joined(with: status.state) == .refunded) }
    }

    @Test("A stale event never moves a payment backwards")
    func stale() {
        let captured = Fixture.payment(state: .captured)
        for status in ReportStatus.allCases {
            #expect(captured.assess(Fixture.report(captured, status)) == .nothing)
        }
    }

    @Test("Failed to captured is the one late edge that a pushed report may take by itself")
    func lateEdge() {
        #expect(assess(.failed, .captured) == .move(to: .captured))
        for state in [PaymentState.expired, .cancelled, .conflicted] {
            guard case .doubtful = assess(state, .captured) else {
                Issue.record("\(state) took a pushed capture without asking")
                continue
            }
            #expect(assess(state, .captured, source: .read(.system)) == .move(to: .captured))
        }
    }

    @Test(
        "What does not match the payment is doubtful when pushed and a conflict when the gateway itself says so",
        arguments: [
            Fixture.Claim(amount: Money(minorUnits: 1, currency: .bdt)),
            Fixture.Claim(amount: Money(minorUnits: 120_000, currency: .usd)),
            Fixture.Claim(merchantAccount: "live"),
            Fixture.Claim(reference: "pi_other"),
            Fixture.Claim(sessionReference: "cs_other"),
        ])
    func mismatch(claim: Fixture.Claim) {
        let payment = Fixture.payment(state: .pending)
        guard case .doubtful = payment.assess(Fixture.report(payment, .captured, claim: claim)) else {
            Issue.record("pushed mismatch was believed")
            return
        }
        guard
            case .conflict = payment.assess(Fixture.report(payment, .captured, source: .read(.system), claim: claim))
        else {
            Issue.record("the gateway's own mismatch was no conflict")
            return
        }
    }

    @Test("The end of a session that nobody was sent to says nothing about the payment")
    func abandonedSession() {
        let payment = Fixture.payment(state: .pending)
        let report = Fixture.report(payment, .expired, claim: Fixture.Claim(sessionReference: "cs_abandoned"))
        #expect(payment.assess(report) == .nothing)
    }

    @Test("Any order of any multiset of reports ends in the same state with one capture", arguments: 0..<400)
    func confluence(seed: UInt64) {
        var random = SplitMix(state: seed)
        let statuses = (0..<Int.random(in: 1...8, using: &random)).map { _ in
            ReportStatus.allCases.randomElement(using: &random)!
        }
        // What the gateway answers when asked: money that it ever took stays taken.
        let truth = statuses.map(\.state).reduce(PaymentState.created) { $0.joined(with: $1) }
        let outcomes = (0..<6).map { _ in play(statuses.shuffled(using: &random), truth: truth) }
        for outcome in outcomes {
            #expect(outcome.state == outcomes[0].state)
            #expect(outcome.captures == (statuses.contains(.captured) ? 1 : 0))
        }
    }

    private func play(_ statuses: [ReportStatus], truth: PaymentState) -> (state: PaymentState, captures: Int) {
        var payment = Fixture.payment(state: .created)
        var captures = 0
        for status in statuses {
            var assessment = payment.assess(Fixture.report(payment, status))
            if case .doubtful = assessment, let answer = ReportStatus.allCases.first(where: { $0.state == truth }) {
                assessment = payment.assess(Fixture.report(payment, answer, source: .read(.system)))
            }
            guard case .move(let state) = assessment else { continue }
            if state == .captured { captures += 1 }
            payment.state = state
        }
        return (payment.state, captures)
    }

    private func assess(
        _ state: PaymentState, _ status: ReportStatus, source: ReportSource = .webhook(eventID: "evt_1")
    ) -> Assessment {
        let payment = Fixture.payment(state: state)
        return payment.assess(Fixture.report(payment, status, source: source))
    }
}

/// A small generator whose seed replays a failure.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
