import Catalog
package import Core
import Foundation
package import Identity
import Inventory
package import Postgres

/// What of an order can be bought again, now and at what price. Placing it is another order.
package struct Reorder: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        /// As it was bought.
        package let line: OrderLine
        /// What it costs now; nil where it can't be had at all.
        package let price: Money?
        /// How many of it can be ordered; fewer than were bought where there are fewer.
        package let quantity: Int64
        /// Why it is not all that was bought; nil where it is.
        package let reason: Reason?

        package init(line: OrderLine, price: Money?, quantity: Int64, reason: Reason?) {
            self.line = line
            self.price = price
            self.quantity = quantity
            self.reason = reason
        }
    }

    package enum Reason: String, Hashable, Sendable, CaseIterable {
        /// It is sold no more, or its vendor does not sell now.
        case notForSale = "not_for_sale"
        case outOfStock = "out_of_stock"
        /// There are fewer than were bought.
        case fewerInStock = "fewer_in_stock"
        /// An order takes other quantities of it than were bought.
        case quantityLimit = "quantity_limit"
        /// It is sold in another currency than the others.
        case otherCurrency = "other_currency"
    }

    /// In the order in which they were placed.
    package let lines: [Line]

    package init(lines: [Line]) { self.lines = lines }
}

/// Says what of an order can be bought again.
package struct ProposeReorder: Sendable {
    private let products = ProductStore()
    private let stock = StockStore()
    private let clock: any WallClock

    package init(clock: some WallClock) { self.clock = clock }

    /// - Throws: a 404 `Problem`; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Order>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Reorder {
        guard let old = try await OrderStore().orderWithLines(id, visibleTo: visibility, in: executor) else {
            throw Problem.notFound("order")
        }
        let variants = old.lines.map(\.variant)
        let offers = Dictionary(
            try await products.offers(for: variants, at: clock.now, in: executor).map { ($0.variant, $0) },
            uniquingKeysWith: { $1 })
        let left = Dictionary(
            try await stock.levels(of: variants, in: executor).map { ($0.variant, $0.available) },
            uniquingKeysWith: { $1 })
        return Reorder(
            lines: old.lines.map { line in
                line.again(
                    offers[line.variant], left: left[line.variant] ?? 0, currency: old.order.total.currency)
            })
    }
}

extension OrderLine {
    /// - Parameters:
    ///   - offer: nil where it is not for sale.
    ///   - left: how many can be sold.
    ///   - currency: of the order.
    func again(_ offer: Offer?, left: Int64, currency: Currency) -> Reorder.Line {
        guard let offer else { return Reorder.Line(line: self, price: nil, quantity: 0, reason: .notForSale) }
        guard offer.price.currency == currency else {
            return Reorder.Line(line: self, price: offer.price, quantity: 0, reason: .otherCurrency)
        }
        let allowed = offer.quantityPerOrder
        let wanted = min(max(quantity, allowed.minimum), allowed.maximum ?? .max)
        let possible = min(wanted, max(left, 0))
        guard possible >= allowed.minimum, possible > 0 else {
            return Reorder.Line(line: self, price: offer.price, quantity: 0, reason: .outOfStock)
        }
        let reason: Reorder.Reason? =
            possible < wanted ? .fewerInStock : wanted == quantity ? nil : .quantityLimit
        return Reorder.Line(line: self, price: offer.price, quantity: possible, reason: reason)
    }
}
