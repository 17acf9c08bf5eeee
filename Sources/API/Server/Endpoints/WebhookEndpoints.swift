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

    private static func receiver<Verifier: WebhookVerifier>(
        _ provider: String, title: String, verifier: @escaping @Sendable (Services) -> Verifier
    ) -> RawEndpoint {
        RawEndpoint(
            .post, "/webhooks/\(provider)", tag: .webhooks, summary: "Receive an event from \(title)",
            description: "Answers 200 only once the event is stored; a repetition is answered alike.",
            policy: .anyone(.unlimited), request: "application/json",
            responses: [
                RawResponseDescription(200, "The event is stored, now or before", contentType: "application/json"),
                RawResponseDescription(400, "The signature does not prove the body", contentType: "application/problem+json"),
                RawResponseDescription(413, "The body is larger than 1 MiB", contentType: "application/problem+json"),
                RawResponseDescription(503, "Not stored; send it again", contentType: "application/problem+json"),
            ]
        ) { request, _, services in
            guard let body = try await collect(request) else { throw ProblemType.bodyTooLarge.problem() }
            let receipt = await services.webhooks.receive(
                verifier(services),
                header: { name in HTTPField.Name(name).flatMap { request.headers[$0] } }, body: body)
            return try response(to: receipt)
        }
    }

    /// The raw bytes; nil where there are too many.
    private static func collect(_ request: Request) async throws -> [UInt8]? {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyLimit { return nil }
        do {
            let buffer = try await request.body.collect(upTo: bodyLimit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            return nil
        }
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
    static let webhookRejected = ProblemType(
        "webhook-rejected", 400, "The event was refused", "Nothing was stored; the detail says why.")
}
