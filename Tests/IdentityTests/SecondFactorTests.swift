import CommerceTestSupport
import Core
import Foundation
import Jobs
import Postgres
import Testing

@testable import Identity

@Suite("Second factors")
struct SecondFactorTests {
    private let karim = People.email("karim")

    /// Somebody who has signed in and enrolled an authenticator.
    private struct Enrolled: Sendable {
        let session: StartedSession
        let authenticator: TimeBasedCode
        let recoveryCodes: [RecoveryCode]

        func code(at time: Date) -> String { authenticator.code(at: TimeBasedCode.step(at: time)).reveal() }
    }

    private func enrol(_ people: People) async throws -> Enrolled {
        let session = try await people.signUp(karim)
        let principal = try #require(try await people.principal(session))
        let setup = try await people.market.work { try await people.enrol.begin(by: principal, in: $0) }
        let authenticator = TimeBasedCode(seed: Self.decode(setup.secret.reveal()))
        let code = authenticator.code(at: TimeBasedCode.step(at: people.market.clock.now)).reveal()
        let shown = try await people.checkAuthenticator(code, .confirming, by: principal, in: people.market.client)
        let codes = try await people.market.work { try await people.enrol.confirm(shown, by: principal, in: $0) }
        people.market.clock.advance(by: 30)
        return Enrolled(session: session, authenticator: authenticator, recoveryCodes: codes)
    }

    /// By the definition of RFC 4648, apart from the code under test.
    private static func decode(_ text: String) -> [UInt8] {
        let bits = text.utf8.flatMap { letter -> [UInt8] in
            let value = letter >= UInt8(ascii: "A") ? letter - UInt8(ascii: "A") : letter - UInt8(ascii: "2") + 26
            return (0..<5).map { value >> (4 - $0) & 1 }
        }
        return stride(from: 0, through: bits.count - 8, by: 8).map { bits[$0..<$0 + 8].reduce(0) { $0 << 1 | $1 } }
    }

    private func show(_ code: String, _ people: People, in session: StartedSession) async throws {
        let principal = try #require(try await people.principal(session))
        let shown = try await people.checkAuthenticator(code, .enrolled, by: principal, in: people.market.client)
        try await people.market.work { try await people.showSecondFactor(shown, by: principal, in: $0) }
    }

    @Test("The session that enrols goes on, every other opens nothing before it has shown a code")
    func awaited() async throws {
        try await People.open { people in
            let other = try await people.signUp(karim)
            let enrolled = try await enrol(people)
            #expect(try await people.principal(enrolled.session)?.awaitsSecondFactor == false)
            let waiting = try #require(try await people.principal(other))
            #expect(waiting.awaitsSecondFactor && waiting.permissions.isEmpty && waiting.visibility == .nothing)
            let started = try await people.signIn(karim)
            #expect(started.awaitsSecondFactor)
            try await show(enrolled.code(at: people.market.clock.now), people, in: started)
            let principal = try #require(try await people.principal(started))
            #expect(principal.permissions == Role.customer.permissions)
            #expect(principal.secondFactorAt == people.market.clock.now.roundedToMicroseconds)
        }
    }

    @Test("A code counts once: neither again, nor in another session, nor an earlier one after it")
    func replayed() async throws {
        try await People.open { people in
            let enrolled = try await enrol(people)
            let now = people.market.clock.now
            let (first, second) = (try await people.signIn(karim), try await people.signIn(karim))
            try await show(enrolled.code(at: now), people, in: first)
            for code in [enrolled.code(at: now), enrolled.code(at: now - 30)] {
                for session in [first, second] {
                    #expect(try await people.refusal { try await show(code, people, in: session) } == .wrongCode)
                }
            }
            try await show(enrolled.code(at: now + 30), people, in: second)
        }
    }

    @Test("Of one code that is shown many times at once one counts")
    func replayedAtOnce() async throws {
        try await People.open { people in
            let enrolled = try await enrol(people)
            let code = enrolled.code(at: people.market.clock.now)
            var sessions: [StartedSession] = []
            for _ in 0..<6 { sessions.append(try await people.signIn(karim)) }
            let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for session in sessions {
                    group.addTask { try await people.refusal { try await show(code, people, in: session) } == nil }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(accepted == 1)
        }
    }

    @Test("A recovery code stands in once, also after wrong codes were shown too often")
    func recovery() async throws {
        try await People.open { people in
            let enrolled = try await enrol(people)
            let started = try await people.signIn(karim)
            var refusals = 0
            while try await people.refusal({ try await show("000000", people, in: started) })?.status != 429 {
                refusals += 1
            }
            #expect(refusals <= GuessLimit.secondFactor.count)
            // Whoever guesses elsewhere keeps nobody from the device that has shown one before.
            try await show(enrolled.code(at: people.market.clock.now), people, in: enrolled.session)
            let recover = { @Sendable (code: String) in
                let principal = try #require(try await people.principal(started))
                try await people.market.work {
                    try await people.showSecondFactor(recoveryCode: code, by: principal, in: $0)
                }
            }
            let code = enrolled.recoveryCodes[0].reveal()
            #expect(try await people.refusal { try await recover("0000-0000-0000-0000") }?.status == 422)
            try await recover(code)
            #expect(try await people.principal(started)?.awaitsSecondFactor == false)
            #expect(try await people.refusal { try await recover(code) }?.fields.map(\.pointer) == ["/recovery_code"])
            for secret in enrolled.recoveryCodes { #expect(try await people.rows(holding: secret.reveal()) == 0) }
        }
    }

    @Test("New recovery codes end the old ones, and removing the authenticator ends both")
    func removed() async throws {
        try await People.open { people in
            let enrolled = try await enrol(people)
            let principal = try #require(try await people.principal(enrolled.session))
            let again = try await people.refusal {
                _ = try await people.market.work { try await people.enrol.begin(by: principal, in: $0) }
            }
            #expect(again == .secondFactorEnrolled)
            let renewed = try await people.market.work {
                try await people.enrol.renewRecoveryCodes(by: principal, in: $0)
            }
            #expect(Set(renewed).isDisjoint(with: enrolled.recoveryCodes) && renewed.count == RecoveryCode.count)
            let started = try await people.signIn(karim)
            let waiting = try #require(try await people.principal(started))
            let old = try await people.refusal {
                try await people.market.work {
                    try await people.showSecondFactor(
                        recoveryCode: enrolled.recoveryCodes[1].reveal(), by: waiting, in: $0)
                }
            }
            #expect(old?.status == 422)
            try await people.market.work { try await people.enrol.remove(by: principal, in: $0) }
            #expect(try await people.principal(started)?.awaitsSecondFactor == false)
            #expect(try await people.principal(started)?.secondFactorAt == nil)
            #expect(try await people.market.client.queryValue("SELECT count(*) FROM recovery_codes", as: Int.self) == 0)
            let none = try await people.refusal {
                try await people.market.work { try await people.enrol.remove(by: principal, in: $0) }
            }
            #expect(none == .noSecondFactor)
        }
    }

    @Test("What was shown before an authenticator was enrolled is another one's")
    func reenrolled() {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        #expect(SignedIn.SecondFactor(enrolledAt: nil, shownAt: time) == .none)
        #expect(SignedIn.SecondFactor(enrolledAt: time, shownAt: nil) == .awaited)
        #expect(SignedIn.SecondFactor(enrolledAt: time, shownAt: time - 1) == .awaited)
        #expect(SignedIn.SecondFactor(enrolledAt: time, shownAt: time) == .shown(at: time))
    }
}
