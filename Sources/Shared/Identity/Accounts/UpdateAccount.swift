package import Core
import Foundation
package import Jobs
import Postgres

/// What somebody says about themselves.
package struct AccountProfile: Hashable, Sendable {
    package let name: String?
    package let latinName: String?
    package let locale: LanguageTag

    package init(name: String?, latinName: String?, locale: LanguageTag) {
        self.name = name.map(Account.nameRule.normalized)
        self.latinName = latinName
        self.locale = locale
    }

    fileprivate func check() throws(Problem) {
        var check = InputCheck()
        if let name { check.text("/name", name, Account.nameRule) }
        if let latinName { check.text("/latin_name", latinName, Account.latinNameRule) }
        try check.finish()
    }
}

/// Changes what the principal's own account says about them.
package struct UpdateAccount: Sendable {
    private let store = AccountStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// - Parameters:
    ///   - change: makes the new profile of the present one.
    ///   - expected: the version that is edited; nil for any.
    /// - Throws: 412 where the version is another one by now, 422 for what is not acceptable, as a `Problem`; `PostgresError`.
    package func callAsFunction(
        expecting expected: Int64?, by principal: Principal, in work: UnitOfWork,
        _ change: @Sendable (Account) -> AccountProfile
    ) async throws -> Account {
        let id = try principal.requireSignedIn().account
        guard let account = try await store.account(id, in: work) else { throw Problem.notFound("account") }
        let profile = change(account)
        try profile.check()
        let changed = try await store.update(
            id, name: profile.name, latinName: profile.latinName, locale: profile.locale,
            expecting: expected ?? account.version, at: clock.now.roundedToMicroseconds, in: work)
        guard let changed else {
            throw Problem.versionMismatch(current: try await store.account(id, in: work)?.version ?? account.version)
        }
        try await audit.append(
            AuditEntry(actor: principal.actor, action: "account.updated", subject: id), in: work)
        return changed
    }
}
