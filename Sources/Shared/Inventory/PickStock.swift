package import Catalog
package import Core
package import Jobs
package import Values
package import Vendors

/// Units that were taken from where they stood.
package struct PickedUnits: Hashable, Sendable {
    package let variant: ID<Variant>
    package let batch: ID<StockBatch>?
    package let quantity: Int64
}

/// Takes sold units from where they stand when their parcel is packed: of batches those that end first, then those of none.
package struct PickStock: Sendable {
    private let stock = StockStore()

    package init() {}

    /// What is sold stays sold: this says no more than where it was.
    /// - Parameters:
    ///   - location: nil for the vendor's usual place, where units of no batch need not be taken from.
    ///   - day: batches that end before are left.
    /// - Throws: a 409 `Problem` ("stock-lacking") where fewer stand there; `PostgresError`.
    package func callAsFunction(
        _ lines: [StockQuantity], from location: ID<PickupLocation>?, for holder: ReservationHolder, on day: CivilDate,
        by actor: AuditActor, in work: UnitOfWork
    ) async throws -> [PickedUnits] {
        var held = try await stock.hold(lines.map(\.variant), in: work)
        var picked: [PickedUnits] = []
        for line in lines {
            guard var variant = held[line.variant] else { throw Problem.stockLacking(there: 0) }
            var wanted = line.quantity
            for place in variant.pickable(at: location, on: day) where wanted > 0 {
                let units = place == .usual ? wanted : min(wanted, variant.onHand(at: place))
                variant.pick(units, at: place, for: holder)
                picked.append(PickedUnits(variant: line.variant, batch: place.batch, quantity: units))
                wanted -= units
            }
            guard wanted == 0 else { throw Problem.stockLacking(there: line.quantity - wanted) }
            held[line.variant] = variant
        }
        try await stock.record(Array(held.values), by: actor, in: work)
        return picked
    }
}

extension HeldStock {
    /// Where units at a location are taken from, in this order.
    fileprivate func pickable(at location: ID<PickupLocation>?, on day: CivilDate) -> [StockPlace] {
        let batches = places.filter { $0.location == location && $0.batch != nil && onHand(at: $0) > 0 }
        let dated = batches.map { (place: $0, end: $0.batch.flatMap { ends[$0] }?.daysSinceEpoch ?? .max) }
            .filter { $0.end >= day.daysSinceEpoch }
            .sorted { ($0.end, $0.place.batch?.description ?? "") < ($1.end, $1.place.batch?.description ?? "") }
        let rest = StockPlace(location: location)
        return dated.map(\.place) + (rest == .usual || onHand(at: rest) > 0 ? [rest] : [])
    }
}
