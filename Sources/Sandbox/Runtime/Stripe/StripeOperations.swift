/// What one API call brings to an operation.
struct StripeCall: Sendable {
    /// The id in the path, empty where there is none.
    let id: String
    let parameters: StripeParameters
    let cause: StripeCause
    let now: Int
    let baseURL: String
    let livemode: Bool
    let pending: @Sendable (_ event: String) -> Int
}

/// One operation of the API: `POST`, `payment_intents/:id/capture`, and what it does.
struct StripeOperation: Sendable {
    let method: String
    let pattern: [Substring]
    let run: @Sendable (inout StripeState, StripeCall) throws(StripeError) -> JSON

    private init(
        _ method: String, _ pattern: String,
        _ run: @escaping @Sendable (inout StripeState, StripeCall) throws(StripeError) -> JSON
    ) {
        self.method = method
        self.pattern = pattern.split(separator: "/")
        self.run = run
    }

    /// The operation for a path under `/v1`, and the id in it.
    static func find(_ method: String, _ path: some StringProtocol) -> (operation: StripeOperation, id: String)? {
        let parts = path.split(separator: "/")
        for operation in all where operation.method == method && operation.pattern.count == parts.count {
            var id = ""
            let fits = zip(operation.pattern, parts).allSatisfy { pattern, part in
                guard pattern == ":id" else { return pattern == part }
                id = String(part)
                return true
            }
            if fits { return (operation, id) }
        }
        return nil
    }

    private static let all: [StripeOperation] =
        sessions + paymentIntents + charges + refunds + disputes + events + balance
}

extension StripeOperation {
    private static let sessionExpansions: Set<String> = ["payment_intent", "line_items", "customer"]
    private static let intentExpansions: Set<String> = ["latest_charge", "customer", "payment_method"]
    private static let chargeExpansions: Set<String> = ["payment_intent", "balance_transaction", "customer"]
    private static let refundExpansions: Set<String> = ["charge", "payment_intent", "balance_transaction"]

    private static let sessions: [StripeOperation] = [
        .init("POST", "checkout/sessions") { state, call throws(StripeError) in
            let expand = try expansion(call, sessionExpansions)
            let session = try state.createSession(call)
            return rendering(state, call).json(session, expand)
        },
        .init("GET", "checkout/sessions") { state, call throws(StripeError) in
            let parameters = call.parameters
            try parameters.allow(
                StripeListing.parameters.union(["payment_intent", "status", "customer", "subscription"]))
            let intent = try parameters.text("payment_intent")
            let status = try parameters.word("status", among: ["open", "complete", "expired"])
            let customer = try parameters.text("customer")
            return try list(call, state, state.sessions, "checkout/sessions", "checkout.session", sessionExpansions) {
                (intent == nil || $0.paymentIntent == intent) && (status == nil || $0.status.rawValue == status)
                    && (customer == nil || $0.customer == customer)
            } render: {
                $0.json($1, $2)
            }
        },
        .init("GET", "checkout/sessions/:id") { state, call throws(StripeError) in
            let expand = try expansion(call, sessionExpansions)
            return rendering(state, call).json(try state.find(session: call.id), expand)
        },
        .init("POST", "checkout/sessions/:id") { state, call throws(StripeError) in
            let session = try state.updateSession(call)
            return rendering(state, call).json(session)
        },
        .init("POST", "checkout/sessions/:id/expire") { state, call throws(StripeError) in
            let session = try state.expireSession(call)
            return rendering(state, call).json(session)
        },
        .init("GET", "checkout/sessions/:id/line_items") { state, call throws(StripeError) in
            let rendering = rendering(state, call)
            let lines = try state.find(session: call.id).lines.map(rendering.lineItem)
            return .list(lines, url: "/v1/checkout/sessions/\(call.id)/line_items", hasMore: false)
        },
    ]

