package import Catalog
package import Core
package import Foundation
package import Postgres
package import Vendors

/// What a request is made of.
package struct PricingSubjects: Hashable, Sendable {
    package let subjects: [ID<Variant>: PricingSubject]
    package let vendors: [ID<Vendor>: TaxStanding]

    package init(subjects: [ID<Variant>: PricingSubject], vendors: [ID<Vendor>: TaxStanding]) {
        self.subjects = subjects
        self.vendors = vendors
    }
}

/// All SQL that reads what prices of one cart depend on.
package struct PricingStore: Sendable {
    package init() {}

    /// What of `variants` is for sale at a time, and as what its vendors sell. Two statements.
    /// - Parameters:
    ///   - currency: nil for what each product is sold in.
    ///   - groups: whose price lists count.
    package func subjects(
        for variants: [ID<Variant>], currency: Currency? = nil, groups: Set<String> = [], at time: Date,
        in executor: some PostgresExecutor
    ) async throws(PostgresError) -> PricingSubjects {
        let subjects = try await executor.query(
            SubjectSQL.subjects(variants, currency: currency, groups: groups, at: time), as: PricingSubject.self)
        let vendors = Set(subjects.map(\.vendor))
        let standings = try await executor.query(SubjectSQL.standings(of: vendors, at: time), as: StandingRow.self)
        return PricingSubjects(
            subjects: Dictionary(subjects.map { ($0.variant, $0) }, uniquingKeysWith: { $1 }),
            vendors: Dictionary(standings.map { ($0.vendor, $0.standing) }, uniquingKeysWith: { $1 }))
    }

    /// The customer as prices depend on: groups, and how often promotions were used that are limited for each customer. One statement.
    /// - Parameters:
    ///   - keys: all that are known.
    ///   - isFirstOrder: whether nothing was ever bought; orders know.
    package func customer(
        account: UUID?, keys: [CustomerKey], isFirstOrder: Bool, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> PricingRequest.Customer {
        let row = try await executor.queryOne(CustomerSQL.customer(account, keys), as: CustomerRow.self)
        return PricingRequest.Customer(
            account: account, groups: Set(row?.groups ?? []), isFirstOrder: isFirstOrder,
            uses: Dictionary(zip(row?.promotions ?? [], row?.uses ?? []), uniquingKeysWith: max))
    }

    /// The promotions behind codes as they were typed, in their order. One statement, and none for no codes.
    package func coupons(
        _ typed: [String], at time: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [PricingRequest.Coupon] {
        let codes = typed.map { CouponCode(typed: $0) }
        let known = codes.compactMap { $0?.text }
        guard !known.isEmpty else {
            return typed.map { .init(typed: $0, promotion: nil, code: nil, refusal: .unknown) }
        }
        let rows = try await executor.query(CustomerSQL.coupons(known), as: CouponRow.self)
        let byCode = Dictionary(rows.map { (UTF8Text($0.text), $0) }, uniquingKeysWith: { $1 })
        return zip(typed, codes).map { typed, code in
            guard let row = code.flatMap({ byCode[UTF8Text($0.text)] }) else {
                return .init(typed: typed, promotion: nil, code: nil, refusal: .unknown)
            }
            return .init(typed: typed, promotion: row.promotion, code: row.code, refusal: row.refusal(at: time))
        }
    }
}

private enum SubjectSQL {
    static func subjects(
        _ variants: [ID<Variant>], currency: Currency?, groups: Set<String>, at time: Date
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT variant.id, variant.product_id, variant.vendor_id, variant.kind, variant.weight_grams,
                    product.tax_class, product.hsn, \(PriceSQL.current(at: "$2")),
                    (SELECT prices_include_tax FROM pricing_settings) AS prices_include_tax,
                    ARRAY(SELECT DISTINCT step FROM product_categories AS placed
                        JOIN categories AS category ON category.id = placed.category_id, unnest(category.path) AS step
                        WHERE placed.product_id = product.id) AS categories,
                    ARRAY(SELECT collection_id FROM collection_products WHERE product_id = product.id) AS collections,
                    special.includes_tax AS special_includes_tax, special.quantities, special.amounts
                FROM variants AS variant
                JOIN products AS product ON product.id = variant.product_id
                JOIN prices AS price ON price.variant_id = variant.id AND price.currency = coalesce($3, product.currency)
                \(SellingVendor.join(on: "variant.vendor_id", at: "$2"))
                LEFT JOIN LATERAL (
                    SELECT list.includes_tax, array_agg(item.minimum_quantity ORDER BY item.minimum_quantity) AS quantities,
                        array_agg(item.amount_minor ORDER BY item.minimum_quantity) AS amounts
                    FROM price_list_prices AS item JOIN price_lists AS list ON list.id = item.price_list_id
                    WHERE item.variant_id = variant.id AND list.customer_group = ANY ($4) AND list.currency = price.currency
                        AND list.is_active AND coalesce(list.starts_at <= $2, true) AND coalesce($2 < list.ends_at, true)
                    GROUP BY list.id ORDER BY list.priority DESC, list.id LIMIT 1
                ) AS special ON cardinality($4) > 0
                WHERE variant.id = ANY ($1::uuid[]) AND variant.removed_at IS NULL
                    AND product.status = 'active' AND product.deleted_at IS NULL
                """,
            parameters: [variants, time, currency, groups.sorted()])
    }

    /// The registration of where a vendor dispatches from, else one of its own that is good there: of the oldest active place that has
    /// one.
    static func standings(of vendors: Set<ID<Vendor>>, at time: Date) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT DISTINCT ON (vendor.id) vendor.id AS vendor_id, coalesce(location.country, vendor.country) AS country,
                    coalesce(registration.region, location.region) AS region, registration.id AS registration_id,
                    registration.kind AS registration_kind,
                    coalesce(registered.crosses_regions, jurisdiction.unregistered_cross_regions, true) AS crosses_regions
                FROM vendors AS vendor
                LEFT JOIN pickup_locations AS location ON location.vendor_id = vendor.id AND location.is_active
                LEFT JOIN tax_jurisdictions AS jurisdiction
                    ON jurisdiction.country = coalesce(location.country, vendor.country)
                LEFT JOIN LATERAL (
                    SELECT ($2 AT TIME ZONE coalesce(jurisdiction.time_zone, 'UTC'))::date AS today
                ) AS calendar ON true
                LEFT JOIN LATERAL (
                    SELECT own.id, own.kind, own.region FROM vendor_registrations AS own
                    WHERE own.vendor_id = vendor.id AND own.status = 'verified'
                        AND own.kind IN ('gstin', 'gst_composition', 'gst_enrolment', 'bin')
                        AND coalesce(own.valid_from <= today, true) AND coalesce(today <= own.valid_to, true)
                        AND (own.id = location.registration_id OR location.registration_id IS NULL
                            AND coalesce(own.region = location.region, true)
                            AND (own.kind = 'bin') = (jurisdiction.country = 'BD'))
                    ORDER BY own.id LIMIT 1
                ) AS registration ON true
                LEFT JOIN registration_kinds AS registered ON registered.kind = registration.kind
                    AND registered.valid_from <= today AND coalesce(today <= registered.valid_to, true)
                WHERE vendor.id = ANY ($1::uuid[])
                ORDER BY vendor.id, registration.id IS NULL, location.id, registered.valid_from DESC
                """,
            parameters: [Array(vendors), time])
    }
}

extension PricingSubject: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let currency: Currency = try row.decode("currency")
        func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: currency) }
        let includesTax: Bool = try row.decode("prices_include_tax")
        let quantities: [Int64]? = try row.decode("quantities")
        let amounts: [Int64]? = try row.decode("amounts")
        let specialIncludesTax: Bool? = try row.decode("special_includes_tax")
        let maximum: Int64? = try row.decode("maximum_retail_minor")
        let weight: Int32? = try row.decode("weight_grams")
        self.init(
            variant: try row.decode("id"), product: try row.decode("product_id"), vendor: try row.decode("vendor_id"),
            kind: try row.decode("kind"), categories: try row.decode("categories"),
            collections: try row.decode("collections"),
            listPrice: PricePerUnit(money(try row.decode("current_minor")), includesTax: includesTax),
            quantityPrices: zip(quantities ?? [], amounts ?? []).map { quantity, amount in
                QuantityPrice(
                    minimumQuantity: quantity,
                    unitPrice: PricePerUnit(money(amount), includesTax: specialIncludesTax ?? includesTax))
            },
            maximumRetail: maximum.map(money), taxClass: try row.decode("tax_class"), hsn: try row.decode("hsn"),
            weightGrams: weight.map(Int.init))
    }
}

private struct StandingRow: PostgresRowDecodable {
    let vendor: ID<Vendor>
    let standing: TaxStanding

    init(row: borrowing PostgresRow) throws(PostgresError) {
        let kind: RegistrationKind? = try row.decode("registration_kind")
        vendor = try row.decode("vendor_id")
        standing = TaxStanding(
            kind: kind?.standing ?? .unregistered, country: try row.decode("country"),
            region: try row.decode("region"), crossesRegions: try row.decode("crosses_regions"),
            registration: try row.decode("registration_id"), registrationKind: kind)
    }
}
