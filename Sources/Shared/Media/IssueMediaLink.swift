package import Core
import Foundation
package import Identity
package import Jobs

/// Makes a link that opens a file for a while, for whoever holds it.
package struct IssueMediaLink: Sendable {
    private let store = MediaStore()
    private let links: MediaLinks
    private let audit: AuditStore
    private let clock: any WallClock

    package init(links: MediaLinks, audit: AuditStore, clock: some WallClock) {
        self.links = links
        self.audit = audit
        self.clock = clock
    }

    /// - Parameter lifetime: in seconds.
    /// - Throws: a 404 or 422 `Problem`; `PostgresError`.
    package func callAsFunction(
        _ id: ID<MediaFile>, lasting lifetime: Int, by principal: Principal, in work: UnitOfWork
    ) async throws -> MediaLink {
        var check = InputCheck()
        check.number("/expires_in", lifetime, in: MediaLinks.lifetime)
        try check.finish()
        guard try await store.media(id, visibleTo: principal.visibility, in: work) != nil else {
            throw Problem.notFound("file")
        }
        let seconds = clock.now.timeIntervalSince1970.rounded(.down) + TimeInterval(lifetime)
        let expiry = Date(timeIntervalSince1970: seconds)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "media.link_issued", subject: id,
                payload: ["expires_at": .integer(Int64(seconds))]), in: work)
        return MediaLink(url: Secret(links.link(to: id, until: expiry)), expiresAt: expiry)
    }
}
