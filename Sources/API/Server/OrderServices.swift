import Core
import Inventory
import Media
import OrderService
import Orders
import Payments
import Platform

/// The use cases that endpoints call about orders that are placed.
struct OrderServices: Sendable {
    let tags = OrderTagStore()
    let readNotes = ReadOrderNotes()
    let readTimeline = ReadTimeline()
    let exports = OrderExportStore()

    let search: SearchOrders
    let writeNote: WriteOrderNote
    let removeNote: RemoveOrderNote
    let manageTags: ManageOrderTags
    let tag: TagOrder
    let claim: ClaimOrder
    let proposeReorder: ProposeReorder
    let refund: RefundOrder
    let cancelLines: CancelOrderLines
    let requestExport: RequestOrderExport

    init(on platform: Platform, payments: PaymentServices) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        search = SearchOrders(keys: FindLicenceKey(vault: platform.vault))
        writeNote = WriteOrderNote(audit: audit, ids: ids, clock: clock)
        removeNote = RemoveOrderNote(audit: audit, clock: clock)
        manageTags = ManageOrderTags(audit: audit, ids: ids, clock: clock)
        tag = TagOrder(audit: audit, clock: clock)
        claim = ClaimOrder(audit: audit, clock: clock)
        proposeReorder = ProposeReorder(clock: clock)
        refund = payments.refundOrder
        cancelLines = CancelOrderLines(audit: audit, clock: clock, refund: refund)
        let links = MediaLinks(
            keys: platform.configuration.encryptionKeys, publicURL: platform.configuration.publicURL)
        requestExport = RequestOrderExport(links: links, audit: audit, ids: ids, clock: clock)
    }
}
