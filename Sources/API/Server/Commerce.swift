import Addresses
import Catalog
import Core
import Endpoints
import Identity
import Inventory
import Media
import Orders
import Payments
import Platform
import Pricing

/// The use cases of commerce that endpoints call.
struct Commerce: Sendable {
    let products = ProductStore()
    let stock = StockStore()
    let orders = OrderStore()
    let vendorOrders = VendorOrderStore()

    let apiKeys = APIKeyStore()

    let catalogue: CatalogueServices
    let search: SearchServices
    let createAPIKey: CreateAPIKey
    let revokeAPIKey: RevokeAPIKey
    let inventory: InventoryServices
    let pricing: PricingServices
    let orderService: OrderServices
    let placeOrder: PlaceOrder
    let cancelOrder: CancelOrder
    let confirmOrder: ConfirmOrder
    let startCheckout: StartCheckout
    let verifyPayment: VerifyPayment
    let checkoutHandover: CheckoutHandover
    let confirmReturn: ConfirmReturn
    let createRefund: CreateRefund
    let resolveFinding: ResolveFinding
    let settleTransfer: SettleTransfer
    let reportCash: ReportCash
    let resolveConflict: ResolveConflict
    let paymentOptions = PaymentOptionStore()
    let offerOptions: OfferPaymentOptions
    let keepOptionRules: KeepPaymentOptionRules
    let ownPayments = OwnPaymentStore()

    /// - Parameters:
    ///   - rules: what prices are made by.
    ///   - places: by which regions are known.
    ///   - links: by which files are fetched.
    init(
        on platform: Platform, payments: PaymentServices, rules: PricingRulesCache, places: KnownPlaces,
        links: MediaLinks
    ) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        createAPIKey = CreateAPIKey(audit: audit, ids: ids, clock: clock)
        revokeAPIKey = RevokeAPIKey(audit: audit, clock: clock)
        catalogue = CatalogueServices(on: platform, gateways: payments.gateways)
        search = SearchServices(on: platform)
        inventory = InventoryServices(on: platform)
        pricing = PricingServices(on: platform)
        orderService = OrderServices(on: platform, payments: payments, links: links)
        placeOrder = PlaceOrder(
            audit: audit, ids: ids, clock: clock, rules: rules, places: places,
            reservations: platform.configuration.reservations)
        cancelOrder = CancelOrder(audit: audit, clock: clock)
        confirmOrder = ConfirmOrder(audit: audit, clock: clock)
        startCheckout = payments.startCheckout
        verifyPayment = payments.verifyPayment
        checkoutHandover = payments.checkoutHandover
        confirmReturn = payments.confirmReturn
        createRefund = payments.createRefund
        resolveFinding = payments.resolveFinding
        settleTransfer = payments.settleTransfer
        reportCash = payments.reportCash
        resolveConflict = payments.resolveConflict
        offerOptions = payments.offerOptions
        keepOptionRules = payments.keepOptionRules
    }
}

extension RateLimit {
    /// One address may be a shop's server that calls for all of its customers.
    static let storefront = RateLimit.perClient(500, per: .second)
}
