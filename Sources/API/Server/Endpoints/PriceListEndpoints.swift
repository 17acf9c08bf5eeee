import Catalog
import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Pricing
import Vendors

/// What goods cost groups of customers.
enum PriceListEndpoints {
    static let all: [Endpoint] = [list, create, read, update, prices, setPrices]

    static let list = Endpoint(
        .get, "/price_lists", tag: .pricing, summary: "List price lists, newest first",
        policy: .require(.priceListsManage, on: .vendor), query: PageQuery.self, returns: .page(of: PriceListView.self)
    ) { request, services in
        let page = try await services.commerce.pricing.priceLists.lists(
            page: request.query.page, visibleTo: request.principal.visibility, in: services.postgres)
        return PageOutput(page.map(PriceListView.init))
    }

    static let create = Endpoint(
        .post, "/price_lists", tag: .pricing, summary: "Create a price list",
        description: "Of several lists with a price for one variant, the one with the greatest `priority` counts.",
        policy: .require(.priceListsManage, on: .vendor), idempotency: .required, body: PriceListCreateInput.self,
        returns: .created(PriceListView.self, version: \.list.version, location: { "/price_lists/\($0.list.id)" })
    ) { request, work, services in
        let body = request.body
        return PriceListView(
            list: try await services.commerce.pricing.managePriceLists.create(
                body.content, for: body.customerGroup, in: body.currency, of: body.vendor, by: request.principal,
                in: work))
    }

    static let read = Endpoint(
        .get, "/price_lists/{price_list_id}", ID<PriceList>.self, tag: .pricing, summary: "Read a price list",
        policy: .require(.priceListsManage, on: .vendor), returns: .ok(PriceListView.self, version: \.list.version)
    ) { request, services in
        PriceListView(list: try await services.priceList(request.path, for: request.principal))
    }

    static let update = Endpoint(
        .put, "/price_lists/{price_list_id}", ID<PriceList>.self, tag: .pricing,
        summary: "Say when and how a price list counts",
        policy: .require(.priceListsManage, on: .vendor), edit: .ifMatch, body: PriceListUpdateInput.self,
        returns: .ok(PriceListView.self, version: \.list.version)
    ) { request, work, services in
        PriceListView(
            list: try await services.commerce.pricing.managePriceLists.update(
                request.path, to: request.body.content, version: request.expectedVersion, by: request.principal,
                in: work))
    }

    static let prices = Endpoint(
        .get, "/price_lists/{price_list_id}/prices", ID<PriceList>.self, tag: .pricing,
        summary: "List the prices of a price list, by variant and quantity",
        policy: .require(.priceListsManage, on: .vendor), query: PageQuery.self,
        returns: .page(of: PriceListPriceView.self)
    ) { request, services in
        let list = try await services.priceList(request.path, for: request.principal)
        let page = try await services.commerce.pricing.priceLists.prices(
            of: list.id, page: request.query.page, in: services.postgres)
        return PageOutput(page.map { PriceListPriceView(price: $0, currency: list.currency) })
    }

    static let setPrices = Endpoint(
        .put, "/price_lists/{price_list_id}/prices", ID<PriceList>.self, tag: .pricing,
        summary: "Set prices of a price list, or take some off it",
        description: "Those that are not named stay as they are.",
        policy: .require(.priceListsManage, on: .vendor), edit: .ifMatch, body: PriceListPricesInput.self,
        returns: .ok(PriceListView.self, version: \.list.version), bodyLimit: PriceListPricesInput.limit
    ) { request, work, services in
        PriceListView(
            list: try await services.commerce.pricing.managePriceLists.setPrices(
                request.body.prices, of: request.path, version: request.expectedVersion, by: request.principal,
                in: work))
    }
}

extension Services {
    fileprivate func priceList(_ id: ID<PriceList>, for principal: Principal) async throws -> PriceList {
        guard
            let list = try await commerce.pricing.priceLists.list(id, visibleTo: principal.visibility, in: postgres)
        else { throw Problem.notFound("price list") }
        return list
    }
}

