/// Renders objects as Stripe does. With a state at hand, expandable properties can be whole objects.
struct StripeRendering {
    var state: StripeState?
    var livemode = false

    static let apiVersion = "2026-10-28.endive"

    func json(_ object: StripeObject) -> JSON {
        switch object {
        case .checkoutSession(let session): json(session)
        case .paymentIntent(let intent): json(intent)
        case .charge(let charge): json(charge)
        case .refund(let refund): json(refund)
        case .payout(let payout): json(payout)
        case .given(let object): object
        }
    }

    func json(_ session: CheckoutSession, _ expand: Expansion = Expansion()) -> JSON {
        var rendered: JSON = [
            "id": .string(session.id),
            "object": "checkout.session",
            "amount_subtotal": .int(session.amountTotal),
            "amount_total": .int(session.amountTotal),
            "automatic_tax": ["enabled": false, "status": nil],
            "billing_address_collection": nil,
            "cancel_url": .text(session.cancelURL),
            "client_reference_id": .text(session.clientReferenceID),
            "created": .int(session.created),
            "currency": .string(session.currency),
            "customer": .text(session.customer),
            "customer_details": .optional(session.payerEmail) {
                ["address": nil, "email": .string($0), "name": nil, "phone": nil, "tax_exempt": "none", "tax_ids": []]
            },
            "customer_email": .text(session.customerEmail),
            "expires_at": .int(session.expiresAt),
            "livemode": .bool(livemode),
            "locale": nil,
            "metadata": .strings(session.metadata),
            "mode": "payment",
            "payment_intent": reference(session.paymentIntent, expand["payment_intent"]) { state, id, expand in
                state.paymentIntents[id].map { json($0, expand) }
            },
            "payment_method_types": ["card", "us_bank_account"],
            "payment_status": .string(session.paymentStatus.rawValue),
            "shipping_address_collection": nil,
            "status": .string(session.status.rawValue),
            "submit_type": nil,
            "success_url": .string(session.successURL),
            "total_details": ["amount_discount": 0, "amount_shipping": 0, "amount_tax": 0],
            "ui_mode": .string(session.uiMode),
            "url": .text(session.status == .open ? session.url : nil),
        ]
        if expand["line_items"] != nil, case .object(var object) = rendered {
            object["line_items"] = .list(
                session.lines.map(lineItem), url: "/v1/checkout/sessions/\(session.id)/line_items", hasMore: false)
            rendered = .object(object)
        }
        return rendered
    }

    func lineItem(_ line: CheckoutSession.LineItem) -> JSON {
        [
            "id": .string(line.id), "object": "item", "amount_discount": 0, "amount_subtotal": .int(line.total),
            "amount_tax": 0, "amount_total": .int(line.total), "currency": .string(line.currency),
            "description": .string(line.name),
            "price": [
                "id": .string(line.priceID), "object": "price", "active": false, "billing_scheme": "per_unit",
                "currency": .string(line.currency), "livemode": .bool(livemode), "metadata": [:],
                "product": .string(line.productID), "type": "one_time", "unit_amount": .int(line.unitAmount),
                "unit_amount_decimal": .string(String(line.unitAmount)),
            ],
            "quantity": .int(line.quantity),
        ]
    }

    func json(_ intent: PaymentIntent, _ expand: Expansion = Expansion()) -> JSON {
        [
            "id": .string(intent.id),
            "object": "payment_intent",
            "amount": .int(intent.amount),
            "amount_capturable": .int(intent.amountCapturable),
            "amount_details": ["tip": [:]],
            "amount_received": .int(intent.amountReceived),
            "application": nil,
            "application_fee_amount": nil,
            "automatic_payment_methods": ["allow_redirects": "always", "enabled": true],
            "canceled_at": .integer(intent.canceledAt),
            "cancellation_reason": .text(intent.cancellationReason),
            "capture_method": .string(intent.captureMethod.rawValue),
            "client_secret": .string(intent.clientSecret),
            "confirmation_method": .string(intent.confirmationMethod),
            "created": .int(intent.created),
            "currency": .string(intent.currency),
            "customer": .text(intent.customer),
            "description": .text(intent.description),
            "last_payment_error": .optional(intent.lastError) { lastError($0, of: intent) },
            "latest_charge": reference(intent.latestCharge, expand["latest_charge"]) { state, id, expand in
                state.charges[id].map { json($0, expand) }
            },
            "livemode": .bool(livemode),
            "metadata": .strings(intent.metadata),
            "next_action": nil,
            "on_behalf_of": nil,
            "payment_method": .text(intent.paymentMethod),
            "payment_method_options": [:],
            "payment_method_types": ["card"],
            "processing": nil,
            "receipt_email": .text(intent.receiptEmail),
            "setup_future_usage": nil,
            "shipping": nil,
            "statement_descriptor": nil,
            "statement_descriptor_suffix": nil,
            "status": .string(intent.status.rawValue),
            "transfer_data": nil,
            "transfer_group": nil,
        ]
    }

    private func lastError(_ decline: CardDecline, of intent: PaymentIntent) -> JSON {
        [
            "charge": .text(decline.charge),
            "code": .string(decline.code),
            "decline_code": .text(decline.declineCode),
            "doc_url": .string("https://stripe.com/docs/error-codes/\(decline.code.replacing("_", with: "-"))"),
            "message": .string(decline.message),
            "payment_method": ["id": .text(intent.paymentMethod), "object": "payment_method", "type": "card"],
            "type": "card_error",
        ]
    }

