extension StripeState {
    /// The life of a session may be set between half an hour and a day.
    private static let sessionLife = (shortest: 1800, longest: 86_400)

    private static let sessionParameters: Set<String> = [
        "mode", "line_items", "success_url", "cancel_url", "return_url", "client_reference_id", "customer",
        "customer_email", "customer_creation", "metadata", "payment_intent_data", "payment_method_types",
        "payment_method_options", "payment_method_collection", "expires_at", "ui_mode", "locale", "currency",
        "allow_promotion_codes", "automatic_tax", "billing_address_collection", "phone_number_collection",
        "shipping_address_collection", "shipping_options", "submit_type", "custom_text", "custom_fields",
        "invoice_creation", "consent_collection", "adaptive_pricing", "after_expiration", "tax_id_collection",
        "discounts",
        "saved_payment_method_options", "redirect_on_completion", "origin_context", "branding_settings",
    ]

    mutating func createSession(_ call: StripeCall) throws(StripeError) -> CheckoutSession {
        let parameters = call.parameters
        try parameters.allow(Self.sessionParameters)
        guard let mode = try parameters.word("mode", among: ["payment", "setup", "subscription"]) else {
            throw .missing("mode")
        }
        guard mode == "payment" else {
            throw .invalid("The sandbox has Checkout Sessions of mode payment only.", param: "mode")
        }
        let uiMode = try parameters.word(
            "ui_mode", among: ["hosted_page", "hosted", "embedded_page", "elements", "form"])
        guard uiMode ?? "hosted_page" == "hosted_page" || uiMode == "hosted" else {
            throw .invalid("The sandbox has hosted Checkout pages only.", param: "ui_mode")
        }
        guard let successURL = try parameters.url("success_url") else { throw .missing("success_url") }
        let cancelURL = try parameters.url("cancel_url")
        let reference = try parameters.text("client_reference_id")
        guard reference?.count ?? 0 <= 200 else {
            throw .invalid(
                "Invalid string: the value must be at most 200 characters", code: "parameter_invalid_string_length",
                param: "client_reference_id")
        }
        let lines = try lineItems(parameters)
        let currency = lines[0].currency
        let total = lines.reduce(0) { $0 + $1.total }
        try StripeCurrency.check(amount: total, currency: currency, param: "line_items")
        let expiresAt = try expiry(parameters, now: call.now)
        let metadata = try parameters.metadata("metadata")
        let intentData = parameters.nested("payment_intent_data")
        let intentMetadata = try intentData?.metadata("metadata") ?? [:]
        let capture = try captureMethod(intentData)
        let description = try intentData?.text("description")
        let customer = try parameters.text("customer")
        let email = try parameters.text("customer_email")

        let id = random.identifier("cs_test_a1", length: 56)
        let session = CheckoutSession(
            id: id, created: call.now, expiresAt: expiresAt, url: "\(call.baseURL)/checkout/\(id)",
            successURL: successURL, cancelURL: cancelURL, currency: currency, amountTotal: total, lines: lines,
            clientReferenceID: reference, customer: customer, customerEmail: email, uiMode: uiMode ?? "hosted_page",
            metadata: metadata, intentMetadata: intentMetadata, captureMethod: capture, intentDescription: description)
        sessions.append(session)
        schedule(.expireSession(id), at: expiresAt)
        return session
    }

    func captureMethod(_ parameters: StripeParameters?) throws(StripeError) -> PaymentIntent.CaptureMethod {
        let words = PaymentIntent.CaptureMethod.allCases.map(\.rawValue)
        let word = try parameters?.word("capture_method", among: words)
        return word.flatMap(PaymentIntent.CaptureMethod.init(rawValue:)) ?? .automaticAsync
    }

    private func expiry(_ parameters: StripeParameters, now: Int) throws(StripeError) -> Int {
        let expiresAt = try parameters.integer("expires_at") ?? now + Self.sessionLife.longest
        guard expiresAt >= now + Self.sessionLife.shortest else {
            throw .invalid(
                "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
                param: "expires_at")
        }
        guard expiresAt <= now + Self.sessionLife.longest else {
            throw .invalid(
                "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
                param: "expires_at")
        }
        return expiresAt
    }

    private mutating func lineItems(_ parameters: StripeParameters) throws(StripeError) -> [CheckoutSession.LineItem] {
        let items = parameters.elements("line_items")
        guard !items.isEmpty else { throw .missing("line_items") }
        guard items.count <= 100 else {
            throw .invalid("A Checkout Session may have up to 100 line items.", param: "line_items")
        }
        var lines: [CheckoutSession.LineItem] = []
        for item in items { lines.append(try lineItem(item)) }
        guard lines.allSatisfy({ $0.currency == lines[0].currency }) else {
            throw .invalid("All line items must have the same currency.", param: "line_items")
        }
        return lines
    }

