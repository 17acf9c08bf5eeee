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

    static let stripe = receiver("stripe", title: "Stripe", headers: ["stripe-signature"]) { $0.stripeVerifier }

    /// Larger pushes are refused before they are read to the end.
    private static let bodyLimit = 1 << 20

    /// - Parameter headers: all that the verifier asks for, in lower case.
    private static func receiver<Verifier: WebhookVerifier>(
        _ provider: String, title: String, headers: [String], verifier: @escaping @Sendable (Services) -> Verifier
    ) -> RawEndpoint {
        // Parsed once: to parse a name takes longer than to find the header.
        let names = Dictionary(
            uniqueKeysWithValues: headers.compactMap { name in HTTPField.Name(name).map { (name, $0) } })
        return RawEndpoint(
            .post, "/webhooks/\(provider)", tag: .webhooks, summary: "Receive an event from \(title)",
            description: "Answers 200 only once the event is stored; a repetition is answered alike.",
            policy: .anyone(.unlimited), request: "application/json",
            responses: [
                RawResponseDescription(200, "The event is stored, now or before", contentType: "application/json"),
                RawResponseDescription(
                    400, "The signature does not prove the body", contentType: "application/problem+json"),
                RawResponseDescription(413, "The body is larger than 1 MiB", contentType: "application/problem+json"),
                RawResponseDescription(503, "Not stored; send it again", contentType: "application/problem+json"),
            ]
        ) { request, context, services in
            let receipt = try await services.webhooks.receive(
                verifier(services),
                header: { name in names[name].flatMap { request.headers[$0] } },
                withBody: { work in
                    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyLimit {
                        throw ProblemType.bodyTooLarge.problem()
                    }
                    return try await services.bodies.withBody(of: request, context, upTo: bodyLimit) { body in
                        await work(Array(body.readableBytesView))
                    }
                })
            return try response(to: receipt)
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
