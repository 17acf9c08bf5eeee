import Core
import Customers
import Endpoints
import Foundation
import Identity

struct ConsentNoticeCreateInput: APIInput {
    /// Each character of the text escaped takes six bytes, or is of four.
    static let largestBody = 160 << 10

    let purpose: ConsentPurpose
    let locale: LanguageTag
    let text: String

    init(_ fields: inout Fields) {
        purpose = fields.required(
            "purpose", .oneOf(ConsentPurpose.self), "What it tells of", example: .marketingEmail)
        locale = fields.required("locale", .languageTag, "Its language (BCP 47)", example: .english)
        text = fields.required(
            "text", .text(ConsentNotice.text), "Which data is used for what, by whom, and how to end that",
            example: ConsentNoticeView.text)
    }
}

struct ConsentNoticesQuery: APIInput {
    let locale: LanguageTag?

    init(_ fields: inout Fields) {
        locale = fields.optional("locale", .languageTag, "The language that is wanted (BCP 47)", example: .example)
    }
}

struct ConsentUpdateInput: APIInput {
    /// nil to withdraw.
    let notice: ID<ConsentNotice>?

    init(_ fields: inout Fields) {
        let isGiven = fields.required("is_given", .boolean, "Whether one agrees", example: false)
        let shown = fields.optional(
            "notice_id", .id(ConsentNotice.self), "The notice that was shown; required to agree")
        fields.check(
            isGiven == (shown != nil), "notice_id", code: "required", "must be given to agree, and only there")
        notice = isGiven ? shown : nil
    }
}

struct ConsentNoticeView: APIOutput {
    static let text = "We send you offers by e-mail, at most one a week. You can end that at any time in your account."

    let notice: ConsentNotice

    static let example = ConsentNoticeView(
        notice: ConsentNotice(
            id: .example, purpose: .marketingEmail, locale: .english, version: 1, text: text, publishedBy: .system,
            publishedAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", notice.id)
        out.field("purpose", notice.purpose)
        out.field("locale", notice.locale.text)
        out.field("version", notice.version, "Of its purpose and language")
        out.field("text", notice.text)
        out.field("published_at", notice.publishedAt)
    }
}

struct ConsentStateView: APIOutput {
    let state: ConsentState

    static let example = ConsentStateView(
        state: ConsentState(purpose: .marketingEmail, decision: ConsentView.example.consent))

    func write(to out: inout ObjectWriter) {
        out.field("purpose", state.purpose)
        out.field("is_given", state.isGiven, "false also for those who have said nothing")
        out.field("decision", state.decision.map(ConsentView.init), "The newest one")
    }
}

struct ConsentView: APIOutput {
    let consent: Consent

    static let example = ConsentView(
        consent: Consent(
            id: .example, purpose: .marketingEmail, isGiven: true,
            notice: NoticeShown(id: .example, version: 1, locale: .english), source: .account, decidedAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", consent.id)
        out.field("purpose", consent.purpose)
        out.field("is_given", consent.isGiven)
        out.field("notice_id", consent.notice?.id, "What was shown; null for what was withdrawn or imported")
        out.field("notice_version", consent.notice?.version)
        out.field("locale", consent.notice?.locale.text, "The notice’s language")
        out.field("source", consent.source, "The account itself, or a table that the marketplace took in")
        out.field("note", consent.note, "What such a table tells of where it was given")
        out.field("decided_at", consent.decidedAt)
    }
}
