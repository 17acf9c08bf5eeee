import Core
import Foundation
import Postgres

/// What a product has to tell before it is shown to buyers, where the marketplace sells and on that day.
struct PublicationDuties: Sendable {
    /// What may have to be declared of physical goods.
    enum Declaration: String, PostgresCodable {
        case countryOfOrigin = "country_of_origin"
        case maker
        case importer
        case genericName = "generic_name"
        case netQuantity = "net_quantity"
        case consumerCare = "consumer_care"
        case maximumRetailPrice = "maximum_retail_price"
    }

    /// A duty of one country.
    struct Duty: Hashable, PostgresRowDecodable {
        let country: String
        let declaration: Declaration
        let isForImports: Bool

        init(country: String, declaration: Declaration, isForImports: Bool = false) {
            self.country = country
            self.declaration = declaration
            self.isForImports = isForImports
        }

        init(row: borrowing PostgresRow) throws(PostgresError) {
            country = try row.decode("country")
            declaration = try row.decode("declaration")
            isForImports = try row.decode("is_for_imports")
        }
    }

    let duties: [Duty]
    /// The codes of attributes that its categories ask for and that it has no value of.
    let missingAttributes: [String]

    /// - Throws: a 422 `Problem` that names everything that is missing.
    func check(_ product: Product) throws(Problem) {
        var check = InputCheck()
        if product.variants.isEmpty {
            check.fail("/variants", "required", "a product needs a variant to be sold")
        }
        for duty in duties { self.check(duty, &check, product) }
        for code in missingAttributes {
            check.fail("/attributes/\(code)", "required", "its category asks for this attribute")
        }
        try check.finish()
    }

    private func check(_ duty: Duty, _ check: inout InputCheck, _ product: Product) {
        let declared = product.content.declarations
        let goods = product.variants.enumerated().filter { $0.element.kind == .physical }
        guard !goods.isEmpty else { return }
        // Where it comes from is not known to be the country itself, so an importer is not known to be needless either.
        if duty.isForImports, declared.countryOfOrigin == duty.country { return }
        func require(_ isThere: Bool, _ pointer: String) {
            if !isThere {
                check.fail(pointer, "required_by_law", "must be told where goods are sold in \(duty.country)")
            }
        }
        switch duty.declaration {
        case .countryOfOrigin: require(declared.countryOfOrigin != nil, "/country_of_origin")
        case .maker: require((declared.manufacturer ?? declared.packer ?? declared.importer) != nil, "/manufacturer")
        case .importer: require(declared.importer != nil, "/importer")
        case .genericName: require(!declared.genericName.isEmpty, "/generic_name")
        case .consumerCare: require(declared.consumerCare != nil, "/consumer_care")
        case .netQuantity:
            for (index, variant) in goods {
                require(variant.details.netQuantity != nil, "/variants/\(index)/net_quantity")
            }
        case .maximumRetailPrice:
            for (index, variant) in goods {
                require(variant.currentPrice.maximumRetail != nil, "/variants/\(index)/maximum_retail_price")
            }
        }
    }
}

extension PublicationDuties {
    /// Those of a product at a time, days being UTC's.
    static func find(
        for product: ID<Product>, at time: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> PublicationDuties {
        let missing = try await executor.query(missingAttributes(of: [product]), columns: (ID<Product>, String).self)
        return PublicationDuties(
            duties: try await duties(at: time, in: executor), missingAttributes: missing.prefix(200).map(\.1))
    }

    /// What all products have to declare at a time.
    static func duties(at time: Date, in executor: some PostgresExecutor) async throws(PostgresError) -> [Duty] {
        try await executor.query(
            """
            SELECT country, declaration, is_for_imports FROM listing_duties
            WHERE country = ANY ((SELECT countries FROM catalogue_settings)::text[])
                AND valid_from <= (\(time)::timestamptz AT TIME ZONE 'UTC')::date
                AND valid_to > (\(time)::timestamptz AT TIME ZONE 'UTC')::date
            ORDER BY country, declaration LIMIT 200
            """, as: Duty.self)
    }

    /// The codes of attributes that the categories of products ask for and that these have no values of.
    static func missingAttributes(of products: [ID<Product>]) -> PostgresStatement {
        """
        SELECT DISTINCT placed.product_id, attribute.code FROM product_categories AS placed
        JOIN categories AS category ON category.id = placed.category_id
        JOIN category_attributes AS asked ON asked.category_id = ANY (category.path) AND asked.is_required
        JOIN attributes AS attribute ON attribute.id = asked.attribute_id
        WHERE placed.product_id = ANY (\(products)) AND NOT EXISTS (
            SELECT FROM product_attribute_values AS value
            WHERE value.product_id = placed.product_id AND value.attribute_id = asked.attribute_id)
        ORDER BY 1, 2 LIMIT 20000
        """
    }

    /// The codes of attributes that categories ask for.
    static func attributesAsked(by categories: [ID<Category>]) -> PostgresStatement {
        """
        SELECT DISTINCT category.id, attribute.code FROM categories AS category
        JOIN category_attributes AS asked ON asked.category_id = ANY (category.path) AND asked.is_required
        JOIN attributes AS attribute ON attribute.id = asked.attribute_id
        WHERE category.id = ANY (\(categories)) ORDER BY 1, 2 LIMIT 20000
        """
    }
}
