import Core
package import Media
package import Platform
import Typesetting

/// The use cases of documents, as both processes use them.
package struct DocumentServices: Sendable {
    package let store = IssuedDocumentStore()
    package let pack: PackVendorOrder
    package let credit: CreditDocument
    package let cancel: CancelDocument
    package let issueLink: IssueDocumentLink

    package init(on platform: Platform, media: MediaServices) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        pack = PackVendorOrder(audit: audit, ids: ids, clock: clock)
        credit = CreditDocument(audit: audit, ids: ids, clock: clock)
        cancel = CancelDocument(audit: audit, ids: ids, clock: clock)
        issueLink = IssueDocumentLink(links: media.links, audit: audit, clock: clock)
    }
}
