import Catalog
import Core
import Foundation
import Postgres
import Registrations
import Vendors

/// Products with their variants, prices, stock, places in the tree, attributes and languages.
struct ProductRows {
    private var products = TableCopy(
        "products", "id", "vendor_id", "title", "description", "status", "created_at", "updated_at", "slug", "currency",
        "brand", "hsn", "tax_class", "country_of_origin", "generic_name", "manufacturer_name", "manufacturer_address",
        "consumer_care_name", "consumer_care_phone", "consumer_care_email", "published_at")
    private var slugs = TableCopy("product_slugs", "slug", "product_id")
    private var options = TableCopy("product_options", "product_id", "position", "name", "choices")
    private var variants = TableCopy(
        "variants", "id", "product_id", "vendor_id", "position", "title", "sku", "kind", "weight_grams", "choices",
        "created_at")
    private var prices = TableCopy(
        "prices", "variant_id", "product_id", "currency", "amount_minor", "maximum_retail_minor")
    private var stock = TableCopy("stock", "variant_id", "vendor_id", "on_hand")
    private var movements = TableCopy(
        "stock_movements", "variant_id", "vendor_id", "reason", "on_hand_change", "reserved_change", "recorded_at",
        "actor")
    private var placed = TableCopy("product_categories", "product_id", "category_id", "position")
    private var listings = TableCopy("category_listings", "category_id", "product_id")
    private var values = TableCopy("product_attribute_values", "product_id", "attribute_id", "kind")
    private var choices = TableCopy("product_attribute_choices", "product_id", "attribute_id", "choice", "position")
    private var translations = TableCopy("product_translations", "product_id", "locale", "title", "description")

    private let taxonomy: SeedTaxonomy

    init(_ taxonomy: SeedTaxonomy) { self.taxonomy = taxonomy }

    /// - Parameter sold: how many units of each variant orders take, in the order of the variants.
    mutating func add(_ product: SeedProduct, sold: some Collection<Int32>) {
        var draw = product.draw
        let (id, vendor, time) = (product.id, product.vendor, product.createdAt)
        let (department, goods) = Assortment.all[product.kind]
        let slug = Slug(from: product.title, of: id)
        let sentences = (0..<4).map { _ in draw.pick(Assortment.sentences) }
        let text = "\(product.title) by \(vendor.name). " + sentences.joined(separator: " ")
        products.append(
            id, vendor.id, product.title, text, product.status, time, time, slug, product.currency, product.brand,
            goods.hsn, department.taxClass(in: vendor.market.rawValue), vendor.market.rawValue, goods.name,
            vendor.legalName, "\(vendor.street), \(vendor.place.city) \(vendor.postalCode)", vendor.contact,
            vendor.phone, vendor.email, product.status == .draft ? nil : time)
        slugs.append(slug, id)
        if product.variants.count > 1 {
            options.append(id, Int32(1), department.option.name, product.variants.flatMap(\.choices))
        }
        for (variant, sold) in zip(product.variants, sold) { add(variant, of: product, sold: Int64(sold)) }
        place(product)
        describe(product, &draw)
        translate(product, goods, &draw)
    }

    private mutating func add(_ variant: SeedProduct.Variant, of product: SeedProduct, sold: Int64) {
        let (id, vendor, time) = (variant.id, product.vendor, product.createdAt)
        variants.append(
            id, product.id, vendor.id, Int32(variant.position), variant.choices.joined(separator: " / "), variant.sku,
            VariantKind.physical, Int32(variant.weightGrams), variant.choices, time)
        prices.append(
            id, product.id, product.currency, variant.price, vendor.market == .india ? variant.price + 10_000 : nil)
        stock.append(id, vendor.id, variant.onHand)
        guard variant.onHand + sold > 0 else { return }
        movements.append(id, vendor.id, "received", variant.onHand + sold, Int64(0), time, AuditActor.system.rawValue)
    }

    private mutating func place(_ product: SeedProduct) {
        let path = taxonomy.paths[product.kind]
        guard let leaf = path.last else { return }
        placed.append(product.id, leaf, Int32(1))
        guard product.status == .active else { return }
        for category in path { listings.append(category, product.id) }
    }

    private mutating func describe(_ product: SeedProduct, _ draw: inout Draw) {
        if draw.chance(90) { choose(taxonomy.colour.codes[product.colour], of: taxonomy.colour, product) }
        if draw.chance(80) { choose(taxonomy.material(of: product), of: taxonomy.material, product) }
    }

    private mutating func choose(
        _ code: String, of attribute: SeedTaxonomy.Attribute, _ product: SeedProduct
    ) {
        values.append(product.id, attribute.id, "choice")
        choices.append(product.id, attribute.id, code, Int32(1))
    }

    /// A part of what is sold is told in the seller's own language.
    private mutating func translate(_ product: SeedProduct, _ goods: Assortment.Goods, _ draw: inout Draw) {
        let isBangladeshi = product.vendor.market == .bangladesh
        if draw.chance(isBangladeshi ? 60 : 15) {
            translations.append(
                product.id, "bn", "\(product.brand) \(goods.bengali)", "\(product.brand) এর তৈরি \(goods.bengali)।")
        }
        if !isBangladeshi, draw.chance(35) {
            translations.append(
                product.id, "hi", "\(product.brand) \(goods.hindi)", "\(product.brand) का बना \(goods.hindi)।")
        }
    }

    mutating func flush(to session: PostgresSession) async throws(PostgresError) {
        try await products.flush(to: session)
        try await slugs.flush(to: session)
        try await options.flush(to: session)
        try await variants.flush(to: session)
        try await prices.flush(to: session)
        try await stock.flush(to: session)
        try await movements.flush(to: session)
        try await placed.flush(to: session)
        try await listings.flush(to: session)
        try await values.flush(to: session)
        try await choices.flush(to: session)
        try await translations.flush(to: session)
    }
}

extension Assortment.Department {
    /// A class that is given there at all times that orders are made up of.
    fileprivate func taxClass(in country: String) -> String {
        guard country == "IN" else { return slug == "food" ? "bd_reduced" : "bd_standard" }
        return switch slug {
        case "women", "men": "in_apparel"
        case "shoes": "in_footwear"
        case "food": "in_merit"
        default: "in_standard"
        }
    }
}