    func json(_ charge: Charge, _ expand: Expansion = Expansion()) -> JSON {
        [
            "id": .string(charge.id),
            "object": "charge",
            "amount": .int(charge.amount),
            "amount_captured": .int(charge.amountCaptured),
            "amount_refunded": .int(charge.amountRefunded),
            "application": nil,
            "balance_transaction": reference(charge.balanceTransaction, expand["balance_transaction"]) { state, id, _ in
                state.balanceTransactions[id].map { json($0) }
            },
            "billing_details": ["address": nil, "email": .text(charge.billingEmail), "name": nil, "phone": nil],
            "calculated_statement_descriptor": "HAAT SANDBOX",
            "captured": .bool(charge.captured),
            "created": .int(charge.created),
            "currency": .string(charge.currency),
            "customer": .text(charge.customer),
            "description": .text(charge.description),
            "disputed": false,
            "failure_balance_transaction": nil,
            "failure_code": .text(charge.failure?.code),
            "failure_message": .text(charge.failure?.message),
            "fraud_details": [:],
            "livemode": .bool(livemode),
            "metadata": .strings(charge.metadata),
            "outcome": outcome(charge),
            "paid": .bool(charge.status == .succeeded),
            "payment_intent": reference(charge.paymentIntent, expand["payment_intent"]) { state, id, expand in
                state.paymentIntents[id].map { json($0, expand) }
            },
            "payment_method": .string(charge.instrument.paymentMethod),
            "payment_method_details": paymentMethodDetails(charge.instrument),
            "receipt_email": .text(charge.receiptEmail),
            "receipt_number": nil,
            "receipt_url": .string("https://pay.stripe.com/receipts/\(charge.id)"),
            "refunded": .bool(charge.refunded),
            "review": nil,
            "shipping": nil,
            "source_transfer": nil,
            "statement_descriptor": nil,
            "status": .string(charge.status.rawValue),
            "transfer_group": nil,
        ]
    }

    private func outcome(_ charge: Charge) -> JSON {
        guard let failure = charge.failure else {
            return [
                "network_status": "approved_by_network", "reason": nil, "risk_level": "normal",
                "seller_message": "Payment complete.", "type": "authorized",
            ]
        }
        return [
            "network_status": "declined_by_network", "reason": .text(failure.declineCode), "risk_level": "normal",
            "seller_message": "The bank did not return any further details with this decline.",
            "type": "issuer_declined",
        ]
    }

    private func paymentMethodDetails(_ instrument: Instrument) -> JSON {
        if instrument.brand == "us_bank_account" {
            return ["type": "us_bank_account", "us_bank_account": ["last4": .string(instrument.last4)]]
        }
        return [
            "card": [
                "brand": .string(instrument.brand), "country": "US", "exp_month": 12, "exp_year": 2034,
                "funding": "credit", "last4": .string(instrument.last4), "network": .string(instrument.brand),
            ],
            "type": "card",
        ]
    }

    func json(_ refund: Refund, _ expand: Expansion = Expansion()) -> JSON {
        [
            "id": .string(refund.id),
            "object": "refund",
            "amount": .int(refund.amount),
            "balance_transaction": reference(refund.balanceTransaction, expand["balance_transaction"]) { state, id, _ in
                state.balanceTransactions[id].map { json($0) }
            },
            "charge": reference(refund.charge, expand["charge"]) { state, id, expand in
                state.charges[id].map { json($0, expand) }
            },
            "created": .int(refund.created),
            "currency": .string(refund.currency),
            "destination_details": [
                "card": [
                    "reference": .text(refund.referenceAvailable ? String(refund.id.suffix(12)) : nil),
                    "reference_status": .string(refund.referenceAvailable ? "available" : "pending"),
                    "reference_type": "acquirer_reference_number", "type": "refund",
                ],
                "type": "card",
            ],
            "failure_reason": .text(refund.failureReason),
            "metadata": .strings(refund.metadata),
            "payment_intent": reference(refund.paymentIntent, expand["payment_intent"]) { state, id, expand in
                state.paymentIntents[id].map { json($0, expand) }
            },
            "pending_reason": .text(refund.pendingReason),
            "reason": .text(refund.reason),
            "receipt_number": nil,
            "source_transfer_reversal": nil,
            "status": .string(refund.status.rawValue),
            "transfer_reversal": nil,
        ]
    }

    /// An event; `pending` is the number of endpoints that have not acknowledged it.
    func json(_ event: StripeEvent, pending: Int) -> JSON {
        var data = JSONObject()
        data["object"] = json(event.object)
        if let previous = event.previous { data["previous_attributes"] = previous }
        return [
            "id": .string(event.id),
            "object": "event",
            "api_version": .string(Self.apiVersion),
            "created": .int(event.created),
            "data": .object(data),
            "livemode": .bool(livemode),
            "pending_webhooks": .int(pending),
            "request": ["id": .text(event.cause.requestID), "idempotency_key": .text(event.cause.idempotencyKey)],
            "type": .string(event.type),
        ]
    }

    /// An id, or the object itself where that was asked for.
    func reference(
        _ id: String?, _ expand: Expansion?, _ render: (StripeState, String, Expansion) -> JSON?
    ) -> JSON {
        guard let id else { return nil }
        guard let expand, let state else { return .string(id) }
        return render(state, id, expand) ?? .string(id)
    }
}

extension JSON {
    static func list(_ data: [JSON], url: String, hasMore: Bool) -> JSON {
        ["object": "list", "data": .array(data), "has_more": .bool(hasMore), "url": .string(url)]
    }
}
