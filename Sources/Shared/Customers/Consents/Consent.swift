package import Core
package import Foundation
package import Identity
package import Postgres

/// A person's decision on a purpose. Decisions are added and never changed: the newest one holds.
package struct Consent: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "cns"
    /// What is told of where an imported decision was made.
    package static let note = TextRule(1...100, .only("A-Za-z0-9 ._:/()-"))

    /// Where a decision came from.
    package enum Source: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        /// The person, in their account.
        case account
        /// A table that the marketplace has taken in.
        case `import`
    }

    package let id: ID<Consent>
    package let purpose: ConsentPurpose
    package let isGiven: Bool
    /// What they were told; nil for what was withdrawn or imported.
    package let notice: NoticeShown?
    package let source: Source
    /// What an imported table tells of where it was given.
    package let note: String?
    /// When the person decided.
    package let decidedAt: Date

    package init(
        id: ID<Consent>, purpose: ConsentPurpose, isGiven: Bool, notice: NoticeShown?, source: Source,
        note: String? = nil, decidedAt: Date
    ) {
        self.id = id
        self.purpose = purpose
        self.isGiven = isGiven
        self.notice = notice
        self.source = source
        self.note = note
        self.decidedAt = decidedAt
    }
}

/// The notice that somebody saw when they agreed.
package struct NoticeShown: Hashable, Sendable {
    package let id: ID<ConsentNotice>
    package let version: Int
    package let locale: LanguageTag

    package init(id: ID<ConsentNotice>, version: Int, locale: LanguageTag) {
        self.id = id
        self.version = version
        self.locale = locale
    }
}

/// How a person stands to a purpose. Whoever has said nothing has not agreed.
package struct ConsentState: Hashable, Sendable {
    package let purpose: ConsentPurpose
    /// The newest decision; nil where there is none.
    package let decision: Consent?

    package init(purpose: ConsentPurpose, decision: Consent?) {
        self.purpose = purpose
        self.decision = decision
    }

    package var isGiven: Bool { decision?.isGiven ?? false }
}
