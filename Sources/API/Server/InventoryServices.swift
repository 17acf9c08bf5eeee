import Inventory
import Platform

/// The use cases about stock that endpoints call.
struct InventoryServices: Sendable {
    let batches = StockBatchStore()
    let transfers = StockTransferStore()
    let takes = StockTakeStore()
    let keyBatches = LicenceKeyBatchStore()
    let keyImports = KeyFileImportStore()

    let adjust: AdjustStock
    let setPolicy: SetStockPolicy
    let keepBatches: KeepStockBatches
    let transfer: TransferStock
    let startTake: StartStockTake
    let importKeys: ImportLicenceKeys
    let keepKeyBatches: KeepLicenceKeyBatches
    let quarantineKeys: QuarantineLicenceKeys
    let startKeyImport: StartKeyFileImport

    init(on platform: Platform) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        adjust = AdjustStock(audit: audit)
        setPolicy = SetStockPolicy(audit: audit)
        keepBatches = KeepStockBatches(audit: audit, ids: ids, clock: clock)
        transfer = TransferStock(audit: audit, ids: ids, clock: clock)
        startTake = StartStockTake(audit: audit, ids: ids, clock: clock)
        importKeys = ImportLicenceKeys(vault: platform.vault, audit: audit, ids: ids, clock: clock)
        keepKeyBatches = KeepLicenceKeyBatches(audit: audit, ids: ids, clock: clock)
        quarantineKeys = QuarantineLicenceKeys(audit: audit, clock: clock)
        startKeyImport = StartKeyFileImport(vault: platform.vault, audit: audit, ids: ids, clock: clock)
    }
}
