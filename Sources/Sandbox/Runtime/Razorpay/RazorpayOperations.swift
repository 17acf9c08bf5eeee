/// One operation of the API: `POST`, `payments/:id/capture`, and what it does.
struct RazorpayOperation: Sendable {
    let method: String
    let pattern: [Substring]
    let run: @Sendable (inout RazorpayState, RazorpayCall) throws(RazorpayError) -> JSON

    private init(
        _ method: String, _ pattern: String,
        _ run: @escaping @Sendable (inout RazorpayState, RazorpayCall) throws(RazorpayError) -> JSON
    ) {
        self.method = method
        self.pattern = pattern.split(separator: "/")
        self.run = run
    }

    /// Whether it takes an idempotency key.
    var makesRefund: Bool { method == "POST" && (pattern.last == "refund" || pattern == ["refunds"]) }

    /// The operation for a path under `/v1`, and the ids in it.
    static func find(_ method: String, _ path: some StringProtocol) -> (operation: RazorpayOperation, ids: [String])? {
        let parts = path.split(separator: "/")
        for operation in all where operation.method == method && operation.pattern.count == parts.count {
            var ids: [String] = []
            let fits = zip(operation.pattern, parts).allSatisfy { pattern, part in
                guard pattern == ":id" else { return pattern == part }
                ids.append(String(part))
                return true
            }
            if fits { return (operation, ids) }
        }
        return nil
    }

    private static let all = orders + payments + refunds + disputes + settlements
    private typealias Render = RazorpayRendering

    private static let orders: [RazorpayOperation] = [
        .init("POST", "orders") { state, call throws(RazorpayError) in Render.json(try state.createOrder(call)) },
        .init("GET", "orders") { state, call throws(RazorpayError) in
            Render.collection(try state.listOrders(call).map(Render.json))
        },
        .init("GET", "orders/:id") { state, call throws(RazorpayError) in Render.json(try state.find(order: call.id)) },
        .init("PATCH", "orders/:id") { state, call throws(RazorpayError) in
            guard let notes = try call.notes() else { throw .required("notes") }
            state.orders.update(call.id) { $0.notes = notes }
            return Render.json(try state.find(order: call.id))
        },
        .init("GET", "orders/:id/payments") { state, call throws(RazorpayError) in
            let order = try state.find(order: call.id)
            return Render.collection(state.payments(of: order.id).map(Render.json))
        },
    ]

    private static let payments: [RazorpayOperation] = [
        .init("GET", "payments") { state, call throws(RazorpayError) in
            Render.collection(try RazorpayListing(call).page(of: state.payments.elements).map(Render.json))
        },
        .init("GET", "payments/:id") { state, call throws(RazorpayError) in
            Render.json(try state.find(payment: call.id))
        },
        .init("PATCH", "payments/:id") { state, call throws(RazorpayError) in
            guard let notes = try call.notes() else { throw .required("notes") }
            state.payments.update(call.id) { $0.notes = notes }
            return Render.json(try state.find(payment: call.id))
        },
        .init("POST", "payments/:id/capture") { state, call throws(RazorpayError) in
            Render.json(try state.capture(call))
        },
        .init("POST", "payments/:id/refund") { state, call throws(RazorpayError) in
            Render.json(try state.createRefund(call, payment: call.id))
        },
        .init("GET", "payments/:id/refunds") { state, call throws(RazorpayError) in
            let payment = try state.find(payment: call.id)
            let page = try RazorpayListing(call).page(of: state.refunds.elements) { $0.payment == payment.id }
            return Render.collection(page.map(Render.json))
        },
        .init("GET", "payments/:id/refunds/:id") { state, call throws(RazorpayError) in
            let refund = try state.find(refund: call.ids.last ?? "")
            guard refund.payment == call.id else { throw .noSuchID }
            return Render.json(refund)
        },
    ]

    private static let refunds: [RazorpayOperation] = [
        .init("POST", "refunds") { state, call throws(RazorpayError) in
            guard let payment = try call.text("payment_id") else { throw .required("payment_id") }
            return Render.json(try state.createRefund(call, payment: payment))
        },
        .init("GET", "refunds") { state, call throws(RazorpayError) in
            Render.collection(try RazorpayListing(call).page(of: state.refunds.elements).map(Render.json))
        },
        .init("GET", "refunds/:id") { state, call throws(RazorpayError) in
            Render.json(try state.find(refund: call.id))
        },
        .init("PATCH", "refunds/:id") { state, call throws(RazorpayError) in
            guard let notes = try call.notes() else { throw .required("notes") }
            state.refunds.update(call.id) { $0.notes = notes }
            return Render.json(try state.find(refund: call.id))
        },
    ]

    private static let disputes: [RazorpayOperation] = [
        .init("GET", "disputes") { state, call throws(RazorpayError) in
            Render.collection(try RazorpayListing(call).page(of: state.disputes.elements).map(Render.json))
        },
        .init("GET", "disputes/:id") { state, call throws(RazorpayError) in
            Render.json(try state.find(dispute: call.id))
        },
        .init("POST", "disputes/:id/accept") { state, call throws(RazorpayError) in
            Render.json(try state.acceptDispute(call))
        },
        .init("PATCH", "disputes/:id/contest") { state, call throws(RazorpayError) in
            Render.json(try state.contestDispute(call))
        },
    ]

    private static let settlements: [RazorpayOperation] = [
        .init("GET", "settlements") { state, call throws(RazorpayError) in
            Render.collection(try RazorpayListing(call).page(of: state.settlements.elements).map(Render.json))
        },
        .init("GET", "settlements/:id") { state, call throws(RazorpayError) in
            Render.json(try state.find(settlement: call.id))
        },
        .init("GET", "settlements/recon/combined") { state, call throws(RazorpayError) in
            Render.collection(try state.reconciliation(call))
        },
    ]
}
