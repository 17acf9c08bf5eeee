package import Hummingbird
import NIOCore
package import ServiceLifecycle
import Telemetry

/// Health and metrics of a process, on a port of their own for whoever watches it. What it answers was found out before it is
/// asked: nobody who asks costs the stores anything.
package struct Management: Sendable {
    package let readiness: Readiness
    private let address: ListenAddress
    private let platform: Platform
    private let watches: [StoreWatch]
    private let gauges: [RefreshedGauges]

    /// - Parameter needsRedis: whether the process is useless without Redis.
    package init(of platform: Platform, at address: ListenAddress, needsRedis: Bool) {
        let probe = StoreProbe(postgres: platform.postgres, redis: platform.redis)
        let postgres = StoreWatch("PostgreSQL", logger: platform.logger) { await probe.checkPostgres() }
        let redis = StoreWatch("Redis", logger: platform.logger) { await probe.checkRedis() }
        self.init(
            of: platform, at: address, watches: [postgres, redis],
            gauges: QueueGauges.all(of: platform.jobs) + [VaultGauges.dataKeys(in: platform.postgres)],
            readiness: Readiness(postgres: postgres, redis: redis, needsRedis: needsRedis))
    }

    private init(
        of platform: Platform, at address: ListenAddress, watches: [StoreWatch], gauges: [RefreshedGauges],
        readiness: Readiness
    ) {
        self.platform = platform
        self.address = address
        self.watches = watches
        self.gauges = gauges
        self.readiness = readiness
        for gauge in gauges { platform.metrics.register { gauge.samples } }
    }

    /// Start before what does the process' work and stop after it, so that it can be watched while it drains.
    package var services: [any Service] {
        watches.map(\.service) + gauges.map { $0.service(logger: platform.logger) }
            + [ManagementServer(address: address, application: application)]
    }

    /// Goes last into a group of services: it is told first that the process stops.
    package var drainNotice: any Service { DrainNotice(readiness: readiness) }

    var application: some ApplicationProtocol {
        let connections = Connections(
            of: "management", limit: Connections.limitOfWatchers, logger: platform.logger)
        return Application(
            router: router, server: HTTPServing.server(connections: connections),
            configuration: .init(
                address: .hostname(address.host, port: address.port), serverName: nil, reuseAddress: true),
            onServerRunning: { await connections.guardAccepting(on: $0) },
            logger: platform.logger)
    }

    private var router: Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        let (readiness, metrics) = (readiness, platform.metrics)
        router.get("/health/live") { _, _ in Self.response(.ok, "text/plain", "live") }
        router.get("/health/ready") { _, _ in
            Self.response(readiness.isReady ? .ok : .serviceUnavailable, "application/json", readiness.document)
        }
        router.get("/metrics") { _, _ in
            Self.response(.ok, MetricsRegistry.contentType, await metrics.render())
        }
        return router
    }

    private static func response(_ status: HTTPResponse.Status, _ contentType: String, _ body: String) -> Response {
        Response(
            status: status, headers: [.contentType: contentType, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: body)))
    }

    /// Finds everything out at once, without waiting for the interval.
    func refresh() async throws {
        for watch in watches { await watch.look() }
        for gauge in gauges { try await gauge.refresh() }
    }
}

/// Listens for those who watch.
private struct ManagementServer<Listener: ApplicationProtocol>: Service {
    let address: ListenAddress
    let application: Listener

    func run() async throws {
        try await address.whileListening { try await application.run() }
    }
}

private struct DrainNotice: Service {
    let readiness: Readiness

    func run() async throws {
        do {
            try await gracefulShutdown()
        } catch is CancellationError {
            // The group is being torn down: nothing is served either.
        }
        readiness.markStopping()
    }
}
