import Core
import Foundation
import Postgres

/// Counts what matches can be narrowed by. What a kind has been narrowed by already does not count for that kind itself, so that its other
/// values show what choosing them instead would find.
enum FacetSQL {
    /// One count. Of the facets where `group` is nil those of all matches count, and else those of the group's own kind.
    struct Count: Sendable, PostgresRowDecodable {
        let group: Int32?
        let kind: String
        let subject: UUID?
        let code: String
        let number: Int64

        init(row: borrowing PostgresRow) throws(PostgresError) {
            group = try row.decode("part")
            kind = try row.decode("kind")
            subject = try row.decode("subject")
            code = try row.decode("code")
            number = try row.decode("number")
        }
    }

    /// - Parameters:
    ///   - sampling: what is counted by samples alone.
    ///   - above: the categories whose children are told, besides those at the root.
    ///   - steps: where the ranges of prices begin.
    ///   - page: the order and the length of the first page, where it is wanted with them: as counts of a kind of its own.
    static func count(
        _ conditions: Conditions, _ sampling: Sampling, above: [UUID], steps: [Int64],
        page: (order: SearchPosition.Order, limit: Int)? = nil
    ) -> PostgresStatement {
        let first = conditions.parameters.count + 1
        let sample = "$\(first)::int4[]"
        let price = conditions.currency == nil ? "NULL::int8" : Conditions.price
        let key = page.map { ", \($0.order.key) AS key" } ?? ""
        let sets = conditions.omissions.map { omission in
            """
            \(name(of: omission)) AS MATERIALIZED (
                SELECT document.product_id, document.facets, \(price) AS price\(omission == .nothing ? key : "")
                FROM search_documents AS document WHERE \(conditions.condition(without: omission))
                    AND \(sampling.isOf(omission) ? "document.facets && \(sample)" : "\(sample) IS NOT NULL")
                LIMIT \(2 * MatchSQL.exactly)
            )
            """
        }
        let counted =
            [values("unnest(facets)", of: name(of: .nothing), as: "NULL")]
            + conditions.groups.enumerated().map { index, group in
                values(values(of: group.subject), of: name(of: .group(index)), as: String(index))
            }
        let priced = name(of: conditions.hasPriceRange ? .price : .nothing)
        return PostgresStatement(
            sql: """
                WITH \(sets.joined(separator: ", ")), counted AS MATERIALIZED (\(counted.joined(separator: " UNION ALL "))), told AS (
                    SELECT counted.part, facet.kind, facet.subject, facet.code, counted.number, row_number() OVER (
                        PARTITION BY counted.part, facet.kind, CASE WHEN facet.kind = 'attribute' THEN facet.subject END
                        ORDER BY counted.number DESC, facet.id) AS place
                    FROM counted JOIN search_facets AS facet ON facet.id = counted.value
                    LEFT JOIN categories AS category ON facet.kind = 'category' AND category.id = facet.subject
                    WHERE facet.kind <> 'category' OR category.parent_id IS NULL
                        OR category.parent_id = ANY ($\(first + 1)::uuid[])
                )
                SELECT part, kind, subject, code, number FROM told WHERE place <= \(MatchSQL.mostValues)
                UNION ALL SELECT NULL, 'total', NULL, '', count(*) FROM matched
                UNION ALL SELECT NULL, 'price', NULL, width_bucket(price, $\(first + 2)::int8[])::text, count(*)
                FROM \(priced) WHERE price IS NOT NULL GROUP BY 4
                UNION ALL SELECT NULL, 'lowest', NULL, '', min(price) FROM \(priced) HAVING min(price) IS NOT NULL
                UNION ALL SELECT NULL, 'highest', NULL, '', max(price) FROM \(priced) HAVING max(price) IS NOT NULL
                \(page.map(entries) ?? "")
                """,
            parameters: conditions.parameters + [SearchSample.facets(sampling.samples), above, steps])
    }

