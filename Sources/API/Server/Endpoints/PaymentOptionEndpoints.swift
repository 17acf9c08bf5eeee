import Catalog
import Core
import Endpoints
import HTTPTypes
import Identity
import Orders
import Payments
import Postgres

/// Through whom an order can be paid, and the rules on that.
enum PaymentOptionEndpoints {
    static let all: [Endpoint] = [options] + PaymentOptionRuleEndpoints.all

    static let options = Endpoint(
        .get, "/orders/{order_id}/payment_options", ID<Order>.self, tag: .orders,
        summary: "Read through whom an order can be paid now",
        description: """
            Of what has to be paid next, in the order in which it is to be shown. A gateway that has not done its work lately stands at the \
            end.
            """,
        policy: .require(.ordersRead, on: .order, .storefront), query: LocaleQuery.self,
        returns: .ok(PaymentOptionsView.self)
    ) { request, services in
        let offer = try await services.commerce.offerOptions(
            for: request.path, visibleTo: request.principal.visibility, in: services.postgres)
        return PaymentOptionsView(offer, in: request.locales(request.query.locale))
    }
}

struct PaymentOptionsView: APIOutput {
    private let demand: PaymentDemand?
    private let options: [PaymentOptionView]

    init(_ offer: OfferPaymentOptions.Offer, in locales: [ContentLocale]) {
        demand = offer.demand
        options = offer.options.map { PaymentOptionView($0, in: locales) }
    }

    private init() {
        demand = PaymentDemandView.example.demand
        options = [.example]
    }

    static let example = PaymentOptionsView()

    func write(to out: inout ObjectWriter) {
        out.field(
            "demand", demand.map(PaymentDemandView.init), "What has to be paid next; null: nothing, or not any more")
        out.field("options", options)
    }
}

struct PaymentOptionView: APIOutput {
    private let gateway: String
    private let title: String
    private let isUnwell: Bool

    init(_ option: PaymentOption, in locales: [ContentLocale]) {
        gateway = option.gateway.rawValue
        title = option.title(in: locales)
        isUnwell = option.isUnwell
    }

    private init() {
        gateway = "stripe"
        title = "Card"
        isUnwell = false
    }

    static let example = PaymentOptionView()

    func write(to out: inout ObjectWriter) {
        out.field("gateway", gateway, "What a checkout names it by")
        out.field("title", title, "In the wanted language, where it has a title in it")
        out.field("is_unwell", isUnwell, "Whether it has lately not done its work")
    }
}
