import Core
import Customers
import Platform

/// The use cases about customers that endpoints call.
struct CustomerServices: Sendable {
    let addresses = AddressBookStore()
    let consents = ConsentStore()
    let wishList = WishListStore()

    let keepAddresses: KeepAddresses
    let publishConsentNotice: PublishConsentNotice
    let decideOnConsent: DecideOnConsent
    let keepWishList: KeepWishList
    let clock: any WallClock

    init(on platform: Platform) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        keepAddresses = KeepAddresses(audit: audit, ids: ids, clock: clock)
        publishConsentNotice = PublishConsentNotice(audit: audit, ids: ids, clock: clock)
        decideOnConsent = DecideOnConsent(audit: audit, ids: ids, clock: clock)
        keepWishList = KeepWishList(audit: audit, ids: ids, clock: clock)
        self.clock = clock
    }
}
