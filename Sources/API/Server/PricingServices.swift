import Core
import Platform
import Pricing

/// What endpoints call of pricing.
struct PricingServices: Sendable {
    let taxes = TaxStore()
    let settings = PricingSettingsStore()
    let promotions = PromotionStore()
    let codes = PromotionCodeStore()
    let priceLists = PriceListStore()
    let customerGroups = CustomerGroupStore()

    let manageTaxRates: ManageTaxRates
    let manageTaxClasses: ManageTaxClasses
    let updateSettings: UpdatePricingSettings
    let managePromotions: ManagePromotions
    let manageCodes: ManagePromotionCodes
    let managePriceLists: ManagePriceLists
    let manageCustomerGroups: ManageCustomerGroups

    init(on platform: Platform) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        manageTaxRates = ManageTaxRates(audit: audit, ids: ids, clock: clock)
        manageTaxClasses = ManageTaxClasses(audit: audit, clock: clock)
        updateSettings = UpdatePricingSettings(audit: audit, clock: clock)
        managePromotions = ManagePromotions(audit: audit, ids: ids, clock: clock)
        manageCodes = ManagePromotionCodes(audit: audit, ids: ids, clock: clock)
        managePriceLists = ManagePriceLists(audit: audit, ids: ids, clock: clock)
        manageCustomerGroups = ManageCustomerGroups(audit: audit, clock: clock)
    }
}
