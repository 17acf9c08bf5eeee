package import Catalog
package import Core
package import Foundation

/// How many units of a variant there are.
package struct StockLevel: Hashable, Sendable {
    package let variant: ID<Variant>
    /// Units that are there, reserved ones included.
    package let onHand: Int64
    /// Units held for orders that are not paid yet.
    package let reserved: Int64

    package init(variant: ID<Variant>, onHand: Int64, reserved: Int64) {
        self.variant = variant
        self.onHand = onHand
        self.reserved = reserved
    }

    /// Units that can be bought.
    package var available: Int64 { onHand - reserved }

    static func none(_ variant: ID<Variant>) -> StockLevel { StockLevel(variant: variant, onHand: 0, reserved: 0) }
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
