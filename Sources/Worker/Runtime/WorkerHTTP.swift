import Core
import Hummingbird
import Logging
import Platform
import ServiceLifecycle
import Telemetry

/// A worker's health and metrics, for whoever watches it.
struct WorkerHTTP: Service {
    let address: ListenAddress
    let platform: Platform

    func run() async throws {
        let router = Router()
        router.get("/health/live") { _, _ in "live" }
        router.get("/health/ready") { _, _ in
            // A worker without Redis has nothing to claim from.
            let document = HealthDocument(await platform.health.check(), needsRedis: true)
            return Response(
                status: document.isReady ? .ok : .serviceUnavailable, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: document.body)))
        }
        router.get("/metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: HealthDocument.metricsContentType],
                body: .init(byteBuffer: ByteBuffer(string: await platform.metrics.render())))
        }
        let application = Application(
            router: router, server: HTTPServing.server(),
            configuration: .init(address: .hostname(address.host, port: address.port), serverName: nil),
            logger: platform.logger)
        try await address.whileListening { try await application.run() }
    }
}
