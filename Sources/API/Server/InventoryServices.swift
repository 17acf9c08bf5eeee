import Inventory
import Platform

/// The use cases about stock that endpoints call.
struct InventoryServices: Sendable {
    let batches = StockBatchStore()
    let transfers = StockTransferStore()
    let takes = StockTakeStore()

    let adjust: AdjustStock
    let setPolicy: SetStockPolicy
    let keepBatches: KeepStockBatches
    let transfer: TransferStock
    let startTake: StartStockTake

    init(on platform: Platform) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        adjust = AdjustStock(audit: audit)
        setPolicy = SetStockPolicy(audit: audit)
        keepBatches = KeepStockBatches(audit: audit, ids: ids, clock: clock)
        transfer = TransferStock(audit: audit, ids: ids, clock: clock)
        startTake = StartStockTake(audit: audit, ids: ids, clock: clock)
    }
}
