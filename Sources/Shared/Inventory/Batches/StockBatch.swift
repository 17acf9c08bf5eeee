package import Catalog
package import Core
package import Foundation
package import Values
package import Vendors

/// Units of a variant that were made together and end together, as food has to tell.
package struct StockBatch: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "bat"
    /// What a code must be like: as it is printed on the package.
    package static let code = TextRule(1...60, .identifier)

    package let id: ID<StockBatch>
    package let variant: ID<Variant>
    package let vendor: ID<Vendor>
    /// Unique among the variant's.
    package let code: String
    package let days: BatchDays
    package let createdAt: Date

    package init(
        id: ID<StockBatch>, variant: ID<Variant>, vendor: ID<Vendor>, code: String, days: BatchDays, createdAt: Date
    ) {
        self.id = id
        self.variant = variant
        self.vendor = vendor
        self.code = code
        self.days = days
        self.createdAt = createdAt
    }
}

/// The days that stand on a package, and until when it is sold.
package struct BatchDays: Hashable, Sendable {
    package let manufacturedOn: CivilDate?
    package let bestBefore: CivilDate?
    package let expiresOn: CivilDate?
    /// The last day on which it is sold; nil: it does not end.
    package let sellUntil: CivilDate?

    /// - Parameter sellUntil: nil for its last day, where it has one.
    package init(
        manufacturedOn: CivilDate? = nil, bestBefore: CivilDate? = nil, expiresOn: CivilDate? = nil,
        sellUntil: CivilDate? = nil
    ) {
        self.manufacturedOn = manufacturedOn
        self.bestBefore = bestBefore
        self.expiresOn = expiresOn
        self.sellUntil = sellUntil ?? expiresOn ?? bestBefore
    }

    func check(_ check: inout InputCheck) {
        func isBefore(_ left: CivilDate?, _ right: CivilDate?) -> Bool {
            guard let left, let right else { return false }
            return left.daysSinceEpoch < right.daysSinceEpoch
        }
        if isBefore(bestBefore, manufacturedOn) {
            check.fail("/best_before", "before_manufacture", "must not be before manufactured_on")
        }
        if isBefore(expiresOn, manufacturedOn) {
            check.fail("/expires_on", "before_manufacture", "must not be before manufactured_on")
        }
        if isBefore(expiresOn, bestBefore) {
            check.fail("/expires_on", "before_best_before", "must not be before best_before")
        }
        if isBefore(expiresOn, sellUntil) {
            check.fail("/sell_until", "after_expiry", "must not be after expires_on")
        }
    }
}

/// A batch with how many units of it there are, at all places together.
package struct CountedBatch: Hashable, Sendable {
    package let batch: StockBatch
    package let onHand: Int64

    package init(batch: StockBatch, onHand: Int64) {
        self.batch = batch
        self.onHand = onHand
    }
}
