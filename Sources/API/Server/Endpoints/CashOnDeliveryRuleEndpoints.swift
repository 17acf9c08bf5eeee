import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Shipping

extension ProblemType {
    static let codRuleExists = ProblemType(.codRuleExists)
}

/// Where, to whom and on what terms cash is collected on delivery.
enum CashOnDeliveryRuleEndpoints {
    static let all: [Endpoint] = [create, list, update, remove]

    static let create = Endpoint(
        .post, "/cod_rules", tag: .shipping, summary: "Say where cash is collected on delivery",
        description: """
            Of the rules that hold for an address the narrowest counts; where there is none, no cash is collected. Beside it, the methods \
            of shipping say whether and up to which sum their courier collects.
            """,
        policy: .require(.codRulesManage), idempotency: .required, body: CashOnDeliveryRuleCreateInput.self,
        returns: .created(CashOnDeliveryRuleView.self, version: \.rule.version), problems: [.codRuleExists]
    ) { request, work, services in
        CashOnDeliveryRuleView(
            rule: try await services.shipping.keepRules.create(
                request.body.area, in: request.body.currency, request.body.terms, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/cod_rules", tag: .shipping, summary: "List the rules on cash on delivery, newest first",
        policy: .require(.codRulesRead), query: PageQuery.self, returns: .page(of: CashOnDeliveryRuleView.self)
    ) { request, services in
        let page = try await services.shipping.rules.rules(page: request.query.page, in: services.postgres)
        return PageOutput(page.map(CashOnDeliveryRuleView.init))
    }

    static let update = Endpoint(
        .patch, "/cod_rules/{rule_id}", ID<CashOnDeliveryRule>.self, tag: .shipping,
        summary: "Edit a rule on cash on delivery", description: "What is left out stays as it is.",
        policy: .require(.codRulesManage), edit: .ifMatch, body: CashOnDeliveryRuleUpdateInput.self,
        returns: .ok(CashOnDeliveryRuleView.self, version: \.rule.version)
    ) { request, work, services in
        CashOnDeliveryRuleView(
            rule: try await services.shipping.keepRules.update(
                request.path, version: request.expectedVersion, by: request.principal, in: work,
                request.body.apply(to:)))
    }

    static let remove = Endpoint(
        .delete, "/cod_rules/{rule_id}", ID<CashOnDeliveryRule>.self, tag: .shipping,
        summary: "Remove a rule on cash on delivery", policy: .require(.codRulesManage), returns: .noContent
    ) { request, work, services in
        try await services.shipping.keepRules.remove(request.path, by: request.principal, in: work)
        return NoContent()
    }
}

/// As the API names it.
enum CashOnDeliveryAdvanceKind: String, CaseIterable, Sendable {
    case none, shipping, share

    func advance(of share: Rate?) -> CashOnDeliveryRule.Advance {
        switch self {
        case .none: .none
        case .shipping: .shipping
        case .share: .share(share ?? Rate(partsPerMillion: 0))
        }
    }
}

struct CashOnDeliveryRuleCreateInput: APIInput {
    let area: ShippingArea
    let currency: Currency
    let terms: CashOnDeliveryRule.Terms

    init(_ fields: inout Fields) {
        area = fields.required("area", .object(ShippingAreaCreateInput.self), "Where it holds").area
        currency = fields.required("currency", .currency, "Of what is collected (ISO 4217)", example: .bdt)
        let share = fields.optional(
            "advance_ppm", .integer(CashOnDeliveryRule.Terms.share), "The share, in parts per million")
        let kind = fields.optional(
            "advance", .oneOf(CashOnDeliveryAdvanceKind.self),
            "What is paid before: nothing, what shipping costs, or a share of the total", default: .none)
        terms = CashOnDeliveryRule.Terms(
            isOffered: fields.required("is_offered", .boolean, "Whether cash is collected there", example: true),
            limit: fields.optional(
                "limit_minor", .integer(1...ShippingCharge.amount.upperBound), "Up to which total; left out: any",
                example: 5_000_000),
            mostRefusals: fields.optional(
                "most_refusals", .integer(CashOnDeliveryRule.Terms.counts),
                "Whoever has so many orders that came back unpaid is not offered it any more", example: 3),
            asksForCode: fields.optional(
                "asks_for_code", .boolean, "Whether a code is asked for before anything is shipped", default: false),
            advance: kind.advance(of: share.map(Rate.init(partsPerMillion:))),
            advanceBelowOrders: fields.optional(
                "advance_below_orders", .integer(CashOnDeliveryRule.Terms.counts),
                "The advance is asked of those who have received fewer orders than so many; left out: of everybody"))
        fields.check(
            (kind == .share) == (share != nil), "advance_ppm", code: "required", "goes with a share, and only with one")
    }
}

struct CashOnDeliveryRuleUpdateInput: APIInput {
    private let isOffered: Change<Bool>
    private let limit: Change<Int64?>
    private let mostRefusals: Change<Int?>
    private let asksForCode: Change<Bool>
    private let advance: Change<CashOnDeliveryAdvanceKind>
    private let share: Change<Int?>
    private let advanceBelowOrders: Change<Int?>

    init(_ fields: inout Fields) {
        isOffered = fields.change("is_offered", .boolean, "Whether cash is collected there", example: false)
        limit = fields.change(
            "limit_minor", .nullable(.integer(1...ShippingCharge.amount.upperBound)), "Up to which total; null: any")
        mostRefusals = fields.change(
            "most_refusals", .nullable(.integer(CashOnDeliveryRule.Terms.counts)), "Null: however many")
        asksForCode = fields.change("asks_for_code", .boolean, "Whether a code is asked for")
        advance = fields.change(
            "advance", .oneOf(CashOnDeliveryAdvanceKind.self), "What is paid before; a share names advance_ppm")
        share = fields.change(
            "advance_ppm", .nullable(.integer(CashOnDeliveryRule.Terms.share)), "The share, in parts per million")
        advanceBelowOrders = fields.change(
            "advance_below_orders", .nullable(.integer(CashOnDeliveryRule.Terms.counts)), "Null: of everybody")
    }

    func apply(to terms: inout CashOnDeliveryRule.Terms) {
        terms.isOffered = isOffered.applied(to: terms.isOffered)
        terms.limit = limit.applied(to: terms.limit)
        terms.mostRefusals = mostRefusals.applied(to: terms.mostRefusals)
        terms.asksForCode = asksForCode.applied(to: terms.asksForCode)
        let known = terms.advance.rate?.partsPerMillion
        let rate = share.applied(to: known).map(Rate.init(partsPerMillion:))
        if let advance = advance.value {
            terms.advance = advance.advance(of: rate)
        } else if share.value != nil, let rate {
            terms.advance = .share(rate)
        }
        terms.advanceBelowOrders = advanceBelowOrders.applied(to: terms.advanceBelowOrders)
    }
}

struct CashOnDeliveryRuleView: APIOutput {
    let rule: CashOnDeliveryRule

    static let example = CashOnDeliveryRuleView(
        rule: CashOnDeliveryRule(
            id: .example, area: ShippingArea(country: "BD"), currency: .bdt,
            terms: CashOnDeliveryRule.Terms(isOffered: true, limit: 5_000_000, mostRefusals: 3), createdAt: .example))

    func write(to out: inout ObjectWriter) {
        let terms = rule.terms
        out.field("id", rule.id)
        out.field("area", ShippingAreaView(area: rule.area), "Where it holds")
        out.field("currency", rule.currency.code)
        out.field("is_offered", terms.isOffered, "Whether cash is collected there")
        out.field("limit_minor", terms.limit, "Up to which total; null: any")
        out.field("most_refusals", terms.mostRefusals, "Orders that came back unpaid until it is not offered any more")
        out.field("asks_for_code", terms.asksForCode, "Whether a code is asked for before anything is shipped")
        out.field("advance", CashOnDeliveryAdvanceKind(rawValue: terms.advance.name) ?? .none, "What is paid before")
        out.field("advance_ppm", terms.advance.rate?.partsPerMillion, "The share, in parts per million")
        out.field(
            "advance_below_orders", terms.advanceBelowOrders,
            "Asked of those who have received fewer orders than so many; null: of everybody")
        out.field("version", rule.version, "Grows with every edit; also the ETag")
        out.field("created_at", rule.createdAt)
    }
}
