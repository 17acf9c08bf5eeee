import Catalog
import Core
import Endpoints
import HTTPTypes
import Identity
import Inventory
import Jobs
import Orders
import Payments
import Postgres

extension EndpointTag {
    static let orders = EndpointTag("Orders", "Buying: place an order, pay for it, read what became of it.")
}

extension ProblemType {
    static let insufficientStock = ProblemType(
        "insufficient-stock", 409, "Not enough in stock", "`lines` says what is left of each line that is short.")
    static let unpaidLimit = ProblemType(
        "unpaid-limit", 409, "Too much is held and not paid",
        "`limit` says for whom: `client`, `email`, or `stock` where it is too large a part of what there is.")
    static let priceChanged = ProblemType(
        "price-changed", 409, "The price has changed", "The order comes to another total than `expected_total`.")
    static let orderState = ProblemType(
        "order-state", 409, "The order's state does not allow this", "`status` says where the order is.")
    static let orderNotPayable = ProblemType(
        "order-not-payable", 409, "The order can't be paid", "It is paid already, closed, or costs nothing.")
    static let gatewayNotOffered = ProblemType(
        "gateway-not-offered", 409, "The gateway is not offered for this order", "`gateways` lists those that are.")
    static let paymentInProgress = ProblemType(
        "payment-in-progress", 409, "A payment is being made", "Repeat the request in a moment.")
    static let paymentRefused = ProblemType(
        "payment-refused", 422, "The payment provider refused", "The payment ended; another can be started.")
    static let providerAnswer = ProblemType(
        "payment-provider-answer", 502, "The payment provider's answer can't be right",
        "The payment is held for an operator to look at.")
    static let providerUnavailable = ProblemType(
        "payment-provider-unavailable", 503, "The payment provider does not answer",
        "Nothing is lost; repeat the request in a moment.")
}

/// What customers and operators do to orders.
enum OrderEndpoints {
    static let all: [Endpoint] = [place, list, read, checkout, cancel] + OrderKeyEndpoints.all

    static let place = Endpoint(
        .post, "/orders", tag: .orders, summary: "Place an order",
        description:
            "Holds the units for some minutes, and longer once a checkout is opened. The access token opens the order and is shown here alone.",
        policy: .anyone(.storefront), idempotency: .required, body: OrderCreateInput.self,
        returns: .created(PlacedOrderView.self, location: { "/orders/\($0.order.details.order.id)" }),
        problems: [
            .insufficientStock, .priceChanged, .unpaidLimit, .notDeliverable, .linesRefused, .cashOnDeliveryRefused,
            .promotionExhausted,
        ]
    ) { request, work, services in
        PlacedOrderView(
            try await services.commerce.placeOrder(request.body.order, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/orders", tag: .orders, summary: "List orders, newest first",
        description: "Totals can be asked for within a time of at most 92 days.",
        policy: .require(.ordersRead, on: .order),
        query: OrdersQuery.self, returns: .page(of: OrderSummaryView.self)
    ) { request, services in
        let page = try await services.commerce.orders.orders(
            try request.query.filter.permitted(to: request.principal), page: request.query.page,
            visibleTo: request.principal.visibility,
            in: services.postgres)
        return PageOutput(page.map(OrderSummaryView.init))
    }

    static let read = Endpoint(
        .get, "/orders/{order_id}", ID<Order>.self, tag: .orders, summary: "Read an order with its timeline",
        description: "Its lines say how many licence keys they have.",
        policy: .require(.ordersRead, on: .order, .storefront), returns: .ok(OrderView.self)
    ) { request, services in
        try await services.orderView(request.path, visibleTo: request.principal.visibility, in: services.postgres)
    }

    static let checkout = Endpoint(
        .post, "/orders/{order_id}/checkout", ID<Order>.self, tag: .orders, summary: "Start paying an order",
        description: """
            Send the customer to `redirect_url`. Asking again returns the same open checkout; asking for another gateway opens one there and \
            has the first closed.
            """,
        policy: .require(.ordersPay, on: .order, .storefront), lease: .required, body: CheckoutCreateInput.self,
        returns: .created(CheckoutView.self),
        problems: [
            .orderNotPayable, .gatewayNotOffered, .paymentInProgress, .paymentRefused, .providerAnswer,
            .providerUnavailable,
        ]
    ) { request, claim, services in
        let start = services.commerce.startCheckout
        let wish = CheckoutOrder(
            orderID: request.path, gateway: request.body.gateway, successURL: request.body.successURL,
            cancelURL: request.body.cancelURL)
        let opened = try await start.open(wish, by: request.principal, in: claim)
        return try await claim.finish { work in
            CheckoutView(checkout: try await start.record(opened, by: request.principal, in: work))
        }
    }

    static let cancel = Endpoint(
        .post, "/orders/{order_id}/cancel", ID<Order>.self, tag: .orders, summary: "Cancel an order that is not paid",
        description: "Gives its units back. Cancelling again changes nothing.",
        policy: .require(.ordersCancel, on: .order, .storefront),
        idempotency: .optional, returns: .ok(OrderView.self), problems: [.orderState]
    ) { request, work, services in
        _ = try await services.commerce.cancelOrder(request.path, by: request.principal, in: work)
        return try await services.orderView(request.path, visibleTo: request.principal.visibility, in: work)
    }
}

extension Services {
    fileprivate func orderView(
        _ id: ID<Order>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> OrderView {
        guard let details = try await commerce.orders.details(id, visibleTo: visibility, in: executor) else {
            throw Problem.notFound("order")
        }
        return OrderView(details: details)
    }
}
