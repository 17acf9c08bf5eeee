import Core
import Foundation
import Identity
import Jobs
import Postgres

/// Writes a batch of people with their report.
struct CustomerImportWriter: Sendable {
    private let store = CustomerImportStore()
    private let accounts = AccountStore()
    private let consents = ConsentStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    init(audit: AuditStore, ids: UUIDv7Generator, clock: any WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Returns: whether it was written: false where the import was cancelled, or somebody else goes on with it.
    func callAsFunction(
        _ batch: CustomerBatch, of id: ID<CustomerImport>, in work: UnitOfWork
    ) async throws -> Bool {
        guard var one = try await store.lock(id, in: work), one.state == .running, one.counts.all == batch.position
        else { return false }
        let known = try await accounts.known(
            emails: batch.drafts.compactMap(\.email), phones: batch.drafts.compactMap(\.phone), in: work)
        var made: [(draft: CustomerDraft, account: Account)] = []
        let now = clock.now.roundedToMicroseconds
        for draft in batch.drafts where !draft.isRefused && draft.repeats == nil && holder(of: draft, known) == nil {
            made.append(
                (
                    draft,
                    Account(
                        id: ID(uuid: ids.next()), email: draft.email, phone: draft.phone, name: draft.name,
                        latinName: draft.latinName, locale: draft.locale, createdAt: now)
                ))
        }
        // Somebody may sign up meanwhile: theirs is the account then.
        let stored =
            one.isDryRun ? Set(made.map(\.account.id)) : try await accounts.insert(made.map(\.account), in: work)
        let byLine = Dictionary(
            made.filter { stored.contains($0.account.id) }.map { ($0.draft.line, $0.account.id) }
        ) { first, _ in first }
        let rows = batch.drafts.map { row($0, known, made: byLine[$0.line], isDryRun: one.isDryRun) }
        if !one.isDryRun {
            try await record(made.filter { stored.contains($0.account.id) }, by: one, in: work)
        }
        for row in rows { one.counts.count(row.outcome) }
        try await store.add(rows, to: id, in: work)
        try await store.update(one, in: work)
        return true
    }

    private func holder(of draft: CustomerDraft, _ known: KnownContacts) -> (account: ID<Account>, column: String)? {
        if let email = draft.email, let account = known.account(of: email) { return (account, "email") }
        if let phone = draft.phone, let account = known.account(of: phone) { return (account, "phone") }
        return nil
    }

    private func row(
        _ draft: CustomerDraft, _ known: KnownContacts, made account: ID<Account>?, isDryRun: Bool
    ) -> CustomerImportRow {
        let id = ID<CustomerImportRow>(uuid: ids.next())
        var notes = draft.notes
        if draft.isRefused {
            return CustomerImportRow(id: id, line: draft.line, outcome: .refused, account: nil, notes: notes)
        }
        if let account {
            return CustomerImportRow(
                id: id, line: draft.line, outcome: .created, account: isDryRun ? nil : account, notes: notes)
        }
        if let line = draft.repeats {
            notes.append(
                CustomerImportNote(
                    column: "", code: "repeated", message: "line \(line) has the same address or number"))
        }
        let holder = holder(of: draft, known)
        if holder != nil || draft.repeats == nil {
            notes.append(
                CustomerImportNote(
                    column: holder?.column ?? "", code: "known", message: "there is an account with it"))
        }
        return CustomerImportRow(
            id: id, line: draft.line, outcome: .duplicate, account: holder?.account, notes: notes)
    }

    private func record(
        _ made: [(draft: CustomerDraft, account: Account)], by one: CustomerImport, in work: UnitOfWork
    ) async throws {
        guard !made.isEmpty else { return }
        for (draft, account) in made {
            try work.publish(AccountCreated(accountID: account.id))
            for given in draft.consents {
                let consent = Consent(
                    id: ID(uuid: ids.next()), purpose: given.purpose, isGiven: true, notice: nil, source: .import,
                    note: given.source, decidedAt: given.at)
                try await consents.insert(consent, of: account.id, in: work)
            }
        }
        try await audit.append(
            made.map { draft, account in
                AuditEntry(
                    actor: one.createdBy, action: "account.imported", subject: account.id,
                    payload: [
                        "customer_import_id": .string(one.id.description),
                        "consents": .array(draft.consents.map { .string($0.purpose.rawValue) }),
                    ])
            }, in: work)
    }
}
