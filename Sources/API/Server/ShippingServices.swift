import Platform
import Shipping

/// The use cases about shipping that endpoints call.
struct ShippingServices: Sendable {
    let zones = ShippingZoneStore()
    let rules = CashOnDeliveryRuleStore()

    let keepZones: KeepShippingZones
    let keepMethods: KeepShippingMethods
    let keepRules: KeepCashOnDeliveryRules

    init(on platform: Platform) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        keepZones = KeepShippingZones(audit: audit, ids: ids, clock: clock)
        keepMethods = KeepShippingMethods(audit: audit, ids: ids, clock: clock)
        keepRules = KeepCashOnDeliveryRules(audit: audit, ids: ids, clock: clock)
    }
}
