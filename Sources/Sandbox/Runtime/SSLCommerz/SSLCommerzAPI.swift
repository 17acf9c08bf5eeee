import HTML
import Hummingbird

/// The calls that a merchant's server makes: sessions, validation, queries, refunds. Refusals are HTTP 200.
struct SSLCommerzAPI: Sendable {
    let provider: SSLCommerzProvider

    private static let prefix = "/sslcommerz"

    func addRoutes(to router: Router<SandboxContext>) {
        router.post("/sslcommerz/gwprocess/v4/api.php") { request, context in
            let form = try await request.form(in: context)
            let origin = request.origin
            return try await respond(request, context) { create(form, origin: origin) }
        }
        router.get("/sslcommerz/validator/api/validationserverAPI.php") { request, context in
            let query = try request.queryForm()
            return try await respond(request, context) { validate(query) }
        }
        router.get("/sslcommerz/validator/api/merchantTransIDvalidationAPI.php") { request, context in
            let query = try request.queryForm()
            return try await respond(request, context) { ask(query) }
        }
    }

    private func respond(
        _ request: Request, _ context: SandboxContext, _ work: () -> JSON
    ) async throws -> Answer {
        let call = DisturbedCall(
            desk: provider.desk, rateLimited: Self.page("429 Too Many Requests", 429),
            serverError: Self.page("500 Internal Server Error", 500))
        let path = String(request.uri.path.dropFirst(Self.prefix.count))
        return try await call.respond(request, context, path: path) { .compact(work()) }
    }

    /// What the machinery before the application says (UNCONFIRMED).
    private static func page(_ text: String, _ status: Int) -> Answer {
        .html("<html><head><title>\(text)</title></head><body><h1>\(text)</h1></body></html>", status: status)
    }

    private func create(_ form: FormBody, origin: String) -> JSON {
        guard provider.accepts(form) else {
            return SSLCommerzRendering.refusal("Store Credential Error Or Store is De-active")
        }
        let ipnURL = provider.settings.ipnURL
        do throws(SSLCommerzState.Refusal) {
            let session = try provider.box.change { state, now throws(SSLCommerzState.Refusal) in
                try state.createSession(form, ipnURL: ipnURL, now: now)
            }
            return SSLCommerzRendering.session(session, origin: origin)
        } catch {
            return SSLCommerzRendering.refusal(error.reason)
        }
    }

    private func validate(_ query: FormBody) -> JSON {
        guard provider.accepts(query) else { return Self.unaccepted }
        guard let id = query["val_id"], !id.isEmpty else { return ["APIConnect": "INVALID_REQUEST"] }
        return provider.box.change { state, now in
            guard let attempt = state.validate(id, now: now) else {
                return ["status": "INVALID_TRANSACTION", "APIConnect": "DONE"]
            }
            return rendering(state).validation(attempt, now: state.attempts[attempt.id]?.validatedAt ?? now)
        }
    }

    private static let unaccepted: JSON = ["APIConnect": "FAILED", "status": "INVALID_TRANSACTION"]

    private func rendering(_ state: SSLCommerzState) -> SSLCommerzRendering {
        SSLCommerzRendering(store: state.store, amounts: state.settings.amounts)
    }

    /// One address for four questions: a refund, a refund's state, a session, a transaction.
    private func ask(_ query: FormBody) -> JSON {
        guard provider.accepts(query) else { return Self.unaccepted }
        if query["bank_tran_id"] != nil { return refund(query) }
        if let id = query["refund_ref_id"] { return refundState(id) }
        if let key = query["sessionkey"] { return session(key) }
        if let transaction = query["tran_id"] { return transactions(transaction) }
        return ["APIConnect": "INVALID_REQUEST"]
    }

    private func refund(_ query: FormBody) -> JSON {
        provider.box.change { state, now in
            let isSlow = state.outcomes.take("refund_answer") == "processing"
            do throws(SSLCommerzState.Refusal) {
                return SSLCommerzRendering.started(
                    try state.refund(query, now: now), status: isSlow ? "processing" : "success")
            } catch {
                return SSLCommerzRendering.refusedRefund(query, error.reason)
            }
        }
    }

    private func refundState(_ id: String) -> JSON {
        guard let refund = provider.box.change({ state, _ in state.refunds[id] }) else {
            return ["APIConnect": "DONE", "refund_ref_id": .string(id), "status": "", "errorReason": "Not found"]
        }
        return SSLCommerzRendering.state(refund)
    }

    /// The session's latest attempt, as one object; without any, it is pending (UNCONFIRMED).
    private func session(_ key: String) -> JSON {
        provider.box.change { state, _ in
            guard let session = state.sessions[key] else {
                return ["APIConnect": "DONE", "status": "INVALID_TRANSACTION"]
            }
            guard let attempt = state.attempts.elements.last(where: { $0.session == key }) else {
                return [
                    "APIConnect": "DONE", "status": "PENDING", "sessionkey": .string(key),
                    "tran_id": .string(session.transaction), "val_id": "", "bank_tran_id": "",
                    "currency_type": .string(session.currency),
                    "currency_amount": .string(DecimalAmount.text(session.amount)),
                ]
            }
            var object = rendering(state).transaction(attempt)
            object["sessionkey"] = .string(key)
            object["APIConnect"] = "DONE"
            return .object(object)
        }
    }

    private func transactions(_ transaction: String) -> JSON {
        provider.box.change { state, _ in
            let rendering = rendering(state)
            let found = state.attemptsByTransaction.all(under: transaction).compactMap { state.attempts[$0] }
            return [
                "APIConnect": "DONE", "no_of_trans_found": .string(String(found.count)),
                "element": .array(found.map(rendering.element)),
            ]
        }
    }
}
