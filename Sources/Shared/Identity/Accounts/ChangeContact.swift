package import Core
import Foundation
package import Jobs
import Postgres

/// Makes a contact an account's own, in the place of its former one of that kind.
package struct ChangeContact: Sendable {
    private let store = AccountStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// - Throws: a 409 `Problem` where another account has it or the code was used meanwhile; `PostgresError`.
    package func callAsFunction(
        _ proven: ProvenContact, by principal: Principal, in work: UnitOfWork
    ) async throws -> Account {
        let (account, contact) = (try principal.requireSignedIn().account, proven.verification.contact)
        // A code for another account's change is no proof here.
        guard proven.verification.account == account else { throw Problem.notFound("verification") }
        let now = clock.now.roundedToMicroseconds
        try await proven.use(at: now, in: work)
        let changed: Account?
        do {
            changed = try await store.setContact(of: account, to: contact, at: now, in: work)
        } catch {
            guard ["accounts_email", "accounts_phone"].contains(error.constraintName) else { throw error }
            throw Problem.contactTaken
        }
        guard let changed else { throw Problem.notFound("account") }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "account.contact_changed", subject: account,
                payload: ["channel": .string(contact.channel.rawValue)]), in: work)
        try work.publish(AccountContactChanged(accountID: account, channel: contact.channel.rawValue))
        return changed
    }
}
