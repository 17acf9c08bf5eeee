import Hummingbird

/// The stand-in for Steadfast Courier.
final class SteadfastProvider: CourierProvider {
    struct Settings: Sendable {
        var webhookURL: String
        var webhookToken: String
        /// If set, the only keys that are accepted.
        var apiKey: String?
        var secretKey: String?
    }

    let name = "steadfast"
    let title = "Steadfast Courier"
    let desk: ProviderDesk
    let settings: Settings
    let box: StateDesk<SteadfastState>
    let receiver: CourierReceiver

    init(settings: Settings, seed: UInt64?, desk: ProviderDesk) {
        self.settings = settings
        self.desk = desk
        let receiver = CourierReceiver(url: settings.webhookURL, token: settings.webhookToken)
        self.receiver = receiver
        box = StateDesk(Self.fresh(settings, seed: SeededRandom.seed(seed)), desk: desk) { box, event in
            [Self.push(event, box, receiver)]
        }
    }

    static func fresh(_ settings: Settings, seed: UInt64) -> SteadfastState { SteadfastState(seed: seed) }

    func addRoutes(to router: Router<SandboxContext>) {
        let api = SteadfastAPI(provider: self)
        router.onEveryMethod("/steadfast/api/v1/**", use: api.respond)
        SteadfastPages(provider: self).addRoutes(to: router)
    }

    func accepts(apiKey: String, secretKey: String) -> Bool {
        (settings.apiKey ?? apiKey) == apiKey && (settings.secretKey ?? secretKey) == secretKey
    }

    private static func push(
        _ event: SteadfastEvent, _ box: StateDesk<SteadfastState>, _ receiver: CourierReceiver
    ) -> Push {
        Push(id: event.id, kind: event.kind.rawValue, endpoint: "callback", ordinal: event.ordinal) { [weak box] in
            guard let box else { return nil }
            let (address, settings) = (receiver.current, box.read(\.settings))
            return PushRequest(
                url: address.url,
                headers: [
                    ("Content-Type", "application/json"), ("Accept", "application/json"),
                    ("Authorization", "Bearer \(settings.wrongBearer ? "wrong-\(address.token)" : address.token)"),
                ],
                body: SteadfastRendering.push(event, settings).compact)
        }
    }
}
