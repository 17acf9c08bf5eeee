import Core
import Foundation
package import Postgres

extension Product: PostgresRowDecodable {
    /// Without options and variants.
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let reviewedBy: String? = try row.decode("reviewed_by")
        let reviewedAt: Date? = try row.decode("reviewed_at")
        let reason: String? = try row.decode("review_reason")
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"), currency: try row.decode("currency"),
            status: try row.decode("status"), content: try ProductContent(row: row), version: try row.decode("version"),
            review: reviewedBy.flatMap { by in
                reviewedAt.map { Review(reason: reason, by: AuditActor(rawValue: by), at: $0) }
            },
            createdAt: try row.decode("created_at"), updatedAt: try row.decode("updated_at"),
            publishedAt: try row.decode("published_at"), deletedAt: try row.decode("deleted_at"), variants: [])
    }
}

extension ProductContent {
    fileprivate init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            title: try row.decode("title"), description: try row.decode("description"), slug: try row.decode("slug"),
            brand: try row.decode("brand"),
            searchListing: SearchListing(
                title: try row.decode("seo_title"), description: try row.decode("seo_description")),
            taxation: Taxation(hsn: try row.decode("hsn"), taxClass: try row.decode("tax_class")),
            declarations: try Declarations(row: row))
    }
}

extension Declarations {
    fileprivate init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            countryOfOrigin: try row.decode("country_of_origin"), genericName: try row.decode("generic_name"),
            manufacturer: Establishment(
                name: try row.decode("manufacturer_name"), address: try row.decode("manufacturer_address")),
            packer: Establishment(name: try row.decode("packer_name"), address: try row.decode("packer_address")),
            importer: Establishment(name: try row.decode("importer_name"), address: try row.decode("importer_address")),
            consumerCare: ConsumerCare(
                name: try row.decode("consumer_care_name"), phone: try row.decode("consumer_care_phone"),
                email: try row.decode("consumer_care_email")))
    }
}

extension Establishment {
    /// nil where a part is missing; the database has both or none.
    fileprivate init?(name: String?, address: String?) {
        guard let name, let address else { return nil }
        self.init(name: name, address: address)
    }
}

extension ConsumerCare {
    /// nil where a part is missing; the database has all or none.
    fileprivate init?(name: String?, phone: String?, email: String?) {
        guard let name, let phone, let email else { return nil }
        self.init(name: name, phone: phone, email: email)
    }
}

extension Variant: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), product: try row.decode("product_id"), vendor: try row.decode("vendor_id"),
            kind: try row.decode("kind"), details: try VariantDetails(row: row),
            currentPrice: try CurrentPrice(row: row))
    }
}

extension VariantDetails {
    fileprivate init(row: borrowing PostgresRow) throws(PostgresError) {
        let sides: (Int?, Int?, Int?) = (
            try row.decode("length_mm"), try row.decode("width_mm"), try row.decode("height_mm")
        )
        let dimensions: Dimensions? =
            if case (let length?, let width?, let height?) = sides {
                Dimensions(length: length, width: width, height: height)
            } else {
                nil
            }
        let amount: Int? = try row.decode("net_quantity")
        let unit: NetUnit? = try row.decode("net_unit")
        self.init(
            title: try row.decode("title"), sku: try row.decode("sku"), gtin: try row.decode("gtin"),
            choices: try row.decode("choices"), weightGrams: try row.decode("weight_grams"), dimensions: dimensions,
            quantityPerOrder: QuantityPerOrder(
                minimum: try row.decode("minimum_quantity"), maximum: try row.decode("maximum_quantity")),
            netQuantity: amount.flatMap { amount in unit.map { NetQuantity(amount: amount, unit: $0) } })
    }
}

extension CurrentPrice {
    init(row: borrowing PostgresRow) throws(PostgresError) {
        let currency: Currency = try row.decode("currency")
        let current: Int64 = try row.decode("current_minor")
        let regular: Int64 = try row.decode("amount_minor")
        let compareAt: Int64? = try row.decode("compare_at_minor")
        let maximum: Int64? = try row.decode("maximum_retail_minor")
        self.init(
            amount: Money(minorUnits: current, currency: currency),
            compareAt: (compareAt ?? (current < regular ? regular : nil)).map {
                Money(minorUnits: $0, currency: currency)
            },
            maximumRetail: maximum.map { Money(minorUnits: $0, currency: currency) })
    }
}

extension ProductOption: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(name: try row.decode("name"), choices: try row.decode("choices"))
    }
}

extension Offer: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        variant = try row.decode("id")
        product = try row.decode("product_id")
        vendor = try row.decode("vendor_id")
        title = try row.decode("title")
        sku = try row.decode("sku")
        kind = try row.decode("kind")
        price = Money(minorUnits: try row.decode("current_minor"), currency: try row.decode("currency"))
        quantityPerOrder = QuantityPerOrder(
            minimum: try row.decode("minimum_quantity"), maximum: try row.decode("maximum_quantity"))
        commissionRate = try row.decode("rate_ppm")
    }
}
