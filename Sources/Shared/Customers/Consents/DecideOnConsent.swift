package import Core
import Foundation
package import Identity
package import Jobs
import Postgres

/// Notes what a person has agreed to, or agrees to no more. Withdrawing takes what agreeing takes: one call.
package struct DecideOnConsent: Sendable {
    private let store = ConsentStore()
    private let accounts = AccountStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// Agreeing to the same version again changes nothing.
    /// - Parameter id: the notice that the person has before them.
    /// - Throws: `Problem`: 422 for a notice that there is not for this purpose; 409 ("consent-notice-overtaken") for one that is not
    ///   the newest in its language; `PostgresError`.
    package func give(
        _ purpose: ConsentPurpose, _ id: ID<ConsentNotice>, by principal: Principal, in work: UnitOfWork
    ) async throws -> ConsentState {
        let account = try await held(by: principal, in: work)
        guard let notice = try await store.notice(id, in: work), notice.purpose == purpose else {
            throw Problem.invalidInput([
                FieldProblem(pointer: "/notice_id", code: "unknown", message: "there is no such notice for this")
            ])
        }
        guard try await store.newestVersion(of: purpose, in: notice.locale, work) == notice.version else {
            throw Problem.consentNoticeOvertaken
        }
        let shown = NoticeShown(id: id, version: notice.version, locale: notice.locale)
        let present = try await store.state(of: account, on: purpose, in: work)
        guard !present.isGiven || present.decision?.notice != shown else { return present }
        return try await decide(purpose, isGiven: true, shown, of: account, by: principal, in: work)
    }

    /// Withdrawing what was not given changes nothing.
    package func withdraw(
        _ purpose: ConsentPurpose, by principal: Principal, in work: UnitOfWork
    ) async throws -> ConsentState {
        let account = try await held(by: principal, in: work)
        let present = try await store.state(of: account, on: purpose, in: work)
        guard present.isGiven else { return present }
        return try await decide(purpose, isGiven: false, nil, of: account, by: principal, in: work)
    }

    /// The principal's own account; others who decide for it wait.
    private func held(by principal: Principal, in work: UnitOfWork) async throws -> ID<Account> {
        let account = try principal.requireSignedIn().account
        guard try await accounts.hold(account, in: work) != nil else { throw Problem.notFound("account") }
        return account
    }

    private func decide(
        _ purpose: ConsentPurpose, isGiven: Bool, _ notice: NoticeShown?, of account: ID<Account>,
        by principal: Principal, in work: UnitOfWork
    ) async throws -> ConsentState {
        let consent = Consent(
            id: ID(uuid: ids.next()), purpose: purpose, isGiven: isGiven, notice: notice, source: .account,
            decidedAt: clock.now.roundedToMicroseconds)
        try await store.insert(consent, of: account, in: work)
        try work.publish(ConsentDecided(accountID: account, purpose: purpose.rawValue, isGiven: isGiven))
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: isGiven ? "consent.given" : "consent.withdrawn", subject: account,
                payload: [
                    "purpose": .string(purpose.rawValue),
                    "notice_id": notice.map { .string($0.id.description) } ?? .null,
                ]), in: work)
        return ConsentState(purpose: purpose, decision: consent)
    }
}