    private mutating func lineItem(_ item: StripeParameters) throws(StripeError) -> CheckoutSession.LineItem {
        try item.allow(["price", "price_data", "quantity", "adjustable_quantity", "tax_rates", "dynamic_tax_rates"])
        if let price = try item.text("price") { throw .noSuch("price", price, param: item.path("price")) }
        guard let price = item.nested("price_data") else { throw .missing(item.path("price_data")) }
        try price.allow([
            "currency", "unit_amount", "unit_amount_decimal", "product", "product_data", "tax_behavior", "recurring",
        ])
        guard let product = price.nested("product_data") else { throw .missing(price.path("product_data")) }
        try product.allow(["name", "description", "images", "metadata", "tax_code", "unit_label"])
        let quantity = try item.requiredInteger("quantity")
        guard (1...999_999).contains(quantity) else {
            throw .invalid(
                "This value must be greater than or equal to 1.", code: "parameter_invalid_integer",
                param: item.path("quantity"))
        }
        let amount = try price.requiredInteger("unit_amount")
        guard (0...StripeCurrency.maximum).contains(amount) else {
            throw .invalid(
                "Invalid non-negative integer", code: "parameter_invalid_integer", param: price.path("unit_amount"))
        }
        return CheckoutSession.LineItem(
            id: random.identifier("li_1", length: 23), priceID: random.identifier("price_1", length: 23),
            productID: random.identifier("prod_", length: 14), name: try product.requiredText("name"),
            description: try product.text("description"), unitAmount: amount, quantity: quantity,
            currency: try price.currency("currency"))
    }

    mutating func updateSession(_ call: StripeCall) throws(StripeError) -> CheckoutSession {
        let session = try find(session: call.id)
        try call.parameters.allow(["metadata", "collected_information", "shipping_options"])
        let metadata = try call.parameters.metadata("metadata", onto: session.metadata)
        return sessions.update(session.id) { $0.metadata = metadata } ?? session
    }

    mutating func expireSession(_ call: StripeCall) throws(StripeError) -> CheckoutSession {
        let session = try find(session: call.id)
        guard session.status == .open else {
            var error = StripeError.invalid(
                "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of "
                    + "`\(session.status.rawValue)`.")
            error.executed = true
            throw error
        }
        expire(session: session.id, cause: call.cause, now: call.now)
        return try find(session: session.id)
    }

    func find(session id: String) throws(StripeError) -> CheckoutSession {
        guard let session = sessions[id] else { throw .noSuch("checkout.session", id, param: "session") }
        return session
    }

    /// Ends an open session; a payment intent of it that was never paid is canceled with it.
    mutating func expire(session id: String, cause: StripeCause, now: Int) {
        guard sessions[id]?.status == .open, let session = sessions.update(id, { $0.status = .expired }) else { return }
        emit("checkout.session.expired", .checkoutSession(session), cause: cause, now: now)
        if let intent = session.paymentIntent { cancel(intent: intent, reason: "expired", cause: cause, now: now) }
    }

    /// What the customer's click on Pay does. Returns the session as it is then.
    mutating func pay(
        session id: String, with instrument: Instrument, email: String?, now: Int
    ) throws(StripeError)
        -> CheckoutSession
    {
        let session = try find(session: id)
        guard session.status == .open else { return session }
        let cause = StripeCause()
        let intent = session.paymentIntent ?? openIntent(for: session, now: now).id
        try confirm(
            intent: intent, with: instrument, billingEmail: email ?? session.customerEmail, cause: cause, now: now)
        let status = paymentIntents[intent]?.status
        let completed = sessions.update(id) {
            $0.status = .complete
            $0.paymentStatus = status == .processing || status == .requiresCapture ? .unpaid : .paid
            $0.payerEmail = email ?? $0.customerEmail
        }
        guard let completed else { return session }
        emit("checkout.session.completed", .checkoutSession(completed), cause: cause, now: now)
        return completed
    }

    private mutating func openIntent(for session: CheckoutSession, now: Int) -> PaymentIntent {
        let id = random.identifier("pi_3", length: 23)
        let intent = PaymentIntent(
            id: id, created: now, clientSecret: random.identifier("\(id)_secret_", length: 25),
            amount: session.amountTotal, currency: session.currency, captureMethod: session.captureMethod,
            confirmationMethod: "automatic", customer: session.customer, description: session.intentDescription,
            receiptEmail: nil, returnURL: nil, metadata: session.intentMetadata, session: session.id)
        paymentIntents.append(intent)
        sessions.update(session.id) { $0.paymentIntent = id }
        emit("payment_intent.created", .paymentIntent(intent), cause: StripeCause(), now: now)
        return intent
    }
}
