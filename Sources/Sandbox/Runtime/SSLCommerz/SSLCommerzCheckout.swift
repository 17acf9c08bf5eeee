import HTML
import Hummingbird

/// The hosted page. The browser goes back by a form POST, whatever the outcome.
struct SSLCommerzCheckout: Sendable {
    let provider: SSLCommerzProvider

    func addRoutes(to router: Router<SandboxContext>) {
        router.get("/sslcommerz/EasyCheckOut/:token") { request, context in
            guard let session = session(in: context) else { return Self.notFound }
            provider.box.change { state, _ in state.sessions.update(session.id) { $0.isOpened = true } }
            return page(session).answer
        }
        router.post("/sslcommerz/EasyCheckOut/:token/:outcome") { request, context in
            guard let session = session(in: context),
                let outcome = context.parameters.get("outcome").flatMap(SSLCommerzState.Outcome.init)
            else { return Self.notFound }
            guard !session.isClosed else { return page(session).answer }
            let form = try await request.form(in: context)
            let method = form["method"].flatMap(SSLCommerzMethod.init) ?? .visa
            let attempt = provider.box.change { state, now in
                state.pay(session: session.id, outcome: outcome, method: method, error: form["error"] ?? "", now: now)
            }
            guard let attempt else { return Self.notFound }
            return back(session, attempt).answer(to: request, page: layout(session, heading(attempt)))
        }
    }

    private func session(in context: SandboxContext) -> SSLCommerzSession? {
        guard let token = context.parameters.get("token") else { return nil }
        return provider.box.change { state, _ in state.sessionsByToken.last(under: token).flatMap { state.sessions[$0] }
        }
    }

    /// Where the browser goes with what (UNCONFIRMED: that a pending payment returns to `success_url`).
    private func back(_ session: SSLCommerzSession, _ attempt: SSLCommerzAttempt) -> BrowserReturn {
        let url =
            switch attempt.status {
            case .failed, .expired, .unattempted: session.failURL
            case .cancelled: session.cancelURL
            case .valid, .validated, .pending: session.successURL
            }
        let fields = SSLCommerzFields.of(attempt, store: provider.settings.storeID)
        return BrowserReturn(
            method: .post, url: url,
            fields: SSLCommerzFields.signed(fields, password: provider.settings.storePassword))
    }

    private func heading(_ attempt: SSLCommerzAttempt) -> HTML {
        switch attempt.status {
        case .valid, .validated: PaymentPage.outcome(.success, "Payment successful")
        case .pending: PaymentPage.outcome(.waiting, "The bank is still working on this payment")
        case .cancelled: PaymentPage.outcome(.failure, "Payment cancelled", "Nothing was charged.")
        case .failed, .expired, .unattempted: PaymentPage.outcome(.failure, "Payment failed", attempt.error)
        }
    }

    private func page(_ session: SSLCommerzSession) -> PaymentPage {
        guard !session.isClosed else {
            return layout(
                session,
                PaymentPage.outcome(.waiting, "This payment is closed", "Nothing further will be charged."))
        }
        let path = "/sslcommerz/EasyCheckOut/\(session.token)"
        let methods = PaymentPage.choices(
            "Payment method", name: "method",
            [
                .init(value: "visa", label: "Card", hint: "Visa, Mastercard, Amex"),
                .init(value: "bkash", label: "Mobile banking", hint: "bKash"),
                .init(value: "internetbanking", label: "Internet banking"),
            ])
        let pay = "Pay \(DecimalAmount.text(session.amount)) \(session.currency)"
        return layout(
            session,
            """
            <h2>How would you like to pay?</h2>
            \(PaymentPage.form(action: "\(path)/success", methods, pay: pay))
            \(PaymentPage.others(
                PaymentPage.other("Fail", action: "\(path)/failed")
                    + PaymentPage.other("Pay, and be held as risky", action: "\(path)/risky")
                    + PaymentPage.other("Pay, and let the bank take its time", action: "\(path)/pending")))
            \(PaymentPage.cancel(action: "\(path)/cancelled"))
            """)
    }

    private func layout(_ session: SSLCommerzSession, _ content: HTML) -> PaymentPage {
        PaymentPage(
            brand: "sslcommerz", provider: "SSLCommerz", merchant: provider.box.read(\.settings.merchant),
            amount: "\(DecimalAmount.text(session.amount)) \(session.currency)",
            details: [("Product", session.product), ("Transaction", session.transaction)], content: content)
    }

    private static let notFound = PaymentPage.message(
        provider: "SSLCommerz", brand: "sslcommerz", "There is no such payment session.", status: 404)
}
