import Core
import Foundation
import Identity
import Orders
import Postgres

/// A search, put together from what its text may mean. Each part asks one index and answers a bounded number of rows, the newest first.
struct OrderSearchSQL {
    /// A name that more than a hundredth of the orders has is found among so many of the newest, all others by their index.
    static let newest = 5_000

    private var parameters: [any PostgresEncodable]
    private var parts: [String] = []
    private let isVisible: String
    private let isWhole: Bool

    /// - Parameter limit: how many orders at most.
    init(visibleTo visibility: Visibility, limit: Int) {
        parameters = [visibility.subject, limit]
        isWhole = visibility == .everything
        isVisible = visibility.condition("$1", customer: "orders.customer_id = $1", order: "orders.id = $1")
    }

    private mutating func bind(_ value: some PostgresEncodable) -> String {
        parameters.append(value)
        return "$\(parameters.count)"
    }

    private mutating func add(_ match: OrderMatch, _ condition: String, from source: String = "orders") {
        parts.append(
            """
            (SELECT orders.id, '\(match.rawValue)' AS match FROM \(source) WHERE \(condition) AND \(isVisible)
            ORDER BY orders.id DESC LIMIT $2)
            """)
    }

    /// - Parameter lines: those that have the licence key which the text may be.
    func statement(for readings: [OrderSearchReading], lines: [UUID]) -> PostgresStatement? {
        var query = self
        var words: [String] = []
        for reading in readings {
            if case .name(let parts) = reading { words = parts } else { query.add(reading, lines: lines) }
        }
        let named = words.isEmpty ? nil : query.named(words)
        guard !query.parts.isEmpty || named != nil else { return nil }
        let exact =
            query.parts.isEmpty
            ? "SELECT NULL::uuid AS id, '' AS match WHERE FALSE" : query.parts.joined(separator: " UNION ALL ")
        let whole = named.map { "SELECT * FROM exact UNION ALL \($0)" } ?? "SELECT * FROM exact"
        return PostgresStatement(
            sql: """
                WITH exact AS MATERIALIZED (\(exact))
                SELECT id, array_agg(DISTINCT match ORDER BY match) AS matches FROM (\(whole)) AS found
                GROUP BY id ORDER BY id DESC LIMIT $2
                """,
            parameters: query.parameters)
    }

    private mutating func add(_ reading: OrderSearchReading, lines: [UUID]) {
        switch reading {
        case .number(let number, part: nil): add(.number, "orders.number = \(bind(number))")
        case .number(let number, part: let part?):
            let (number, part) = (bind(number), bind(part))
            add(
                .number, "orders.number = \(number) AND part.sequence = \(part)",
                from: "orders JOIN vendor_orders AS part ON part.order_id = orders.id")
        case .order(let id): add(.id, "orders.id = \(bind(id))")
        case .vendorOrder(let id):
            add(
                .id, "part.id = \(bind(id))",
                from: "vendor_orders AS part JOIN orders ON orders.id = part.order_id")
        case .payment(let id):
            add(.id, "payments.id = \(bind(id))", from: "payments JOIN orders ON orders.id = payments.order_id")
        case .refund(let id):
            add(.id, "refunds.id = \(bind(id))", from: "refunds JOIN orders ON orders.id = refunds.order_id")
        case .email(let key): add(.email, "lower(email COLLATE \"C\") = \(bind(key))")
        case .phone(let numbers, let ending):
            for number in numbers { add(.phone, "phone = \(bind(number))") }
            if let ending {
                add(
                    .phone,
                    """
                    right(regexp_replace(shipping_address ->> 'phone', '[^0-9]', '', 'g'), 9) = \(bind(ending))
                        AND shipping_address ->> 'phone' IS NOT NULL
                    """)
            }
        case .reference(let reference):
            let text = bind(reference)
            for (table, column) in [
                ("payments", "reference"), ("payments", "session_reference"), ("refunds", "reference"),
                ("disputes", "reference"),
            ] {
                add(
                    .paymentReference, "\(table).\(column) = \(text)",
                    from: "\(table) JOIN orders ON orders.id = \(table).order_id")
            }
        case .licenceKey:
            guard !lines.isEmpty else { return }
            add(
                .licenceKey, "line.id = ANY (\(bind(lines))::uuid[])",
                from: "order_lines AS line JOIN orders ON orders.id = line.order_id")
        case .name: break
        }
    }

