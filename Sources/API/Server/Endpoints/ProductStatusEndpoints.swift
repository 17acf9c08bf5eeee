import Catalog
import Core
import Endpoints
import HTTPTypes
import Identity
import Postgres

/// The life of a product: onto the sale, off it, and out of the catalogue.
enum ProductStatusEndpoints {
    static let all: [Endpoint] = [submit, withdraw, archive, approve, reject, delete, restore, erase]

    static let submit = Endpoint(
        .post, "/products/{product_id}/submit", ID<Product>.self, tag: .catalogue,
        summary: "Put a product on sale", description: "Where the marketplace looks first, it goes into review.",
        policy: .require(.productsUpdate, on: .product), returns: .ok(ProductView.self, version: \.product.version),
        problems: [.wrongStatus, .productDeleted]
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.changeStatus.submit(
                request.path, by: request.principal, in: work))
    }

    static let withdraw = Endpoint(
        .post, "/products/{product_id}/withdraw", ID<Product>.self, tag: .catalogue,
        summary: "Take a product off the sale", description: "It is a draft again, also from out of a review.",
        policy: .require(.productsUpdate, on: .product), returns: .ok(ProductView.self, version: \.product.version),
        problems: [.wrongStatus, .productDeleted]
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.changeStatus.withdraw(
                request.path, by: request.principal, in: work))
    }

    static let archive = Endpoint(
        .post, "/products/{product_id}/archive", ID<Product>.self, tag: .catalogue,
        summary: "End the sale of a product", description: "Whoever knows it can still read it.",
        policy: .require(.productsUpdate, on: .product), returns: .ok(ProductView.self, version: \.product.version),
        problems: [.wrongStatus, .productDeleted]
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.changeStatus.archive(
                request.path, by: request.principal, in: work))
    }

    static let approve = Endpoint(
        .post, "/products/{product_id}/approve", ID<Product>.self, tag: .catalogue,
        summary: "Approve a product that is in review", policy: .require(.productsModerate),
        returns: .ok(ProductView.self, version: \.product.version), problems: [.wrongStatus, .productDeleted]
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.changeStatus.approve(
                request.path, by: request.principal, in: work))
    }

    static let reject = Endpoint(
        .post, "/products/{product_id}/reject", ID<Product>.self, tag: .catalogue,
        summary: "Reject a product that is in review", description: "It is a draft again, and its vendor reads why.",
        policy: .require(.productsModerate), body: ProductRejectInput.self,
        returns: .ok(ProductView.self, version: \.product.version), problems: [.wrongStatus, .productDeleted]
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.changeStatus.reject(
                request.path, reason: request.body.reason, by: request.principal, in: work))
    }

    static let delete = Endpoint(
        .delete, "/products/{product_id}", ID<Product>.self, tag: .catalogue, summary: "Delete a product",
        description: "It is for nobody but those who sell it, who can restore it.",
        policy: .require(.productsUpdate, on: .product), returns: .noContent
    ) { request, work, services in
        try await services.commerce.catalogue.deleteProduct(request.path, by: request.principal, in: work)
        return NoContent()
    }

    static let restore = Endpoint(
        .post, "/products/{product_id}/restore", ID<Product>.self, tag: .catalogue,
        summary: "Restore a deleted product", description: "As a draft, or archived where it was that.",
        policy: .require(.productsUpdate, on: .product), returns: .ok(ProductView.self, version: \.product.version)
    ) { request, work, services in
        ProductView(
            product: try await services.commerce.catalogue.deleteProduct.restore(
                request.path, by: request.principal, in: work))
    }

    static let erase = Endpoint(
        .post, "/products/{product_id}/erase", ID<Product>.self, tag: .catalogue,
        summary: "Erase a product for good", description: "Only where no order, key or stock movement refers to it.",
        policy: .require(.productsErase, on: .product), returns: .noContent, problems: [.productInUse]
    ) { request, work, services in
        try await services.commerce.catalogue.deleteProduct.erase(request.path, by: request.principal, in: work)
        return NoContent()
    }
}

struct ProductRejectInput: APIInput {
    let reason: String

    init(_ fields: inout Fields) {
        reason = fields.required(
            "reason", .text(ChangeProductStatus.reason), "What its vendor has to mend",
            example: "The picture shows another product")
    }
}
