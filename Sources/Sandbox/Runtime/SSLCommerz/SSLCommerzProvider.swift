import Hummingbird

/// The stand-in for SSLCommerz.
final class SSLCommerzProvider: StatefulProvider {
    let name = "sslcommerz"
    let title = "SSLCommerz"
    let desk: ProviderDesk
    let settings: SSLCommerzSettings
    let box: StateDesk<SSLCommerzState>

    init(settings: SSLCommerzSettings, seed: UInt64?, desk: ProviderDesk) {
        self.settings = settings
        self.desk = desk
        box = StateDesk(Self.fresh(settings, seed: SeededRandom.seed(seed)), desk: desk) { _, notice in
            [Self.push(notice)]
        }
    }

    static func fresh(_ settings: SSLCommerzSettings, seed: UInt64) -> SSLCommerzState {
        SSLCommerzState(seed: seed, store: settings.storeID, password: settings.storePassword)
    }

    func addRoutes(to router: Router<SandboxContext>) {
        SSLCommerzAPI(provider: self).addRoutes(to: router)
        SSLCommerzCheckout(provider: self).addRoutes(to: router)
    }

    func accepts(_ form: FormBody) -> Bool {
        form["store_id"] == settings.storeID && form["store_passwd"] == settings.storePassword
    }

    private static func push(_ notice: SSLCommerzNotice) -> Push {
        Push(id: notice.id, kind: notice.status, endpoint: notice.url, ordinal: notice.ordinal) {
            PushRequest(
                url: notice.url,
                headers: [("Content-Type", "application/x-www-form-urlencoded"), ("User-Agent", "SSLCOMMERZ")],
                body: notice.body)
        }
    }

}

extension RetrySchedule {
    /// One attempt and no more: retries are not published (UNCONFIRMED).
    static let sslcommerz = RetrySchedule { _ in nil }
}
