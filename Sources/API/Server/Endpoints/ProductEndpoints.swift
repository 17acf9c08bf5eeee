import Catalog
import Core
import EdgeCache
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Media
import Postgres
import Vendors

extension EndpointTag {
    static let catalogue = EndpointTag("Catalogue", "Products, their variants, prices and texts.")
}

/// What everybody sees of the catalogue, and what those who sell do to their products.
enum ProductEndpoints {
    static let all: [Endpoint] =
        [create, list, read, readBySlug, update]
        + ProductPartEndpoints.all + ProductVariantEndpoints.all + ProductBulkEndpoints.all + ProductStatusEndpoints.all

    static let create = Endpoint(
        .post, "/products", tag: .catalogue, summary: "Create a product with its variants",
        policy: .require(.productsCreate, on: .product),
        idempotency: .required, body: ProductCreateInput.self,
        returns: .created(ProductView.self, version: \.product.version, location: { "/products/\($0.product.id)" }),
        problems: [.skuTaken, .slugTaken], bodyLimit: ProductCreateInput.largestBody
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.createProduct(
                request.body.product, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/products", tag: .catalogue, summary: "List products, newest first",
        description: """
            Without `status` and `is_deleted`, what is on sale, for everybody: of one vendor, or in a category or below it, or of a \
            collection, in its order. With one of them, what those who sell it keep there.
            """,
        policy: .anyone(.storefront), query: ProductsQuery.self,
        returns: .page(of: ProductSummaryView.self).shared { [.products] + $0.items.map { .product($0.card.id) } }
    ) { request, services in
        let page = try await services.commerce.catalogue.storefront.products(
            request.query.list, page: request.query.page, in: request.locales(request.query.locale),
            visibleTo: request.principal.visibility, from: services.postgres)
        return PageOutput(page.map(ProductSummaryView.init))
    }

    static let read = Endpoint(
        .get, "/products/{product_id}", ID<Product>.self, tag: .catalogue, summary: "Read a product",
        description: """
            Drafts, and what is in review or deleted, are seen by those who sell them. A product that is no longer sold can still be \
            read. Its texts are in the first language that is wanted, or that this one falls back to, in which there are some.
            """,
        policy: .anyone(.storefront), query: LocaleQuery.self,
        returns: .ok(ProductDetailsView.self).shared { [.product($0.page.product.id), .categories, .attributes] }
    ) { request, services in
        let page = try await services.commerce.catalogue.storefront.page(
            of: request.path, in: request.locales(request.query.locale), visibleTo: request.principal.visibility,
            from: services.postgres)
        guard let page else { throw Problem.notFound("product") }
        return ProductDetailsView(page: page, links: services.media.links)
    }

    static let readBySlug = Endpoint(
        .get, "/products/by_slug/{slug}", Slug.self, tag: .catalogue, summary: "Read a product by its name in links",
        description: "A former slug finds the product as well: lead readers on to the one that the answer has.",
        policy: .anyone(.storefront), query: LocaleQuery.self,
        returns: .ok(ProductDetailsView.self).shared { [.product($0.page.product.id), .categories, .attributes] }
    ) { request, services in
        let page = try await services.commerce.catalogue.storefront.page(
            named: request.path, in: request.locales(request.query.locale), visibleTo: request.principal.visibility,
            from: services.postgres)
        guard let page else { throw Problem.notFound("product") }
        return ProductDetailsView(page: page, links: services.media.links)
    }

    static let update = Endpoint(
        .patch, "/products/{product_id}", ID<Product>.self, tag: .catalogue, summary: "Edit what is told of a product",
        description: "What is left out stays as it is. Orders keep the title that they were placed with.",
        policy: .require(.productsUpdate, on: .product), edit: .ifMatch, body: ProductUpdateInput.self,
        returns: .ok(ProductView.self, version: \.product.version), problems: [.slugTaken, .productDeleted],
        bodyLimit: TextBody.limit
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.updateProduct(
                request.path, request.body.changes, version: request.expectedVersion, by: request.principal,
                in: work))
    }
}

struct ProductsQuery: APIInput {
    let list: ProductList
    let locale: ContentLocale?
    let page: PageRequest

    init(_ fields: inout Fields) {
        let vendor = fields.optional("vendor_id", .id(Vendor.self), "Only products of this vendor")
        let category = fields.optional("category_id", .id(Category.self), "Only what is on sale there or below")
        let collection = fields.optional("collection_id", .id(ProductCollection.self), "Only what is on sale of it")
        let status = fields.optional("status", .oneOf(ProductStatus.self), "Only what those who sell it keep there")
        let isDeleted = fields.optional(
            "is_deleted", .boolean, "Only what those who sell it have deleted", default: false)
        let filters = [vendor != nil, category != nil, collection != nil].filter { $0 }.count
        fields.check(
            filters < 2, "category_id", code: "exclusive", "goes with no other of vendor, category and collection")
        fields.check(
            (status == nil && !isDeleted) || (category == nil && collection == nil), "status", code: "exclusive",
            "goes with vendor_id alone")
        list =
            if isDeleted {
                .deleted(vendor: vendor)
            } else if let status {
                .inStatus(status, vendor: vendor)
            } else if let category {
                .category(category)
            } else if let collection {
                .collection(collection)
            } else {
                .onSale(vendor: vendor)
            }
        locale = fields.locale()
        page = fields.page()
    }
}
