import HTML
import Hummingbird

/// PayStation's API, in its present and its older form, and its hosted page.
struct PayStationRoutes: Sendable {
    let provider: PayStationProvider

    func addRoutes(to router: Router<SandboxContext>) {
        add("initiate-payment", to: router) { request, fields in
            guard accepts(fields["merchantId"], fields["password"]) else {
                return Self.refuse("1001", "Invalid Credential.")
            }
            return create(fields, request.origin)
        }
        add("transaction-status", to: router) { request, fields in
            status(merchant: request.header("merchantId"), invoice: fields["invoice_number"])
        }
        add("v2/transaction-status", to: router) { request, fields in
            statusByTransaction(merchant: request.header("merchantId"), transaction: fields["trxId"])
        }
        add("grant-token", to: router) { request, _ in
            guard accepts(request.header("merchantId"), request.header("password")) else {
                return Self.refuse("1001", "Invalid Credential.")
            }
            let token = provider.box.change { state, _ in state.grant() }
            return .compact([
                "status_code": "200", "status": "success", "message": "Token generated successfully.",
                "token": .string(token),
            ])
        }
        add("create-payment", to: router) { request, fields in
            guard hasToken(request) else { return Self.refuse("2001", "Invalid Token") }
            return create(fields, request.origin)
        }
        add("retrive-transaction", to: router) { request, fields in
            guard hasToken(request) else { return Self.refuse("2001", "Invalid Token") }
            return retrieve(fields)
        }
        router.get("/paystation/checkout/:token") { _, context in
            guard let payment = find(context.parameters.get("token")) else { return Self.notFound }
            return page(payment).answer
        }
        router.post("/paystation/checkout/:token/:answer") { _, context in
            guard let payment = find(context.parameters.get("token")),
                let answer = PayStationState.Answer.allCases.first(where: {
                    $0.rawValue.lowercased() == context.parameters.get("answer")
                })
            else { return Self.notFound }
            guard
                let result = provider.box.change({ state, now in state.answer(payment.id, answer, now: now) })
            else { return page(payment).answer }
            return .seeOther(PayStationRendering.callback(result.payment, result.answer))
        }
    }

    private func add(
        _ name: String, to router: Router<SandboxContext>,
        _ work: @escaping @Sendable (Request, [String: String]) -> Answer
    ) {
        router.post("/paystation/\(name)") { request, context in
            let bytes = try await request.bytes(in: context)
            let fields = PayStationBody.fields(bytes, type: request.header("Content-Type") ?? "")
            let failure = provider.box.read(\.settings.failure)
            let call = DisturbedCall(
                desk: provider.desk, rateLimited: Self.failure("Too Many Requests", 429, failure),
                serverError: Self.failure("Server Error", 500, failure))
            return try await call.respond(request, context, path: "/\(name)") { work(request, fields) }
        }
    }

    /// Errors of the machinery come as HTML pages.
    private static func failure(
        _ text: String, _ status: Int, _ shape: PayStationState.Settings.Failure
    ) -> Answer {
        switch shape {
        case .html:
            .html("<!DOCTYPE html><html><head><title>\(text)</title></head><body>\(text)</body></html>", status: status)
        case .json: .compact(["message": .string(text)], status: status)
        }
    }

    private static func refuse(_ code: String, _ message: String) -> Answer {
        .compact(PayStationRendering.refusal(.init(code: code, message: message)))
    }

    private func accepts(_ merchant: String?, _ password: String?) -> Bool {
        merchant == provider.settings.merchantID && password == provider.settings.password
    }

    private func hasToken(_ request: Request) -> Bool {
        provider.box.read { $0.grants.contains(request.header("token") ?? "") }
    }

    private func create(_ fields: [String: String], _ origin: String) -> Answer {
        do throws(PayStationState.Refusal) {
            let payment = try provider.box.change { state, now throws(PayStationState.Refusal) in
                try state.create(fields, now: now)
            }
            let isRelative = provider.box.read(\.settings.relativeURL)
            return .compact(PayStationRendering.created(payment, origin: origin, isRelative: isRelative))
        } catch {
            return .compact(PayStationRendering.refusal(error))
        }
    }

    /// No password is needed. A wrong merchant is told the same as an unknown invoice.
    private func status(merchant: String?, invoice: String?) -> Answer {
        let (payment, casing) = provider.box.change { state, _ in
            (state.payments[invoice ?? ""], state.settings.casing)
        }
        guard merchant == provider.settings.merchantID, let payment else { return Self.unknown }
        return .compact(PayStationRendering.found(payment, casing: casing))
    }

    private func statusByTransaction(merchant: String?, transaction: String?) -> Answer {
        let (payment, casing) = provider.box.change { state, _ in
            (
                state.paymentsByTransaction.last(under: transaction ?? "").flatMap { state.payments[$0] },
                state.settings.casing
            )
        }
        guard merchant == provider.settings.merchantID, let payment else { return Self.unknown }
        return .compact(PayStationRendering.foundSecond(payment, casing: casing))
    }

    private static let unknown = refuse("2001", "Transaction not found in system")

    /// The older question, with a code of its own for unknown transactions.
    private func retrieve(_ fields: [String: String]) -> Answer {
        let (payment, casing) = provider.box.change { state, _ in
            (state.payments[fields["invoice_number"] ?? ""], state.settings.casing)
        }
        guard let payment else { return Self.refuse("1006", "Transaction not found") }
        return .compact(PayStationRendering.found(payment, casing: casing))
    }

    private func find(_ token: String?) -> PayStationPayment? {
        guard let token else { return nil }
        return provider.box.change { state, _ in state.paymentsByToken.last(under: token).flatMap { state.payments[$0] }
        }
    }

    private func page(_ payment: PayStationPayment) -> PaymentPage {
        var page = PaymentPage(
            brand: "paystation", provider: "PayStation", merchant: provider.box.read(\.settings.merchant),
            amount: "\(DecimalAmount.text(payment.payable)) BDT", details: [("Invoice", payment.id)])
        let path = "/paystation/checkout/\(payment.token)"
        guard payment.status == .processing, payment.transaction == nil, !payment.isCancelled else {
            page.content = PaymentPage.outcome(
                .waiting, "This payment is over", "Go back to the shop to see what became of it.")
            return page
        }
        page.content = """
            <h2>Pay with bKash</h2>
            \(PaymentPage.form(
                action: "\(path)/successful", "<p>Any account will do: nothing is asked for.</p>",
                pay: "Pay \(DecimalAmount.text(payment.payable)) BDT"))
            \(PaymentPage.others(PaymentPage.other("Fail", action: "\(path)/failed")))
            \(PaymentPage.cancel(action: "\(path)/canceled"))
            """
        return page
    }

    private static let notFound = PaymentPage.message(
        provider: "PayStation", brand: "paystation", "There is no such payment.", status: 404)
}