    private static func name(of omission: Conditions.Omission) -> String {
        switch omission {
        case .nothing: "matched"
        case .group(let index): "without_\(index)"
        case .price: "without_price"
        }
    }

    private static func entries(_ order: SearchPosition.Order, _ limit: Int) -> String {
        """
        UNION ALL (SELECT NULL, 'entry', product_id, '', key FROM matched
            ORDER BY key \(order.direction), product_id \(order.direction) LIMIT \(limit))
        """
    }

    private static func values(_ value: String, of set: String, as part: String) -> String {
        """
        SELECT \(part)::int4 AS part, value, count(*) AS number FROM (SELECT \(value) AS value FROM \(set)) AS each
        GROUP BY value
        """
    }

    private static func values(of subject: Conditions.Group.Subject) -> String {
        switch subject {
        case .vendor: "facets[\(FacetArray.vendorPlace)]"
        case .country: "facets[\(FacetArray.countryPlace)]"
        case .stock: "facets[\(FacetArray.stockPlace)]"
        case .category, .attribute: "unnest(facets[\(FacetArray.restPlace):])"
        }
    }

    /// Attributes by their codes, and the ids of what was chosen of them; NULL for what no document has.
    static func choices(_ wanted: [SearchRequest.AttributeChoice]) -> PostgresStatement {
        """
        SELECT attribute.code, attribute.id, facet.id
        FROM unnest(\(wanted.map(\.attribute)), \(wanted.map(\.choice))) AS wanted (attribute, choice)
        JOIN attributes AS attribute ON attribute.code = wanted.attribute
        LEFT JOIN search_facets AS facet ON facet.kind = 'attribute' AND facet.subject = attribute.id
            AND facet.code = wanted.choice
        """
    }

    /// Categories and those above them.
    static func paths(of categories: [UUID]) -> PostgresStatement {
        "SELECT DISTINCT unnest(path) FROM categories WHERE id = ANY (\(categories))"
    }
}

/// Which matches are so many that samples of them are counted.
struct Sampling: Sendable {
    static let none = Sampling(samples: SearchSample.count, large: [], named: 0)
    /// Of what is counted beside the matches themselves, so many documents may be looked at for it.
    private static let mostExamined = 2 * MatchSQL.exactly

    /// How many samples are counted.
    let samples: Int
    private let large: Set<Conditions.Omission>
    /// Of how many matches about a name does.
    private let named: Int64

    /// - Parameters:
    ///   - omissions: the conditions', in their order.
    ///   - counts: what was found in the samples without each of them and, behind these, what has to be looked at for it; the
    ///     last count is of those of which a name matches.
    init(samples: Int, omissions: [Conditions.Omission], counts: [Int64]) {
        func all(_ count: Int64) -> Int64 { count * Int64(SearchSample.count) / Int64(samples) }
        var large: Set<Conditions.Omission> = []
        for (index, omission) in omissions.enumerated() where index + omissions.count < counts.count {
            let (found, examined) = (all(counts[index]), all(counts[index + omissions.count]))
            if found > Int64(MatchSQL.exactly) || (omission != .nothing && examined > Int64(Self.mostExamined)) {
                large.insert(omission)
            }
        }
        self.init(samples: samples, large: large, named: all(counts.last ?? 0))
    }

    private init(samples: Int, large: Set<Conditions.Omission>, named: Int64) {
        self.samples = samples
        self.large = large
        self.named = named
    }

    var isNamedByFew: Bool { named <= Int64(MatchSQL.exactly) }

    func isOf(_ omission: Conditions.Omission) -> Bool { large.contains(omission) }

    var isOfAnything: Bool { !large.isEmpty }

    /// What a count comes to.
    func estimate(_ count: Int64, without omission: Conditions.Omission) -> Int64 {
        guard isOf(omission) else { return count }
        return count * Int64(SearchSample.count) / Int64(samples)
    }
}
