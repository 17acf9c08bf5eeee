import Catalog
import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Vendors

extension EndpointTag {
    static let catalogue = EndpointTag("Catalogue", "Products and their variants.")
}

extension ProblemType {
    static let skuTaken = ProblemType("sku-taken", 409, "The SKU is taken", "Another variant of the vendor has it.")
}

/// What everybody sees of the catalogue, and what operators do to it.
enum ProductEndpoints {
    static let all: [Endpoint] = [create, list, read, update]

    static let create = Endpoint(
        .post, "/products", tag: .catalogue, summary: "Create a product with its variants",
        policy: .require(.productsCreate, on: .product),
        idempotency: .required, body: ProductCreateInput.self,
        returns: .created(ProductView.self, version: \.product.version, location: { "/products/\($0.product.id)" }),
        problems: [.skuTaken], bodyLimit: ProductCreateInput.largestBody
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.createProduct(
                request.body.product, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/products", tag: .catalogue, summary: "List what is for sale, newest first",
        policy: .anyone(.storefront), query: ProductsQuery.self, returns: .page(of: ProductView.self)
    ) { request, services in
        let page = try await services.commerce.products.products(
            status: .active, vendor: request.query.vendor, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(ProductView.init))
    }

    static let read = Endpoint(
        .get, "/products/{product_id}", ID<Product>.self, tag: .catalogue, summary: "Read a product",
        description: "Drafts are seen by those who sell them. A product that is no longer sold can still be read.",
        policy: .anyone(.storefront), returns: .ok(ProductView.self, version: \.product.version)
    ) { request, services in
        let product = try await services.commerce.products.product(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let product else { throw Problem.notFound("product") }
        return ProductView(product: product)
    }

    static let update = Endpoint(
        .patch, "/products/{product_id}", ID<Product>.self, tag: .catalogue, summary: "Edit a product",
        description: "What is left out stays as it is. Orders keep the title that they were placed with.",
        policy: .require(.productsUpdate, on: .product), edit: .ifMatch, body: ProductUpdateInput.self,
        returns: .ok(ProductView.self, version: \.product.version), bodyLimit: ProductUpdateInput.largestBody
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.updateProduct(
                request.path, request.body.changes, version: request.expectedVersion, by: request.principal,
                in: work))
    }
}

struct ProductsQuery: APIInput {
    let vendor: ID<Vendor>?
    let page: PageRequest

    init(_ fields: inout Fields) {
        vendor = fields.optional("vendor_id", .id(Vendor.self), "Only products of this vendor")
        page = fields.page()
    }
}

struct ProductCreateInput: APIInput {
    /// Holds an update's texts and 100 variants of 1 kB.
    static let largestBody = ProductUpdateInput.largestBody + 100 * 1024

    let product: NewProduct

    init(_ fields: inout Fields) {
        product = NewProduct(
            vendor: fields.required("vendor_id", .id(Vendor.self), "Who sells it", example: .example),
            title: fields.required("title", .text(NewProduct.title), "What it is", example: "Lekha Antivirus"),
            description: fields.optional("description", .text(NewProduct.description), "More about it", default: ""),
            status: fields.optional("status", .oneOf(ProductStatus.self), "Drafts are hidden", default: .draft),
            variants: fields.required(
                "variants", .array(of: .object(VariantCreateInput.self), count: NewProduct.variantCount),
                "What can be bought"
            ).map(\.variant))
    }
}

struct VariantCreateInput: APIInput {
    let variant: NewVariant

    init(_ fields: inout Fields) {
        variant = NewVariant(
            title: fields.optional("title", .text(NewVariant.title), "What sets it apart", default: ""),
            sku: fields.required("sku", .text(NewVariant.sku), "Unique among the vendor’s variants", example: "AV-1Y"),
            kind: fields.required("kind", .oneOf(VariantKind.self), "How it reaches the buyer", example: .licenceKey),
            price: fields.required("price", .money(NewVariant.price), "For one unit", example: .example),
            weightGrams: fields.optional(
                "weight_grams", .integer(NewVariant.weightGrams), "Required for physical variants, refused for others"))
    }
}

struct ProductUpdateInput: APIInput {
    /// Holds a description of 20,000 characters, each escaped, which takes six bytes.
    static let largestBody = 128 << 10

    let changes: ProductChanges

    init(_ fields: inout Fields) {
        changes = ProductChanges(
            title: fields.change("title", .text(NewProduct.title), "What it is", example: "Lekha Antivirus 2").value,
            description: fields.change("description", .text(NewProduct.description), "More about it").value,
            status: fields.change("status", .oneOf(ProductStatus.self), "Drafts are hidden").value)
    }
}

struct ProductView: APIOutput {
    let product: Product

    static let example = ProductView(
        product: Product(
            id: .example, vendor: .example, title: "Lekha Antivirus", description: "One device, one year.",
            status: .active, version: 1, createdAt: .example, updatedAt: .example,
            variants: [VariantView.example.variant]))

    func write(to out: inout ObjectWriter) {
        out.field("id", product.id)
        out.field("vendor_id", product.vendor)
        out.field("title", product.title)
        out.field("description", product.description)
        out.field("status", product.status)
        out.field("version", product.version, "Grows with every edit; also the ETag")
        out.field("created_at", product.createdAt)
        out.field("updated_at", product.updatedAt)
        out.field("variants", product.variants.map(VariantView.init))
    }
}

struct VariantView: APIOutput {
    let variant: Variant

    static let example = VariantView(
        variant: Variant(
            id: .example, product: .example, vendor: .example, title: "1 year", sku: "AV-1Y", kind: .licenceKey,
            price: .example, weightGrams: nil))

    func write(to out: inout ObjectWriter) {
        out.field("id", variant.id)
        out.field("title", variant.title, "What sets it apart; may be empty")
        out.field("sku", variant.sku)
        out.field("kind", variant.kind)
        out.field("price", variant.price, "For one unit")
        out.field("weight_grams", variant.weightGrams, "null for what is not shipped")
    }
}
