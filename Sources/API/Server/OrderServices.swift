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
    let downloads = DownloadStore()
    let setDownloads: SetVariantDownloads
    let fetchDownloads: FetchDownloads
    let readKeys = ReadOrderKeys()
    let revealKeys: RevealOrderKeys
    let resendKeys: ResendOrderKeys
    let replaceKeys: ReplaceOrderKeys
    let replaceBatchKeys: ReplaceBatchKeys

    init(on platform: Platform, payments: PaymentServices, links: MediaLinks) {
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
        requestExport = RequestOrderExport(links: links, audit: audit, ids: ids, clock: clock)
        setDownloads = SetVariantDownloads(audit: audit)
        fetchDownloads = FetchDownloads(links: links, audit: audit, clock: clock)
        revealKeys = RevealOrderKeys(vault: LicenceKeyVault(vault: platform.vault), audit: audit, clock: clock)
        resendKeys = ResendOrderKeys(audit: audit, clock: clock)
        replaceKeys = ReplaceOrderKeys(audit: audit, clock: clock)
        replaceBatchKeys = ReplaceBatchKeys(audit: audit, clock: clock)
    }
}