extension PriceListContent {
    fileprivate init(_ fields: inout Fields) {
        self.init(
            name: fields.required("name", .text(PriceList.name), "For people", example: "Resellers"),
            includesTax: fields.optional(
                "includes_tax", .boolean, "Whether its prices contain the taxes on them", default: true),
            priority: fields.optional("priority", .integer(PriceList.priority), "The greatest counts", default: 0),
            isActive: fields.optional("is_active", .boolean, "Whether it counts at all", default: true),
            startsAt: fields.optional("starts_at", .date, "When it begins to count; null for at once"),
            endsAt: fields.optional("ends_at", .date, "When it is over; null for never"))
    }
}

struct PriceListCreateInput: APIInput {
    let vendor: ID<Vendor>?
    let customerGroup: String
    let currency: Currency
    let content: PriceListContent

    init(_ fields: inout Fields) {
        vendor = fields.optional(
            "vendor_id", .id(Vendor.self), "Whose it is, for its own goods; null for the marketplace’s",
            example: .example)
        customerGroup = fields.required(
            "customer_group", .text(CustomerGroup.code), "Whose members pay its prices", example: "resellers")
        currency = fields.required("currency", .currency, "Of its prices", example: .bdt)
        content = PriceListContent(&fields)
    }
}

struct PriceListUpdateInput: APIInput {
    let content: PriceListContent

    init(_ fields: inout Fields) { content = PriceListContent(&fields) }
}

struct PriceListPricesInput: APIInput {
    /// In bytes.
    static let limit = 256 * 1024

    let prices: [ListedPrice]

    init(_ fields: inout Fields) {
        prices = fields.required(
            "prices", .array(of: .object(PriceListPriceUpdateInput.self), count: PriceList.priceCount),
            "Of each variant and quantity one"
        ).map(\.price)
    }
}

struct PriceListPriceUpdateInput: APIInput {
    let price: ListedPrice

    init(_ fields: inout Fields) {
        price = ListedPrice(
            variant: fields.required("variant_id", .id(Variant.self), "What it is the price of", example: .example),
            minimumQuantity: fields.optional(
                "minimum_quantity", .integer(PricingRequest.Line.quantities), "From so many units of one line on",
                default: 1),
            amount: fields.optional(
                "amount_minor", .integer(PriceList.amount),
                "In minor units of the list’s currency; null takes the price off the list", example: 45_000))
    }
}

struct PriceListView: APIOutput {
    let list: PriceList

    static let example = PriceListView(
        list: PriceList(
            id: .example, vendor: nil, customerGroup: "resellers", currency: .bdt,
            content: PriceListContent(name: "Resellers", includesTax: false), createdAt: .example, updatedAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", list.id)
        out.field("vendor_id", list.vendor, "Whose it is; null for the marketplace’s")
        out.field("name", list.content.name)
        out.field("customer_group", list.customerGroup, "Whose members pay its prices")
        out.field("currency", list.currency)
        out.field("includes_tax", list.content.includesTax, "Whether its prices contain the taxes on them")
        out.field("priority", list.content.priority, "The greatest counts")
        out.field("is_active", list.content.isActive)
        out.field("starts_at", list.content.startsAt)
        out.field("ends_at", list.content.endsAt, "When it is over")
        out.field("version", list.version, "Grows with every edit; also the ETag")
        out.field("created_at", list.createdAt)
        out.field("updated_at", list.updatedAt)
    }
}

struct PriceListPriceView: APIOutput {
    let price: ListedPrice
    let currency: Currency

    static let example = PriceListPriceView(price: ListedPrice(variant: .example, amount: 45_000), currency: .bdt)

    func write(to out: inout ObjectWriter) {
        out.field("variant_id", price.variant)
        out.field("minimum_quantity", price.minimumQuantity, "From so many units of one line on")
        out.field("price", Money(minorUnits: price.amount ?? 0, currency: currency))
    }
}
