import HTML
import Hummingbird

/// `/steadfast/api/v1/…`: keys, limits, disturbances, and the way to the operation.
struct SteadfastAPI: Sendable {
    let provider: SteadfastProvider

    func respond(_ request: Request, _ context: SandboxContext) async throws -> Answer {
        let path = String(request.uri.path.dropFirst("/steadfast/api/v1".count))
        let settings = provider.box.read(\.settings)
        let call = DisturbedCall(
            desk: provider.desk, rateLimited: SteadfastError.rateLimited(settings),
            serverError: SteadfastError.broken(settings))
        return try await call.respond(request, context, path: path) {
            do throws(SteadfastError) {
                try authenticate(request, settings)
                guard let operation = SteadfastOperation.find(request.method.rawValue, path[...]) else {
                    throw .notFound("Not Found")
                }
                return try await run(operation, request, context)
            } catch {
                return error.answer(settings)
            }
        }
    }

    private func run(
        _ operation: SteadfastOperation, _ request: Request, _ context: SandboxContext
    ) async throws(SteadfastError) -> Answer {
        let body: JSON
        let query: FormBody
        do {
            guard let parsed = try await request.looseBody(in: context) else {
                return .json(["message": "The request body is malformed."], status: 400)
            }
            body = parsed
            query = try request.queryForm()
        } catch {
            return .json(["message": "The request can't be read."], status: 400)
        }
        return try provider.box.change { state, now throws(SteadfastError) in
            guard state.limit.admit(now: now) else { throw .tooManyRequests }
            let json = try operation.run(&state, body: body, query: query, now: now)
            return Self.answer(json, to: operation, &state)
        }
    }

    private static func answer(
        _ json: JSON, to operation: SteadfastOperation, _ state: inout SteadfastState
    ) -> Answer {
        guard case .create = operation, state.settings.unreadable > 0 else { return .json(json) }
        state.settings.unreadable -= 1
        return .html("<html><body>", status: 200)
    }

    private func authenticate(_ request: Request, _ settings: SteadfastSettings) throws(SteadfastError) {
        guard let apiKey = request.header("Api-Key"), let secretKey = request.header("Secret-Key"), !apiKey.isEmpty,
            !secretKey.isEmpty
        else { throw .unauthenticated("Unauthenticated.") }
        guard provider.accepts(apiKey: apiKey, secretKey: secretKey) else { throw .unauthenticated("Unauthorized") }
        guard settings.accountActive else { throw .unauthenticated("Account is not active!") }
    }
}
