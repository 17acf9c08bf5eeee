import HTML
import Hummingbird

/// The hosted Checkout: a form with `key_id`, `order_id`, `callback_url` and `cancel_url` opens it; success is posted to
/// `callback_url` as the signed triple.
struct RazorpayCheckout: Sendable {
    let provider: RazorpayProvider

    func addRoutes(to router: Router<SandboxContext>) {
        router.post("/razorpay/v1/checkout/embedded") { request, context in
            page(try await request.form(in: context))
        }
        router.get("/razorpay/v1/checkout/embedded") { request, _ in page(try request.queryForm()) }
        router.post("/razorpay/checkout/:order/pay") { request, context in
            try await pay(request, context) { form in form["outcome"] == "late" ? "late" : "success" }
        }
        router.post("/razorpay/checkout/:order/fail") { request, context in
            try await pay(request, context) { form in form["reason"] ?? "payment_failed" }
        }
        router.post("/razorpay/checkout/:order/cancel") { request, context in
            let form = try await request.form(in: context)
            guard let url = form["cancel_url"], !url.isEmpty else {
                return page(form, alert: "The payment was cancelled.")
            }
            return .seeOther(url)
        }
    }

    private func page(_ form: FormBody, alert: String? = nil) -> Answer {
        guard form["key_id"] == provider.keyID else { return refusal("The key_id is not known.") }
        guard let order = provider.box.read({ state in form["order_id"].flatMap { state.orders[$0] } }) else {
            return refusal("The order_id does not exist.")
        }
        return RazorpayCheckoutPage(order: order, form: form, page: layout(order, alert: alert)).answer
    }

    private func pay(
        _ request: Request, _ context: SandboxContext, outcome: (FormBody) -> String
    ) async throws -> Answer {
        let form = try await request.form(in: context)
        guard let id = context.parameters.get("order"), let order = provider.box.read({ $0.orders[id] }) else {
            return refusal("The order_id does not exist.")
        }
        guard order.status != .paid else { return page(form) }
        var attempt = RazorpayState.Attempt(order: id, outcome: outcome(form))
        attempt.method = form["method"].flatMap(RazorpayPayment.Method.init) ?? .card
        if let email = form["email"], !email.isEmpty { attempt.email = email }
        if let contact = form["contact"], !contact.isEmpty { attempt.contact = contact }
        let payment: RazorpayPayment
        do throws(RazorpayError) {
            payment = try provider.box.change { state, now throws(RazorpayError) in try state.pay(attempt, now: now) }
        } catch {
            return refusal(error.description)
        }
        if let failure = payment.failure { return failed(payment, failure, form, request) }
        guard let url = form["callback_url"], !url.isEmpty else {
            return RazorpayCheckoutPage.paid(layout(order, alert: nil), payment)
        }
        let result = BrowserReturn(method: .post, url: url, fields: triple(payment, order: id))
        var layout = layout(order, alert: nil)
        layout.content = PaymentPage.outcome(.success, "Payment successful")
        return result.answer(to: request, page: layout)
    }

    /// Only successes are posted to the merchant by themselves; with `redirect` failures are, too.
    private func failed(
        _ payment: RazorpayPayment, _ failure: RazorpayFailure, _ form: FormBody, _ request: Request
    ) -> Answer {
        guard form["redirect"] == "true", let url = form["callback_url"], let order = payment.order,
            let shown = provider.box.read({ $0.orders[order] })
        else { return page(form, alert: failure.description) }
        let result = BrowserReturn(method: .post, url: url, fields: Self.failureFields(payment, failure))
        var layout = layout(shown, alert: nil)
        layout.content = PaymentPage.outcome(.failure, "Payment failed", failure.description)
        return result.answer(to: request, page: layout)
    }

    private func triple(_ payment: RazorpayPayment, order: String) -> [(name: String, value: String)] {
        [
            ("razorpay_payment_id", payment.id), ("razorpay_order_id", order),
            ("razorpay_signature", provider.sign(order: order, payment: payment.id)),
        ]
    }

    /// How a failure is posted (UNCONFIRMED: the shape).
    static func failureFields(
        _ payment: RazorpayPayment, _ failure: RazorpayFailure
    ) -> [(name: String, value: String)] {
        let metadata: JSON = ["payment_id": .string(payment.id), "order_id": .text(payment.order)]
        return [
            ("error[code]", failure.code), ("error[description]", failure.description),
            ("error[source]", failure.source), ("error[step]", failure.step), ("error[reason]", failure.reason),
            ("error[metadata]", String(decoding: metadata.compact, as: UTF8.self)),
        ]
    }

    private func layout(_ order: RazorpayOrder, alert: String?) -> PaymentPage {
        PaymentPage(
            brand: "razorpay", provider: "Razorpay",
            merchant: provider.box.read(\.settings.merchant),
            amount: RazorpayCurrency.display(order.amount, order.currency),
            details: [("Order", order.id)] + (order.receipt.map { [("Receipt", $0)] } ?? []), alert: alert)
    }

    private func refusal(_ text: String) -> Answer {
        PaymentPage.message(provider: "Razorpay", brand: "razorpay", text, status: 400)
    }
}

/// What the customer sees.
struct RazorpayCheckoutPage {
    let order: RazorpayOrder
    /// What Checkout was opened with; it goes along with each step.
    let form: FormBody
    let page: PaymentPage

    var answer: Answer {
        var page = page
        page.content = order.status == .paid ? Self.done : forms
        return page.answer
    }

    static func paid(_ page: PaymentPage, _ payment: RazorpayPayment) -> Answer {
        var page = page
        page.content = done
        page.details.append(("Payment", payment.id))
        return page.answer
    }

    private static let done = PaymentPage.outcome(
        .success, "This order is paid", "Nothing further will be charged.")

    private var kept: HTML {
        ["key_id", "order_id", "callback_url", "cancel_url", "redirect"].compactMap { name in
            form[name].map { HTML.hidden(name, $0) }
        }.joined()
    }

    private var forms: HTML {
        let path = "/razorpay/checkout/\(order.id)"
        let email = TextField(
            "E-mail", name: "email", kind: .email, value: form.root["prefill"]?["email"]?.text ?? "",
            autocomplete: "email")
        let contact = TextField(
            "Phone", name: "contact", kind: .tel, value: form.root["prefill"]?["contact"]?.text ?? "",
            autocomplete: "tel")
        let methods = PaymentPage.choices(
            "Payment method", name: "method",
            [
                .init(value: "upi", label: "UPI", hint: "Google Pay, PhonePe and others"),
                .init(value: "card", label: "Card", hint: "Visa, Mastercard, RuPay"),
                .init(value: "netbanking", label: "Netbanking"), .init(value: "wallet", label: "Wallet"),
            ])
        let reasons = HTML.select(
            "The payment fails", name: "reason",
            RazorpayFailure.reasons.map { ($0, $0.replacing("_", with: " ")) })
        let late = PaymentPage.other(
            "Fail now, be authorised late", action: "\(path)/pay", name: "outcome", value: "late")
        return """
            <h2>How would you like to pay?</h2>
            \(PaymentPage.form(
                action: "\(path)/pay", "\(kept)\(email.html)\(contact.html)\(methods)", pay: "Pay \(page.amount)"))
            \(PaymentPage.others("""
                <form method="post" action="\(url: "\(path)/fail")">\(kept)\(reasons)\
                <button class="button quiet">Fail</button></form>\(late)
                """))
            \(PaymentPage.cancel(action: "\(path)/cancel", kept))
            """
    }
}
