package import Core
package import Foundation
import Identity
package import Postgres
package import Vendors

/// Which orders a list or an export has; without anything said, all of them.
package struct OrderFilter: Hashable, Sendable {
    package let status: OrderStatus?
    package let paymentState: OrderPaymentState?
    /// When they were placed.
    package let placed: TimeSpan
    /// Those that this vendor has a part in.
    package let vendor: ID<Vendor>?
    package let tag: ID<OrderTag>?
    package let total: Amount?

    /// From one moment on, and until before another one.
    package struct TimeSpan: Hashable, Sendable {
        package let start: Date?
        package let end: Date?

        package init(from start: Date? = nil, before end: Date? = nil) {
            self.start = start
            self.end = end
        }

        /// In seconds; nil where it has no end or no beginning.
        package var length: TimeInterval? {
            guard let start, let end else { return nil }
            return end.timeIntervalSince(start)
        }
    }

    /// Totals within a range of one currency, in minor units.
    package struct Amount: Hashable, Sendable {
        package let currency: Currency
        package let minimum: Int64
        package let maximum: Int64

        package init(currency: Currency, minimum: Int64, maximum: Int64) {
            self.currency = currency
            self.minimum = minimum
            self.maximum = maximum
        }
    }

    /// For how long, in seconds, orders can be filtered by their totals: all orders of that time are looked at.
    package static let longestForTotals: TimeInterval = 92 * 86_400

    package init(
        status: OrderStatus? = nil, paymentState: OrderPaymentState? = nil, placed: TimeSpan = TimeSpan(),
        vendor: ID<Vendor>? = nil, tag: ID<OrderTag>? = nil, total: Amount? = nil
    ) {
        self.status = status
        self.paymentState = paymentState
        self.placed = placed
        self.vendor = vendor
        self.tag = tag
        self.total = total
    }
}

extension OrderSQL {
    static func list(
        _ filter: OrderFilter, visibleTo visibility: Visibility, before: ID<Order>?, limit: Int
    ) -> PostgresStatement {
        var query = OrderFilterSQL(filter)
        let reach = query.bind(visibility.subject)
        query.require(isVisible(to: visibility, reach))
        if let before { query.require("orders.id < \(query.bind(before))") }
        let most = query.bind(limit)
        return query.statement(selecting: Order.qualifiedColumns, "ORDER BY orders.id DESC LIMIT \(most)")
    }
}

/// A query of orders that is put together from what is asked for, so that each combination has a plan of its own.
package struct OrderFilterSQL {
    /// How far, in seconds, the time in an order's id may be from when it was placed.
    private static let slack: TimeInterval = 600

    private var source = "orders"
    private var conditions: [String] = []
    private var parameters: [any PostgresEncodable] = []

    package init(_ filter: OrderFilter) {
        if let status = filter.status { require("orders.status = '\(status.rawValue)'") }
        if let state = filter.paymentState { require("orders.payment_state = '\(state.rawValue)'") }
        if let vendor = filter.vendor {
            source += " JOIN vendor_orders AS part ON part.order_id = orders.id AND part.vendor_id = \(bind(vendor))"
        }
        if let tag = filter.tag {
            source += " JOIN order_taggings AS tagged ON tagged.order_id = orders.id AND tagged.tag_id = \(bind(tag))"
        }
        // Ids carry the time, so that a span of it is a span of the primary key.
        if let start = filter.placed.start {
            require("orders.placed_at >= \(bind(start))")
            require("orders.id >= uuid7_floor(\(bind(start.addingTimeInterval(-Self.slack)))::timestamptz)")
        }
        if let end = filter.placed.end {
            require("orders.placed_at < \(bind(end))")
            require("orders.id < uuid7_floor(\(bind(end.addingTimeInterval(Self.slack)))::timestamptz)")
        }
        if let total = filter.total {
            require("orders.currency = \(bind(total.currency))")
            require("orders.total_minor BETWEEN \(bind(total.minimum)) AND \(bind(total.maximum))")
        }
    }

    /// The parameter that stands for a value.
    package mutating func bind(_ value: some PostgresEncodable) -> String {
        parameters.append(value)
        return "$\(parameters.count)"
    }

    /// Adds a condition on `orders`, of our own words and bound parameters alone.
    package mutating func require(_ condition: String) { conditions.append(condition) }

    /// - Parameters:
    ///   - columns: of `orders`, by that name.
    ///   - end: what follows the conditions.
    package func statement(selecting columns: String, _ end: String) -> PostgresStatement {
        PostgresStatement(
            sql:
                "SELECT \(columns) FROM \(source) WHERE \(conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND ")) \(end)",
            parameters: parameters)
    }
}
