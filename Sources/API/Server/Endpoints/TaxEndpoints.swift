import Catalog
import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Pricing
import Values

extension EndpointTag {
    static let pricing = EndpointTag("Pricing", "Taxes, promotions and price lists: what a cart costs.")
}

/// Everything about what prices are made by.
enum PricingEndpoints {
    static let all: [Endpoint] =
        TaxEndpoints.all + PricingSettingsEndpoints.all + PromotionEndpoints.all + PromotionCodeEndpoints.all
        + PriceListEndpoints.all + CustomerGroupEndpoints.all
}

/// What goods are taxed at. A rate is never changed: it ends, and another begins.
enum TaxEndpoints {
    static let all: [Endpoint] = [listRates, createRate, endRate, createClass, endClass]

    static let listRates = Endpoint(
        .get, "/tax_rates", tag: .pricing, summary: "List tax rates, newest first",
        policy: .require(.taxesManage), query: TaxRatesQuery.self, returns: .page(of: TaxRateView.self)
    ) { request, services in
        let page = try await services.commerce.pricing.taxes.rates(
            in: request.query.country, on: request.query.day, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(TaxRateView.init))
    }

    static let createRate = Endpoint(
        .post, "/tax_rates", tag: .pricing, summary: "Let a tax rate begin",
        description: """
            For goods of a class or of a heading, and for a taxable value of one unit above `unit_above` and up to `unit_up_to`. Of \
            several headings the longest counts, and a heading before a class. `gst` is the whole rate: it is paid in halves within \
            a State.
            """,
        policy: .require(.taxesManage), idempotency: .required, body: TaxRateCreateInput.self,
        returns: .created(TaxRateView.self), problems: [.taxRateOverlaps]
    ) { request, work, services in
        TaxRateView(
            rate: try await services.commerce.pricing.manageTaxRates.create(
                request.body.rate, by: request.principal, in: work))
    }

    static let endRate = Endpoint(
        .post, "/tax_rates/{tax_rate_id}/end", ID<TaxRate>.self, tag: .pricing, summary: "Let a tax rate end",
        policy: .require(.taxesManage), body: TaxEndInput.self, returns: .ok(TaxRateView.self),
        problems: [.taxRateEnded]
    ) { request, work, services in
        TaxRateView(
            rate: try await services.commerce.pricing.manageTaxRates.end(
                request.path, on: request.body.day, by: request.principal, in: work))
    }

    static let createClass = Endpoint(
        .post, "/tax_classes", tag: .pricing, summary: "Create a class of goods that are taxed alike",
        policy: .require(.taxesManage), idempotency: .required, body: TaxClassCreateInput.self,
        returns: .created(TaxClassView.self), problems: [.taxClassTaken]
    ) { request, work, services in
        let body = request.body
        try await services.commerce.pricing.manageTaxClasses.create(
            body.code, country: body.country, name: body.name, from: body.validFrom, by: request.principal, in: work)
        return TaxClassView(
            taxClass: TaxClass(
                code: body.code, country: body.country, name: body.name, validFrom: body.validFrom.iso8601,
                validTo: nil))
    }

    static let endClass = Endpoint(
        .post, "/tax_classes/{tax_class}/end", PathName.self, tag: .pricing, summary: "Let a class of goods end",
        description: "No product is given it from that day on; its rates are ended by themselves.",
        policy: .require(.taxesManage), body: TaxEndInput.self, returns: .noContent
    ) { request, work, services in
        try await services.commerce.pricing.manageTaxClasses.end(
            request.path.value, on: request.body.day, by: request.principal, in: work)
        return NoContent()
    }
}

extension ProblemType {
    static let taxRateOverlaps = ProblemType(
        "tax-rate-overlaps", 409, "Another rate holds at the same time",
        "For one price, of one head, on one day, there is one rate: end the other one first.")
    static let taxRateEnded = ProblemType(
        "tax-rate-ended", 409, "The rate has an end already", "Let another one begin instead.")
    static let taxClassTaken = ProblemType(
        "tax-class-taken", 409, "The code is taken", "Another tax class has this code.")
}

struct TaxRatesQuery: APIInput {
    let country: String?
    let day: CivilDate?
    let page: PageRequest

