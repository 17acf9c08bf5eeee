import Core
import Foundation
import Identity
import Jobs
import Orders
import Registrations
import Values
import Vendors

/// What all documents have in common: a number, a row, and somebody who is told.
struct IssueDocument: Sendable {
    let store = IssuedDocumentStore()
    private let rules = DocumentRuleStore()
    private let series = DocumentSeriesStore()
    let audit: AuditStore
    let ids: UUIDv7Generator
    let clock: any WallClock

    /// The moment of a document, in whole seconds, and what the clocks of the seller show then.
    struct Moment: Sendable {
        let time: Date
        let day: CivilDate
        /// "21:05:09".
        let clock: String

        init(_ now: Date, in market: Market) {
            let seconds = now.secondsSince1970
            time = Date(timeIntervalSince1970: TimeInterval(seconds))
            day = CivilDate(time, in: market)
            let (shifted, overflow) = seconds.addingReportingOverflow(Int64(market.utcOffset))
            let ofDay = Int(overflow ? 0 : shifted).quotientAndRemainder(flooringBy: 86_400).remainder
            clock = [ofDay / 3600, ofDay / 60 % 60, ofDay % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
                .joined(separator: ":")
        }
    }

    /// - Throws: a 409 `Problem` where no rule says how such a document is made; `PostgresError`.
    func rule(
        for type: DocumentType, in market: Market, on day: CivilDate, in work: UnitOfWork
    ) async throws
        -> DocumentRule
    {
        guard let rule = try await rules.rule(for: type, in: market, on: day, in: work) else {
            throw Problem.conflict(
                "document-rule-missing", title: "Nothing says how such a document is made",
                detail: "There is no rule for \(type.rawValue) in \(market.rawValue) on \(day.iso8601)")
        }
        return rule
    }

    /// A document whose order is locked until the transaction ends, and by whom it was numbered; nil where there is none.
    func held(
        _ id: ID<IssuedDocument>, visibleTo visibility: Visibility, in work: UnitOfWork
    ) async throws -> (details: DocumentDetails, order: OrderWithLines, numbering: Numbering)? {
        guard let found = try await store.document(id, visibleTo: visibility, in: work),
            let order = try await OrderLocks().lockWithLines(found.order, in: work),
            let details = try await store.details(id, visibleTo: visibility, in: work),
            let numbering = try await series.numbering(of: id, in: work)
        else { return nil }
        return (details, order, numbering)
    }

    /// Takes the number and stores the document. Last of all, because others of the series wait for the end of the transaction.
    /// - Parameters:
    ///   - content: its number is still empty.
    func callAsFunction(
        _ content: DocumentContent, about subject: Subject, _ rule: DocumentRule, _ moment: Moment,
        _ numbering: Numbering,
        by actor: AuditActor, in work: UnitOfWork
    ) async throws -> DocumentDetails {
        let wanted = DocumentSeries(
            numbering, in: FinancialYear(of: moment.day, beginningIn: rule.yearBeginsIn), mark: rule.mark,
            numberLength: rule.numberLength)
        let number = try await series.takeNumber(of: wanted, newID: ids.next(), in: work)
        var content = content
        content.number = number.number.text
        content.financialYear = wanted.year.text
        let document = IssuedDocument(
            id: ID(uuid: ids.next()), type: content.type, number: content.number, vendor: subject.vendor,
            order: subject.order, vendorOrder: subject.vendorOrder, original: subject.original, issuedAt: moment.time,
            total: content.money(content.totals.total))
        try await store.insert(document, content, number, in: wanted, by: actor, in: work)
        try await audit.append(
            AuditEntry(
                actor: actor, action: "document.issued", subject: document.id,
                payload: [
                    "type": .string(document.type.rawValue), "number": .string(document.number),
                    "financial_year": .string(content.financialYear),
                    "vendor_order_id": .string(document.vendorOrder.description),
                    "original_id": document.original.map { .string($0.description) } ?? .null,
                    "total_minor": .integer(document.total.minorUnits),
                    "currency": .string(document.total.currency.code),
                ]), in: work)
        try work.publish(
            DocumentIssued(
                documentID: document.id, type: document.type, orderID: document.order,
                vendorOrderID: document.vendorOrder, vendorID: document.vendor))
        return DocumentDetails(document: document, content: content)
    }

    /// What a document is about.
    struct Subject: Sendable {
        let vendor: ID<Vendor>
        let order: ID<Order>
        let vendorOrder: ID<VendorOrder>
        var original: ID<IssuedDocument>?
    }
}
