import AsyncHTTPClient
import Hummingbird
import Logging
import Synchronization

/// The stand-in for Steadfast Courier.
final class SteadfastProvider: Provider {
    struct Configuration: Sendable {
        var webhookURL: String
        var webhookToken: String
        var apiKey: String?
        var secretKey: String?
        /// Nil for ids that no other run has.
        var seed: UInt64?
    }

    private struct Shared {
        var state: SteadfastState
        var webhookURL: String
        var webhookToken: String
        var requests = 0
    }

    let name = "steadfast"
    let title = "Steadfast Courier"
    let desk: ProviderDesk
    private let configuration: Configuration
    private let shared: Mutex<Shared>

    init(configuration: Configuration, desk: ProviderDesk) {
        self.configuration = configuration
        self.desk = desk
        shared = Mutex(Self.fresh(configuration, seed: configuration.seed))
    }

    private static func fresh(_ configuration: Configuration, seed: UInt64?) -> Shared {
        Shared(
            state: SteadfastState(seed: seed ?? UInt64.random(in: 0...UInt64.max)),
            webhookURL: configuration.webhookURL, webhookToken: configuration.webhookToken)
    }

    func addRoutes(to router: Router<SandboxContext>) {
        let api = SteadfastAPI(provider: self)
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
            router.on("/steadfast/api/v1/**", method: method) { request, context in
                try await api.respond(request, context)
            }
        }
        SteadfastPages(provider: self).addRoutes(to: router)
    }

    func accepts(apiKey: String, secretKey: String) -> Bool {
        (configuration.apiKey ?? apiKey) == apiKey && (configuration.secretKey ?? secretKey) == secretKey
    }

    func newRequestID() -> String {
        shared.withLock {
            $0.requests += 1
            return "req-\($0.requests)"
        }
    }

    /// Changes the state under its lock and hands what happened to the dispatcher.
    func change<Result: Sendable>(_ body: (inout SteadfastState, _ now: Int) -> Result) -> Result {
        let now = desk.clock.unix
        let (result, events) = shared.withLock { shared in
            shared.state.timePassed(now: now)
            let result = body(&shared.state, now)
            return (result, shared.state.takeOutbox())
        }
        // What one change does to a parcel is sent in its order; different changes overtake each other.
        for batch in Dictionary(grouping: events, by: \.parcel).sorted(by: { $0.key < $1.key }) {
            desk.dispatcher.submit(batch.value.map(push))
        }
        return result
    }

    func read<Result: Sendable>(_ body: (SteadfastState) -> Result) -> Result {
        shared.withLock { body($0.state) }
    }

    private func push(_ event: SteadfastEvent) -> Push {
        Push(id: event.id, kind: event.kind.rawValue, endpoint: "callback", ordinal: event.ordinal) { [weak self] in
            self?.request(event)
        }
    }

    private func request(_ event: SteadfastEvent) -> PushRequest {
        let (url, token, settings) = shared.withLock { ($0.webhookURL, $0.webhookToken, $0.state.settings) }
        return PushRequest(
            url: url,
            headers: [
                ("Content-Type", "application/json"), ("Accept", "application/json"),
                ("Authorization", "Bearer \(settings.wrongBearer ? "wrong-\(token)" : token)"),
            ],
            body: SteadfastRendering.push(event, settings).compact)
    }

    /// Pushes an event again; false where there is none of that id.
    func resend(_ id: String) -> Bool {
        guard let event = read({ $0.events.first { $0.id == id } }) else { return false }
        desk.dispatcher.submit([push(event)])
        return true
    }

    func setWebhook(url: String?, token: String?) {
        shared.withLock {
            $0.webhookURL = url ?? $0.webhookURL
            $0.webhookToken = token ?? $0.webhookToken
        }
    }

    func reset(seed: UInt64?) {
        shared.withLock { $0 = Self.fresh(configuration, seed: seed) }
    }

    func timePassed() {
        change { _, _ in }
    }

    func snapshot() throws -> JSON {
        try Snapshot.encode(read { $0 })
    }

    func restore(_ snapshot: JSON) throws {
        let state = try Snapshot.decode(SteadfastState.self, from: snapshot)
        shared.withLock { $0.state = state }
    }
}

/// `/steadfast/api/v1/…`: keys, limits, disturbances, and the way to the operation.
struct SteadfastAPI: Sendable {
    let provider: SteadfastProvider

    func respond(_ request: Request, _ context: SandboxContext) async throws -> Answer {
        let path = String(request.uri.path.dropFirst("/steadfast/api/v1".count))
        let settings = provider.read(\.settings)
        let disturbed = DisturbedAnswers(
            rateLimited: SteadfastError.rateLimited(settings), broken: SteadfastError.broken(settings))
        return try await provider.desk.answer(
            request, context, id: provider.newRequestID(), path: path, disturbed: disturbed
        ) {
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
        let outcome: Result<Answer, SteadfastError> = provider.change { state, now in
            do throws(SteadfastError) {
                guard state.limit.admit(now: now) else { throw .tooManyRequests }
                let json = try operation.run(&state, body: body, query: query, now: now)
                return .success(Self.answer(json, to: operation, &state))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
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
