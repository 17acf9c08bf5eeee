import Catalog
import Core
import Endpoints
import Foundation
import Inventory
import Orders
import Vendors

struct StockQuery: APIInput {
    let filter: StockFilter
    let page: PageRequest

    init(_ fields: inout Fields) {
        filter = StockFilter(
            vendor: fields.optional("vendor_id", .id(Vendor.self), "Only this vendor’s"),
            location: fields.optional(
                "location_id", .id(PickupLocation.self), "Only what has units on record at this location"),
            isLow: fields.optional("low", .boolean, "Only what is low", default: false))
        page = fields.page()
    }
}

struct StockUpdateInput: APIInput {
    let changes: StockPolicyChanges

    init(_ fields: inout Fields) {
        changes = StockPolicyChanges(
            lowStockThreshold: fields.change(
                "low_stock_threshold", .nullable(.integer(StockPolicy.range)),
                "Told by the event `stock.low` when no more than so many are left; null: never", example: 5
            ).value,
            backorderLimit: fields.change(
                "backorder_limit", .integer(StockPolicy.range),
                "Units that may be sold beyond those that are there; 0: none", example: 0
            ).value)
    }
}

struct StockAdjustmentInput: APIInput {
    let adjustment: StockAdjustment

    init(_ fields: inout Fields) {
        let delta = fields.optional(
            "delta", .integer(StockAdjustment.delta), "Units to add; negative to take away, never 0", example: 50)
        let count = fields.optional("count", .integer(StockAdjustment.count), "Units that are there")
        let expected = fields.optional(
            "expected_count", .integer(StockAdjustment.delta), "What was on record when they were counted")
        fields.check(
            (delta == nil) != (count == nil), "delta", code: "exclusive", "must be given, or count, and not both")
        fields.check(
            (count == nil) == (expected == nil), "expected_count", code: "required", "goes with count, and has to")
        let change: StockAdjustment.Change =
            if let count { .count(count, replacing: expected ?? 0) } else { .by(delta ?? 0) }
        adjustment = StockAdjustment(
            change, at: StockPlace(&fields),
            reason: fields.optional(
                "reason", .oneOf(AdjustmentReason.self), "Why", default: count == nil ? .correction : .counted,
                example: .received),
            note: fields.optional(
                "note", .text(StockAdjustment.note), "For the record", default: "", example: "Delivery of May"))
    }
}

extension StockPlace {
    fileprivate init(_ fields: inout Fields) {
        self.init(
            location: fields.optional(
                "location_id", .id(PickupLocation.self), "Where they stand; left out: at the vendor’s usual place"),
            batch: fields.optional("batch_id", .id(StockBatch.self), "Of which batch they are; left out: of none"))
    }
}

struct StockView: APIOutput {
    let level: StockLevel

    static let example = StockView(
        level: StockLevel(
            variant: .example, onHand: 50, reserved: 2,
            policy: StockPolicy(lowStockThreshold: 5, backorderLimit: 0)))

    func write(to out: inout ObjectWriter) {
        out.field("variant_id", level.variant)
        out.field("on_hand", level.onHand, "Units that are there, reserved ones included; negative: so many are owed")
        out.field("reserved", level.reserved, "Units held for orders that are not paid yet")
        out.field("available", level.available, "Units that can be bought")
        out.field("low_stock_threshold", level.policy.lowStockThreshold, "Low is what has no more left")
        out.field("is_low", level.isLow)
        out.field("backorder_limit", level.policy.backorderLimit, "Units that may be sold beyond those that are there")
    }
}

struct ListedStockView: APIOutput {
    let listed: ListedStock

    static let example = ListedStockView(
        listed: ListedStock(level: StockView.example.level, product: .example, vendor: .example, sku: "AV-1Y"))

    func write(to out: inout ObjectWriter) {
        StockView(level: listed.level).write(to: &out)
        out.field("product_id", listed.product)
        out.field("vendor_id", listed.vendor)
        out.field("sku", listed.sku)
    }
}

struct StockDetailsView: APIOutput {
    let level: StockLevel
    let places: [PlacedUnits]
    let inTransit: Int64

    static let example = StockDetailsView(
        level: StockView.example.level,
        places: [
            PlacedUnits(place: .usual, onHand: 20),
            PlacedUnits(place: StockPlace(location: .example, batch: .example), onHand: 30),
        ], inTransit: 10)

    func write(to out: inout ObjectWriter) {
        StockView(level: level).write(to: &out)
        out.field("levels", places.map(StockLevelView.init), "Where the units stand; together they are `on_hand`")
        out.field("in_transit", inTransit, "Units on their way between the vendor’s places; they are not for sale")
    }
}

struct StockLevelView: APIOutput {
    let units: PlacedUnits

    static let example = StockLevelView(
        units: PlacedUnits(place: StockPlace(location: .example, batch: .example), onHand: 30))

    func write(to out: inout ObjectWriter) {
        out.field("location_id", units.place.location, "Null: the vendor’s usual place")
        out.field("batch_id", units.place.batch, "Null: of no batch")
        out.field(
            "on_hand", units.onHand,
            "What is sold comes from the usual place until a parcel is packed: there it may be negative")
    }
}

struct StockMovementView: APIOutput {
    let movement: StockMovement

    static let example = StockMovementView(
        movement: StockMovement(
            number: 4_711, reason: .received, place: StockPlace(location: .example), onHandChange: 50, actor: .system,
            note: "Delivery of May", recordedAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("number", movement.number, "Grows, and may leave numbers out")
        out.field("reason", movement.reason)
        out.field("on_hand_change", movement.onHandChange)
        out.field("reserved_change", movement.reservedChange)
        out.field("location_id", movement.place.location)
        out.field("batch_id", movement.place.batch)
        out.field("order_id", movement.holder.map { ID<Order>(uuid: $0.uuid) }, "The order that caused it")
        out.field("transfer_id", movement.transfer)
        out.field("actor", movement.actor?.rawValue, "Whoever did it, where no order did")
        out.field("note", movement.note)
        out.field("recorded_at", movement.recordedAt)
    }
}
