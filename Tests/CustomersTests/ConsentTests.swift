import CommerceTestSupport
import Core
import Customers
import Foundation
import Identity
import Postgres
import Testing

@Suite("Consents")
struct ConsentTests {
    private static let text = "We send you offers by e-mail, at most one a week."
    private static let bengali = LanguageTag("bn-BD")!

    private func publish(
        for purpose: ConsentPurpose = .marketingEmail, in locale: LanguageTag = .english, _ patrons: Patrons
    ) async throws -> ConsentNotice {
        try await patrons.market.work {
            try await patrons.publish(Self.text, for: purpose, in: locale, by: .system, in: $0)
        }
    }

    private func give(
        _ notice: ConsentNotice, for purpose: ConsentPurpose = .marketingEmail, by principal: Principal,
        _ patrons: Patrons
    ) async throws -> ConsentState {
        try await patrons.market.work { try await patrons.decide.give(purpose, notice.id, by: principal, in: $0) }
    }

    @Test("Whoever says nothing agrees to nothing; what is given and withdrawn stays on record")
    func history() async throws {
        try await Patrons.open { patrons in
            let karim = try await patrons.customer()
            let (store, client) = (ConsentStore(), patrons.market.client)
            let before = try await store.states(of: karim.ownAccount, in: client)
            #expect(before.map(\.purpose) == ConsentPurpose.allCases && !before.contains(where: \.isGiven))
            let notice = try await publish(in: Self.bengali, patrons)
            let given = try await give(notice, by: karim, patrons)
            #expect(
                given.isGiven && given.decision?.notice == NoticeShown(id: notice.id, version: 1, locale: Self.bengali))
            let again = try await give(notice, by: karim, patrons)
            #expect(again == given)
            patrons.market.clock.advance(by: 60)
            let withdrawn = try await patrons.market.work {
                try await patrons.decide.withdraw(.marketingEmail, by: karim, in: $0)
            }
            #expect(!withdrawn.isGiven && withdrawn.decision?.notice == nil)
            let twice = try await patrons.market.work {
                try await patrons.decide.withdraw(.marketingEmail, by: karim, in: $0)
            }
            #expect(twice == withdrawn)
            #expect(try await store.state(of: karim.ownAccount, on: .marketingEmail, in: client) == withdrawn)
            #expect(try await store.state(of: karim.ownAccount, on: .analytics, in: client).decision == nil)
            let history = try await store.history(of: karim.ownAccount, page: PageRequest(), in: client)
            #expect(history.items == [withdrawn.decision, given.decision].compactMap(\.self))
            #expect(
                try await patrons.market.told("consent.decided").map { $0["isGiven"] ?? $0["is_given"] } == [
                    true, false,
                ])
        }
    }

    @Test("Consent is to the newest notice of its purpose; who agreed to an earlier one has agreed to that")
    func versions() async throws {
        try await Patrons.open { patrons in
            let karim = try await patrons.customer()
            let first = try await publish(patrons)
            _ = try await give(first, by: karim, patrons)
            let second = try await publish(patrons)
            #expect(second.version == 2)
            let state = try await ConsentStore().state(
                of: karim.ownAccount, on: .marketingEmail, in: patrons.market.client)
            #expect(state.isGiven && state.decision?.notice?.version == 1)
            let overtaken = try await patrons.refusal { _ = try await give(first, by: karim, patrons) }
            #expect(overtaken?.type == "consent-notice-overtaken")
            let other = try await publish(for: .analytics, patrons)
            let unknown = try await patrons.refusal { _ = try await give(other, by: karim, patrons) }
            #expect(unknown?.fields.map(\.code) == ["unknown"])
            #expect(try await give(second, by: karim, patrons).decision?.notice?.version == 2)
            let short = try await patrons.refusal {
                _ = try await patrons.market.work {
                    try await patrons.publish("Yes?", for: .analytics, in: .english, by: .system, in: $0)
                }
            }
            #expect(short?.fields.map(\.pointer) == ["/text"])
        }
    }

    @Test("People read notices in their language, in its nearest, or in English")
    func languages() async throws {
        try await Patrons.open { patrons in
            for tag in ["en", "bn-IN", "hi"] { _ = try await publish(in: LanguageTag(tag)!, patrons) }
            _ = try await publish(for: .analytics, in: LanguageTag("ta-LK")!, patrons)
            let current = try await ConsentStore().currentNotices(in: patrons.market.client)
            let cases = [("bn-BD", "bn-IN"), ("BN-in", "bn-IN"), ("hi-IN", "hi"), ("ta-IN", "en"), ("en-GB", "en")]
            for (wanted, found) in cases {
                let shown = current.inLanguage(LanguageTag(wanted)!)
                #expect(shown.first { $0.purpose == .marketingEmail }?.locale.text == found, "\(wanted)")
                #expect(shown.first { $0.purpose == .analytics }?.locale.text == "ta-LK")
            }
        }
    }

    @Test("Neither notices nor decisions can be changed or taken away")
    func evidence() async throws {
        try await Patrons.open { patrons in
            let karim = try await patrons.customer()
            _ = try await give(try await publish(patrons), by: karim, patrons)
            for statement: PostgresStatement in [
                "UPDATE consents SET is_given = false", "DELETE FROM consents", "UPDATE consent_notices SET text = 'x'",
                "DELETE FROM consent_notices",
            ] {
                await #expect(throws: PostgresError.self) { try await patrons.market.owner.execute(statement) }
            }
        }
    }
}
