import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Pricing
import Vendors

/// What makes goods cheaper: the marketplace's promotions, and those that vendors bear.
enum PromotionEndpoints {
    static let all: [Endpoint] = [list, create, read, update, activate, pause, end]

    static let list = Endpoint(
        .get, "/promotions", tag: .pricing, summary: "List promotions, newest first",
        policy: .require(.promotionsRead, on: .vendor), query: PromotionsQuery.self,
        returns: .page(of: PromotionView.self)
    ) { request, services in
        let page = try await services.commerce.pricing.promotions.promotions(
            status: request.query.status, page: request.query.page, visibleTo: request.principal.visibility,
            in: services.postgres)
        return PageOutput(page.map(PromotionView.init))
    }

    static let create = Endpoint(
        .post, "/promotions", tag: .pricing, summary: "Create a promotion",
        description: """
            It applies by itself, or to who shows a code of it. It takes effect within seconds. Of several promotions the one with the \
            greatest `priority` goes first; two that don’t combine never touch the same goods.
            """,
        policy: .require(.promotionsManage, on: .vendor), idempotency: .required, body: PromotionCreateInput.self,
        returns: .created(
            PromotionView.self, version: \.promotion.version, location: { "/promotions/\($0.promotion.id)" }),
        problems: [.tooManyPromotions], bodyLimit: PromotionCreateInput.limit
    ) { request, work, services in
        PromotionView(
            promotion: try await services.commerce.pricing.managePromotions.create(
                request.body.terms, of: request.body.vendor, isActive: request.body.isActive, by: request.principal,
                in: work))
    }

    static let read = Endpoint(
        .get, "/promotions/{promotion_id}", ID<Promotion>.self, tag: .pricing, summary: "Read a promotion and its use",
        policy: .require(.promotionsRead, on: .vendor), returns: .ok(PromotionDetailsView.self)
    ) { request, services in
        let store = services.commerce.pricing.promotions
        guard
            let promotion = try await store.promotion(
                request.path, visibleTo: request.principal.visibility, in: services.postgres)
        else { throw Problem.notFound("promotion") }
        return PromotionDetailsView(
            promotion: promotion, usage: try await store.usage(of: request.path, in: services.postgres))
    }

    static let update = Endpoint(
        .put, "/promotions/{promotion_id}", ID<Promotion>.self, tag: .pricing, summary: "Replace a promotion’s terms",
        description: "What was ordered keeps its discounts. Limits below what is used let nothing more be used.",
        policy: .require(.promotionsManage, on: .vendor), edit: .ifMatch, body: PromotionUpdateInput.self,
        returns: .ok(PromotionView.self, version: \.promotion.version), problems: [.promotionEnded],
        bodyLimit: PromotionCreateInput.limit
    ) { request, work, services in
        PromotionView(
            promotion: try await services.commerce.pricing.managePromotions.update(
                request.path, to: request.body.terms, version: request.expectedVersion, by: request.principal,
                in: work))
    }

    static let activate = changing(to: .active, "activate", "Let a promotion go on")
    static let pause = changing(to: .paused, "pause", "Let a promotion rest")
    static let end = changing(to: .ended, "end", "End a promotion for good")

    private static func changing(to status: Promotion.Status, _ verb: String, _ summary: String) -> Endpoint {
        Endpoint(
            .post, "/promotions/{promotion_id}/\(verb)", ID<Promotion>.self, tag: .pricing, summary: summary,
            policy: .require(.promotionsManage, on: .vendor),
            returns: .ok(PromotionView.self, version: \.promotion.version), problems: [.promotionEnded]
        ) { request, work, services in
            PromotionView(
                promotion: try await services.commerce.pricing.managePromotions.change(
                    request.path, to: status, by: request.principal, in: work))
        }
    }
}

extension ProblemType {
    static let tooManyPromotions = ProblemType(
        "too-many-promotions", 409, "Too many promotions are in force", "End some of them first.")
    static let promotionEnded = ProblemType(
        "promotion-ended", 409, "The promotion has ended", "Create another one instead.")
}

struct PromotionsQuery: APIInput {
    let status: Promotion.Status?
    let page: PageRequest

    init(_ fields: inout Fields) {
        status = fields.optional("status", .oneOf(Promotion.Status.self), "Those in this status alone")
        page = fields.page()
    }
}
