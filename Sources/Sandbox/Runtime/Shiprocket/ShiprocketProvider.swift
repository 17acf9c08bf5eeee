import AsyncHTTPClient
import Hummingbird
import Logging
import Synchronization

extension RetrySchedule {
    /// UNCONFIRMED: whether a push is ever repeated. The worst is assumed, so that clients must poll. Only 200 counts.
    static let shiprocket = RetrySchedule(delay: { _ in nil }, acknowledges: { $0 == 200 })
}

/// The stand-in for Shiprocket.
final class ShiprocketProvider: Provider {
    struct Configuration: Sendable {
        var webhookURL: String
        var webhookToken: String
        /// If set, the only API user that may log in.
        var email: String?
        var password: String?
        /// Nil for ids that no other run has.
        var seed: UInt64?
    }

    private struct Shared {
        var state: ShiprocketState
        var webhookURL: String
        var webhookToken: String
        var requests = 0
    }

    let name = "shiprocket"
    let title = "Shiprocket"
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
            state: ShiprocketState(seed: seed ?? UInt64.random(in: 0...UInt64.max)),
            webhookURL: configuration.webhookURL, webhookToken: configuration.webhookToken)
    }

    func addRoutes(to router: Router<SandboxContext>) {
        let api = ShiprocketAPI(provider: self)
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
            router.on("/shiprocket/v1/external/**", method: method) { request, context in
                try await api.respond(request, context)
            }
        }
        ShiprocketPages(provider: self).addRoutes(to: router)
    }

    func accepts(email: String, password: String) -> Bool {
        !email.isEmpty && !password.isEmpty && (configuration.email ?? email) == email
            && (configuration.password ?? password) == password
    }

    func newRequestID() -> String {
        shared.withLock {
            $0.requests += 1
            return "req-\($0.requests)"
        }
    }

    /// Changes the state under its lock and hands what happened to the dispatcher.
    func change<Result: Sendable>(_ body: (inout ShiprocketState, _ now: Int) -> Result) -> Result {
        let now = desk.clock.unix
        let (result, events) = shared.withLock { shared in
            shared.state.timePassed(now: now)
            let result = body(&shared.state, now)
            return (result, shared.state.takeOutbox())
        }
        // What one change does to a parcel is sent in its order; different changes overtake each other.
        for batch in Dictionary(grouping: events, by: \.order.id).sorted(by: { $0.key < $1.key }) {
            desk.dispatcher.submit(batch.value.map(push))
        }
        return result
    }

    func read<Result: Sendable>(_ body: (ShiprocketState) -> Result) -> Result {
        shared.withLock { body($0.state) }
    }

    private func push(_ event: ShiprocketEvent) -> Push {
        let kind = ShiprocketStatus.shipmentName(event.order.shipmentStatus)
        return Push(id: event.id, kind: kind, endpoint: "webhook", ordinal: event.ordinal) { [weak self] in
            self?.request(event)
        }
    }

    private func request(_ event: ShiprocketEvent) -> PushRequest {
        let (url, token, settings) = shared.withLock { ($0.webhookURL, $0.webhookToken, $0.state.settings) }
        let body =
            settings.layout == "2021"
            ? ShiprocketRendering.push2021(event, composite: settings.compositeOrderID)
            : ShiprocketRendering.push2023(event, composite: settings.compositeOrderID)
        var headers = [(name: "Content-Type", value: "application/json")]
        if !token.isEmpty { headers.append((settings.tokenHeader, token)) }
        return PushRequest(url: url, headers: headers, body: body.compact)
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
        let state = try Snapshot.decode(ShiprocketState.self, from: snapshot)
        shared.withLock { $0.state = state }
    }
}
