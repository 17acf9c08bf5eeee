import Carts
import Core
import Platform

/// The use cases about carts that endpoints call.
struct CartServices: Sendable {
    let carts = CartStore()
    let clock: any WallClock

    let edit: EditCart
    let merge: MergeCarts

    init(on platform: Platform) {
        let (ids, settings) = (platform.ids, platform.configuration.carts)
        clock = platform.clock
        edit = EditCart(ids: ids, clock: clock, settings: settings)
        merge = MergeCarts(ids: ids, clock: clock, settings: settings)
    }
}
