extension RazorpayState {
    mutating func createOrder(_ call: RazorpayCall) throws(RazorpayError) -> RazorpayOrder {
        guard let amount = try call.integer("amount") else { throw .required("amount") }
        guard let currency = try call.text("currency") else { throw .required("currency") }
        guard RazorpayCurrency.isValid(currency) else {
            throw .invalid("Currency is not supported", field: "currency")
        }
        guard amount >= Self.minimum(currency) else {
            throw .invalid("Order amount less than minimum amount allowed", field: "amount")
        }
        guard RazorpayCurrency.decimals(currency) != 3 || amount % 10 == 0 else {
            throw .invalid("The amount of a three-decimal currency must end in 0.", field: "amount")
        }
        let receipt = try call.text("receipt", limit: 40)
        let notes = try call.notes() ?? [:]
        let captures = try capturesAutomatically(call)
        if let receipt, try call.flag("unique_receipt") == true,
            let first = orders.elements.first(where: { $0.receipt == receipt })
        {
            return first
        }
        let order = RazorpayOrder(
            id: random.identifier("order_", length: 14), created: call.now, amount: amount, currency: currency,
            receipt: receipt, capturesAutomatically: captures, notes: notes)
        orders.append(order)
        return order
    }

    /// INR 1.00, and one unit elsewhere (UNCONFIRMED for other currencies).
    private static func minimum(_ currency: String) -> Int {
        switch RazorpayCurrency.decimals(currency) {
        case 0: 1
        case 3: 1000
        default: 100
        }
    }

    /// `payment: {capture: "automatic"|"manual"}`, or the older `payment_capture: 1|0`.
    private func capturesAutomatically(_ call: RazorpayCall) throws(RazorpayError) -> Bool? {
        if let capture = call.body["payment"]?["capture"] {
            guard let word = capture.stringValue, word == "automatic" || word == "manual" else {
                throw .invalid("The selected payment.capture is invalid.", field: "payment.capture")
            }
            return word == "automatic"
        }
        return try call.flag("payment_capture")
    }

    func listOrders(_ call: RazorpayCall) throws(RazorpayError) -> [RazorpayOrder] {
        let listing = try RazorpayListing(call)
        let receipt = try call.text("receipt")
        let authorized = try call.flag("authorized")
        return listing.page(of: orders.elements) { order in
            (receipt == nil || order.receipt == receipt)
                && (authorized == nil || authorized == hasAuthorizedPayment(order))
        }
    }

    private func hasAuthorizedPayment(_ order: RazorpayOrder) -> Bool {
        payments(of: order.id).contains { $0.status != .failed && $0.status != .created }
    }

    /// Newest first, failed ones among them.
    func payments(of order: String) -> [RazorpayPayment] {
        paymentsByOrder.all(under: order).reversed().compactMap { payments[$0] }
    }
}
