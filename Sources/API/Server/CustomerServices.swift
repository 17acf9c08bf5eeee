import Core
import Customers
import Identity
import Media
import Platform
import ProductSubscriptions

/// The use cases about customers that endpoints call.
struct CustomerServices: Sendable {
    let addresses = AddressBookStore()
    let consents = ConsentStore()
    let wishList = WishListStore()
    let dataExports = DataExportStore()
    let erasures = ErasureStore()
    let imports = CustomerImportStore()

    let keepAddresses: KeepAddresses
    let publishConsentNotice: PublishConsentNotice
    let decideOnConsent: DecideOnConsent
    let keepWishList: KeepWishList
    let requestDataExport: RequestDataExport
    let requestErasure: RequestErasure
    let manageImports: ManageCustomerImports
    let clock: any WallClock

    init(on platform: Platform, media: MediaServices) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        keepAddresses = KeepAddresses(audit: audit, ids: ids, clock: clock)
        publishConsentNotice = PublishConsentNotice(audit: audit, ids: ids, clock: clock)
        decideOnConsent = DecideOnConsent(audit: audit, ids: ids, clock: clock)
        keepWishList = KeepWishList(audit: audit, ids: ids, clock: clock)
        requestDataExport = RequestDataExport(links: media.links, audit: audit, ids: ids, clock: clock)
        requestErasure = RequestErasure(
            keepers: .product(delete: media.delete), waitingTime: platform.configuration.accounts.erasureWaitingTime,
            audit: audit, ids: ids, clock: clock)
        manageImports = ManageCustomerImports(delete: media.delete, audit: audit, ids: ids, clock: clock)
        self.clock = clock
    }
}
