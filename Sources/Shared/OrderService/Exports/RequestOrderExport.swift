package import Core
import Foundation
package import Identity
package import Jobs
package import Media
package import Orders
import Postgres
import Vendors

/// Has orders written into a file, and lets whoever may fetch it.
package struct RequestOrderExport: Sendable {
    private let store = OrderExportStore()
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

    /// Whoever reaches one vendor alone says that it is theirs.
    /// - Throws: a 422 `Problem` for a vendor or a tag that is unknown; `PostgresError`.
    package func create(
        _ filter: OrderFilter, by principal: Principal, in work: UnitOfWork
    ) async throws -> OrderExport {
        guard
            principal.visibility == .everything
                || filter.vendor.map({ principal.visibility.includes(vendor: $0.uuid) }) == true
        else { throw Problem.unknownVendor }
        let made = OrderExport(
            id: ID(uuid: ids.next()), filter: filter, createdBy: principal.actor,
            createdAt: clock.now.roundedToMicroseconds)
        do {
            try await store.insert(made, in: work)
        } catch {
            switch error.constraintName {
            case "order_exports_vendor": throw Problem.unknownVendor
            case "order_exports_tag": throw Problem.unknownOrderTag
            default: throw error
            }
        }
        try await audit.append(entry("order_export.requested", made, by: principal), in: work)
        try work.enqueue(RunOrderExport.Job(exportID: made.id))
        return made
    }

    /// A link that opens the file, for whoever holds it.
    /// - Parameter lifetime: in seconds.
    /// - Throws: `Problem`: 404; 409 ("order-export-unavailable") where there is no file; 422; `PostgresError`.
    package func link(
        to id: ID<OrderExport>, lasting lifetime: Int, by principal: Principal, in work: UnitOfWork
    ) async throws -> MediaLink {
        var check = InputCheck()
        check.number("/expires_in", lifetime, in: MediaLinks.lifetime)
        try check.finish()
        guard let export = try await store.find(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("export")
        }
        guard let media = export.media else { throw Problem.orderExportUnavailable }
        let seconds = clock.now.timeIntervalSince1970.rounded(.down) + TimeInterval(lifetime)
        let expiry = Date(timeIntervalSince1970: seconds)
        try await audit.append(entry("order_export.link_issued", export, by: principal), in: work)
        return MediaLink(url: Secret(links.link(to: media, until: expiry)), expiresAt: expiry)
    }

    private func entry(_ action: String, _ export: OrderExport, by principal: Principal) -> AuditEntry {
        AuditEntry(
            actor: principal.actor, action: action, subject: export.id,
            payload: export.vendor.map { ["vendor_id": .string($0.description)] } ?? [:])
    }
}

extension Problem {
    package static let orderExportUnavailable = Problem.conflict(
        "order-export-unavailable", title: "There is no file", detail: "It is not made yet, or is deleted by now")

    static let unknownOrderTag = Problem.invalidInput([
        FieldProblem(pointer: "/tag_id", code: "unknown", message: "there is no such tag")
    ])
}
