import AsyncHTTPClient
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Where a running sandbox listens.
package struct SandboxAddresses: Sendable {
    package let host: String
    package let port: Int
    package let smtpPort: Int

    package var base: String { "http://\(host):\(port)" }
}

/// The whole sandbox: built from its settings, run as a service.
package struct Sandbox: Service {
    private let settings: SandboxSettings
    private let logger: Logger
    private let whenListening: @Sendable (SandboxAddresses) -> Void

    /// `whenListening` is called once, as soon as every port is open.
    package init(
        settings: SandboxSettings, logger: Logger, whenListening: @escaping @Sendable (SandboxAddresses) -> Void
    ) {
        self.settings = settings
        self.logger = logger
        self.whenListening = whenListening
    }

    /// Serves until graceful shutdown. Throws `ListenError` where a port can't be opened, and where the snapshot can't be
    /// read.
    package func run() async throws {
        let client = HTTPClient(configuration: Self.clientConfiguration)
        do {
            try await serve(client)
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    private static var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(2)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    private func serve(_ client: HTTPClient) async throws {
        let mailDesk = desk(client, .never)
        let mail = MailDesk(mailbox: Mailbox(limit: settings.mailLimit), desk: mailDesk)
        let providers: [any Provider] = [
            stripe(client),
            RazorpayProvider(
                settings: settings.razorpay, seed: settings.seed, desk: desk(client, .razorpay, timeout: 5000)),
            SSLCommerzProvider(settings: settings.sslcommerz, seed: settings.seed, desk: desk(client, .sslcommerz)),
            BKashProvider(
                settings: settings.bkash, seed: settings.seed, desk: desk(client, .bkash, timeout: 15_000)),
            AamarPayProvider(settings: settings.aamarpay, seed: settings.seed, desk: desk(client, .aamarpay)),
            PayStationProvider(settings: settings.paystation, seed: settings.seed, desk: desk(client, .paystation)),
            steadfast(client), shiprocket(client), MailProvider(desk: mailDesk, mail: mail),
            ChatProvider<TelegramDialect>(desk: desk(client, .never)),
            ChatProvider<DiscordDialect>(desk: desk(client, .never)),
            ChatProvider<SMSDialect>(desk: desk(client, .never)),
        ]
        let snapshot = settings.snapshotPath.map(Snapshot.init)
        try snapshot?.restore(providers)

        let router = Router(context: SandboxContext.self)
        for provider in providers { provider.addRoutes(to: router) }
        ControlPlane(providers: providers).addRoutes(to: router)
        FrontPage(providers: providers).addRoutes(to: router)

        let opening = Opening(host: settings.host, whenComplete: whenListening)
        let application = Application(
            router: router,
            configuration: .init(
                address: .hostname(settings.host, port: settings.port), serverName: "haat-sandbox",
                reuseAddress: true),
            onServerRunning: { channel in opening.opened(http: channel.localAddress?.port ?? 0) }, logger: quiet)
        var services: [any Service] = [Ticker(providers: providers, snapshot: snapshot, logger: logger)]
        services += providers.map(\.desk.dispatcher)
        services.append(
            SMTPServer(host: settings.host, port: settings.smtpPort, desk: mail) { opening.opened(smtp: $0) })
        services.append(application)
        let group = ServiceGroup(configuration: .init(services: services, logger: quiet))
        do {
            try await group.run()
        } catch let error where error is IOError || error is SocketAddressError.UnknownHost {
            throw ListenError(what: "HTTP", host: settings.host, port: settings.port, reason: "\(error)")
        }
        try snapshot?.save(providers)
    }

    private func stripe(_ client: HTTPClient) -> StripeProvider {
        StripeProvider(
            configuration: .init(
                webhookURL: settings.stripeWebhookURL, webhookSecrets: settings.stripeWebhookSecrets,
                secretKey: settings.stripeSecretKey, seed: settings.seed),
            desk: desk(client, .stripe))
    }

    private func steadfast(_ client: HTTPClient) -> SteadfastProvider {
        let couriers = settings.couriers
        return SteadfastProvider(
            settings: .init(
                webhookURL: couriers.steadfastWebhookURL, webhookToken: couriers.steadfastWebhookToken,
                apiKey: couriers.steadfastAPIKey, secretKey: couriers.steadfastSecretKey),
            seed: settings.seed, desk: desk(client, .never))
    }

    private func shiprocket(_ client: HTTPClient) -> ShiprocketProvider {
        let couriers = settings.couriers
        return ShiprocketProvider(
            settings: .init(
                webhookURL: couriers.shiprocketWebhookURL, webhookToken: couriers.shiprocketWebhookToken,
                email: couriers.shiprocketEmail, password: couriers.shiprocketPassword),
            seed: settings.seed, desk: desk(client, .shiprocket))
    }

    /// `timeout` is how many milliseconds the provider waits for a receiver's answer.
    private func desk(_ client: HTTPClient, _ schedule: RetrySchedule, timeout: Int = 10_000) -> ProviderDesk {
        let tuning = PushDispatcher.Tuning(speed: settings.speed, concurrency: 32, timeout: timeout)
        return ProviderDesk(client: client, schedule: schedule, tuning: tuning, logger: logger)
    }

    /// The libraries' own notices are of interest only where something is wrong.
    private var quiet: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }
}

/// Waits until both ports are open.
private final class Opening: Sendable {
    private let ports = Mutex<(http: Int?, smtp: Int?)>((nil, nil))
    private let host: String
    private let whenComplete: @Sendable (SandboxAddresses) -> Void

    init(host: String, whenComplete: @escaping @Sendable (SandboxAddresses) -> Void) {
        self.host = host
        self.whenComplete = whenComplete
    }

    func opened(http: Int? = nil, smtp: Int? = nil) {
        let complete: (http: Int, smtp: Int)? = ports.withLock { ports in
            ports.http = http ?? ports.http
            ports.smtp = smtp ?? ports.smtp
            guard let http = ports.http, let smtp = ports.smtp else { return nil }
            return (http, smtp)
        }
        if let complete {
            whenComplete(SandboxAddresses(host: host, port: complete.http, smtpPort: complete.smtp))
        }
    }
}
