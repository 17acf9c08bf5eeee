import Hummingbird

/// The stand-in for Razorpay.
final class RazorpayProvider: StatefulProvider {
    let name = "razorpay"
    let title = "Razorpay"
    let desk: ProviderDesk
    let box: StateDesk<RazorpayState>
    let settings: RazorpaySettings

    init(settings: RazorpaySettings, seed: UInt64?, desk: ProviderDesk) {
        self.settings = settings
        self.desk = desk
        box = StateDesk(Self.fresh(settings, seed: SeededRandom.seed(seed)), desk: desk, pushes: Self.pushes)
    }

    static func fresh(_ settings: RazorpaySettings, seed: UInt64) -> RazorpayState {
        RazorpayState(
            seed: seed,
            webhooks: [RazorpayWebhook(id: "wh_default", url: settings.webhookURL, secret: settings.webhookSecret)])
    }

    var keyID: String { settings.keyID }

    func addRoutes(to router: Router<SandboxContext>) {
        RazorpayCheckout(provider: self).addRoutes(to: router)
        let api = RazorpayAPI(provider: self)
        router.onEveryMethod("/razorpay/v1/**", use: api.respond)
    }

    /// The scheme must be written exactly `Basic`.
    func accepts(authorization: String?) -> Bool {
        guard let authorization, authorization.hasPrefix("Basic "),
            let bytes = Base64.decode(authorization.dropFirst("Basic ".count))
        else { return false }
        return String(decoding: bytes, as: UTF8.self) == "\(settings.keyID):\(settings.keySecret)"
    }

    func sign(order: String, payment: String) -> String {
        RazorpaySignature.checkout(order: order, payment: payment, keySecret: settings.keySecret)
    }

    @Sendable
    private static func pushes(_ box: StateDesk<RazorpayState>, _ event: RazorpayEvent) -> [Push] {
        event.receivers.map { push(box, event, $0) }
    }

    private static func push(
        _ box: StateDesk<RazorpayState>, _ event: RazorpayEvent, _ receiver: RazorpayEvent.Receiver
    ) -> Push {
        Push(
            id: event.id, kind: event.type, endpoint: receiver.webhook, ordinal: event.ordinal,
            whenGivenUp: { [weak box] in box?.change { state, _ in state.disable(webhook: receiver.webhook) } }
        ) { [weak box] in
            guard let box else { return nil }
            let (webhook, account) = box.read { state in
                (state.webhooks.first { $0.id == receiver.webhook && $0.isActive }, state.account)
            }
            guard let webhook else { return nil }
            let body = RazorpayRendering.json(event, account: account).compact
            return PushRequest(
                url: webhook.url,
                headers: [
                    ("Content-Type", "application/json"), ("User-Agent", "Razorpay-Webhook/v1"),
                    ("X-Razorpay-Event-Id", event.id),
                    ("X-Razorpay-Signature", RazorpaySignature.webhook(body, secret: receiver.secret)),
                ],
                body: body)
        }
    }

}

extension RazorpayState {
    /// A day of failures: nothing more is sent until somebody enables it by hand.
    mutating func disable(webhook id: String) {
        guard let position = webhooks.firstIndex(where: { $0.id == id }) else { return }
        webhooks[position].isActive = false
    }
}
