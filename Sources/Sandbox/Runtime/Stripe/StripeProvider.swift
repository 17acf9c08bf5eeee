import AsyncHTTPClient
import Hummingbird
import Logging
import Synchronization

/// The stand-in for Stripe.
final class StripeProvider: Provider {
    struct Configuration: Sendable {
        var webhookURL: String
        var webhookSecrets: [String]
        /// If set, only this key is accepted.
        var secretKey: String?
        /// Nil for ids that no other run has.
        var seed: UInt64?
    }

    private struct Shared {
        var state: StripeState
        var idempotency = StripeIdempotency()
        var requestIDs: SeededRandom
    }

    let name = "stripe"
    let title = "Stripe"
    let desk: ProviderDesk
    private let configuration: Configuration
    private let shared: Mutex<Shared>

    init(configuration: Configuration, desk: ProviderDesk) {
        self.configuration = configuration
        self.desk = desk
        shared = Mutex(Self.fresh(configuration, seed: configuration.seed))
    }

    private static func fresh(_ configuration: Configuration, seed: UInt64?) -> Shared {
        let seed = SeededRandom.seed(seed)
        let endpoint = StripeEndpoint(
            id: "we_default", url: configuration.webhookURL, secrets: Array(configuration.webhookSecrets.prefix(1)),
            types: ["*"])
        return Shared(
            state: StripeState(seed: seed, endpoints: [endpoint]), requestIDs: SeededRandom(seed: seed ^ 0x5EED))
    }

    func addRoutes(to router: Router<SandboxContext>) {
        let api = StripeAPI(provider: self)
        router.onEveryMethod("/stripe/v1/**", use: api.respond)
        StripeCheckout(provider: self).addRoutes(to: router)
    }

    func accepts(key: String) -> Bool {
        configuration.secretKey == nil || configuration.secretKey == key
    }

    var livemode: Bool { configuration.secretKey?.contains("_live_") ?? false }

    func newRequestID() -> String {
        shared.withLock { $0.requestIDs.identifier("req_", length: 14) }
    }

    /// Changes the state under its lock and hands what happened to the dispatcher.
    func change<Result: Sendable>(_ body: (inout StripeState, _ now: Int) -> Result) -> Result {
        let now = desk.clock.unix
        let (result, batch): (Result, [Push]) = shared.withLock { shared in
            shared.state.timePassed(now: now)
            let result = body(&shared.state, now)
            return (result, self.pushes(&shared.state))
        }
        desk.dispatcher.submit(batch)
        return result
    }

    func read<Result: Sendable>(_ body: (StripeState) -> Result) -> Result {
        shared.withLock { body($0.state) }
    }

    func perform(
        _ operation: StripeOperation, id: String, form: FormBody, cause: StripeCause, baseURL: String
    ) -> Result<JSON, StripeError> {
        let deliveries = desk.deliveries
        let livemode = livemode
        return change { state, now in
            let call = StripeCall(
                id: id, parameters: StripeParameters(form.root), cause: cause, now: now, baseURL: baseURL,
                livemode: livemode, pending: { deliveries.unacknowledged($0) })
            do throws(StripeError) {
                return .success(try operation.run(&state, call))
            } catch {
                return .failure(error)
            }
        }
    }

    func begin(key: String, path: String, form: FormBody) -> StripeIdempotency.Decision {
        let parameters = form.pairs.map { "\($0.name)=\($0.value)" }.sorted().joined(separator: "&")
        let now = desk.clock.unix
        return shared.withLock { $0.idempotency.begin(key: key, path: path, parameters: parameters, now: now) }
    }

    /// Keeps an answer under its key; without one the key is free again.
    func finish(key: String, answer: Answer?, requestID: String) {
        shared.withLock {
            if let answer {
                $0.idempotency.finish(key: key, status: answer.status, body: answer.body, requestID: requestID)
            } else {
                $0.idempotency.abandon(key: key)
            }
        }
    }

    func abandon(key: String) {
        shared.withLock { $0.idempotency.abandon(key: key) }
    }

    private func pushes(_ state: inout StripeState) -> [Push] {
        let endpoints = state.endpoints
        return state.takeOutbox().flatMap { event in
            endpoints.filter { $0.wants(event.type) }.map { push(event, to: $0.id) }
        }
    }

    private func push(_ event: StripeEvent, to endpoint: String) -> Push {
        let livemode = livemode
        return Push(id: event.id, kind: event.type, endpoint: endpoint, ordinal: event.ordinal) { [weak self] in
            guard let self, let receiver = self.endpoint(endpoint) else { return nil }
            let body = StripeRendering(livemode: livemode).json(event, pending: event.endpoints).pretty
            let signature = StripeSignature.header(
                body: body, secrets: receiver.secrets, time: self.desk.clock.signingTime)
            return PushRequest(
                url: receiver.url,
                headers: [
                    ("Content-Type", "application/json; charset=utf-8"), ("Accept", "*/*; q=0.5, application/xml"),
                    ("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)"), ("Cache-Control", "no-cache"),
                    ("Stripe-Signature", signature),
                ],
                body: body)
        }
    }

    private func endpoint(_ id: String) -> StripeEndpoint? {
        read { $0.endpoints.first { $0.id == id } }
    }

    /// Pushes an event again, whatever became of it before.
    func resend(_ event: StripeEvent) {
        let endpoints = read { $0.endpoints.filter { $0.wants(event.type) } }
        desk.dispatcher.submit(endpoints.map { push(event, to: $0.id) })
    }

    func reset(seed: UInt64?) {
        shared.withLock { $0 = Self.fresh(configuration, seed: seed) }
    }

    func timePassed() {
        change { _, _ in }
    }

    private struct Kept: Codable {
        let state: StripeState
        let waiting: [String]
    }

    func snapshot() throws -> JSON {
        try Snapshot.encode(Kept(state: read { $0 }, waiting: desk.deliveries.waiting))
    }

    func restore(_ snapshot: JSON) throws {
        let kept = try Snapshot.decode(Kept.self, from: snapshot)
        shared.withLock { $0.state = kept.state }
        for event in kept.waiting.compactMap({ kept.state.events[$0] }) { resend(event) }
    }
}
