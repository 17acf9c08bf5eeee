import Addresses
import Carts
import Core
import Orders
import Platform
import Pricing

/// The use cases about carts that endpoints call.
struct CartServices: Sendable {
    let carts = CartStore()
    let clock: any WallClock

    let edit: EditCart
    let merge: MergeCarts
    let quote: QuoteCart
    let order: OrderCart

    init(on platform: Platform, rules: PricingRulesCache, places: KnownPlaces, place: PlaceOrder) {
        let (ids, settings) = (platform.ids, platform.configuration.carts)
        clock = platform.clock
        quote = QuoteCart(quote: QuoteOrder(rules: rules), places: places, clock: clock)
        order = OrderCart(
            place: place, tokens: OrderTokens(keys: platform.configuration.encryptionKeys), places: places,
            clock: clock)
        edit = EditCart(ids: ids, clock: clock, settings: settings)
        merge = MergeCarts(ids: ids, clock: clock, settings: settings)
    }
}
