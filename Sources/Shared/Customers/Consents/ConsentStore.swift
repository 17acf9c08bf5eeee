package import Core
import Foundation
package import Identity
package import Postgres

/// All SQL about what people were told and what they have agreed to.
package struct ConsentStore: Sendable {
    package init() {}

    /// The newest notice of each purpose and language.
    package func currentNotices(in executor: some PostgresExecutor) async throws(PostgresError) -> [ConsentNotice] {
        try await executor.query(
            """
            SELECT DISTINCT ON (purpose, locale) \(unescaped: ConsentSQL.noticeColumns) FROM consent_notices
            ORDER BY purpose, locale, version DESC
            """, as: ConsentNotice.self)
    }

    /// A notice, also one that another version has taken the place of; or nil.
    package func notice(
        _ id: ID<ConsentNotice>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ConsentNotice? {
        try await executor.queryOne(
            "SELECT \(unescaped: ConsentSQL.noticeColumns) FROM consent_notices WHERE id = \(id)",
            as: ConsentNotice.self)
    }

    /// The newest version of a purpose and a language; nil where there is none.
    func newestVersion(
        of purpose: ConsentPurpose, in locale: LanguageTag, _ executor: some PostgresExecutor
    ) async throws(PostgresError) -> Int? {
        try await executor.queryValue(
            "SELECT max(version) FROM consent_notices WHERE purpose = \(purpose) AND locale = \(locale.text)",
            as: Int32?.self)?.map(Int.init)
    }

    /// - Throws: `PostgresError` with the constraint `consent_notices_version` where somebody was faster.
    func insert(_ notice: ConsentNotice, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO consent_notices (id, purpose, locale, version, text, published_by, published_at)
            VALUES (\(notice.id), \(notice.purpose), \(notice.locale.text), \(Int32(notice.version)), \(notice.text),
                \(notice.publishedBy.rawValue), \(notice.publishedAt))
            """)
    }

    /// How a person stands to each purpose.
    package func states(
        of account: ID<Account>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ConsentState] {
        let newest = try await executor.query(
            """
            SELECT DISTINCT ON (purpose) \(unescaped: ConsentSQL.columns) FROM consents
            WHERE account_id = \(account) ORDER BY purpose, id DESC
            """, as: Consent.self)
        let byPurpose = Dictionary(newest.map { ($0.purpose, $0) }) { first, _ in first }
        return ConsentPurpose.allCases.map { ConsentState(purpose: $0, decision: byPurpose[$0]) }
    }

    /// How a person stands to one purpose; asked before anything is done for it.
    package func state(
        of account: ID<Account>, on purpose: ConsentPurpose, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ConsentState {
        ConsentState(
            purpose: purpose,
            decision: try await executor.queryOne(
                """
                SELECT \(unescaped: ConsentSQL.columns) FROM consents
                WHERE account_id = \(account) AND purpose = \(purpose) ORDER BY id DESC LIMIT 1
                """, as: Consent.self))
    }

    /// All that a person has ever decided, the newest first.
    package func history(
        of account: ID<Account>, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<Consent> {
        try await page.newestFirst("consents", by: \.id) { before, limit in
            try await executor.query(ConsentSQL.history(of: account, before: before, limit: limit), as: Consent.self)
        }
    }

    func insert(
        _ consent: Consent, of account: ID<Account>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO consents (id, account_id, purpose, is_given, notice_id, notice_version, locale, source, note, decided_at)
            VALUES (\(consent.id), \(account), \(consent.purpose), \(consent.isGiven), \(consent.notice?.id),
                \(consent.notice.map { Int32($0.version) }), \(consent.notice?.locale.text), \(consent.source),
                \(consent.note), \(consent.decidedAt))
            """)
    }
}

private enum ConsentSQL {
    static let noticeColumns = "id, purpose, locale, version, text, published_by, published_at"
    static let columns = "id, purpose, is_given, notice_id, notice_version, locale, source, note, decided_at"

    static func history(of account: ID<Account>, before: ID<Consent>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $2", "$2::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM consents WHERE account_id = $1 AND \(fromCursor) ORDER BY id DESC LIMIT $3
                """,
            parameters: [account, before, limit])
    }
}

extension ConsentNotice: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let version: Int32 = try row.decode("version")
        self.init(
            id: try row.decode("id"), purpose: try row.decode("purpose"),
            locale: try LanguageTag(stored: row.decode("locale")), version: Int(version),
            text: try row.decode("text"), publishedBy: AuditActor(rawValue: try row.decode("published_by")),
            publishedAt: try row.decode("published_at"))
    }
}

extension Consent: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let (notice, version, locale): (ID<ConsentNotice>?, Int32?, String?) = (
            try row.decode("notice_id"), try row.decode("notice_version"), try row.decode("locale")
        )
        var shown: NoticeShown?
        if let notice, let version, let locale {
            shown = NoticeShown(id: notice, version: Int(version), locale: try LanguageTag(stored: locale))
        }
        self.init(
            id: try row.decode("id"), purpose: try row.decode("purpose"), isGiven: try row.decode("is_given"),
            notice: shown, source: try row.decode("source"), note: try row.decode("note"),
            decidedAt: try row.decode("decided_at"))
    }
}
