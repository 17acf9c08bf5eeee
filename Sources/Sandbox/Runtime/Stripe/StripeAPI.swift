import Hummingbird

/// `/stripe/v1/…`: authentication, disturbances, idempotency, and the way to the operation.
struct StripeAPI: Sendable {
    let provider: StripeProvider

    func respond(_ request: Request, _ context: SandboxContext) async throws -> Answer {
        let desk = provider.desk
        let path = String(request.uri.path.dropFirst("/stripe".count))
        let method = request.method.rawValue
        let key = request.header("Idempotency-Key").flatMap { $0.isEmpty ? nil : $0 }
        let fault = desk.faults.request(method: method, path: path)
        let exchange = Exchange(
            requestID: provider.newRequestID(), method: method, path: path, key: method == "POST" ? key : nil,
            fault: fault)

        if fault.kind == .refuse {
            exchange.note(0, on: desk)
            try await desk.hangUp(context)
        }
        var answer = try await answer(request, context, exchange)
        exchange.note(answer.status, on: desk)
        if fault.kind == .loseAnswer { try await desk.hangUp(context) }
        answer.headers += headers(request, exchange)
        return answer
    }

    /// One request on its way through.
    private struct Exchange {
        let requestID: String
        let method: String
        let path: String
        let key: String?
        let fault: RequestFault

        func note(_ status: Int, on desk: ProviderDesk) {
            desk.requests.note(
                RequestRecord(
                    id: requestID, method: method, path: path, status: status, idempotencyKey: key, fault: fault.kind,
                    at: desk.clock.now))
        }
    }

    private func answer(_ request: Request, _ context: SandboxContext, _ exchange: Exchange) async throws -> Answer {
        let requestID = exchange.requestID
        guard let operation = StripeOperation.find(exchange.method, exchange.path.dropFirst("/v1".count)) else {
            return failure(.unknownRoute(exchange.method, exchange.path), requestID)
        }
        do {
            try authenticate(request)
            let text =
                exchange.method == "GET"
                ? request.uri.query ?? "" : String(decoding: try await request.bytes(in: context), as: UTF8.self)
            guard let form = FormBody(text) else {
                throw StripeError.invalid("Invalid request: the form is malformed.")
            }
            try version(request)
            if exchange.fault.delayMilliseconds > 0, exchange.key == nil {
                try await Task.sleep(for: .milliseconds(exchange.fault.delayMilliseconds))
            }
            if exchange.fault.kind == .rateLimit { throw StripeError.rateLimited }
            if exchange.fault.kind == .errorBefore { throw StripeError.serverError }
            let job = Job(operation: operation.operation, id: operation.id, form: form, origin: request.origin)
            return try await exchange.key == nil ? run(job, exchange) : once(job, exchange)
        } catch let error as StripeError {
            return failure(error, requestID)
        }
    }

    private struct Job {
        let operation: StripeOperation
        let id: String
        let form: FormBody
        let origin: String
    }

    /// Runs an operation under its idempotency key.
    private func once(_ job: Job, _ exchange: Exchange) async throws -> Answer {
        guard let key = exchange.key else { return run(job, exchange) }
        switch provider.begin(key: key, path: exchange.path, form: job.form) {
        case .refuse(let error): throw error
        case .replay(let status, let body, let original):
            var answer = Answer(status: status, headers: [("Content-Type", "application/json")], body: body)
            answer.headers += [("Idempotent-Replayed", "true"), ("Original-Request", original)]
            return answer
        case .run:
            if exchange.fault.delayMilliseconds > 0 {
                // Within the key's execution, so that a second request with the key meets the first one still running.
                do {
                    try await Task.sleep(for: .milliseconds(exchange.fault.delayMilliseconds))
                } catch {
                    provider.abandon(key: key)
                    throw error
                }
            }
            return run(job, exchange)
        }
    }

    private func run(_ job: Job, _ exchange: Exchange) -> Answer {
        let cause = StripeCause(requestID: exchange.requestID, idempotencyKey: exchange.key)
        var outcome = provider.perform(
            job.operation, id: job.id, form: job.form, cause: cause, baseURL: "\(job.origin)/stripe")
        if exchange.fault.kind == .errorAfter, case .success = outcome { outcome = .failure(.serverError) }
        var answer: Answer
        var keeps = true
        switch outcome {
        case .success(let json): answer = .json(json)
        case .failure(let error):
            answer = failure(error, exchange.requestID)
            keeps = error.executed
        }
        if exchange.fault.kind == .errorAfter, !provider.desk.faults.plan.api.storeErrors { keeps = false }
        if let key = exchange.key {
            provider.finish(key: key, answer: keeps ? answer : nil, requestID: exchange.requestID)
        }
        return answer
    }

    private func authenticate(_ request: Request) throws(StripeError) {
        let header = request.header("Authorization") ?? ""
        let parts = header.split(separator: " ", maxSplits: 1)
        var key: String?
        if parts.count == 2 {
            switch parts[0].lowercased() {
            case "bearer": key = String(parts[1])
            case "basic":
                key = Base64.decode(String(parts[1])).map { String(decoding: $0, as: UTF8.self) }?
                    .split(separator: ":", omittingEmptySubsequences: false).first.map(String.init)
            default: break
            }
        }
        guard let key, !key.isEmpty, provider.accepts(key: key) else { throw .unauthorized(key) }
    }

    /// `2026-10-28.endive`: a date, since 2024 with a name.
    private func version(_ request: Request) throws(StripeError) {
        guard let version = request.header("Stripe-Version") else { return }
        let date = version.split(separator: ".", maxSplits: 1)[safe: 0] ?? ""
        let parts = date.split(separator: "-")
        guard parts.map(\.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy(\.isNumber) }) else {
            throw .invalid("Invalid Stripe API version: \(version)")
        }
    }

    private func failure(_ error: StripeError, _ requestID: String) -> Answer {
        var answer = Answer.json(error.json(requestID: requestID), status: error.status)
        if error.status == 401 { answer.headers.append(("WWW-Authenticate", "Basic realm=\"Stripe\"")) }
        return answer
    }

    private func headers(_ request: Request, _ exchange: Exchange) -> [(name: String, value: String)] {
        var headers = [
            ("Request-Id", exchange.requestID), ("Cache-Control", "no-cache, no-store"),
            ("Stripe-Version", request.header("Stripe-Version") ?? StripeRendering.apiVersion),
        ]
        if let key = exchange.key { headers.append(("Idempotency-Key", key)) }
        return headers.map { (name: $0.0, value: $0.1) }
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
