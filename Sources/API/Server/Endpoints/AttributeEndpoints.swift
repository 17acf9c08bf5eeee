import Catalog
import Core
import EdgeCache
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres

/// What products are described by.
enum AttributeEndpoints {
    static let all: [Endpoint] = [list, create, read, update, setTranslation, removeTranslation]

    static let list = Endpoint(
        .get, "/attributes", tag: .categories, summary: "List attributes, newest first", policy: .anyone(.storefront),
        query: LocalePageQuery.self, returns: .page(of: AttributeView.self).shared { _ in [.attributes] }
    ) { request, services in
        let page = try await services.commerce.catalogue.attributes.attributes(
            page: request.query.page, in: request.locales(request.query.locale), from: services.postgres)
        return PageOutput(page.map(AttributeView.init))
    }

    static let create = Endpoint(
        .post, "/attributes", tag: .categories, summary: "Define an attribute", policy: .require(.catalogueManage),
        idempotency: .required, body: AttributeCreateInput.self,
        returns: .created(
            AttributeView.self, version: \.attribute.version, location: { "/attributes/\($0.attribute.id)" }),
        problems: [.codeTaken], bodyLimit: 4 * TextBody.limit
    ) { request, work, services in
        AttributeView(
            attribute: try await services.commerce.catalogue.manageAttributes.create(
                request.body.attribute, by: request.principal, in: work))
    }

    static let read = Endpoint(
        .get, "/attributes/{attribute_id}", ID<Attribute>.self, tag: .categories, summary: "Read an attribute",
        policy: .anyone(.storefront), query: LocaleQuery.self,
        returns: .ok(AttributeView.self).shared { _ in [.attributes] }
    ) { request, services in
        let attribute = try await services.commerce.catalogue.attributes.attribute(
            request.path, in: request.locales(request.query.locale), from: services.postgres)
        guard let attribute else { throw Problem.notFound("attribute") }
        return AttributeView(attribute: attribute)
    }

    static let update = Endpoint(
        .patch, "/attributes/{attribute_id}", ID<Attribute>.self, tag: .categories, summary: "Edit an attribute",
        description: "Its code and kind stay. `choices` are all there are from then on.",
        policy: .require(.catalogueManage), edit: .ifMatch, body: AttributeUpdateInput.self,
        returns: .ok(AttributeView.self, version: \.attribute.version), problems: [.choiceInUse],
        bodyLimit: 4 * TextBody.limit
    ) { request, work, services in
        AttributeView(
            attribute: try await services.commerce.catalogue.manageAttributes.update(
                request.path, request.body.changes, version: request.expectedVersion, by: request.principal, in: work))
    }

    static let setTranslation = Endpoint(
        .put, "/attributes/{attribute_id}/translations/{locale}", ID<Attribute>.self, ContentLocale.self,
        tag: .categories, summary: "Name an attribute in a language", policy: .require(.catalogueManage),
        body: AttributeTranslationInput.self, returns: .noContent, bodyLimit: 4 * TextBody.limit
    ) { request, work, services in
        try await services.commerce.catalogue.translate.set(
            request.body.translation(in: request.path.1), of: request.path.0, by: request.principal, in: work)
        return NoContent()
    }

    static let removeTranslation = Endpoint(
        .delete, "/attributes/{attribute_id}/translations/{locale}", ID<Attribute>.self, ContentLocale.self,
        tag: .categories, summary: "Name an attribute in a language no more", policy: .require(.catalogueManage),
        returns: .noContent
    ) { request, work, services in
        try await services.commerce.catalogue.translate.remove(
            request.path.1, of: request.path.0, by: request.principal, in: work)
        return NoContent()
    }
}
