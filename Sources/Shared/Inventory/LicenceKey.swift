package import Catalog
package import Core
package import Foundation
package import Vendors

/// A licence key of a vendor's pool. Its text is in the database only encrypted.
package struct LicenceKey: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "key"

    package let id: ID<LicenceKey>
    package let vendor: ID<Vendor>
    package let variant: ID<Variant>
    let ciphertext: [UInt8]
    /// What it is compared by.
    let fingerprint: [UInt8]
}

/// What became of a batch of keys.
package struct LicenceKeyImport: Hashable, Sendable {
    /// How many keys joined the pool.
    package let imported: Int
    /// Positions in the batch, from 0, of keys that the vendor has already or that stand earlier in the batch.
    package let duplicates: [Int]
    package let level: StockLevel

    package init(imported: Int, duplicates: [Int], level: StockLevel) {
        self.imported = imported
        self.duplicates = duplicates
        self.level = level
    }
}

/// A bought line that needs keys.
package struct KeyDemand: Hashable, Sendable {
    /// The order line.
    package let line: UUID
    package let variant: ID<Variant>
    package let quantity: Int64

    package init(line: UUID, variant: ID<Variant>, quantity: Int64) {
        self.line = line
        self.variant = variant
        self.quantity = quantity
    }
}

/// A key in the clear, on its way to its buyer.
package struct RevealedKey: Hashable, Sendable {
    package let id: ID<LicenceKey>
    /// The order line.
    package let line: UUID
    package let variant: ID<Variant>
    /// 1 for the line's first unit.
    package let unit: Int64
    package let key: Secret

    package static func == (left: RevealedKey, right: RevealedKey) -> Bool {
        left.id == right.id && left.line == right.line && left.unit == right.unit
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
