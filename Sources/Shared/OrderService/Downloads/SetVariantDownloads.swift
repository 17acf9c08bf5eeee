package import Catalog
package import Core
import Foundation
package import Identity
package import Jobs
import Media
import Postgres
import Vendors

/// Says which files are sold with a variant. Whoever has bought it before gets those that it has now.
package struct SetVariantDownloads: Sendable {
    private let products = ProductStore()
    private let store = DownloadStore()
    private let audit: AuditStore

    package init(audit: AuditStore) { self.audit = audit }

    /// - Throws: `Problem`: 404; 422, also for files that are not the vendor's, or were uploaded for something else; `PostgresError`.
    package func callAsFunction(
        _ files: [VariantDownload], of variant: ID<Variant>, by principal: Principal, in work: UnitOfWork
    ) async throws -> [VariantDownload] {
        var check = InputCheck()
        check.number("/files", files.count, in: 0...VariantDownload.mostPerVariant)
        for (index, file) in files.prefix(VariantDownload.mostPerVariant).enumerated() {
            check.text("/files/\(index)/title", file.title, VariantDownload.title)
            check.number("/files/\(index)/download_limit", file.limit, in: VariantDownload.limit)
        }
        if Set(files.map(\.media)).count < files.count {
            check.fail("/files", "repeated", "must not name a file twice")
        }
        try check.finish()
        guard let known = try await products.variant(variant, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("variant")
        }
        try await MediaReferences().set(
            files.map(\.media), ownedBy: known.vendor.uuid, for: .download, from: known.product,
            as: "download/\(variant)", pointer: "/files", in: work)
        try await store.set(files, of: variant, vendor: known.vendor, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "variant.downloads_set", subject: variant,
                payload: ["media": .array(files.map { .string($0.media.description) })]), in: work)
        return files
    }
}
