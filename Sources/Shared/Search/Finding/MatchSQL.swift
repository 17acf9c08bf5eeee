import Catalog
import Core
import Foundation
import Postgres

/// What a document has to be like, as parameters of statements and conditions on them.
struct Conditions: Sendable {
    /// Choices of one kind, of which one has to be there.
    struct Group: Sendable, Hashable {
        enum Subject: Hashable, Sendable {
            case category
            case vendor
            case country
            case stock
            case attribute(UUID)
        }

        let subject: Subject
        /// Empty where nothing that was chosen is known: then nothing is found.
        let facets: [Int32]
    }

    let query: String?
    let groups: [Group]
    let currency: String?
    let price: SearchRequest.PriceRange
    /// Whether a price in the currency is needed even without a range: an order by it is one of what has one.
    let needsPrice: Bool

    var hasPriceRange: Bool { price.minimum != nil || price.maximum != nil }

    /// The first of all statements' parameters: $1 the query, $2 the currency, $3 and $4 the range, then the groups.
    var parameters: [any PostgresEncodable] {
        [query, currency, price.minimum, price.maximum] + groups.map { $0.facets as any PostgresEncodable }
    }

    static let price = "document.prices[array_position(document.currencies, $2::text)]"
    static let matchesNames = "document.names @@ ($1::text)::tsquery"

    /// The condition that is left out where a facet is counted as if it had not been chosen of.
    enum Omission: Hashable, Sendable {
        case nothing
        /// By its place in `groups`.
        case group(Int)
        case price
    }

    /// All matches, and what would match without each of the filters that are set.
    var omissions: [Omission] {
        [.nothing] + groups.indices.map(Omission.group) + (hasPriceRange ? [.price] : [])
    }

    /// - Parameters:
    ///   - asksForWords: false where another condition implies that the words match.
    ///   - isIndexed: whether the index of words and facets may serve it; where nearly everything matches, it had better not.
    func condition(
        without omission: Omission = .nothing, asksForWords: Bool = true, isIndexed: Bool = true
    ) -> String {
        // Words are many and stand apart from their row: they are looked at last.
        "\(filters(without: omission, isIndexed: isIndexed)) AND \(base(asksForWords: asksForWords, isIndexed: isIndexed))"
    }

    /// What holds whatever is chosen of facets.
    func base(asksForWords: Bool = true, isIndexed: Bool = true) -> String {
        var parts = ["document.is_listed"]
        if query == nil {
            parts.append("$1::text IS NULL")
        } else if asksForWords {
            parts.append(Self.form("document.words @@ ($1::text)::tsquery", isIndexed))
        }
        if currency == nil { parts.append("$2::text IS NULL") }
        if needsPrice { parts.append("\(Self.price) IS NOT NULL") }
        return parts.joined(separator: " AND ")
    }

    /// What is chosen of facets.
    func filters(
        without omission: Omission = .nothing, isPriced: Bool = true, isIndexed: Bool = true
    ) -> String {
        var parts = groups.indices.map { index in
            let facets = "$\(index + 5)::int4[]"
            return omission == .group(index)
                ? "\(facets) IS NOT NULL" : Self.form("document.facets && \(facets)", isIndexed)
        }
        let isFree = omission == .price || !isPriced
        parts.append(
            price.minimum == nil || isFree
                ? "coalesce($3::int8, 0) IS NOT NULL" : "\(Self.price) >= $3::int8")
        parts.append(
            price.maximum == nil || isFree
                ? "coalesce($4::int8, 0) IS NOT NULL" : "\(Self.price) <= $4::int8")
        return parts.joined(separator: " AND ")
    }

    private static func form(_ condition: String, _ isIndexed: Bool) -> String {
        isIndexed ? condition : "(\(condition)) IS TRUE"
    }
}

/// Where a page goes on.
struct SearchPosition: Hashable, Sendable {
    /// How the listing is ordered. Relevance has two: by rank where that can be told of every match, and else by whether a name matches.
    enum Order: String, Sendable {
        case newest = "n"
        case cheapest = "a"
        case dearest = "d"
        case rank = "r"
        case tier = "t"

        var isAscending: Bool { self == .cheapest }

        /// Of the key and, where that is the same, of the id.
        var direction: String { isAscending ? "ASC" : "DESC" }

        /// By what it orders, before the id.
        var key: String {
            switch self {
            case .newest: "0::int8"
            case .cheapest, .dearest: Conditions.price
            case .rank: "CASE WHEN \(Conditions.matchesNames) THEN 1 + \(Self.rankOfNames) ELSE 0 END"
            case .tier: "(\(Conditions.matchesNames))::int4::int8"
            }
        }

        private static let rankOfNames = "(ts_rank(document.names, ($1::text)::tsquery) * 1000000)::int8"
    }

    let order: Order
    let key: Int64
    let product: UUID

    /// By key, and by id where that is the same.
    func isBefore(_ other: SearchPosition) -> Bool {
        guard key == other.key else { return key < other.key }
        return ID<Product>(uuid: product) < ID<Product>(uuid: other.product)
    }
}

/// The statements that find.
enum MatchSQL {
    /// Beyond so many matches their number is an estimate, and so are the facets' counts.
    static let exactly = 10_000
    /// An estimate may be too low.
    private static let atMost = 2 * exactly
    /// How many values of one kind, or of one attribute, are told.
    static let mostValues = 50

