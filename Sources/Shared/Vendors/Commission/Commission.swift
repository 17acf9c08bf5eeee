package import Core
package import Foundation

/// What the marketplace takes of a line that is sold.
package struct Commission: Hashable, Sendable {
    /// Nothing to all of a sale.
    package static let ratePPM = 0...Rate.whole.partsPerMillion
    /// In minor units.
    package static let fixedAmount: ClosedRange<Int64> = 0...1_000_000_000

    package let rate: Rate
    /// Beside the share.
    package let fixed: Money?

    package init(rate: Rate, fixed: Money? = nil) {
        self.rate = rate
        self.fixed = fixed
    }

    func check(_ check: inout InputCheck, at pointer: String) {
        check.number(pointer + "/commission_ppm", rate.partsPerMillion, in: Self.ratePPM)
        if let fixed {
            check.number(pointer + "/commission_fixed/minor_units", fixed.minorUnits, in: Self.fixedAmount)
        }
    }
}

/// A commission and the moment from which it holds: until the next term of the vendor begins.
package struct CommissionTerm: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "cmt"

    package let id: ID<CommissionTerm>
    package let vendor: ID<Vendor>
    package let commission: Commission
    package let validFrom: Date
    /// When the next term begins; nil for the last one, and for one that was not read together with the others.
    package let validTo: Date?
    package let recordedAt: Date

    package init(
        id: ID<CommissionTerm>, vendor: ID<Vendor>, commission: Commission, validFrom: Date, validTo: Date? = nil,
        recordedAt: Date
    ) {
        self.id = id
        self.vendor = vendor
        self.commission = commission
        self.validFrom = validFrom
        self.validTo = validTo
        self.recordedAt = recordedAt
    }
}
