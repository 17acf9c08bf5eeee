package import Catalog
package import Core
package import Foundation
import Postgres
package import Vendors

/// A licence key of a vendor's pool. Its text is in the database only encrypted.
package struct LicenceKey: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "lky"

    package let id: ID<LicenceKey>
    package let vendor: ID<Vendor>
    package let variant: ID<Variant>
    let ciphertext: [UInt8]
    /// What it is compared by among the vendor's keys.
    let fingerprint: [UInt8]
    /// What it is compared by among all keys of the marketplace.
    let marketplaceFingerprint: [UInt8]
    let life: KeyLife?
    /// Its line in the file that it came with.
    let line: Int64?
}

/// What has become of a key.
package enum LicenceKeyState: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    /// In its pool.
    case available
    /// A buyer's.
    case assigned
    /// Shown to nobody any more.
    case revoked
    /// Out of its pool, for its batch is not trusted.
    case quarantined
    /// Out of its pool, for too little was left of its life.
    case expired
    /// Another one has taken its place.
    case replaced
}

/// What became of a batch of keys.
package struct LicenceKeyImport: Hashable, Sendable {
    /// How many keys joined the pool.
    package let imported: Int
    /// Positions among those that were given, from 0, of keys that stand there earlier or that the marketplace has already.
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
