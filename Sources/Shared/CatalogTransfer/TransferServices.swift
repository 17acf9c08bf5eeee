package import Catalog
package import Media
import Outbound
package import Platform

/// The use cases of imports and exports, as both processes use them.
package struct TransferServices: Sendable {
    package let imports = ProductImportStore()
    package let exports = ProductExportStore()
    package let manageImports: ManageImports
    package let manageExports: ManageExports
    package let runImport: RunProductImport
    package let fetchPictures: FetchProductPictures
    package let runExport: RunProductExport
    package let endAbandoned: EndAbandonedTransfer

    /// - Parameter acceptance: which prices can be paid.
    package init(on platform: Platform, media: MediaServices, acceptance: some PriceAcceptance) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        manageImports = ManageImports(audit: audit, ids: ids, clock: clock)
        manageExports = ManageExports(audit: audit, ids: ids, clock: clock)
        runImport = RunProductImport(
            directory: media.directory, audit: audit, ids: ids, clock: clock, acceptance: acceptance)
        fetchPictures = FetchProductPictures(
            source: InternetPictures(client: UntrustedClient()), upload: media.upload, links: media.links, audit: audit,
            clock: clock)
        runExport = RunProductExport(upload: media.upload, links: media.links, clock: clock)
        endAbandoned = EndAbandonedTransfer(jobs: platform.jobs, audit: audit, clock: clock)
    }
}
