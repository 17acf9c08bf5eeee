import Catalog
import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Payments
import Postgres
import Shipping

/// By what gateways are offered.
enum PaymentOptionRuleEndpoints {
    static let all: [Endpoint] = [create, list, update, remove]

    static let create = Endpoint(
        .post, "/payment_option_rules", tag: .payments, summary: "Say where a gateway is offered",
        description: """
            Of the rules of a gateway that fit what has to be paid, where to and when, the first by `position` decides. One without a rule \
            that fits is not offered. Where there are no rules at all, every gateway is.
            """,
        policy: .require(.paymentOptionsManage), idempotency: .required, body: PaymentOptionRuleCreateInput.self,
        returns: .created(PaymentOptionRuleView.self, version: \.rule.version)
    ) { request, work, services in
        PaymentOptionRuleView(
            rule: try await services.commerce.keepOptionRules.create(
                request.body.gateway, request.body.terms, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/payment_option_rules", tag: .payments, summary: "List the rules on gateways, newest first",
        policy: .require(.paymentOptionsRead), query: PageQuery.self, returns: .page(of: PaymentOptionRuleView.self)
    ) { request, services in
        let page = try await services.commerce.paymentOptions.rules(page: request.query.page, in: services.postgres)
        return PageOutput(page.map(PaymentOptionRuleView.init))
    }

    static let update = Endpoint(
        .patch, "/payment_option_rules/{rule_id}", ID<PaymentOptionRule>.self, tag: .payments,
        summary: "Edit a rule on a gateway", description: "What is left out stays as it is.",
        policy: .require(.paymentOptionsManage), edit: .ifMatch, body: PaymentOptionRuleUpdateInput.self,
        returns: .ok(PaymentOptionRuleView.self, version: \.rule.version)
    ) { request, work, services in
        PaymentOptionRuleView(
            rule: try await services.commerce.keepOptionRules.update(
                request.path, version: request.expectedVersion, by: request.principal, in: work,
                request.body.apply(to:)))
    }

    static let remove = Endpoint(
        .delete, "/payment_option_rules/{rule_id}", ID<PaymentOptionRule>.self, tag: .payments,
        summary: "Remove a rule on a gateway", policy: .require(.paymentOptionsManage), returns: .noContent
    ) { request, work, services in
        try await services.commerce.keepOptionRules.remove(request.path, by: request.principal, in: work)
        return NoContent()
    }
}

struct PaymentOptionRuleCreateInput: APIInput {
    let gateway: GatewayName
    let terms: PaymentOptionRule.Terms

    init(_ fields: inout Fields) {
        gateway = GatewayName(
            rawValue: fields.required(
                "gateway", .text(PaymentOptionRule.gateway), "Of those that are switched on, or `cash_on_delivery`",
                example: "stripe"))
        terms = PaymentOptionRule.Terms(
            isOffered: fields.optional(
                "is_offered", .boolean, "False: it is withheld where the rule fits", default: true),
            currency: fields.optional("currency", .currency, "Of what has to be paid; left out: any", example: .usd),
            least: fields.optional(
                "least_minor", .integer(PaymentOptionRule.Terms.amounts), "From which amount on; left out: any"),
            most: fields.optional(
                "most_minor", .integer(PaymentOptionRule.Terms.amounts), "Up to which amount; left out: any"),
            area: fields.optional(
                "area", .object(ShippingAreaCreateInput.self), "Where the goods go; left out: anywhere, and nowhere"
            )?.area,
            hours: fields.optional("hours", .object(PaymentHoursCreateInput.self), "When; left out: always")?.hours,
            position: fields.optional(
                "position", .integer(PaymentOptionRule.Terms.positions),
                "In which order rules are tried, and what is offered is shown", default: 0),
            titles: fields.optional("titles", .paymentTitles, "What it is called, by language", default: []).byLocale)
    }
}

struct PaymentOptionRuleUpdateInput: APIInput {
    private let isOffered: Change<Bool>
    private let currency: Change<Currency?>
    private let least: Change<Int64?>
    private let most: Change<Int64?>
    private let area: Change<ShippingAreaCreateInput?>
    private let hours: Change<PaymentHoursCreateInput?>
    private let position: Change<Int>
    private let titles: Change<[PaymentTitleCreateInput]>

    init(_ fields: inout Fields) {
        isOffered = fields.change("is_offered", .boolean, "Whether it is offered or withheld", example: false)
        currency = fields.change("currency", .nullable(.currency), "Null: any")
        least = fields.change(
            "least_minor", .nullable(.integer(PaymentOptionRule.Terms.amounts)), "From which amount on; null: any")
        most = fields.change(
            "most_minor", .nullable(.integer(PaymentOptionRule.Terms.amounts)), "Up to which amount; null: any")
        area = fields.change("area", .nullable(.object(ShippingAreaCreateInput.self)), "Null: anywhere, and nowhere")
        hours = fields.change("hours", .nullable(.object(PaymentHoursCreateInput.self)), "Null: always")
        position = fields.change(
            "position", .integer(PaymentOptionRule.Terms.positions), "In which order rules are tried and shown")
        titles = fields.change("titles", .paymentTitles, "What it is called; what is given replaces all")
    }

    func apply(to terms: inout PaymentOptionRule.Terms) {
        terms.isOffered = isOffered.applied(to: terms.isOffered)
        terms.currency = currency.applied(to: terms.currency)
        terms.least = least.applied(to: terms.least)
        terms.most = most.applied(to: terms.most)
        if case .set(let area) = area { terms.area = area?.area }
        if case .set(let hours) = hours { terms.hours = hours?.hours }
        terms.position = position.applied(to: terms.position)
        if case .set(let titles) = titles { terms.titles = titles.byLocale }
    }
}

struct PaymentHoursCreateInput: APIInput {
    let hours: PaymentOptionRule.Hours

    init(_ fields: inout Fields) {
        hours = PaymentOptionRule.Hours(
            from: fields.required(
                "from_minute", .integer(PaymentOptionRule.Hours.minutes), "In minutes since midnight", example: 480),
            until: fields.required(
                "until_minute", .integer(PaymentOptionRule.Hours.minutes),
                "The first that is not part of it; over midnight where it is the smaller", example: 1_320),
            utcOffset: fields.required(
                "utc_offset_minutes", .integer(PaymentOptionRule.Hours.offsets), "How far the clocks are ahead of UTC",
                example: 360))
    }
}

struct PaymentTitleCreateInput: APIInput {
    let locale: ContentLocale
    let title: String

    init(_ fields: inout Fields) {
        locale = fields.required("locale", .locale, "The language", example: .english)
        title = fields.required(
            "title", .text(PaymentOptionRule.Terms.title), "What customers read", example: "Card")
    }
}

extension FieldKind where Value == [PaymentTitleCreateInput] {
    /// What a gateway is called, each language once.
    fileprivate static var paymentTitles: FieldKind {
        .array(of: .object(PaymentTitleCreateInput.self), count: PaymentOptionRule.Terms.titleCount)
    }
}

extension [PaymentTitleCreateInput] {
    /// Of two in one language the later one counts.
    fileprivate var byLocale: [ContentLocale: String] {
        Dictionary(map { ($0.locale, $0.title) }, uniquingKeysWith: { _, last in last })
    }
}

struct PaymentOptionRuleView: APIOutput {
    let rule: PaymentOptionRule

    static let example = PaymentOptionRuleView(
        rule: PaymentOptionRule(
            id: .example, gateway: GatewayName(rawValue: "stripe"),
            terms: PaymentOptionRule.Terms(
                currency: .bdt, least: 1_000, most: 5_000_000, area: ShippingArea(country: "BD"),
                hours: PaymentOptionRule.Hours(from: 480, until: 1_320, utcOffset: 360), position: 10,
                titles: [.english: "Card"]),
            createdAt: .example))

    func write(to out: inout ObjectWriter) {
        let terms = rule.terms
        out.field("id", rule.id)
        out.field("gateway", rule.gateway.rawValue)
        out.field("is_offered", terms.isOffered, "False: it is withheld where the rule fits")
        out.field("currency", terms.currency?.code, "Of what has to be paid; null: any")
        out.field("least_minor", terms.least, "From which amount on; null: any")
        out.field("most_minor", terms.most, "Up to which amount; null: any")
        out.field("area", terms.area.map(ShippingAreaView.init), "Where the goods go; null: anywhere, and nowhere")
        out.field("hours", terms.hours.map(PaymentHoursView.init), "When; null: always")
        out.field("position", terms.position, "In which order rules are tried, and what is offered is shown")
        out.field(
            "titles", terms.titles.sorted { $0.key.rawValue < $1.key.rawValue }.map(PaymentTitleView.init),
            "What it is called, by language")
        out.field("version", rule.version, "Grows with every edit; also the ETag")
        out.field("created_at", rule.createdAt)
    }
}

struct PaymentHoursView: APIOutput {
    let hours: PaymentOptionRule.Hours

    static let example = PaymentHoursView(hours: PaymentOptionRule.Hours(from: 480, until: 1_320, utcOffset: 360))

    func write(to out: inout ObjectWriter) {
        out.field("from_minute", hours.from, "In minutes since midnight")
        out.field("until_minute", hours.until, "The first that is not part of it")
        out.field("utc_offset_minutes", hours.utcOffset, "How far the clocks are ahead of UTC")
    }
}

struct PaymentTitleView: APIOutput {
    let locale: ContentLocale
    let title: String

    static let example = PaymentTitleView(locale: .english, title: "Card")

    func write(to out: inout ObjectWriter) {
        out.field("locale", locale.rawValue)
        out.field("title", title)
    }
}
