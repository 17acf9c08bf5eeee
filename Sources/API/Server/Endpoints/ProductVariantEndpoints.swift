import Catalog
import Core
import Endpoints
import HTTPTypes
import Identity
import Postgres

/// The variants of products and what they cost.
enum ProductVariantEndpoints {
    static let all: [Endpoint] = [add, update, readPrices, setPrice, removePrice, remove]

    static let add = Endpoint(
        .post, "/products/{product_id}/variants", ID<Product>.self, tag: .catalogue, summary: "Add a variant",
        policy: .require(.productsUpdate, on: .product), idempotency: .required, body: VariantCreateInput.self,
        returns: .created(ProductView.self, version: \.product.version),
        problems: [.skuTaken, .choicesTaken, .productDeleted]
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.editVariants.add(
                request.body.variant, to: request.path, by: request.principal, in: work))
    }

    static let update = Endpoint(
        .patch, "/variants/{variant_id}", ID<Variant>.self, tag: .catalogue, summary: "Edit a variant",
        description: "What is left out stays as it is. `If-Match` names the version of its product.",
        policy: .require(.productsUpdate, on: .variant), edit: .ifMatch, body: VariantUpdateInput.self,
        returns: .ok(ProductView.self, version: \.product.version),
        problems: [.skuTaken, .choicesTaken, .productDeleted]
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.editVariants.update(
                request.path, request.body.changes, version: request.expectedVersion, by: request.principal, in: work))
    }

    static let remove = Endpoint(
        .delete, "/variants/{variant_id}", ID<Variant>.self, tag: .catalogue, summary: "Remove a variant",
        description: "Orders that name it keep what they have of it.",
        policy: .require(.productsUpdate, on: .variant), returns: .ok(ProductView.self, version: \.product.version),
        problems: [.lastVariant, .productDeleted]
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.editVariants.remove(
                request.path, version: nil, by: request.principal, in: work))
    }

    static let readPrices = Endpoint(
        .get, "/variants/{variant_id}/prices", ID<Variant>.self, tag: .catalogue,
        summary: "Read what a variant costs, with all its sale prices",
        policy: .require(.productsUpdate, on: .variant), returns: .ok(PricesView.self)
    ) { request, services in
        let variant = try await services.commerce.products.variant(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard variant != nil else { throw Problem.notFound("variant") }
        return PricesView(prices: try await services.commerce.products.prices(of: request.path, in: services.postgres))
    }

    static let setPrice = Endpoint(
        .put, "/variants/{variant_id}/prices", ID<Variant>.self, tag: .catalogue,
        summary: "Say what a variant costs in a currency",
        description:
            "Replaces the price in this currency with its sales; those in others stay. It is sold in its product’s.",
        policy: .require(.productsUpdate, on: .variant), body: PriceUpdateInput.self, returns: .ok(PriceView.self),
        problems: [.productDeleted]
    ) { request, work, services in
        PriceView(
            price: try await services.commerce.catalogue.setPrice(
                request.body.price, of: request.path, by: request.principal, in: work))
    }

    static let removePrice = Endpoint(
        .delete, "/variants/{variant_id}/prices/{currency}", ID<Variant>.self, Currency.self, tag: .catalogue,
        summary: "Take a variant’s price in a currency away", policy: .require(.productsUpdate, on: .variant),
        returns: .noContent, problems: [.ownCurrency, .productDeleted]
    ) { request, work, services in
        try await services.commerce.catalogue.setPrice.remove(
            in: request.path.1, of: request.path.0, by: request.principal, in: work)
        return NoContent()
    }
}
