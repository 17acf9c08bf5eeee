package import Core
package import Foundation
package import Identity

/// What people are told before they agree, for one purpose and in one language. It never changes: another text is another version.
package struct ConsentNotice: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "ntc"
    /// What its text must be like.
    package static let text = TextRule(20...20_000, .lines)

    package let id: ID<ConsentNotice>
    package let purpose: ConsentPurpose
    package let locale: LanguageTag
    /// From 1, of its purpose and language.
    package let version: Int
    package let text: String
    /// As the audit record names them.
    package let publishedBy: AuditActor
    package let publishedAt: Date

    package init(
        id: ID<ConsentNotice>, purpose: ConsentPurpose, locale: LanguageTag, version: Int, text: String,
        publishedBy: AuditActor, publishedAt: Date
    ) {
        self.id = id
        self.purpose = purpose
        self.locale = locale
        self.version = version
        self.text = text
        self.publishedBy = publishedBy
        self.publishedAt = publishedAt
    }
}

extension [ConsentNotice] {
    /// For each purpose the one in the language that is wanted: in its region, else in whatever region, else in English, else any.
    package func inLanguage(_ wanted: LanguageTag) -> [ConsentNotice] {
        ConsentPurpose.allCases.compactMap { purpose in
            filter { $0.purpose == purpose }.min { rank($0, wanted) < rank($1, wanted) }
        }
    }

    private func rank(_ notice: ConsentNotice, _ wanted: LanguageTag) -> Int {
        if UTF8Text(notice.locale.text).lowercasedASCII == UTF8Text(wanted.text).lowercasedASCII { return 0 }
        if notice.locale.language == wanted.language { return 1 }
        return notice.locale.language == LanguageTag.english.language ? 2 : 3
    }
}
