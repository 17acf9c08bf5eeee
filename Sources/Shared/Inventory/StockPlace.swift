package import Core
package import Vendors

/// Where units of a variant stand, and of which batch they are.
package struct StockPlace: Hashable, Sendable {
    /// One of the vendor's pickup locations; nil for its usual place.
    package let location: ID<PickupLocation>?
    package let batch: ID<StockBatch>?

    package init(location: ID<PickupLocation>? = nil, batch: ID<StockBatch>? = nil) {
        self.location = location
        self.batch = batch
    }

    /// What is neither at a location nor of a batch. Whatever is sold is taken from here until somebody says where it was: so
    /// there may be less than nothing.
    package static let usual = StockPlace()
}

/// Units of a variant at one place.
package struct PlacedUnits: Hashable, Sendable {
    package let place: StockPlace
    package let onHand: Int64

    package init(place: StockPlace, onHand: Int64) {
        self.place = place
        self.onHand = onHand
    }
}
