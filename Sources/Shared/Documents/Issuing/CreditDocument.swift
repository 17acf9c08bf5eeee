package import Core
import Foundation
package import Identity
package import Jobs
package import Orders
import Postgres
import Registrations
import Values

/// What of a document is taken back.
package struct NewCredit: Hashable, Sendable {
    /// What a reason must be like.
    package static let reason = TextRule(1...200, .line)

    /// Each line once; nil for all that is left.
    package let lines: [ChosenLine]?
    /// Whether what was charged beside the lines is taken back with them; nil: with the last units.
    package let withCharges: Bool?
    /// It stands on the credit note.
    package let reason: String

    package init(lines: [ChosenLine]? = nil, withCharges: Bool? = nil, reason: String) {
        self.lines = lines
        self.withCharges = withCharges
        self.reason = reason
    }
}

/// Takes back units of a document by a credit note, at the rates and in the place of supply of the document.
package struct CreditDocument: Sendable {
    private let issue: IssueDocument

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        issue = IssueDocument(audit: audit, ids: ids, clock: clock)
    }

    /// - Throws: `Problem`: 404; 409 for a document that is a credit note or was cancelled, and where nothing is left of it; 422 for
    ///   lines and units that it is not about; `PostgresError`.
    package func callAsFunction(
        _ new: NewCredit, of id: ID<IssuedDocument>, by principal: Principal, in work: UnitOfWork
    ) async throws -> DocumentDetails {
        var check = InputCheck()
        check.text("/reason", new.reason, NewCredit.reason)
        try check.finish()
        guard let (original, _, numbering) = try await issue.held(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("document")
        }
        guard original.document.type != .creditNote, original.document.cancelledAt == nil else {
            throw Problem.notCreditable
        }
        guard let market = Market(rawValue: original.content.country) else {
            throw PostgresError.decoding("a document is of an unknown country")
        }
        let credited = try await issue.store.credited(id, in: work)
        let moment = IssueDocument.Moment(issue.clock.now, in: market)
        let rule = try await issue.rule(for: .creditNote, in: market, on: moment.day, in: work)
        let content = try original.credit(new, credited: credited, under: rule, at: moment)
        let subject = IssueDocument.Subject(
            vendor: original.document.vendor, order: original.document.order,
            vendorOrder: original.document.vendorOrder, original: id)
        return try await issue(content, about: subject, rule, moment, numbering, by: principal.actor, in: work)
    }
}

extension Problem {
    fileprivate static let notCreditable = conflict(
        "document-not-creditable", title: "The document can't be credited",
        detail: "Credit notes take back what invoices and bills charge, unless these were cancelled")

    fileprivate static let nothingToCredit = conflict(
        "nothing-to-credit", title: "There is nothing left to credit", detail: "All of it was taken back already")
}

extension DocumentDetails {
    /// - Throws: a 409 or 422 `Problem`; `MoneyError`.
    fileprivate func credit(
        _ new: NewCredit, credited: PackedUnits, under rule: DocumentRule, at moment: IssueDocument.Moment
    ) throws -> DocumentContent {
        var left: [(line: DocumentContent.Line, id: ID<OrderLine>, units: UnitRanges)] = []
        for line in content.lines {
            guard let id = line.orderLine.flatMap({ ID<OrderLine>($0) }) else { continue }
            left.append((line, id, line.ranges.subtracting(credited.standing[id] ?? UnitRanges())))
        }
        let units = try new.units(left.map { ($0.id, $0.units) })
        let isLast = left.allSatisfy { $0.units.subtracting(units[$0.id] ?? UnitRanges()).isEmpty }
        let charges = content.charges.filter { charge in
            !(charge.adjustments ?? []).contains { ID($0).map(credited.charges.contains) ?? false }
        }
        var note = content
        note.type = rule.type
        note.title = rule.title
        note.number = ""
        note.issuedAt = moment.time.secondsSince1970
        (note.issuedOn, note.issuedTime) = (moment.day.iso8601, moment.clock)
        note.original = DocumentContent.Original(
            id: document.id.description, number: content.number, issuedOn: content.issuedOn)
        note.reason = new.reason
        note.lines = left.compactMap { entry in
            units[entry.id].flatMap { $0.isEmpty ? nil : entry.line.credited($0) }
        }
        note.charges = new.withCharges ?? isLast ? charges : []
        guard !note.lines.isEmpty || !note.charges.isEmpty else { throw Problem.nothingToCredit }
        let isWhole = isLast && note.charges.count == charges.count
        note.totals = try DocumentContent.Totals(
            of: note.lines, charges: note.charges, rounding: isWhole ? content.totals.rounding : 0, in: content.currency
        )
        note.amountInWords = AmountInWords.text(content.money(note.totals.total))
        return note
    }
}

extension NewCredit {
    /// Which units are taken back: the first of each line that are left.
    fileprivate func units(
        _ left: [(id: ID<OrderLine>, units: UnitRanges)]
    ) throws(Problem) -> [ID<OrderLine>: UnitRanges] {
        guard let lines else { return Dictionary(left.map { ($0.id, $0.units) }, uniquingKeysWith: { $0.union($1) }) }
        var (check, units) = (InputCheck(), [ID<OrderLine>: UnitRanges]())
        for (index, wanted) in lines.prefix(NewOrder.lineCount.upperBound).enumerated() {
            guard let line = left.first(where: { $0.id == wanted.line }), units[line.id] == nil else {
                check.fail("/lines/\(index)/line_id", "unknown", "must be a line of the document, each once")
                continue
            }
            check.number("/lines/\(index)/quantity", wanted.quantity, in: 1...max(1, line.units.count))
            if line.units.isEmpty { check.fail("/lines/\(index)/line_id", "credited", "is credited already") }
            units[line.id] = line.units.prefix(wanted.quantity)
        }
        try check.finish()
        return units
    }
}
