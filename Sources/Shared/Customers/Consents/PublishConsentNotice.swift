package import Core
import Foundation
package import Identity
package import Jobs
import Postgres

/// Publishes what people are told from now on. Whoever agreed to an earlier version has agreed to that one.
package struct PublishConsentNotice: Sendable {
    private let store = ConsentStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 422; 409 ("consent-notice-overtaken") where somebody has published one meanwhile; `PostgresError`.
    package func callAsFunction(
        _ text: String, for purpose: ConsentPurpose, in locale: LanguageTag, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> ConsentNotice {
        let text = ConsentNotice.text.normalized(text)
        var check = InputCheck()
        check.text("/text", text, ConsentNotice.text)
        try check.finish()
        let newest = try await store.newestVersion(of: purpose, in: locale, work)
        let notice = ConsentNotice(
            id: ID(uuid: ids.next()), purpose: purpose, locale: locale, version: (newest ?? 0) + 1, text: text,
            publishedBy: principal.actor, publishedAt: clock.now.roundedToMicroseconds)
        do {
            try await store.insert(notice, in: work)
        } catch {
            guard error.constraintName == "consent_notices_version" else { throw error }
            throw Problem.consentNoticeOvertaken
        }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "consent_notice.published", subject: notice.id,
                payload: [
                    "purpose": .string(purpose.rawValue), "locale": .string(locale.text),
                    "version": .integer(Int64(notice.version)),
                ]), in: work)
        return notice
    }
}

extension Problem {
    package static let consentNoticeOvertaken = Problem.conflict(
        "consent-notice-overtaken", title: "Another notice was published meanwhile",
        detail: "Read the present one and decide anew")
}
