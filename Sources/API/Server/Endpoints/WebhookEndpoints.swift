import Core
import Endpoints
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Webhooks

extension EndpointTag {
    static let webhooks = EndpointTag("Webhooks", "Where payment gateways push their events.")
}

/// One receiver per provider, all alike: a verifier and the intake.
enum WebhookEndpoints {
    static let all: [RawEndpoint] = [stripe]

    static let stripe = receiver("stripe", title: "Stripe") { $0.stripeVerifier }

    /// Larger pushes are refused before they are read to the end.
    private static let bodyLimit = 1 << 20
    /// A push that takes longer to arrive keeps others out.
    private static let bodyPatience: Duration = .seconds(15)

    private static func receiver<Verifier: WebhookVerifier>(
        _ provider: String, title: String, verifier: @escaping @Sendable (Services) -> Verifier
    ) -> RawEndpoint {
        RawEndpoint(
            .post, "/webhooks/\(provider)", tag: .webhooks, summary: "Receive an event from \(title)",
            description: "Answers 200 only once the event is stored; a repetition is answered alike.",
            policy: .anyone(.unlimited), request: "application/json",
            responses: [
                RawResponseDescription(200, "The event is stored, now or before", contentType: "application/json"),
                RawResponseDescription(
                    400, "The signature does not prove the body", contentType: "application/problem+json"),
                RawResponseDescription(408, "The body came too slowly", contentType: "application/problem+json"),
                RawResponseDescription(413, "The body is larger than 1 MiB", contentType: "application/problem+json"),
                RawResponseDescription(503, "Not stored; send it again", contentType: "application/problem+json"),
            ]
        ) { request, _, services in
            let receipt = try await services.webhooks.receive(
                verifier(services),
                header: { name in HTTPField.Name(name).flatMap { request.headers[$0] } },
                body: { try await collect(request) })
            return try response(to: receipt)
        }
    }

    /// The raw bytes. A client that falls silent is cut off by the connection's idle timeout; this limit is for one that
    /// sends byte by byte, and looks at the clock only when something comes.
    /// - Throws: 413, 408.
    private static func collect(_ request: Request) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyLimit {
            throw ProblemType.bodyTooLarge.problem()
        }
        let deadline = ContinuousClock.now + bodyPatience
        var bytes: [UInt8] = []
        for try await chunk in request.body {
            guard bytes.count + chunk.readableBytes <= bodyLimit else { throw ProblemType.bodyTooLarge.problem() }
            bytes += chunk.readableBytesView
            guard ContinuousClock.now < deadline else { throw ProblemType.bodyTooSlow.problem() }
        }
        return bytes
    }

    private static func response(to receipt: WebhookReceipt) throws -> Response {
        switch receipt {
        case .accepted:
            return accepted
        case .rejected(let rejection):
            throw ProblemType.webhookRejected.problem(rejection.reason)
        case .unavailable:
            throw ProblemType.unavailable.problem("The event is not stored; send it again")
        }
    }

    private static let accepted = Response(
        status: .ok, headers: [.contentType: "application/json"],
        body: .init(byteBuffer: ByteBuffer(string: #"{"received":true}"#)))
}

extension ProblemType {
    static let bodyTooSlow = ProblemType("body-too-slow", 408, "The body came too slowly", "Send it again.")
    static let webhookRejected = ProblemType(
        "webhook-rejected", 400, "The event was refused", "Nothing was stored; the detail says why.")
}
