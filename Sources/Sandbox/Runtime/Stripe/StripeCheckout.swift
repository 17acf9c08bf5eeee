import Hummingbird

/// The hosted page of a Checkout Session, and the same by machine: forms posted to `pay`, `fail` and `cancel` answer
/// 303.
struct StripeCheckout: Sendable {
    let provider: StripeProvider

    func addRoutes(to router: Router<SandboxContext>) {
        router.get("/stripe/checkout/:id") { request, context in
            guard let session = session(in: context) else { return notFound }
            let page = StripeCheckoutPage(
                session: session, merchant: provider.read { $0.settings.merchant },
                decline: try request.queryForm()["declined"])
            return page.answer
        }
        router.post("/stripe/checkout/:id/pay") { request, context in
            guard let session = session(in: context) else { return notFound }
            let form = try await form(request, context)
            return pay(session, with: form["method"] == "bank_debit" ? .bankDebit : .card, email: form["email"])
        }
        router.post("/stripe/checkout/:id/fail") { request, context in
            guard let session = session(in: context) else { return notFound }
            let form = try await form(request, context)
            let reason = form["reason"] ?? "generic_decline"
            guard let card = Instrument.declinedCard(reason) else {
                return StripeCheckoutPage.message("There is no decline code \(reason).", status: 400)
            }
            return pay(session, with: card, email: form["email"])
        }
        router.post("/stripe/checkout/:id/cancel") { _, context in
            guard let session = session(in: context) else { return notFound }
            return .seeOther(session.cancelURL ?? "/stripe/checkout/\(session.id)")
        }
    }

    private func pay(_ session: CheckoutSession, with instrument: Instrument, email: String?) -> Answer {
        let email = email.flatMap { $0.isEmpty ? nil : $0 }
        let outcome: Result<CheckoutSession, StripeError> = provider.change { state, now in
            do throws(StripeError) {
                return .success(try state.pay(session: session.id, with: instrument, email: email, now: now))
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success(let session) where session.status == .complete: return .seeOther(Self.successURL(of: session))
        case .success(let session): return .seeOther("/stripe/checkout/\(session.id)")
        case .failure(let error):
            return .seeOther(
                "/stripe/checkout/\(session.id)?declined=\(error.declineCode ?? error.code ?? "card_declined")")
        }
    }

    /// Where a paid session leads (UNCONFIRMED only in how other braces are treated: they stay).
    static func successURL(of session: CheckoutSession) -> String {
        session.successURL.replacing("{CHECKOUT_SESSION_ID}", with: session.id)
    }

    private func session(in context: SandboxContext) -> CheckoutSession? {
        guard let id = context.parameters.get("id") else { return nil }
        return provider.change { state, _ in state.sessions[id] }
    }

    private func form(_ request: Request, _ context: SandboxContext) async throws -> FormBody {
        guard let form = FormBody(String(decoding: try await request.bytes(in: context), as: UTF8.self)) else {
            throw HTTPError(.badRequest, message: "The form is malformed.")
        }
        return form
    }

    private var notFound: Answer {
        StripeCheckoutPage.message("There is no such Checkout Session.", status: 404)
    }
}
