import Core
import Foundation
import Identity
import Values

/// What the columns of a file of people are.
struct CustomerTableHead: Sendable {
    enum Column: Hashable, Sendable {
        case email, phone, name, firstName, lastName, latinName, locale, consentSource
        /// When somebody agreed to a purpose.
        case consent(ConsentPurpose)
    }

    /// By the names that shops' files have, their letters small.
    private static let names: [String: Column] = {
        var names: [String: Column] = [
            "email": .email, "e-mail": .email, "email address": .email, "phone": .phone, "mobile": .phone,
            "phone number": .phone, "mobile number": .phone, "name": .name, "full name": .name,
            "first name": .firstName, "last name": .lastName, "latin_name": .latinName, "locale": .locale,
            "language": .locale, "consent_source": .consentSource,
        ]
        for purpose in ConsentPurpose.allCases { names["\(purpose.rawValue)_consent_at"] = .consent(purpose) }
        return names
    }()

    private let places: [Column: Int]
    private let titles: [Column: String]

    /// Columns that are not known are left out.
    /// - Throws: ``CustomerImportFault`` where nobody could be reached by what the file has, or a column comes twice.
    init(_ record: CSVParser.Record) throws(CustomerImportFault) {
        var (places, titles): ([Column: Int], [Column: String]) = ([:], [:])
        for (index, field) in record.fields.enumerated() {
            let title = field.trimmingCharacters(in: .whitespaces)
            guard let column = Self.names[UTF8Text(title).lowercasedASCII.string] else { continue }
            guard places.updateValue(index, forKey: column) == nil else {
                throw CustomerImportFault(message: "the first line has two columns for the same thing")
            }
            titles[column] = title
        }
        guard places[.email] != nil || places[.phone] != nil else {
            throw CustomerImportFault(message: "the first line has neither a column email nor a column phone")
        }
        (self.places, self.titles) = (places, titles)
    }

    /// Without blanks around it, and without the apostrophe that keeps spreadsheets from reckoning with it; nil for an empty cell.
    func text(_ column: Column, of record: CSVParser.Record) -> String? {
        guard let place = places[column], place < record.fields.count else { return nil }
        var text = record.fields[place].trimmingCharacters(in: .whitespacesAndNewlines)
        if text.utf8.first == UInt8(ascii: "'") { text = String(text.dropFirst()) }
        return text.isEmpty ? nil : text
    }

    func title(_ column: Column) -> String { titles[column] ?? "" }
}

/// A person of a file, as far as they are acceptable.
struct CustomerDraft: Hashable, Sendable {
    let line: Int
    var email: EmailAddress?
    var phone: PhoneNumber?
    var name: String?
    var latinName: String?
    var locale: LanguageTag
    var consents: [GivenConsent] = []
    var notes: [CustomerImportNote] = []
    /// Whether nobody could be reached by it.
    var isRefused: Bool { email == nil && phone == nil }
    /// The line further up that has its address or number.
    var repeats: Int?

    struct GivenConsent: Hashable, Sendable {
        let purpose: ConsentPurpose
        let at: Date
        let source: String
    }
}

/// Reads rows of people.
struct CustomerRowReader: Sendable {
    let head: CustomerTableHead
    let phoneCountry: PhoneCountry
    let locale: LanguageTag
    /// Nobody has agreed to anything later.
    let now: Date

    func draft(_ record: CSVParser.Record) -> CustomerDraft {
        var draft = CustomerDraft(line: record.line, locale: locale)
        if let text = head.text(.email, of: record) {
            draft.email = EmailAddress(rawValue: text)
            if draft.email == nil { note(&draft, .email, EmailAddress.violation) }
        }
        if let text = head.text(.phone, of: record) {
            draft.phone = PhoneNumber(typed: text, in: phoneCountry) ?? PhoneNumber(rawValue: text)
            if draft.phone == nil { note(&draft, .phone, PhoneNumber.violation) }
        }
        if draft.isRefused {
            draft.notes.append(
                CustomerImportNote(
                    column: "", code: "unreachable", message: "has neither an e-mail address nor a telephone number"))
        }
        draft.name = name(of: record, &draft)
        draft.latinName = accepted(.latinName, head.text(.latinName, of: record), Account.latinNameRule, &draft)
        if let text = head.text(.locale, of: record) {
            if let tag = LanguageTag(text) {
                draft.locale = tag
            } else {
                draft.notes.append(
                    CustomerImportNote(
                        column: head.title(.locale), code: "format", message: "must be a language tag such as bn-BD"))
            }
        }
        readConsents(of: record, &draft)
        return draft
    }

    private func name(of record: CSVParser.Record, _ draft: inout CustomerDraft) -> String? {
        if let whole = head.text(.name, of: record) { return accepted(.name, whole, Account.nameRule, &draft) }
        let parts = [head.text(.firstName, of: record), head.text(.lastName, of: record)].compactMap(\.self)
        return parts.isEmpty
            ? nil : accepted(.firstName, parts.joined(separator: " "), Account.nameRule, &draft)
    }

    private func accepted(
        _ column: CustomerTableHead.Column, _ text: String?, _ rule: TextRule, _ draft: inout CustomerDraft
    ) -> String? {
        guard let normalized = text.map(rule.normalized) else { return nil }
        guard let violation = rule.violations(of: normalized).first else { return normalized }
        note(&draft, column, violation)
        return nil
    }

    /// Nobody has agreed to anything of which the file does not tell when and where.
    private func readConsents(of record: CSVParser.Record, _ draft: inout CustomerDraft) {
        for purpose in ConsentPurpose.allCases {
            let column = CustomerTableHead.Column.consent(purpose)
            guard let text = head.text(column, of: record) else { continue }
            guard let time = Self.time(text), time <= now else {
                draft.notes.append(
                    CustomerImportNote(
                        column: head.title(column), code: "format",
                        message:
                            "must be a day such as 2026-01-31 or an RFC 3339 timestamp, not in the future: left out"))
                continue
            }
            guard let source = head.text(.consentSource, of: record), Consent.note.violations(of: source).isEmpty else {
                draft.notes.append(
                    CustomerImportNote(
                        column: head.title(column), code: "no_source",
                        message: "needs a consent_source of letters, digits and blanks: left out"))
                continue
            }
            draft.consents.append(CustomerDraft.GivenConsent(purpose: purpose, at: time, source: source))
        }
    }

    private static func time(_ text: String) -> Date? {
        if let day = CivilDate(iso8601: text) {
            return Date(timeIntervalSince1970: Double(day.daysSinceEpoch) * 86_400)
        }
        return try? Date(text, strategy: .iso8601)
    }

    private func note(_ draft: inout CustomerDraft, _ column: CustomerTableHead.Column, _ violation: RuleViolation) {
        draft.notes.append(
            CustomerImportNote(column: head.title(column), code: violation.code, message: violation.message))
    }
}

extension CustomerImportFault {
    init(_ fault: CSVParser.Fault) {
        message =
            switch fault {
            case .malformed(let line): "line \(line) has a quote that is not closed, or text behind a closed one"
            case .fieldTooLong(let line): "line \(line) has a field that is too long"
            case .recordTooLong(let line): "line \(line) is too long"
            case .tooManyFields(let line): "line \(line) has too many fields"
            }
    }
}
