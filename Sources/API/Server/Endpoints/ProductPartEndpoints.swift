import Catalog
import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Media
import Postgres

/// What hangs on a product: each is set as a whole.
enum ProductPartEndpoints {
    static let all: [Endpoint] = [
        setOptions, setMedia, place, describe, readTranslations, setTranslation, removeTranslation,
    ]

    static let setOptions = Endpoint(
        .put, "/products/{product_id}/options", ID<Product>.self, tag: .catalogue,
        summary: "Say what a product’s variants differ in",
        description: "As many as before, and with all that variants have chosen.",
        policy: .require(.productsUpdate, on: .product), edit: .ifMatch, body: ProductOptionsInput.self,
        returns: .ok(ProductView.self, version: \.product.version), problems: [.productDeleted],
        bodyLimit: TextBody.limit
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.setOptions(
                request.body.options, of: request.path, version: request.expectedVersion, by: request.principal,
                in: work))
    }

    static let setMedia = Endpoint(
        .put, "/products/{product_id}/media", ID<Product>.self, tag: .catalogue,
        summary: "Say what a product is shown by", policy: .require(.productsUpdate, on: .product), edit: .ifMatch,
        body: ProductMediaUpdateInput.self, returns: .ok(ProductView.self, version: \.product.version),
        problems: [.productDeleted], bodyLimit: TextBody.limit
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.setMedia(
                request.body.media, of: request.path, version: request.expectedVersion, by: request.principal,
                in: work))
    }

    static let place = Endpoint(
        .put, "/products/{product_id}/categories", ID<Product>.self, tag: .catalogue,
        summary: "Say in which categories a product stands", policy: .require(.productsUpdate, on: .product),
        edit: .ifMatch, body: ProductCategoriesInput.self,
        returns: .ok(ProductView.self, version: \.product.version), problems: [.productDeleted]
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.placeProduct(
                request.path, in: request.body.categories, version: request.expectedVersion, by: request.principal,
                in: work))
    }

    static let describe = Endpoint(
        .put, "/products/{product_id}/attributes", ID<Product>.self, tag: .catalogue,
        summary: "Say what a product is like", policy: .require(.productsUpdate, on: .product), edit: .ifMatch,
        body: ProductAttributesInput.self, returns: .ok(ProductView.self, version: \.product.version),
        problems: [.productDeleted], bodyLimit: 4 * TextBody.limit
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.describeProduct(
                request.path, by: request.body.values, version: request.expectedVersion, by: request.principal,
                in: work))
    }

    static let readTranslations = Endpoint(
        .get, "/products/{product_id}/translations", ID<Product>.self, tag: .catalogue,
        summary: "Read a product’s texts in further languages", policy: .require(.productsUpdate, on: .product),
        returns: .ok(ProductTranslationsView.self)
    ) { request, services in
        let product = try await services.commerce.products.product(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let product, request.principal.visibility.includes(vendor: product.vendor.uuid) else {
            throw Problem.notFound("product")
        }
        return ProductTranslationsView(
            translations: try await services.commerce.catalogue.translations.translations(
                of: request.path, in: services.postgres))
    }

    static let setTranslation = Endpoint(
        .put, "/products/{product_id}/translations/{locale}", ID<Product>.self, ContentLocale.self, tag: .catalogue,
        summary: "Tell a product in a language", policy: .require(.productsUpdate, on: .product),
        body: ProductTranslationUpdateInput.self, returns: .ok(ProductView.self, version: \.product.version),
        problems: [.productDeleted], bodyLimit: TextBody.limit
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.translate.set(
                request.body.translation(in: request.path.1), of: request.path.0, by: request.principal, in: work))
    }

    static let removeTranslation = Endpoint(
        .delete, "/products/{product_id}/translations/{locale}", ID<Product>.self, ContentLocale.self,
        tag: .catalogue, summary: "Tell a product in a language no more",
        policy: .require(.productsUpdate, on: .product), returns: .noContent, problems: [.productDeleted]
    ) { request, work, services in
        _ = try await services.commerce.catalogue.translate.remove(
            request.path.1, of: request.path.0, by: request.principal, in: work)
        return NoContent()
    }
}

struct ProductOptionsInput: APIInput {
    let options: [ProductOption]

    init(_ fields: inout Fields) {
        options = fields.required(
            "options", .array(of: .object(ProductOptionCreateInput.self), count: ProductOption.count), "In their order"
        ).map(\.option)
    }
}

struct ProductMediaUpdateInput: APIInput {
    let media: [ProductMedia]

    init(_ fields: inout Fields) {
        media = fields.required(
            "media", .array(of: .object(ShownMediaInput.self), count: ProductMedia.count),
            "In the order in which they are shown"
        ).map(\.media)
    }
}

struct ShownMediaInput: APIInput {
    let media: ProductMedia

    init(_ fields: inout Fields) {
        media = ProductMedia(
            media: fields.required(
                "media_id", .id(MediaFile.self), "A public picture that was uploaded for products", example: .example),
            variant: fields.optional("variant_id", .id(Variant.self), "The variant that it shows"),
            altText: fields.optional(
                "alt_text", .text(ProductMedia.altText), "For those who can’t see it", default: "", example: "The box"))
    }
}

struct ProductCategoriesInput: APIInput {
    let categories: [ID<Category>]

    init(_ fields: inout Fields) {
        categories = fields.required(
            "categories", .array(of: .id(Category.self), count: PlaceProduct.count), "Its own first",
            example: [.example])
    }
}

struct ProductTranslationUpdateInput: APIInput {
    private let title: String
    private let description: String
    private let searchListing: SearchListing

    init(_ fields: inout Fields) {
        title = fields.required("title", .text(NewProduct.title), "What it is", example: "লেখা অ্যান্টিভাইরাস")
        description = fields.optional("description", .text(NewProduct.description), "More about it", default: "")
        searchListing = SearchListing(
            title: fields.optional("seo_title", .text(NewProduct.searchTitle), "For search engines", default: ""),
            description: fields.optional(
                "seo_description", .text(NewProduct.searchDescription), "For search engines", default: ""))
    }

    func translation(in locale: ContentLocale) -> ProductTranslation {
        ProductTranslation(locale: locale, title: title, description: description, searchListing: searchListing)
    }
}

struct ProductTranslationsView: APIOutput {
    let translations: [ProductTranslation]

    static let example = ProductTranslationsView(translations: [ProductTranslationView.example.translation])

    func write(to out: inout ObjectWriter) { out.field("data", translations.map(ProductTranslationView.init)) }
}

struct ProductTranslationView: APIOutput {
    let translation: ProductTranslation

    static let example = ProductTranslationView(
        translation: ProductTranslation(locale: .english, title: "Lekha Antivirus"))

    func write(to out: inout ObjectWriter) {
        out.field("locale", translation.locale.rawValue)
        out.field("title", translation.title)
        out.field("description", translation.description)
        out.field("seo_title", translation.searchListing.title)
        out.field("seo_description", translation.searchListing.description)
    }
}
