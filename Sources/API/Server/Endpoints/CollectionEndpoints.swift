import Catalog
import Core
import EdgeCache
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Vendors

extension EndpointTag {
    static let collections = EndpointTag("Collections", "Products that are shown together, put there by hand.")
}

/// Collections: for everybody to read once published; the marketplace keeps its own, a vendor those of its products.
enum CollectionEndpoints {
    static let all: [Endpoint] = [list, create, readBySlug, read, update, setProducts, delete]

    static let list = Endpoint(
        .get, "/collections", tag: .collections, summary: "List collections, newest first",
        description: "Those that are published or, for those whose they are, those that are not.",
        policy: .anyone(.storefront), query: CollectionsQuery.self,
        returns: .page(of: CollectionView.self).shared { _ in [.collections] }
    ) { request, services in
        let page = try await services.commerce.catalogue.collections.collections(
            arePublished: request.query.arePublished, page: request.query.page,
            visibleTo: request.principal.visibility, in: services.postgres)
        return PageOutput(page.map(CollectionView.init))
    }

    static let create = Endpoint(
        .post, "/collections", tag: .collections, summary: "Create a collection",
        policy: .require(.productsUpdate, on: .product), idempotency: .required, body: CollectionCreateInput.self,
        returns: .created(
            CollectionView.self, version: \.collection.version, location: { "/collections/\($0.collection.id)" }),
        problems: [.slugTaken], bodyLimit: TextBody.limit
    ) { request, work, services in
        CollectionView(
            collection: try await services.commerce.catalogue.manageCollections.create(
                request.body.collection, by: request.principal, in: work))
    }

    static let read = Endpoint(
        .get, "/collections/{collection_id}", ID<ProductCollection>.self, tag: .collections,
        summary: "Read a collection", description: "Its products are listed by /products?collection_id=…",
        policy: .anyone(.storefront),
        returns: .ok(CollectionView.self, version: \.collection.version).shared { _ in [.collections] }
    ) { request, services in
        let collection = try await services.commerce.catalogue.collections.collection(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let collection else { throw Problem.notFound("collection") }
        return CollectionView(collection: collection)
    }

    static let readBySlug = Endpoint(
        .get, "/collections/by_slug/{slug}", Slug.self, tag: .collections,
        summary: "Read a collection by its name in links", policy: .anyone(.storefront),
        returns: .ok(CollectionView.self, version: \.collection.version).shared { _ in [.collections] }
    ) { request, services in
        let collection = try await services.commerce.catalogue.collections.collection(
            named: request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let collection else { throw Problem.notFound("collection") }
        return CollectionView(collection: collection)
    }

    static let update = Endpoint(
        .patch, "/collections/{collection_id}", ID<ProductCollection>.self, tag: .collections,
        summary: "Edit a collection", policy: .require(.productsUpdate, on: .product), edit: .ifMatch,
        body: CollectionUpdateInput.self, returns: .ok(CollectionView.self, version: \.collection.version),
        problems: [.slugTaken], bodyLimit: TextBody.limit
    ) { request, work, services in
        CollectionView(
            collection: try await services.commerce.catalogue.manageCollections.update(
                request.path, request.body.changes, version: request.expectedVersion, by: request.principal, in: work))
    }

    static let setProducts = Endpoint(
        .put, "/collections/{collection_id}/products", ID<ProductCollection>.self, tag: .collections,
        summary: "Say what a collection shows", policy: .require(.productsUpdate, on: .product), edit: .ifMatch,
        body: CollectionProductsInput.self, returns: .ok(CollectionView.self, version: \.collection.version),
        bodyLimit: TextBody.limit
    ) { request, work, services in
        CollectionView(
            collection: try await services.commerce.catalogue.manageCollections.setProducts(
                request.body.products, of: request.path, version: request.expectedVersion, by: request.principal,
                in: work))
    }

    static let delete = Endpoint(
        .delete, "/collections/{collection_id}", ID<ProductCollection>.self, tag: .collections,
        summary: "Delete a collection", description: "Its products stay.",
        policy: .require(.productsUpdate, on: .product), returns: .noContent
    ) { request, work, services in
        try await services.commerce.catalogue.manageCollections.delete(request.path, by: request.principal, in: work)
        return NoContent()
    }
}

struct CollectionsQuery: APIInput {
    let arePublished: Bool
    let page: PageRequest

    init(_ fields: inout Fields) {
        arePublished = fields.optional("is_published", .boolean, "Whether everybody sees them", default: true)
        page = fields.page()
    }
}

struct CollectionCreateInput: APIInput {
    let collection: NewCollection

    init(_ fields: inout Fields) {
        collection = NewCollection(
            vendor: fields.optional(
                "vendor_id", .id(Vendor.self), "Whose it is; null for the marketplace’s", example: .example),
            title: fields.required(
                "title", .text(ProductCollection.title), "What it is called", example: "Back to school"),
            description: fields.optional(
                "description", .text(ProductCollection.description), "More about it", default: ""),
            slug: fields.optional("slug", .slug, "Its name in links; without one, it is made of the title"),
            isPublished: fields.optional("is_published", .boolean, "Whether everybody sees it", default: false))
    }
}

struct CollectionUpdateInput: APIInput {
    let changes: CollectionChanges

    init(_ fields: inout Fields) {
        var changes = CollectionChanges()
        changes.title =
            fields.change("title", .text(ProductCollection.title), "What it is called", example: "Monsoon").value
        changes.description =
            fields.change("description", .text(ProductCollection.description), "More about it").value
        changes.slug = fields.change("slug", .slug, "Its name in links").value
        changes.isPublished = fields.change("is_published", .boolean, "Whether everybody sees it").value
        self.changes = changes
    }
}

struct CollectionProductsInput: APIInput {
    let products: [ID<Product>]

    init(_ fields: inout Fields) {
        products = fields.required(
            "products", .array(of: .id(Product.self), count: ProductCollection.productCount),
            "In the order in which they are shown", example: [.example])
    }
}

struct CollectionView: APIOutput {
    let collection: ProductCollection

    static let example = CollectionView(
        collection: ProductCollection(
            id: .example, vendor: nil, slug: Slug(from: "Back to school", of: ID<ProductCollection>.example),
            title: "Back to school", description: "", isPublished: true, version: 1, createdAt: .example,
            updatedAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", collection.id)
        out.field("vendor_id", collection.vendor, "Whose it is; null for the marketplace’s")
        out.field("slug", collection.slug.rawValue, "Its name in links")
        out.field("title", collection.title)
        out.field("description", collection.description, "May be empty")
        out.field("is_published", collection.isPublished, "Whether everybody sees it")
        out.field("version", collection.version, "Grows with every edit; also the ETag")
        out.field("created_at", collection.createdAt)
        out.field("updated_at", collection.updatedAt)
    }
}