    private static let paymentIntents: [StripeOperation] = [
        .init("POST", "payment_intents") { state, call throws(StripeError) in
            let expand = try expansion(call, intentExpansions)
            let intent = try state.createIntent(call)
            return rendering(state, call).json(intent, expand)
        },
        .init("GET", "payment_intents") { state, call throws(StripeError) in
            try call.parameters.allow(StripeListing.parameters.union(["customer"]))
            let customer = try call.parameters.text("customer")
            return try list(call, state, state.paymentIntents, "payment_intents", "payment_intent", intentExpansions) {
                customer == nil || $0.customer == customer
            } render: {
                $0.json($1, $2)
            }
        },
        .init("GET", "payment_intents/search") { state, call throws(StripeError) in
            try call.parameters.allow(["query", "limit", "page"])
            let search = try StripeSearch(call.parameters.requiredText("query"))
            let visible = call.now - state.settings.searchLag
            let limit = try StripeListing(call.parameters).limit
            let after = try call.parameters.text("page")
            var end = state.paymentIntents.count
            if let after { end = state.paymentIntents.position(of: after) ?? 0 }
            var found: [PaymentIntent] = []
            for intent in state.paymentIntents.elements[..<end].reversed() where intent.created <= visible {
                if try search.matches(intent) { found.append(intent) }
                if found.count > limit { break }
            }
            let rendering = rendering(state, call)
            let more = found.count > limit
            return [
                "object": "search_result", "data": .array(found.prefix(limit).map { rendering.json($0) }),
                "has_more": .bool(more), "next_page": .text(more ? found[limit - 1].id : nil),
                "url": "/v1/payment_intents/search",
            ]
        },
        .init("GET", "payment_intents/:id") { state, call throws(StripeError) in
            let expand = try expansion(call, intentExpansions)
            return rendering(state, call).json(try state.find(intent: call.id), expand)
        },
        .init("POST", "payment_intents/:id") { state, call throws(StripeError) in
            let intent = try state.updateIntent(call)
            return rendering(state, call).json(intent)
        },
        .init("POST", "payment_intents/:id/confirm") { state, call throws(StripeError) in
            let expand = try expansion(call, intentExpansions)
            let intent = try state.confirmIntent(call)
            return rendering(state, call).json(intent, expand)
        },
        .init("POST", "payment_intents/:id/capture") { state, call throws(StripeError) in
            let expand = try expansion(call, intentExpansions)
            let intent = try state.captureIntent(call)
            return rendering(state, call).json(intent, expand)
        },
        .init("POST", "payment_intents/:id/cancel") { state, call throws(StripeError) in
            let intent = try state.cancelIntent(call)
            return rendering(state, call).json(intent)
        },
    ]

    private static let charges: [StripeOperation] = [
        .init("GET", "charges") { state, call throws(StripeError) in
            try call.parameters.allow(StripeListing.parameters.union(["payment_intent", "customer", "transfer_group"]))
            let intent = try call.parameters.text("payment_intent")
            let customer = try call.parameters.text("customer")
            return try list(call, state, state.charges, "charges", "charge", chargeExpansions) {
                (intent == nil || $0.paymentIntent == intent) && (customer == nil || $0.customer == customer)
            } render: {
                $0.json($1, $2)
            }
        },
        .init("GET", "charges/:id") { state, call throws(StripeError) in
            let expand = try expansion(call, chargeExpansions)
            return rendering(state, call).json(try state.find(charge: call.id), expand)
        },
        .init("POST", "charges/:id") { state, call throws(StripeError) in
            let charge = try state.updateCharge(call)
            return rendering(state, call).json(charge)
        },
    ]

    private static let refunds: [StripeOperation] = [
        .init("POST", "refunds") { state, call throws(StripeError) in
            let expand = try expansion(call, refundExpansions)
            let refund = try state.createRefund(call)
            return rendering(state, call).json(refund, expand)
        },
        .init("GET", "refunds") { state, call throws(StripeError) in
            try call.parameters.allow(StripeListing.parameters.union(["payment_intent", "charge"]))
            let intent = try call.parameters.text("payment_intent")
            let charge = try call.parameters.text("charge")
            return try list(call, state, state.refunds, "refunds", "refund", refundExpansions) {
                (intent == nil || $0.paymentIntent == intent) && (charge == nil || $0.charge == charge)
            } render: {
                $0.json($1, $2)
            }
        },
        .init("GET", "refunds/:id") { state, call throws(StripeError) in
            let expand = try expansion(call, refundExpansions)
            return rendering(state, call).json(try state.find(refund: call.id), expand)
        },
        .init("POST", "refunds/:id") { state, call throws(StripeError) in
            let refund = try state.updateRefund(call)
            return rendering(state, call).json(refund)
        },
    ]

