import Hummingbird
import Logging

/// The stand-in for bKash.
final class BKashProvider: StatefulProvider {
    let name = "bkash"
    let title = "bKash"
    let desk: ProviderDesk
    let settings: BKashSettings
    let box: StateDesk<BKashState>

    init(settings: BKashSettings, seed: UInt64?, desk: ProviderDesk) {
        self.settings = settings
        self.desk = desk
        let envelope = BKashEnvelope(topic: settings.topic, base: settings.topicBase)
        let url = settings.notificationURL
        let logger = desk.logger
        box = StateDesk(Self.fresh(settings, seed: SeededRandom.seed(seed)), desk: desk) { _, message in
            do {
                return [Self.push(message, body: try envelope.body(message), url: url, topic: envelope.topic)]
            } catch {
                logger.error("A notification can't be signed", metadata: ["error": "\(error)"])
                return []
            }
        }
    }

    static func fresh(_ settings: BKashSettings, seed: UInt64) -> BKashState { BKashState(seed: seed) }

    func addRoutes(to router: Router<SandboxContext>) {
        BKashAPI(provider: self).addRoutes(to: router)
        BKashPages(provider: self).addRoutes(to: router)
    }

    /// The token stands in `Authorization` as it is: with `Bearer` before it, it is none.
    func authorizes(_ request: Request) -> Bool {
        guard let token = request.header("Authorization"), request.header("X-App-Key") == settings.appKey else {
            return false
        }
        return box.change { state, now in state.accepts(token: token, now: now) }
    }

    func accepts(_ request: Request, _ body: JSON) -> Bool {
        request.header("username") == settings.username && request.header("password") == settings.password
            && body["app_key"] == .string(settings.appKey) && body["app_secret"] == .string(settings.appSecret)
    }

    /// Whether the next call of a kind is to hang, which is left for the call itself to use up.
    func willHang(_ subject: String) -> Bool { box.read { $0.outcomes.next(subject) == "hang" } }

    private static func push(_ message: BKashMessage, body: [UInt8], url: String, topic: String) -> Push {
        Push(id: message.id, kind: message.kind.rawValue, endpoint: "sns", ordinal: message.ordinal) {
            PushRequest(
                url: url,
                headers: [
                    ("x-amz-sns-message-type", message.kind.rawValue), ("x-amz-sns-message-id", message.id),
                    ("x-amz-sns-topic-arn", topic), ("Content-Type", "text/plain; charset=UTF-8"),
                    ("User-Agent", "Amazon Simple Notification Service Agent"),
                ],
                body: body)
        }
    }

}
