package import Catalog
package import Core
package import Foundation

/// How many units of a variant there are, wherever they stand.
package struct StockLevel: Hashable, Sendable {
    package let variant: ID<Variant>
    /// Units that are there, reserved ones included; less than none where so many are owed.
    package let onHand: Int64
    /// Units held for orders that are not paid yet.
    package let reserved: Int64
    package let policy: StockPolicy

    package init(variant: ID<Variant>, onHand: Int64, reserved: Int64, policy: StockPolicy = StockPolicy()) {
        self.variant = variant
        self.onHand = onHand
        self.reserved = reserved
        self.policy = policy
    }

    /// Units that are nobody's yet; less than none where so many are to come.
    package var free: Int64 { onHand - reserved }

    /// Units that can be bought.
    package var available: Int64 { max(free + policy.backorderLimit, 0) }

    /// Whether no more are left than its threshold says.
    package var isLow: Bool { policy.lowStockThreshold.map { free <= $0 } ?? false }

    static func none(_ variant: ID<Variant>) -> StockLevel { StockLevel(variant: variant, onHand: 0, reserved: 0) }
}

/// How far a variant is sold, and when somebody is told.
package struct StockPolicy: Hashable, Sendable {
    /// What thresholds and limits may be.
    package static let range: ClosedRange<Int64> = 0...1_000_000_000

    /// Told once when no more than so many are left; nil: never.
    package let lowStockThreshold: Int64?
    /// Units that may be sold beyond those that are there; 0: none.
    package let backorderLimit: Int64

    package init(lowStockThreshold: Int64? = nil, backorderLimit: Int64 = 0) {
        self.lowStockThreshold = lowStockThreshold
        self.backorderLimit = backorderLimit
    }
}

/// A number of units of one variant.
package struct StockQuantity: Hashable, Sendable {
    package let variant: ID<Variant>
    package let quantity: Int64

    package init(variant: ID<Variant>, quantity: Int64) {
        self.variant = variant
        self.quantity = quantity
    }
}

/// Whoever units are held for; in practice an order.
package struct ReservationHolder: Hashable, Sendable {
    package let uuid: UUID

    package init(uuid: UUID) { self.uuid = uuid }
}

/// Somebody was faster: what is left of each wanted variant.
package struct InsufficientStock: ProblemConvertible, Hashable, Sendable {
    /// One wanted variant.
    package struct Line: Hashable, Sendable {
        package let variant: ID<Variant>
        package let requested: Int64
        package let available: Int64

        package init(variant: ID<Variant>, requested: Int64, available: Int64) {
            self.variant = variant
            self.requested = requested
            self.available = available
        }

        package var isShort: Bool { available < requested }
    }

    /// Every wanted variant, also those of which there is enough.
    package let lines: [Line]

    package init(lines: [Line]) { self.lines = lines }

    package var problem: Problem {
        let short = lines.filter(\.isShort)
        let detail = short.map { "\($0.variant): \($0.requested) wanted, \($0.available) left" }
        return Problem(
            type: "insufficient-stock", title: "Not enough in stock", status: 409,
            detail: detail.joined(separator: "; "),
            extensions: [
                "lines": .array(
                    short.map { line in
                        [
                            "variant_id": .string(line.variant.description), "requested": .integer(line.requested),
                            "available": .integer(line.available),
                        ]
                    })
            ])
    }
}