    /// Statements are planned once for all words and filters, and whatever is read of many documents at once is slow. So nothing is found
    /// by reading the whole table; and what takes longer than this is given up.
    static let settings: PostgresStatement = """
        SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
            set_config('max_parallel_workers_per_gather', '0', true), set_config('statement_timeout', '3000', true)
        """

    /// Whether documents are gone through in the order that is wanted, until a page is full, or sorted.
    static func walking(_ isWalking: Bool) -> PostgresStatement {
        PostgresStatement(sql: "SELECT set_config('enable_sort', '\(isWalking ? "off" : "on")', true)")
    }

    /// How many documents there are, as far as the server knows.
    static let size: PostgresStatement =
        "SELECT greatest(reltuples, 0)::int8 FROM pg_class WHERE oid = 'search_documents'::regclass"

    /// How many of the first samples match, for each of the conditions' omissions and, behind these, how many are looked at for it: no
    /// index serves the price. At last, of how many a name matches.
    static func count(_ conditions: Conditions, samples: Int) -> PostgresStatement {
        let sample = "$\(conditions.parameters.count + 1)"
        let filters =
            conditions.omissions.map { conditions.filters(without: $0) }
            + conditions.omissions.map { conditions.filters(without: $0, isPriced: false) }
        let named = conditions.query == nil ? "false" : "\(conditions.filters()) AND \(Conditions.matchesNames)"
        let counts = (filters + [named]).map { "count(*) FILTER (WHERE \($0))" }
        return PostgresStatement(
            sql: """
                SELECT ARRAY[\(counts.joined(separator: ", "))] FROM search_documents AS document
                WHERE \(conditions.base()) AND document.facets && \(sample)::int4[]
                """,
            parameters: conditions.parameters + [SearchSample.facets(samples)])
    }

    /// A page of all matches, each of which is looked at.
    static func ranked(
        _ conditions: Conditions, order: SearchPosition.Order, after position: SearchPosition?, limit: Int
    ) -> PostgresStatement {
        let count = conditions.parameters.count
        return PostgresStatement(
            sql: """
                SELECT product_id, key FROM (
                    SELECT document.product_id, \(order.key) AS key FROM search_documents AS document
                    WHERE \(conditions.condition()) LIMIT \(atMost)
                ) AS matched
                WHERE \(isAfter(position, order, key: "key", product: "product_id", first: count + 1))
                ORDER BY key \(order.direction), product_id \(order.direction) LIMIT $\(count + 3)
                """,
            parameters: conditions.parameters + [position?.key, position?.product, limit])
    }

    /// A page of so many matches that it is found soon by going through the documents in their order.
    static func inOrder(
        _ conditions: Conditions, order: SearchPosition.Order, after position: SearchPosition?, limit: Int
    ) -> PostgresStatement {
        let count = conditions.parameters.count
        let condition = conditions.condition(isIndexed: false)
        let after = { isAfter(position, order, key: $0, product: $1, first: count + 1) }
        let sql =
            if order == .newest {
                """
                SELECT document.product_id, 0::int8 AS key FROM search_documents AS document
                WHERE \(condition) AND \(after("0::int8", "document.product_id"))
                ORDER BY document.product_id DESC LIMIT $\(count + 3)
                """
            } else {
                // One document after the other, whatever the server thinks of their number.
                """
                SELECT price.product_id, price.amount_minor AS key FROM search_prices AS price CROSS JOIN LATERAL (
                    SELECT FROM search_documents AS document
                    WHERE document.product_id = price.product_id AND \(condition) LIMIT 1
                ) AS found
                WHERE price.currency = $2::text AND \(after("price.amount_minor", "price.product_id"))
                ORDER BY price.amount_minor \(order.direction), price.product_id \(order.direction) LIMIT $\(count + 3)
                """
            }
        return PostgresStatement(
            sql: sql, parameters: conditions.parameters + [position?.key, position?.product, limit])
    }

    /// The newest of those whose names match, or of the others.
    /// - Parameter areFew: whether they are so few that they are better found by the index of names.
    static func tier(
        _ conditions: Conditions, isNamed: Bool, areFew: Bool = false, after product: UUID?, limit: Int
    ) -> PostgresStatement {
        let count = conditions.parameters.count
        let isAfter = OptionalFilter.condition(
            "document.product_id < $\(count + 1)", "$\(count + 1)::uuid", isSet: product != nil)
        return PostgresStatement(
            sql: """
                SELECT document.product_id, \(isNamed ? 1 : 0)::int8 AS key FROM search_documents AS document
                WHERE \(areFew ? Conditions.matchesNames : "(\(Conditions.matchesNames)) IS \(isNamed ? "TRUE" : "NOT TRUE")")
                    AND \(conditions.condition(asksForWords: !isNamed, isIndexed: false)) AND \(isAfter)
                ORDER BY document.product_id DESC LIMIT $\(count + 2)
                """,
            parameters: conditions.parameters + [product, limit])
    }

    private static func isAfter(
        _ position: SearchPosition?, _ order: SearchPosition.Order, key: String, product: String, first: Int
    ) -> String {
        let (keyParameter, productParameter) = ("$\(first)::int8", "$\(first + 1)::uuid")
        guard position != nil else { return "\(keyParameter) IS NULL AND \(productParameter) IS NULL" }
        if order == .newest { return "\(keyParameter) IS NOT NULL AND \(product) < \(productParameter)" }
        return "(\(key), \(product)) \(order.isAscending ? ">" : "<") (\(keyParameter), \(productParameter))"
    }
}
