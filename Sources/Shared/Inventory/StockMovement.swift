import Catalog
package import Core
package import Foundation
import Postgres

/// Why units came, went or were held.
package enum StockReason: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    /// Licence keys were read in.
    case imported
    /// Put right by hand.
    case adjusted
    case reserved, released
    /// Paid for.
    case committed
    case returned
    /// Delivered by a supplier.
    case received
    case counted, damaged, lost
    /// Of a batch that is not sold any more, or licence keys with too little left of their lives.
    case expired
    /// Put from one place to another of the same vendor's.
    case placed
    /// Sent to, or arrived at, another place.
    case transferred
    /// Taken from where it stood, for an order.
    case picked
    /// The record was put right by comparing it with what it is made of.
    case reconciled
    /// Licence keys left their pool: quarantined, or revoked before anybody had bought them.
    case withdrawn
    /// Licence keys whose quarantine was lifted.
    case restored
    /// Licence keys that took the place of bought ones.
    case replaced
}

/// One change of a variant's stock, on record.
package struct StockMovement: Hashable, Sendable {
    /// Grows with time.
    package let number: Int64
    package let reason: StockReason
    package let place: StockPlace
    package let onHandChange: Int64
    package let reservedChange: Int64
    /// The order that caused it, where one did.
    package let holder: ReservationHolder?
    package let transfer: ID<StockTransfer>?
    /// Whoever did it, where no order did.
    package let actor: AuditActor?
    package let note: String
    package let recordedAt: Date

    package init(
        number: Int64, reason: StockReason, place: StockPlace = .usual, onHandChange: Int64, reservedChange: Int64 = 0,
        holder: ReservationHolder? = nil, transfer: ID<StockTransfer>? = nil, actor: AuditActor? = nil,
        note: String = "", recordedAt: Date
    ) {
        self.number = number
        self.reason = reason
        self.place = place
        self.onHandChange = onHandChange
        self.reservedChange = reservedChange
        self.holder = holder
        self.transfer = transfer
        self.actor = actor
        self.note = note
        self.recordedAt = recordedAt
    }
}

/// A change of what stands at a place, about to be recorded.
struct NewStockMovement: Sendable {
    let variant: ID<Variant>
    let place: StockPlace
    let reason: StockReason
    let change: Int64
    var holder: ReservationHolder?
    var transfer: ID<StockTransfer>?
    var note = ""

    init(
        of variant: ID<Variant>, at place: StockPlace, _ reason: StockReason, _ change: Int64,
        for holder: ReservationHolder? = nil, transfer: ID<StockTransfer>? = nil, note: String = ""
    ) {
        self.variant = variant
        self.place = place
        self.reason = reason
        self.change = change
        self.holder = holder
        self.transfer = transfer
        self.note = note
    }
}
