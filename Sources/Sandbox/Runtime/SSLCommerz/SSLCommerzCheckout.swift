import Hummingbird

/// The hosted page. The browser goes back by a form POST, whatever the outcome.
struct SSLCommerzCheckout: Sendable {
    static let accent = "#20447c"

    let provider: SSLCommerzProvider

    func addRoutes(to router: Router<SandboxContext>) {
        router.get("/sslcommerz/EasyCheckOut/:token") { request, context in
            guard let session = session(in: context) else { return Self.notFound }
            provider.box.change { state, _ in state.sessions.update(session.id) { $0.isOpened = true } }
            return .html(page(session).html)
        }
        router.post("/sslcommerz/EasyCheckOut/:token/:outcome") { request, context in
            guard let session = session(in: context),
                let outcome = context.parameters.get("outcome").flatMap(SSLCommerzState.Outcome.init)
            else { return Self.notFound }
            guard !session.isClosed else { return .html(page(session).html) }
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

    private func heading(_ attempt: SSLCommerzAttempt) -> String {
        switch attempt.status {
        case .valid, .validated: "<h2>Payment successful</h2>"
        case .pending: "<h2>The bank is still working on this payment</h2>"
        case .cancelled: "<h2>Payment cancelled</h2>"
        case .failed, .expired, .unattempted: "<h2>Payment failed</h2><p>\(Page.escape(attempt.error))</p>"
        }
    }

    private func page(_ session: SSLCommerzSession) -> PaymentPage {
        guard !session.isClosed else {
            return layout(session, "<h2>This session is over</h2><p>Nothing further will be charged.</p>")
        }
        let path = "/sslcommerz/EasyCheckOut/\(session.token)"
        let methods = PaymentPage.choices(
            "Payment method", name: "method",
            [("visa", "Visa card"), ("bkash", "bKash"), ("internetbanking", "Internet banking")])
        return layout(
            session,
            """
            <h2>Choose how to pay</h2>
            <form method="post" action="\(path)/success">
            \(methods)
            <button class="button">Pay \(DecimalAmount.text(session.amount)) \(Page.escape(session.currency))</button>
            <button class="button quiet" formaction="\(path)/risky">Pay, and be held as risky</button>
            <button class="button quiet" formaction="\(path)/pending">Pay, and let the bank take its time</button>
            <button class="button quiet" formaction="\(path)/failed">Fail</button>
            </form>
            <form method="post" action="\(path)/cancelled"><button class="link">Cancel and go back</button></form>
            """)
    }

    private func layout(_ session: SSLCommerzSession, _ content: String) -> PaymentPage {
        PaymentPage(
            accent: Self.accent, provider: "SSLCommerz", merchant: provider.box.read(\.settings.merchant),
            amount: "\(DecimalAmount.text(session.amount)) \(session.currency)",
            details: [("Product", session.product), ("Transaction", session.transaction)], content: content)
    }

    private static let notFound = Answer.html(
        PaymentPage.message(provider: "SSLCommerz", accent: accent, "There is no such payment session."), status: 404)
}
