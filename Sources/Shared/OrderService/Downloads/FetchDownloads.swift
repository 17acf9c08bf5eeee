package import Core
package import Foundation
package import Identity
package import Jobs
package import Media
package import Orders
package import Postgres

/// Gives a customer the files of what they have bought, by links that end.
package struct FetchDownloads: Sendable {
    /// How long a link is good, in seconds: within it an interrupted download is resumed.
    package static let lifetime: TimeInterval = 6 * 3600

    private let orders = OrderStore()
    private let store = DownloadStore()
    private let links: MediaLinks
    private let audit: AuditStore
    private let clock: any WallClock

    package init(links: MediaLinks, audit: AuditStore, clock: some WallClock) {
        self.links = links
        self.audit = audit
        self.clock = clock
    }

    /// None before the order is paid, nor after its money went back.
    /// - Throws: a 404 `Problem`; `PostgresError`.
    package func list(
        _ order: ID<Order>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> [OrderDownload] {
        guard let found = try await orders.order(order, visibleTo: visibility, in: executor) else {
            throw Problem.notFound("order")
        }
        return found.hasDownloads ? try await store.downloads(of: order, in: executor) : []
    }

    /// A link, which counts as a download.
    /// - Throws: `Problem`: 404; 409 ("order-state") for an order that is not paid or whose money went back, ("downloads-used-up") for
    ///   a file that was fetched as often as it may be; `PostgresError`.
    package func link(
        to media: ID<MediaFile>, of order: ID<Order>, by principal: Principal, in work: UnitOfWork
    ) async throws -> MediaLink {
        guard let found = try await orders.order(order, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("order")
        }
        guard found.hasDownloads else {
            var problem = Problem.conflict(
                "order-state", title: "The order has no files", detail: "It is not paid, or its money went back")
            problem.extensions = ["status": .string(found.status.rawValue)]
            throw problem
        }
        let all = try await store.downloads(of: order, in: work).filter { $0.file.media == media }
        guard !all.isEmpty else { throw Problem.notFound("file") }
        let now = clock.now.roundedToMicroseconds
        // Two lines may have the same file: the first that has some left is asked.
        for download in all {
            guard try await store.count(download, at: now, in: work) else { continue }
            let expiry = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down) + Self.lifetime)
            try await audit.append(
                AuditEntry(
                    actor: principal.actor, action: "order.download_linked", subject: order,
                    payload: [
                        "line_id": .string(download.line.description), "media_id": .string(media.description),
                    ]), in: work)
            return MediaLink(url: Secret(links.link(to: media, until: expiry)), expiresAt: expiry)
        }
        throw Problem.downloadsUsedUp
    }
}

extension Order {
    fileprivate var hasDownloads: Bool { isPaid && paymentState != .refunded }
}