    /// Only where nothing else was found. Those who reach everything look first among the newest orders, and where too few of them are
    /// called so, by the index; others among what is theirs.
    private mutating func named(_ words: [String]) -> String {
        let condition =
            words.map { "names LIKE lower(\(bind(Self.pattern($0))))" }.joined(separator: " AND ")
            + " AND NOT EXISTS (SELECT FROM exact)"
        guard isWhole else {
            return """
                (SELECT orders.id, '\(OrderMatch.name.rawValue)' FROM orders JOIN order_names ON order_id = orders.id
                WHERE \(isVisible) AND \(condition) ORDER BY orders.id DESC LIMIT $2)
                """
        }
        return """
            (WITH recent AS MATERIALIZED (
                SELECT order_id FROM (SELECT * FROM order_names WHERE \(isVisible) ORDER BY order_id DESC LIMIT \(Self.newest))
                    AS newest WHERE \(condition) LIMIT $2
            ), indexed AS MATERIALIZED (
                SELECT order_id FROM order_names
                WHERE \(condition) AND \(isVisible) AND (SELECT count(*) FROM recent) < $2
            )
            SELECT order_id, '\(OrderMatch.name.rawValue)'
            FROM (SELECT * FROM recent UNION SELECT * FROM indexed) AS called ORDER BY order_id DESC LIMIT $2)
            """
    }

    /// What has the text anywhere.
    private static func pattern(_ text: String) -> String {
        var pattern = "%"
        for scalar in text.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { pattern.unicodeScalars.append("\\") }
            pattern.unicodeScalars.append(scalar)
        }
        return pattern + "%"
    }
}

/// The same among vendors' parts, by what vendors may know of them.
enum VendorOrderSearchSQL {
    /// - Returns: nil where the text can mean nothing that vendors know.
    static func statement(
        for readings: [OrderSearchReading], lines: [UUID], visibleTo visibility: Visibility, limit: Int
    ) -> PostgresStatement? {
        var parameters: [any PostgresEncodable] = [visibility.subject, limit]
        func bind(_ value: some PostgresEncodable) -> String {
            parameters.append(value)
            return "$\(parameters.count)"
        }
        let isVisible = visibility.condition("$1", vendor: "part.vendor_id = $1")
        let parts = readings.compactMap { reading -> String? in
            let (source, condition): (String, String)
            switch reading {
            case .number(let number, let part):
                source = "orders JOIN vendor_orders AS part ON part.order_id = orders.id"
                condition =
                    "orders.number = \(bind(number))" + (part.map { " AND part.sequence = \(bind($0))" } ?? "")
            case .order(let id): (source, condition) = ("vendor_orders AS part", "part.order_id = \(bind(id))")
            case .vendorOrder(let id): (source, condition) = ("vendor_orders AS part", "part.id = \(bind(id))")
            case .licenceKey:
                guard !lines.isEmpty else { return nil }
                source = "order_lines AS line JOIN vendor_orders AS part ON part.id = line.vendor_order_id"
                condition = "line.id = ANY (\(bind(lines))::uuid[])"
            case .payment, .refund, .email, .phone, .reference, .name: return nil
            }
            return "(SELECT part.id FROM \(source) WHERE \(condition) AND \(isVisible) ORDER BY part.id DESC LIMIT $2)"
        }
        guard !parts.isEmpty else { return nil }
        return PostgresStatement(
            sql:
                "SELECT DISTINCT id FROM (\(parts.joined(separator: " UNION ALL "))) AS found ORDER BY id DESC LIMIT $2",
            parameters: parameters)
    }
}