    init(_ fields: inout Fields) {
        country = fields.optional("country", .text(Declarations.country), "ISO 3166-1 alpha-2")
        day = fields.optional("valid_on", .day, "Those that hold on this day alone")
        page = fields.page()
    }
}

struct TaxRateCreateInput: APIInput {
    let rate: NewTaxRate

    init(_ fields: inout Fields) {
        rate = NewTaxRate(
            country: fields.required("country", .text(Declarations.country), "ISO 3166-1 alpha-2", example: "IN"),
            taxClass: fields.optional(
                "tax_class", .text(ManageTaxClasses.code), "What it is for, or else hsn_prefix", example: "in_merit"),
            heading: fields.optional(
                "hsn_prefix", .text(NewTaxRate.heading), "Digits that a code of the Harmonised System begins with"),
            head: fields.required("head", .oneOf(RateHead.self), "As the law names it", example: .gst),
            rate: Rate(
                partsPerMillion: fields.required(
                    "rate_ppm", .integer(TaxRate.ratePPM), "In parts per million", example: 50_000)),
            unitAbove: fields.optional(
                "unit_above", .money(NewTaxRate.unitValue), "For a taxable value of one unit above this"),
            unitUpTo: fields.optional("unit_up_to", .money(NewTaxRate.unitValue), "And up to this"),
            validFrom: fields.required(
                "valid_from", .day, "The first day, by the country’s clocks",
                example: CivilDate(daysSinceEpoch: 21_000)),
            source: fields.required(
                "source", .text(TaxRate.source), "Where it stands written", example: "Notification 9/2025-CT(Rate)"))
    }
}

struct TaxClassCreateInput: APIInput {
    let code: String
    let country: String
    let name: String
    let validFrom: CivilDate

    init(_ fields: inout Fields) {
        code = fields.required(
            "code", .text(ManageTaxClasses.code), "What rates and products name", example: "in_books")
        country = fields.required("country", .text(Declarations.country), "ISO 3166-1 alpha-2", example: "IN")
        name = fields.required("name", .text(ManageTaxClasses.name), "For people", example: "Printed books")
        validFrom = fields.required(
            "valid_from", .day, "The first day on which it is given", example: CivilDate(daysSinceEpoch: 20_500))
    }
}

struct TaxEndInput: APIInput {
    let day: CivilDate

    init(_ fields: inout Fields) {
        day = fields.required(
            "valid_to", .day, "The first day on which it does not hold any more; not past",
            example: CivilDate(daysSinceEpoch: 40_000))
    }
}

struct TaxRateView: APIOutput {
    let rate: TaxRate

    static let example = TaxRateView(
        rate: TaxRate(
            id: .example, country: "IN", goods: .taxClass("in_apparel"), head: .gst,
            rate: Rate(partsPerMillion: 50_000), band: TaxRate.Band(above: nil, upTo: 250_000), bandCurrency: .inr,
            validFrom: CivilDate(daysSinceEpoch: 20_353), source: "Notification 9/2025-CT(Rate)", recordedAt: .example))

    func write(to out: inout ObjectWriter) {
        let (taxClass, heading): (String?, String?) =
            switch rate.goods {
            case .taxClass(let code): (code, nil)
            case .heading(let prefix): (nil, prefix)
            }
        out.field("id", rate.id)
        out.field("country", rate.country, "ISO 3166-1 alpha-2")
        out.field("tax_class", taxClass, "What it is for; null where it is for a heading")
        out.field("hsn_prefix", heading, "What codes of the Harmonised System begin with")
        out.field("head", rate.head)
        out.field("rate_ppm", rate.rate.partsPerMillion, "In parts per million")
        out.field("unit_above", bound(rate.band.above), "For a taxable value of one unit above this")
        out.field("unit_up_to", bound(rate.band.upTo), "And up to this")
        out.field("valid_from", rate.validFrom, "The first day")
        out.field("valid_to", rate.validTo, "The first day on which it does not hold any more; null for none")
        out.field("source", rate.source, "Where it stands written")
        out.field("recorded_at", rate.recordedAt)
    }

    private func bound(_ minorUnits: Int64?) -> Money? {
        guard let minorUnits, let currency = rate.bandCurrency else { return nil }
        return Money(minorUnits: minorUnits, currency: currency)
    }
}