    /// Nobody disputes a payment here.
    private static let disputes: [StripeOperation] = [
        .init("GET", "disputes") { _, call throws(StripeError) in
            try call.parameters.allow(StripeListing.parameters.union(["payment_intent", "charge"]))
            return .list([], url: "/v1/disputes", hasMore: false)
        }
    ]

    private static let events: [StripeOperation] = [
        .init("GET", "events") { state, call throws(StripeError) in
            let parameters = call.parameters
            try parameters.allow(StripeListing.parameters.union(["type", "types", "delivery_success"]))
            var types = parameters.elements("types").compactMap(\.root.text)
            if let type = try parameters.text("type") { types.append(type) }
            let delivered = parameters.root["delivery_success"] == nil ? nil : try parameters.flag("delivery_success")
            return try list(call, state, state.events, "events", "event", []) {
                (types.isEmpty || types.contains($0.type))
                    && (delivered == nil || (call.pending($0.id) == 0) == delivered)
            } render: { rendering, event, _ in
                rendering.json(event, pending: call.pending(event.id))
            }
        },
        .init("GET", "events/:id") { state, call throws(StripeError) in
            guard let event = state.events[call.id] else { throw .noSuch("event", call.id, param: "id") }
            return rendering(state, call).json(event, pending: call.pending(event.id))
        },
    ]

    private static let balance: [StripeOperation] = [
        .init("GET", "balance_transactions") { state, call throws(StripeError) in
            try call.parameters.allow(StripeListing.parameters.union(["payout", "type", "source", "currency"]))
            let payout = try call.parameters.text("payout")
            let type = try call.parameters.text("type")
            let source = try call.parameters.text("source")
            return try list(
                call, state, state.balanceTransactions, "balance_transactions", "balance_transaction", ["source"]
            ) {
                (payout == nil || $0.payout == payout) && (type == nil || $0.type == type)
                    && (source == nil || $0.source == source)
            } render: { rendering, transaction, expand in
                rendering.json(transaction, expand)
            }
        },
        .init("GET", "balance_transactions/:id") { state, call throws(StripeError) in
            guard let transaction = state.balanceTransactions[call.id] else {
                throw .noSuch("balance_transaction", call.id, param: "id")
            }
            return rendering(state, call).json(transaction)
        },
        .init("GET", "payouts") { state, call throws(StripeError) in
            try call.parameters.allow(StripeListing.parameters.union(["status", "arrival_date", "destination"]))
            return try list(call, state, state.payouts, "payouts", "payout", []) { _ in
                true
            } render: {
                rendering, payout, _ in
                rendering.json(payout)
            }
        },
        .init("GET", "payouts/:id") { state, call throws(StripeError) in
            guard let payout = state.payouts[call.id] else { throw .noSuch("payout", call.id, param: "payout") }
            return rendering(state, call).json(payout)
        },
    ]

    private static func rendering(_ state: StripeState, _ call: StripeCall) -> StripeRendering {
        StripeRendering(state: state, livemode: call.livemode)
    }

    private static func expansion(_ call: StripeCall, _ names: Set<String>) throws(StripeError) -> Expansion {
        let expansion = try Expansion(call.parameters, underData: false)
        try expansion.allow(names)
        return expansion
    }

    private static func list<Element: Recorded>(
        _ call: StripeCall, _ state: StripeState, _ store: ObjectStore<Element>, _ path: String, _ kind: String,
        _ expansions: Set<String>, where matches: (Element) -> Bool,
        render: (StripeRendering, Element, Expansion) -> JSON
    ) throws(StripeError) -> JSON {
        let expand = try Expansion(call.parameters, underData: true)
        try expand.allow(expansions)
        let (page, hasMore) = try StripeListing(call.parameters).page(of: store, kind: kind, where: matches)
        let rendering = rendering(state, call)
        return .list(page.map { render(rendering, $0, expand) }, url: "/v1/\(path)", hasMore: hasMore)
    }
}
