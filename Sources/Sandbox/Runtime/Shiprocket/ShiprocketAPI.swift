import Hummingbird

/// `/shiprocket/v1/external/…`: log-in, tokens, permissions, limits, disturbances, and the way to the operation.
struct ShiprocketAPI: Sendable {
    let provider: ShiprocketProvider

    private static let prefix = "/shiprocket/v1/external"

    func respond(_ request: Request, _ context: SandboxContext) async throws -> Answer {
        let path = String(request.uri.path.dropFirst(Self.prefix.count))
        let settings = provider.box.read(\.settings)
        let disturbed = DisturbedCall(
            desk: provider.desk, rateLimited: ShiprocketError.rateLimited(settings),
            serverError: ShiprocketError.broken(settings))
        return try await disturbed.respond(request, context, path: path) {
            let body = try await request.looseBody(in: context)
            let call = ShiprocketCall(
                body: body ?? .null, query: try request.queryForm(), now: 0, origin: request.origin)
            do throws(ShiprocketError) {
                return try answer(request, path, body == nil ? nil : call, settings)
            } catch {
                return error.status == 429 ? ShiprocketError.rateLimited(settings) : error.answer
            }
        }
    }

    private func answer(
        _ request: Request, _ path: String, _ call: ShiprocketCall?, _ settings: ShiprocketSettings
    ) throws(ShiprocketError) -> Answer {
        let method = request.method.rawValue
        let parts = path.split(separator: "/").map { String($0).removingEscapes }
        if method == "POST", parts == ["auth", "login"] { return try logIn(call, settings) }
        let token = try token(of: request)
        if method == "POST", parts == ["auth", "logout"] {
            provider.box.change { state, _ in state.tokens[token] = nil }
            return .json(["message": "Logged out successfully.", "status_code": 200])
        }
        guard !settings.forbidden.contains(parts.first ?? "") else { throw .forbidden }
        guard let operation = ShiprocketRoutes.find(method, parts) else { throw .notFound }
        guard let call else { throw .invalid([("body", "The body is not a JSON object.")]) }
        return try run(operation, call)
    }

    private func run(_ operation: ShiprocketOperation, _ call: ShiprocketCall) throws(ShiprocketError) -> Answer {
        try provider.box.change { state, now throws(ShiprocketError) in
            guard state.limit.admit(now: now) else { throw ShiprocketError(429, "") }
            let timed = ShiprocketCall(body: call.body, query: call.query, now: now, origin: call.origin)
            return try operation(&state, timed)
        }
    }

    private func logIn(_ call: ShiprocketCall?, _ settings: ShiprocketSettings) throws(ShiprocketError) -> Answer {
        guard !settings.firewall else { return ShiprocketError.firewall }
        let email = call?.text("email") ?? ""
        let password = call?.text("password") ?? ""
        guard provider.accepts(email: email, password: password) else {
            throw .refused("Invalid email and password combination")
        }
        let token = provider.box.change { state, now in
            let lifetime = state.settings.tokenLifetime
            let token = ShiprocketToken.make(
                name: state.random.identifier("", length: 16), now: now, lifetime: lifetime,
                key: "\(state.channelID)")
            state.tokens[token] = now + lifetime
            return token
        }
        // UNCONFIRMED: everything beside the token.
        return .json([
            "company_id": 1, "created_at": "2026-01-01 00:00:00", "email": .string(email), "first_name": "API",
            "id": 1, "last_name": "USER", "token": .string(token),
        ])
    }

    private func token(of request: Request) throws(ShiprocketError) -> String {
        let parts = (request.header("Authorization") ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw .unauthenticated }
        let token = String(parts[1])
        let now = provider.desk.clock.unix
        guard let end = provider.box.read({ $0.tokens[token] }), now < end else { throw .unauthenticated }
        return token
    }
}
