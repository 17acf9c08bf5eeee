package import Core
import Foundation
package import Postgres

/// Pieces of statements that read prices.
package enum PriceSQL {
    /// What costs `price` at the time of a parameter, such as "$2"; NULL there stands for now.
    package static func current(at parameter: String) -> String {
        let time = "coalesce(\(parameter)::timestamptz, now())"
        return """
            CASE WHEN price.sale_ends[cardinality(price.sale_ends)] > \(time) THEN coalesce(
                (SELECT price.sale_amounts[place] FROM generate_subscripts(price.sale_starts, 1) AS place
                WHERE price.sale_starts[place] <= \(time) AND \(time) < price.sale_ends[place]), price.amount_minor)
            ELSE price.amount_minor END AS current_minor, price.amount_minor, price.compare_at_minor,
            price.maximum_retail_minor, price.currency
            """
    }

    private static let columns =
        "amount_minor, compare_at_minor, maximum_retail_minor, sale_amounts, sale_starts, sale_ends"

    /// Sets the price in one currency, of each variant at most one.
    static func set(_ prices: [(variant: ID<Variant>, product: ID<Product>, price: Price)]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO prices (variant_id, product_id, currency, amount_minor, compare_at_minor, maximum_retail_minor)
                SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int8[], $5::int8[], $6::int8[])
                """,
            parameters: [
                prices.map(\.variant), prices.map(\.product), prices.map(\.price.amount.currency),
                prices.map(\.price.amount.minorUnits), prices.map(\.price.compareAt?.minorUnits),
                prices.map(\.price.maximumRetail?.minorUnits),
            ])
    }

    static func set(_ price: Price, of variant: ID<Variant>, product: ID<Product>) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO prices (variant_id, product_id, currency, \(columns))
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                ON CONFLICT (variant_id, currency) DO UPDATE SET (\(columns)) = ($4, $5, $6, $7, $8, $9)
                """,
            parameters: [
                variant, product, price.amount.currency, price.amount.minorUnits, price.compareAt?.minorUnits,
                price.maximumRetail?.minorUnits, price.sales.map(\.amount.minorUnits), price.sales.map(\.startsAt),
                price.sales.map(\.endsAt),
            ])
    }

    static func list(of variant: ID<Variant>) -> PostgresStatement {
        "SELECT currency, \(unescaped: columns) FROM prices WHERE variant_id = \(variant) ORDER BY currency"
    }

    static func delete(of variant: ID<Variant>, in currency: Currency) -> PostgresStatement {
        "DELETE FROM prices WHERE variant_id = \(variant) AND currency = \(currency)"
    }
}

extension Price: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let currency: Currency = try row.decode("currency")
        let compareAt: Int64? = try row.decode("compare_at_minor")
        let maximum: Int64? = try row.decode("maximum_retail_minor")
        let amounts: [Int64] = try row.decode("sale_amounts")
        let starts: [Date] = try row.decode("sale_starts")
        let ends: [Date] = try row.decode("sale_ends")
        self.init(
            amount: Money(minorUnits: try row.decode("amount_minor"), currency: currency),
            compareAt: compareAt.map { Money(minorUnits: $0, currency: currency) },
            maximumRetail: maximum.map { Money(minorUnits: $0, currency: currency) },
            sales: zip(amounts, zip(starts, ends)).map { amount, period in
                SalePrice(
                    amount: Money(minorUnits: amount, currency: currency), startsAt: period.0, endsAt: period.1)
            })
    }
}
