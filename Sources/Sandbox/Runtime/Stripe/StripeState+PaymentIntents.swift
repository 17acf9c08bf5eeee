extension StripeState {
    private static let intentParameters: Set<String> = [
        "amount", "currency", "automatic_payment_methods", "capture_method", "confirm", "confirmation_method",
        "customer", "description", "metadata", "payment_method", "payment_method_options", "payment_method_types",
        "payment_method_data", "receipt_email", "return_url", "setup_future_usage", "shipping", "statement_descriptor",
        "statement_descriptor_suffix", "off_session", "error_on_requires_action", "transfer_data", "transfer_group",
        "on_behalf_of", "application_fee_amount", "use_stripe_sdk", "mandate", "mandate_data", "amount_details",
    ]

    mutating func createIntent(_ call: StripeCall) throws(StripeError) -> PaymentIntent {
        let parameters = call.parameters
        try parameters.allow(Self.intentParameters)
        let amount = try parameters.requiredInteger("amount")
        let currency = try parameters.currency("currency")
        try StripeCurrency.check(amount: amount, currency: currency, param: "amount")
        let instrument = try instrument(parameters)
        let confirms = try parameters.flag("confirm")
        if confirms, instrument == nil {
            throw .invalid(
                "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
                    + "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
                    + "payment method or ConfirmationToken.",
                code: "payment_intent_unexpected_state")
        }
        let capture = try captureMethod(parameters)
        let confirmation = try parameters.word("confirmation_method", among: ["automatic", "manual"]) ?? "automatic"
        let metadata = try parameters.metadata("metadata")
        let id = random.identifier("pi_3", length: 23)
        var intent = PaymentIntent(
            id: id, created: call.now, clientSecret: random.identifier("\(id)_secret_", length: 25), amount: amount,
            currency: currency, captureMethod: capture, confirmationMethod: confirmation,
            customer: try parameters.text("customer"), description: try parameters.text("description"),
            receiptEmail: try parameters.text("receipt_email"), returnURL: try parameters.url("return_url"),
            metadata: metadata)
        if let instrument {
            intent.paymentMethod = instrument.paymentMethod
            intent.status = .requiresConfirmation
        }
        paymentIntents.append(intent)
        emit("payment_intent.created", .paymentIntent(intent), cause: call.cause, now: call.now)
        if confirms, let instrument {
            try confirm(intent: id, with: instrument, billingEmail: nil, cause: call.cause, now: call.now)
        }
        return try find(intent: id)
    }

    mutating func updateIntent(_ call: StripeCall) throws(StripeError) -> PaymentIntent {
        let intent = try find(intent: call.id)
        let parameters = call.parameters
        try parameters.allow(Self.intentParameters.subtracting(["confirm", "confirmation_method", "off_session"]))
        let metadata = try parameters.metadata("metadata", onto: intent.metadata)
        let description = try parameters.text("description")
        let instrument = try instrument(parameters)
        let amount = try parameters.integer("amount")
        if let amount {
            try StripeCurrency.check(amount: amount, currency: intent.currency, param: "amount")
            try require(
                intent, action: "updated", in: [.requiresPaymentMethod, .requiresConfirmation, .requiresAction])
        }
        let updated = paymentIntents.update(intent.id) {
            $0.metadata = metadata
            if let description { $0.description = description }
            if let amount { $0.amount = amount }
            if let instrument, $0.status == .requiresPaymentMethod {
                $0.paymentMethod = instrument.paymentMethod
                $0.status = .requiresConfirmation
            }
        }
        return updated ?? intent
    }

    mutating func confirmIntent(_ call: StripeCall) throws(StripeError) -> PaymentIntent {
        let intent = try find(intent: call.id)
        try call.parameters.allow(Self.intentParameters)
        let given = try instrument(call.parameters) ?? intent.paymentMethod.flatMap(Instrument.testMethod)
        try require(intent, action: "confirmed", in: [.requiresPaymentMethod, .requiresConfirmation, .requiresAction])
        guard let given else {
            throw .invalid(
                "You cannot confirm this PaymentIntent because it's missing a payment method.",
                code: "payment_intent_unexpected_state")
        }
        try confirm(intent: intent.id, with: given, billingEmail: nil, cause: call.cause, now: call.now)
        return try find(intent: intent.id)
    }

    mutating func captureIntent(_ call: StripeCall) throws(StripeError) -> PaymentIntent {
        let intent = try find(intent: call.id)
        try call.parameters.allow([
            "amount_to_capture", "application_fee_amount", "final_capture", "metadata", "statement_descriptor",
            "statement_descriptor_suffix", "transfer_data",
        ])
        let amount = try call.parameters.integer("amount_to_capture") ?? intent.amountCapturable
        try require(intent, action: "captured", in: [.requiresCapture])
        guard (1...intent.amountCapturable).contains(amount) else {
            throw .invalid(
                "The amount to capture must be from 1 to \(intent.amountCapturable).", code: "amount_too_large",
                param: "amount_to_capture")
        }
        capture(intent, amount: amount, cause: call.cause, now: call.now)
        return try find(intent: intent.id)
    }

    mutating func cancelIntent(_ call: StripeCall) throws(StripeError) -> PaymentIntent {
        let intent = try find(intent: call.id)
        try call.parameters.allow(["cancellation_reason"])
        let reason = try call.parameters.word(
            "cancellation_reason", among: ["abandoned", "duplicate", "fraudulent", "requested_by_customer"])
        try require(
            intent, action: "canceled",
            in: [.requiresPaymentMethod, .requiresCapture, .requiresConfirmation, .requiresAction])
        cancel(intent: intent.id, reason: reason, cause: call.cause, now: call.now)
        return try find(intent: intent.id)
    }

    func find(intent id: String) throws(StripeError) -> PaymentIntent {
        guard let intent = paymentIntents[id] else { throw .noSuch("payment_intent", id, param: "intent") }
        return intent
    }

    private func instrument(_ parameters: StripeParameters) throws(StripeError) -> Instrument? {
        guard let id = try parameters.text("payment_method") else { return nil }
        guard let instrument = Instrument.testMethod(id) else {
            throw .noSuch("PaymentMethod", id, param: "payment_method")
        }
        return instrument
    }

    private func require(
        _ intent: PaymentIntent, action: String, in allowed: [PaymentIntent.Status]
    ) throws(StripeError) {
        guard allowed.contains(intent.status) else {
            throw .unexpectedState(intent, action: action, allowed: allowed)
        }
    }

    mutating func cancel(intent id: String, reason: String?, cause: StripeCause, now: Int) {
        let updated = paymentIntents.update(id) {
            $0.status = .canceled
            $0.amountCapturable = 0
            $0.canceledAt = now
            $0.cancellationReason = reason
        }
        if let updated { emit("payment_intent.canceled", .paymentIntent(updated), cause: cause, now: now) }
    }
}
