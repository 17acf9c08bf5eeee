import HTML
import Hummingbird

/// AamarPay's API and its hosted page.
struct AamarPayRoutes: Sendable {
    let provider: AamarPayProvider

    func addRoutes(to router: Router<SandboxContext>) {
        router.post("/aamarpay/jsonpost.php") { request, context in
            let bytes = try await request.bytes(in: context)
            return try await disturbed(request, context) { create(JSONBody.texts(bytes), request.origin) }
        }
        router.post("/aamarpay/index.php") { request, context in
            let form = try await request.form(in: context)
            let fields = Dictionary(form.pairs.map { ($0.name, $0.value) }) { first, _ in first }
            return try await disturbed(request, context) { create(fields, request.origin) }
        }
        router.get("/aamarpay/api/v1/trxcheck/request.php") { request, context in
            let query = try request.queryForm()
            return try await disturbed(request, context) { search(query) }
        }
        for page in ["paynow.php", "paymentprocess.php"] {
            router.get("/aamarpay/\(page)") { request, _ in
                guard let payment = find(try request.queryForm()["track"]) else { return Self.notFound }
                return self.page(payment).answer
            }
        }
        router.post("/aamarpay/pay/:track/:outcome") { request, context in
            guard let payment = find(context.parameters.get("track")),
                let outcome = context.parameters.get("outcome").flatMap(AamarPayPayment.Status.init)
            else { return Self.notFound }
            return pay(payment, outcome, request)
        }
    }

    private func disturbed(
        _ request: Request, _ context: SandboxContext, _ work: () -> Answer
    ) async throws -> Answer {
        let call = DisturbedCall(
            desk: provider.desk, rateLimited: .html("<h1>429 Too Many Requests</h1>", status: 429),
            serverError: .html("<h1>500 Internal Server Error</h1>", status: 500))
        let path = String(request.uri.path.dropFirst("/aamarpay".count))
        return try await call.respond(request, context, path: path) { work() }
    }

    private func create(_ fields: [String: String], _ origin: String) -> Answer {
        let settings = provider.box.read(\.settings)
        guard fields["store_id"] == provider.settings.storeID else {
            return AamarPayRendering.refusal("Invalid Store ID", settings.refusal)
        }
        guard fields["signature_key"] == provider.settings.signatureKey else {
            return AamarPayRendering.refusal("Invalid Signature Key", settings.refusal)
        }
        do throws(AamarPayState.Refusal) {
            let payment = try provider.box.change { state, now throws(AamarPayState.Refusal) in
                try state.create(fields, now: now)
            }
            return .compact(
                AamarPayRendering.created(payment, origin: origin, isRelative: settings.relativeURL))
        } catch {
            return AamarPayRendering.refusal(error.reason, settings.refusal)
        }
    }

    /// `request_id` is the merchant's own number, not AamarPay's.
    private func search(_ query: FormBody) -> Answer {
        let settings = provider.box.read(\.settings)
        guard query["store_id"] == provider.settings.storeID,
            query["signature_key"] == provider.settings.signatureKey
        else { return AamarPayRendering.refusal("Invalid Store ID", settings.refusal) }
        let id = query["request_id"] ?? ""
        guard let payment = provider.box.change({ state, _ in state.payments[id] }) else {
            return .compact(AamarPayRendering.unknown(settings.unknown))
        }
        let json = AamarPayRendering.json(payment, store: provider.settings.storeID)
        return .compact(settings.foundInArray ? [json] : json)
    }

    /// Success and failure are posted by the browser; cancelling is a GET with nothing.
    private func pay(_ payment: AamarPayPayment, _ outcome: AamarPayPayment.Status, _ request: Request) -> Answer {
        guard outcome != .cancelled else {
            return BrowserReturn(method: .get, url: payment.cancelURL).answer(to: request, page: layout(payment))
        }
        let store = provider.settings.storeID
        let decided = provider.box.change { state, now in state.decide(payment.id, outcome, store: store, now: now) }
        guard let decided else { return page(payment).answer }
        let isFailure = decided.status == .failed || decided.status == .expired
        var layout = layout(decided)
        layout.content =
            isFailure
            ? PaymentPage.outcome(.failure, "Payment failed")
            : PaymentPage.outcome(.success, "Payment \(decided.status.rawValue)")
        return BrowserReturn(
            method: .post, url: isFailure ? decided.failURL : decided.successURL,
            fields: AamarPayRendering.fields(decided, store: store)
        ).answer(to: request, page: layout)
    }

    private func find(_ track: String?) -> AamarPayPayment? {
        guard let track else { return nil }
        return provider.box.change { state, _ in state.find(track: track) }
    }

    private func page(_ payment: AamarPayPayment) -> PaymentPage {
        var page = layout(payment)
        let current = provider.box.read { $0.payments[payment.id]?.status }
        guard current == .pending else {
            page.content = PaymentPage.outcome(
                .waiting, "This payment is over", "Nothing further will be charged.")
            return page
        }
        let path = "/aamarpay/pay/\(payment.track)"
        page.content = """
            <h2>Pay with a test card</h2>
            \(PaymentPage.form(
                action: "\(path)/successful", PaymentPage.testCard,
                pay: "Pay \(DecimalAmount.text(payment.amount)) \(payment.currency)"))
            \(PaymentPage.others(PaymentPage.other("Fail", action: "\(path)/failed")))
            \(PaymentPage.cancel(action: "\(path)/cancelled"))
            """
        return page
    }

    private func layout(_ payment: AamarPayPayment) -> PaymentPage {
        PaymentPage(
            brand: "aamarpay", provider: "aamarPay", merchant: provider.box.read(\.settings.merchant),
            amount: "\(DecimalAmount.text(payment.amount)) \(payment.currency)",
            details: [("For", payment.fields["desc"] ?? ""), ("Transaction", payment.id)])
    }

    private static let notFound = PaymentPage.message(
        provider: "aamarPay", brand: "aamarpay", "There is no such payment.", status: 404)
}
