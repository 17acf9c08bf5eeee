import Catalog
import Core
import EdgeCache
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres

extension EndpointTag {
    static let categories = EndpointTag(
        "Categories", "The tree by which products are found, and what they are described by.")
}

/// The category tree: for everybody to read, for the marketplace to keep.
enum CategoryEndpoints {
    static let all: [Endpoint] = [
        tree, create, readBySlug, read, update, move, setAttributes, readAttributes, setTranslation, removeTranslation,
        delete,
    ]

    static let tree = Endpoint(
        .get, "/categories", tag: .categories, summary: "Read the category tree",
        description: "All of it, or one category and all below: each behind its parent, siblings in their order.",
        policy: .anyone(.storefront), query: CategoriesQuery.self,
        returns: .ok(CategoriesView.self).shared { _ in [.categories] }
    ) { request, services in
        CategoriesView(
            categories: try await services.commerce.catalogue.categories.tree(
                below: request.query.root, in: request.locales(request.query.locale), from: services.postgres))
    }

    static let create = Endpoint(
        .post, "/categories", tag: .categories, summary: "Create a category", policy: .require(.catalogueManage),
        idempotency: .required, body: CategoryCreateInput.self,
        returns: .created(
            CategoryView.self, version: \.category.version, location: { "/categories/\($0.category.id)" }),
        problems: [.slugTaken, .tooManyCategories], bodyLimit: TextBody.limit
    ) { request, work, services in
        CategoryView(
            category: try await services.commerce.catalogue.manageCategories.create(
                request.body.category, by: request.principal, in: work))
    }

    static let read = Endpoint(
        .get, "/categories/{category_id}", ID<Category>.self, tag: .categories, summary: "Read a category",
        policy: .anyone(.storefront), query: LocaleQuery.self,
        returns: .ok(CategoryView.self).shared { _ in [.categories] }
    ) { request, services in
        let category = try await services.commerce.catalogue.categories.category(
            request.path, in: request.locales(request.query.locale), from: services.postgres)
        guard let category else { throw Problem.notFound("category") }
        return CategoryView(category: category)
    }

    static let readBySlug = Endpoint(
        .get, "/categories/by_slug/{slug}", Slug.self, tag: .categories,
        summary: "Read a category by its name in links",
        description: "A former slug finds the category as well: lead readers on to the one that the answer has.",
        policy: .anyone(.storefront), query: LocaleQuery.self,
        returns: .ok(CategoryView.self).shared { _ in [.categories] }
    ) { request, services in
        let category = try await services.commerce.catalogue.categories.category(
            named: request.path, in: request.locales(request.query.locale), from: services.postgres)
        guard let category else { throw Problem.notFound("category") }
        return CategoryView(category: category)
    }

    static let update = Endpoint(
        .patch, "/categories/{category_id}", ID<Category>.self, tag: .categories, summary: "Edit a category",
        policy: .require(.catalogueManage), edit: .ifMatch, body: CategoryUpdateInput.self,
        returns: .ok(CategoryView.self, version: \.category.version), problems: [.slugTaken], bodyLimit: TextBody.limit
    ) { request, work, services in
        CategoryView(
            category: try await services.commerce.catalogue.manageCategories.update(
                request.path, request.body.changes, version: request.expectedVersion, by: request.principal, in: work))
    }

    static let move = Endpoint(
        .post, "/categories/{category_id}/move", ID<Category>.self, tag: .categories,
        summary: "Put a category, with all below it, under another", policy: .require(.catalogueManage),
        body: CategoryMoveInput.self, returns: .ok(CategoryView.self, version: \.category.version)
    ) { request, work, services in
        CategoryView(
            category: try await services.commerce.catalogue.manageCategories.move(
                request.path, under: request.body.parent, position: request.body.position, by: request.principal,
                in: work))
    }

    static let delete = Endpoint(
        .delete, "/categories/{category_id}", ID<Category>.self, tag: .categories, summary: "Delete an empty category",
        policy: .require(.catalogueManage), returns: .noContent, problems: [.categoryInUse]
    ) { request, work, services in
        try await services.commerce.catalogue.manageCategories.delete(request.path, by: request.principal, in: work)
        return NoContent()
    }

    static let readAttributes = Endpoint(
        .get, "/categories/{category_id}/attributes", ID<Category>.self, tag: .categories,
        summary: "Read what products of a category are described by", description: "What is inherited comes first.",
        policy: .anyone(.storefront), query: LocaleQuery.self,
        returns: .ok(InheritedAttributesView.self).shared { _ in [.categories, .attributes] }
    ) { request, services in
        guard try await services.commerce.catalogue.categories.category(request.path, from: services.postgres) != nil
        else { throw Problem.notFound("category") }
        return InheritedAttributesView(
            attributes: try await services.commerce.catalogue.attributes.attributes(
                of: request.path, in: request.locales(request.query.locale), from: services.postgres))
    }

    static let setAttributes = Endpoint(
        .put, "/categories/{category_id}/attributes", ID<Category>.self, tag: .categories,
        summary: "Say what products of a category are described by",
        description: "Besides what it inherits; an attribute that is named again is required here as it says here.",
        policy: .require(.catalogueManage), body: CategoryAttributesInput.self,
        returns: .ok(InheritedAttributesView.self)
    ) { request, work, services in
        InheritedAttributesView(
            attributes: try await services.commerce.catalogue.manageAttributes.ask(
                for: request.body.attributes, in: request.path, by: request.principal, in: work))
    }

    static let setTranslation = Endpoint(
        .put, "/categories/{category_id}/translations/{locale}", ID<Category>.self, ContentLocale.self,
        tag: .categories, summary: "Tell a category in a language", policy: .require(.catalogueManage),
        body: CategoryTranslationInput.self, returns: .noContent, bodyLimit: TextBody.limit
    ) { request, work, services in
        try await services.commerce.catalogue.translate.set(
            request.body.translation(in: request.path.1), of: request.path.0, by: request.principal, in: work)
        return NoContent()
    }

    static let removeTranslation = Endpoint(
        .delete, "/categories/{category_id}/translations/{locale}", ID<Category>.self, ContentLocale.self,
        tag: .categories, summary: "Tell a category in a language no more", policy: .require(.catalogueManage),
        returns: .noContent
    ) { request, work, services in
        try await services.commerce.catalogue.translate.remove(
            request.path.1, of: request.path.0, by: request.principal, in: work)
        return NoContent()
    }
}
