package import Core
import Foundation
package import Identity
package import Jobs
import Orders

/// Declares a document void before anything has left. Its number stays taken, and its units can be packed again.
package struct CancelDocument: Sendable {
    /// What a reason must be like.
    package static let reason = TextRule(1...200, .line)

    private let issue: IssueDocument

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        issue = IssueDocument(audit: audit, ids: ids, clock: clock)
    }

    /// The document afterwards; cancelling it again changes nothing.
    /// - Throws: `Problem`: 404; 422 for the reason; 409 for a credit note, a document that credit notes refer to, and one whose goods
    ///   have left; `PostgresError`.
    package func callAsFunction(
        _ id: ID<IssuedDocument>, because reason: String, by principal: Principal, in work: UnitOfWork
    ) async throws -> DocumentDetails {
        var check = InputCheck()
        check.text("/reason", reason, Self.reason)
        try check.finish()
        guard let (details, order, _) = try await issue.held(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("document")
        }
        let document = details.document
        guard document.cancelledAt == nil else { return details }
        let lines = Set(details.content.lines.compactMap { $0.orderLine.flatMap { ID<OrderLine>($0) } })
        let credited = try await issue.store.credited(id, in: work)
        guard document.type != .creditNote, credited.ever.isEmpty, credited.charges.isEmpty,
            !order.lines.contains(where: { lines.contains($0.id) && $0.fulfilledAt != nil })
        else {
            throw Problem.conflict(
                "document-not-cancellable", title: "The document can't be cancelled",
                detail: "Once goods have left or a credit note refers to it, a credit note takes it back")
        }
        let now = issue.clock.now.roundedToMicroseconds
        try await issue.store.cancel(id, reason: reason, by: principal.actor, at: now, in: work)
        try await issue.audit.append(
            AuditEntry(actor: principal.actor, action: "document.cancelled", subject: id), in: work)
        try work.publish(
            DocumentCancelled(documentID: id, orderID: document.order, vendorID: document.vendor))
        return DocumentDetails(document: document.cancelled(at: now), content: details.content)
    }
}

extension IssuedDocument {
    fileprivate func cancelled(at time: Date) -> IssuedDocument {
        IssuedDocument(
            id: id, type: type, number: number, vendor: vendor, order: order, vendorOrder: vendorOrder,
            original: original, issuedAt: issuedAt, total: total, files: files, cancelledAt: time)
    }
}
