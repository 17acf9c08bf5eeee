package import Core
import Foundation
package import Identity
package import Jobs
package import Media

/// Makes a link that opens a document's file for a while, for whoever holds it.
package struct IssueDocumentLink: Sendable {
    private let store = IssuedDocumentStore()
    private let links: MediaLinks
    private let audit: AuditStore
    private let clock: any WallClock

    package init(links: MediaLinks, audit: AuditStore, clock: some WallClock) {
        self.links = links
        self.audit = audit
        self.clock = clock
    }

    /// - Parameter lifetime: in seconds.
    /// - Throws: `Problem`: 404, also for what the document has not; 409 ("document-not-drawn") while its file is being made;
    ///   422; `PostgresError`.
    package func callAsFunction(
        _ id: ID<IssuedDocument>, _ rendition: Rendition, lasting lifetime: Int, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> MediaLink {
        var check = InputCheck()
        check.number("/expires_in", lifetime, in: MediaLinks.lifetime)
        try check.finish()
        guard let document = try await store.document(id, visibleTo: principal.visibility, in: work),
            Rendition.all(of: document.type).contains(rendition)
        else { throw Problem.notFound("document") }
        guard let media = document.files[rendition] else { throw Problem.documentNotDrawn }
        let seconds = clock.now.timeIntervalSince1970.rounded(.down) + TimeInterval(lifetime)
        let expiry = Date(timeIntervalSince1970: seconds)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "document.link_issued", subject: id,
                payload: ["rendition": .string(rendition.rawValue), "expires_at": .integer(Int64(seconds))]), in: work)
        return MediaLink(url: Secret(links.link(to: media, until: expiry)), expiresAt: expiry)
    }
}

extension Problem {
    /// It passes by itself.
    fileprivate static var documentNotDrawn: Problem {
        var problem = conflict(
            "document-not-drawn", title: "The file is still being made", detail: "Ask again in some seconds")
        problem.retryAfter = .seconds(2)
        return problem
    }
}
