import Catalog
import Core
import Payments
import Platform

/// What endpoints call of the catalogue.
struct CatalogueServices: Sendable {
    let storefront: StorefrontStore
    let categories = CategoryStore()
    let collections = CollectionStore()
    let attributes = AttributeStore()
    let translations = TranslationStore()
    let settings = CatalogueSettingsStore()

    let createProduct: CreateProduct
    let updateProduct: UpdateProduct
    let editVariants: EditVariants
    let setPrice: SetPrice
    let setOptions: SetProductOptions
    let setMedia: SetProductMedia
    let placeProduct: PlaceProduct
    let describeProduct: DescribeProduct
    let changeStatus: ChangeProductStatus
    let deleteProduct: DeleteProduct
    let bulkEdit: BulkEditProducts
    let manageCategories: ManageCategories
    let manageCollections: ManageCollections
    let manageAttributes: ManageAttributes
    let translate: TranslateCatalogue
    let updateSettings: UpdateCatalogueSettings

    /// - Parameter gateways: those through which prices are to be paid.
    init(on platform: Platform, gateways: GatewayRegistry) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        let acceptance = GatewayPrices(gateways: gateways)
        storefront = StorefrontStore(clock: clock)
        createProduct = CreateProduct(audit: audit, ids: ids, clock: clock, acceptance: acceptance)
        updateProduct = UpdateProduct(audit: audit, clock: clock)
        editVariants = EditVariants(audit: audit, ids: ids, clock: clock, acceptance: acceptance)
        setPrice = SetPrice(audit: audit, clock: clock, acceptance: acceptance)
        setOptions = SetProductOptions(audit: audit, clock: clock)
        setMedia = SetProductMedia(audit: audit, clock: clock)
        placeProduct = PlaceProduct(audit: audit, clock: clock)
        describeProduct = DescribeProduct(audit: audit, clock: clock)
        changeStatus = ChangeProductStatus(audit: audit, clock: clock)
        deleteProduct = DeleteProduct(audit: audit, clock: clock)
        bulkEdit = BulkEditProducts(audit: audit, clock: clock)
        manageCategories = ManageCategories(audit: audit, ids: ids, clock: clock)
        manageCollections = ManageCollections(audit: audit, ids: ids, clock: clock)
        manageAttributes = ManageAttributes(audit: audit, ids: ids, clock: clock)
        translate = TranslateCatalogue(audit: audit, clock: clock)
        updateSettings = UpdateCatalogueSettings(audit: audit)
    }
}
