import Core
import Endpoints
import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import Telemetry

extension EndpointTag {
    static let health = EndpointTag("Health", "Whether the process runs and its stores answer.")
}

/// What load balancers, orchestrators and Prometheus ask.
enum HealthEndpoints {
    static let all: [RawEndpoint] = [live, ready, metrics]

    static let live = RawEndpoint(
        .get, "/health/live", tag: .health, summary: "Whether the process runs", policy: .anyone(.unlimited),
        responses: [RawResponseDescription(200, "It runs", contentType: "text/plain")]
    ) { _, _, _ in
        Response(
            status: .ok, headers: [.contentType: "text/plain"], body: .init(byteBuffer: ByteBuffer(string: "live")))
    }

    static let ready = RawEndpoint(
        .get, "/health/ready", tag: .health, summary: "Whether requests can be served",
        description: "Writes to PostgreSQL and Redis and reads back. Without Redis the API is degraded, not down.",
        policy: .anyone(.unlimited),
        responses: [
            RawResponseDescription(200, "Ready, perhaps degraded", contentType: "application/json"),
            RawResponseDescription(503, "PostgreSQL takes no writes", contentType: "application/json"),
        ]
    ) { _, _, services in
        let document = HealthDocument(await services.health.check(), needsRedis: false)
        return Response(
            status: document.isReady ? .ok : .serviceUnavailable, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: document.body)))
    }

    static let metrics = RawEndpoint(
        .get, "/metrics", tag: .health, summary: "Metrics in Prometheus' text format", policy: .anyone(.unlimited),
        responses: [RawResponseDescription(200, "The exposition", contentType: "text/plain")]
    ) { _, _, services in
        Response(
            status: .ok, headers: [.contentType: HealthDocument.metricsContentType],
            body: .init(byteBuffer: ByteBuffer(string: await services.metrics.render())))
    }
}
