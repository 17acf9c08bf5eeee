import Catalog
import Core
import Endpoints
import Inventory
import Orders
import Payments
import Platform
import Vendors

/// The use cases of commerce that endpoints call.
struct Commerce: Sendable {
    let vendors = VendorStore()
    let products = ProductStore()
    let stock = StockStore()
    let orders = OrderStore()

    let createVendor: CreateVendor
    let createProduct: CreateProduct
    let updateProduct: UpdateProduct
    let adjustStock: AdjustStock
    let importKeys: ImportLicenceKeys
    let placeOrder: PlaceOrder
    let cancelOrder: CancelOrder
    let revealKeys: RevealOrderKeys
    let startCheckout: StartCheckout
    let verifyPayment: VerifyPayment
    let createRefund: CreateRefund

    init(on platform: Platform) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        let encryptionKey = platform.configuration.encryptionKey
        let keyring = VendorKeyring(encryptionKey: encryptionKey)
        createVendor = CreateVendor(keyring: keyring, audit: audit, ids: ids, clock: clock)
        createProduct = CreateProduct(audit: audit, ids: ids, clock: clock)
        updateProduct = UpdateProduct(audit: audit)
        adjustStock = AdjustStock(audit: audit)
        importKeys = ImportLicenceKeys(keyring: keyring, audit: audit, ids: ids)
        placeOrder = PlaceOrder(audit: audit, ids: ids, clock: clock)
        cancelOrder = CancelOrder(audit: audit, clock: clock)
        revealKeys = RevealOrderKeys(vault: LicenceKeyVault(keyring: keyring), audit: audit)
        let payments = PaymentServices(on: platform)
        startCheckout = payments.startCheckout
        verifyPayment = payments.verifyPayment
        createRefund = payments.createRefund
    }
}

extension PaymentServices {
    fileprivate init(on platform: Platform) {
        self.init(
            stripe: platform.configuration.stripe, http: platform.http, postgres: platform.postgres,
            audit: platform.audit, ids: platform.ids, clock: platform.clock, logger: platform.logger)
    }
}

extension Caller {
    /// Whom the audit record names.
    var actor: AuditActor {
        switch self {
        case .anyone: .anyone
        case .orderHolder(let orderID): .customer(of: orderID)
        case .operator: .operator
        }
    }
}

extension RateLimit {
    /// One address may be a shop's server that calls for all of its customers.
    static let storefront = RateLimit.perClient(500, per: .second)
}
