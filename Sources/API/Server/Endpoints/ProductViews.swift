import Catalog
import Core
import Endpoints
import Foundation
import Media
import Postgres

/// A product with its variants, as those who sell it edit it.
struct ProductView: APIOutput {
    let product: Product

    static let example = ProductView(product: .example)

    func write(to out: inout ObjectWriter) {
        out.members(of: product)
        out.field("variants", product.variants.map { VariantView(variant: $0) })
    }
}

/// All that the page of a product shows.
struct ProductDetailsView: APIOutput {
    let page: ProductPage
    let links: MediaLinks

    static let example = ProductDetailsView(
        page: ProductPage(
            product: .example, locale: .english, available: [Variant.example.id: 48],
            media: [ProductMedia(media: .example, altText: "The box")],
            categories: [CategoryView.example.category], attributes: [AttributeValueView.example.value]),
        links: .example)

    func write(to out: inout ObjectWriter) {
        out.members(of: page.product)
        out.field("locale", page.locale.rawValue, "The language of its texts")
        out.field(
            "variants",
            page.product.variants.map { VariantOfferView(variant: $0, available: page.available[$0.id] ?? 0) })
        out.field(
            "media", page.media.map { ProductMediaView(media: $0, links: links) },
            "In the order in which they are shown")
        out.field("categories", page.categories.map(CategoryLinkView.init), "Where it stands, its own first")
        out.field("attributes", page.attributes.map(AttributeValueView.init), "What it is like")
    }
}

extension ObjectWriter {
    /// What is told of a product itself.
    fileprivate mutating func members(of product: Product) {
        let content = product.content
        field("id", product.id)
        field("vendor_id", product.vendor)
        field("status", product.status)
        field("slug", content.slug.rawValue, "Its name in links")
        field("title", content.title)
        field("description", content.description)
        field("brand", content.brand, "May be empty")
        field("currency", product.currency, "What it is sold in")
        field("seo_title", content.searchListing.title, "May be empty")
        field("seo_description", content.searchListing.description, "May be empty")
        field("hsn", content.taxation.hsn, "The Harmonised System’s code")
        field("tax_class", content.taxation.taxClass)
        field("country_of_origin", content.declarations.countryOfOrigin, "ISO 3166-1 alpha-2")
        field("generic_name", content.declarations.genericName, "May be empty")
        field("manufacturer", content.declarations.manufacturer.map(EstablishmentView.init))
        field("packer", content.declarations.packer.map(EstablishmentView.init))
        field("importer", content.declarations.importer.map(EstablishmentView.init))
        field("consumer_care", content.declarations.consumerCare.map(ConsumerCareView.init), "Whom buyers turn to")
        field("version", product.version, "Grows with every edit; name it, in quotes, in If-Match")
        field("created_at", product.createdAt)
        field("updated_at", product.updatedAt)
        field("published_at", product.publishedAt, "When it first went on sale")
        field("deleted_at", product.deletedAt)
        field("review_reason", product.review?.reason, "Why the last review rejected it")
        field("reviewed_at", product.review?.at)
        field("options", product.options.map(ProductOptionView.init), "What its variants differ in")
    }
}

/// A product as lists show it.
struct ProductSummaryView: APIOutput {
    let card: ProductCard

    static let example = ProductSummaryView(
        card: ProductCard(
            id: .example, vendor: .example, status: .active, slug: .example, title: "Lekha Antivirus",
            locale: .english, brand: "Lekha", version: 1, createdAt: .example, deletedAt: nil,
            picture: .example, variants: [VariantSummaryView.example.variant]))

    func write(to out: inout ObjectWriter) {
        out.field("id", card.id)
        out.field("vendor_id", card.vendor)
        out.field("status", card.status)
        out.field("slug", card.slug.rawValue, "Its name in links")
        out.field("title", card.title)
        out.field("locale", card.locale.rawValue, "The language of the title")
        out.field("brand", card.brand, "May be empty")
        out.field("version", card.version)
        out.field("created_at", card.createdAt)
        out.field("deleted_at", card.deletedAt)
        out.field("picture_id", card.picture, "The file that it is shown by first: `/media/{picture_id}`")
        out.field("variants", card.variants.map(VariantSummaryView.init))
    }
}

struct ProductOptionView: APIOutput {
    let option: ProductOption

    static let example = ProductOptionView(option: ProductOption(name: "Term", choices: ["1 year", "2 years"]))

    func write(to out: inout ObjectWriter) {
        out.field("name", option.name)
        out.field("choices", option.choices)
    }
}

struct EstablishmentView: APIOutput {
    let value: Establishment

    static let schemaName = "EstablishmentDeclared"
    static let example = EstablishmentView(
        value: Establishment(name: "Lekha Foods Ltd.", address: "12 Lake Road, Dhaka 1212"))

    func write(to out: inout ObjectWriter) {
        out.field("name", value.name)
        out.field("address", value.address)
    }
}

struct ConsumerCareView: APIOutput {
    let value: ConsumerCare

    static let schemaName = "ConsumerCareDeclared"
    static let example = ConsumerCareView(
        value: ConsumerCare(name: "Customer care", phone: "+8801712345678", email: "care@lekha.example"))

    func write(to out: inout ObjectWriter) {
        out.field("name", value.name)
        out.field("phone", value.phone)
        out.field("email", value.email)
    }
}

struct ProductMediaView: APIOutput {
    let media: ProductMedia
    let links: MediaLinks

    static let example = ProductMediaView(
        media: ProductMedia(media: .example, variant: .example, altText: "The box"), links: .example)

    func write(to out: inout ObjectWriter) {
        out.field("media_id", media.media, "The file: `/media/{media_id}`")
        out.field("variant_id", media.variant, "The variant that it shows; null for all of them")
        out.field("alt_text", media.altText, "For those who can’t see it; may be empty")
        out.field(
            "variants", media.variants.map { MediaVariantView(variant: $0, links: links) }, MediaVariantView.meaning)
    }
}

extension Product {
    static let example = Product(
        id: .example, vendor: .example, currency: .bdt, status: .active,
        content: ProductContent(
            title: "Lekha Antivirus", description: "One device, one year.", slug: .example, brand: "Lekha",
            taxation: Taxation(hsn: "8523", taxClass: "bd_standard"),
            declarations: Declarations(
                countryOfOrigin: "BD", genericName: "Software", manufacturer: EstablishmentView.example.value,
                consumerCare: ConsumerCareView.example.value)),
        version: 1, createdAt: .example, updatedAt: .example, publishedAt: .example,
        options: [ProductOptionView.example.option], variants: [.example])
}

struct MediaVariantView: APIOutput {
    static let meaning: StaticString =
        "Smaller pictures of it, as `srcset` wants them; none until they are made, moments after the upload"

    let variant: MediaVariant
    let links: MediaLinks

    static let example = MediaVariantView(
        variant: MediaVariant(id: .example, contentType: .webP, width: 480, height: 320), links: .example)

    func write(to out: inout ObjectWriter) {
        out.field("url", links.address(of: variant.id))
        out.field("content_type", variant.contentType.rawValue)
        out.field("width", variant.width, "In pixels")
        out.field("height", variant.height, "In pixels")
    }
}
