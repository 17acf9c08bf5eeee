/// Why a line can't be ordered as it is.
package struct LineRefusal: Hashable, Sendable {
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        /// The vendor may sell within its own State alone.
        case vendorNotInterstate = "vendor_not_interstate"
        /// The same, and the address does not say which State it is in.
        case destinationRegionUnknown = "destination_region_unknown"
        /// At no rate does the price come to a value that has that rate.
        case noConsistentRate = "no_consistent_rate"
        /// The goods' class has no rate on the day.
        case noRate = "no_rate"
        /// A unit costs more than the package says that it may.
        case aboveMaximumRetailPrice = "above_mrp"
    }

    /// Its place in the request.
    package let line: Int
    package let reason: Reason

    package init(line: Int, reason: Reason) {
        self.line = line
        self.reason = reason
    }
}
