package import Core
import Foundation
package import Identity
package import Jobs
package import Media
import Postgres

/// Has a file made with all that is held about whoever asks, and lets them fetch it. Who asks has shown just now that they are the
/// account's owner (``ConfirmOwner``).
package struct RequestDataExport: Sendable {
    private let accounts = AccountStore()
    private let store = DataExportStore()
    private let links: MediaLinks
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(links: MediaLinks, audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.links = links
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: a 409 `Problem` ("data-export-in-progress") while one is being made; `PostgresError`.
    package func callAsFunction(by principal: Principal, in work: UnitOfWork) async throws -> DataExport {
        let account = try principal.requireSignedIn().account
        guard try await accounts.hold(account, in: work) != nil else { throw Problem.notFound("account") }
        let export = DataExport(
            id: ID(uuid: ids.next()), account: account, requestedAt: clock.now.roundedToMicroseconds)
        guard try await store.insert(export, in: work) else { throw Problem.dataExportInProgress }
        try await audit.append(entry("data_export.requested", export, by: principal.actor), in: work)
        try work.enqueue(RunDataExport.Job(exportID: export.id))
        return export
    }

    /// A link that opens the file for a quarter of an hour, for whoever holds it.
    /// - Throws: `Problem`: 404; 409 ("data-export-unavailable") where there is no file; `PostgresError`.
    package func link(
        to id: ID<DataExport>, by principal: Principal, in work: UnitOfWork
    ) async throws -> MediaLink {
        let account = try principal.requireSignedIn().account
        guard let export = try await store.export(id, of: account, in: work) else { throw Problem.notFound("export") }
        guard let media = export.media else { throw Problem.dataExportUnavailable }
        let seconds = clock.now.timeIntervalSince1970.rounded(.down) + DataExport.linkLifetime
        let expiry = Date(timeIntervalSince1970: seconds)
        try await audit.append(entry("data_export.link_issued", export, by: principal.actor), in: work)
        return MediaLink(url: Secret(links.link(to: media, until: expiry)), expiresAt: expiry)
    }

    private func entry(_ action: String, _ export: DataExport, by actor: AuditActor) -> AuditEntry {
        AuditEntry(
            actor: actor, action: action, subject: export.account,
            payload: ["data_export_id": .string(export.id.description)])
    }
}

extension Problem {
    package static let dataExportInProgress = Problem.conflict(
        "data-export-in-progress", title: "One is being made already", detail: "Wait until it is done")

    package static let dataExportUnavailable = Problem.conflict(
        "data-export-unavailable", title: "There is no file", detail: "It is not made yet, or is deleted by now")
}
