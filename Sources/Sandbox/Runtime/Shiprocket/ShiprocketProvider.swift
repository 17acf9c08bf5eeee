import Hummingbird

extension RetrySchedule {
    /// UNCONFIRMED: whether a push is ever repeated. The worst is assumed, so that clients must poll. Only 200 counts.
    static let shiprocket = RetrySchedule(delay: { _ in nil }, acknowledges: { $0 == 200 })
}

/// The stand-in for Shiprocket.
final class ShiprocketProvider: CourierProvider {
    struct Settings: Sendable {
        var webhookURL: String
        var webhookToken: String
        /// If set, the only API user that may log in.
        var email: String?
        var password: String?
    }

    let name = "shiprocket"
    let title = "Shiprocket"
    let desk: ProviderDesk
    let settings: Settings
    let box: StateDesk<ShiprocketState>
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

    static func fresh(_ settings: Settings, seed: UInt64) -> ShiprocketState { ShiprocketState(seed: seed) }

    func addRoutes(to router: Router<SandboxContext>) {
        let api = ShiprocketAPI(provider: self)
        router.onEveryMethod("/shiprocket/v1/external/**", use: api.respond)
        ShiprocketPages(provider: self).addRoutes(to: router)
    }

    func accepts(email: String, password: String) -> Bool {
        !email.isEmpty && !password.isEmpty && (settings.email ?? email) == email
            && (settings.password ?? password) == password
    }

    private static func push(
        _ event: ShiprocketEvent, _ box: StateDesk<ShiprocketState>, _ receiver: CourierReceiver
    ) -> Push {
        let kind = ShiprocketStatus.shipmentName(event.order.shipmentStatus)
        return Push(id: event.id, kind: kind, endpoint: "webhook", ordinal: event.ordinal) { [weak box] in
            guard let box else { return nil }
            let (address, settings) = (receiver.current, box.read(\.settings))
            let body =
                settings.layout == "2021"
                ? ShiprocketRendering.push2021(event, composite: settings.compositeOrderID)
                : ShiprocketRendering.push2023(event, composite: settings.compositeOrderID)
            var headers = [(name: "Content-Type", value: "application/json")]
            if !address.token.isEmpty { headers.append((settings.tokenHeader, address.token)) }
            return PushRequest(url: address.url, headers: headers, body: body.compact)
        }
    }
}
