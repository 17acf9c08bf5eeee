package import Core
package import Foundation
import Postgres

/// Whether a vendor may sell.
package enum VendorStatus: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    case active
    case suspended
}

/// Somebody who sells on the marketplace.
package struct Vendor: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "ven"

    package let id: ID<Vendor>
    package let name: String
    /// Where sales are announced.
    package let email: EmailAddress
    package let status: VendorStatus
    /// The marketplace's share of a sale; an order freezes the value at its time.
    package let commissionRate: Rate
    package let createdAt: Date

    package init(
        id: ID<Vendor>, name: String, email: EmailAddress, status: VendorStatus, commissionRate: Rate,
        createdAt: Date
    ) {
        self.id = id
        self.name = name
        self.email = email
        self.status = status
        self.commissionRate = commissionRate
        self.createdAt = createdAt
    }
}

/// What an operator enters to create a vendor.
package struct NewVendor: Hashable, Sendable {
    /// What a name must be like.
    package static let name = TextRule(1...200, .line)
    /// Nothing to all of a sale.
    package static let commissionPPM = 0...Rate.whole.partsPerMillion

    package let name: String
    package let email: String
    package let commissionRate: Rate

    package init(name: String, email: String, commissionRate: Rate) {
        self.name = name
        self.email = email
        self.commissionRate = commissionRate
    }

    /// - Throws: a 422 `Problem` with every field that is not acceptable.
    func checkedEmail() throws(Problem) -> EmailAddress {
        var check = InputCheck()
        check.text("/name", name, Self.name)
        check.number("/commission_ppm", commissionRate.partsPerMillion, in: Self.commissionPPM)
        let address = check.email("/email", email)
        try check.finish()
        guard let address else { throw .invalidInput([]) }
        return address
    }
}
