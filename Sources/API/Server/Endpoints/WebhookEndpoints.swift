import Core
import Endpoints
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Webhooks

extension EndpointTag {
    static let webhooks = EndpointTag("Webhooks", "Where providers push their events.")
}

/// One receiver for the pushes of every provider: the path names the account, the account knows its verifier.
enum WebhookEndpoints {
    static let all: [RawEndpoint] = [
        receiver("/webhooks/{provider}", summary: "Receive an event from a provider"),
        receiver("/webhooks/{provider}/{account}", summary: "Receive an event for a further account at a provider"),
    ]

    /// Larger pushes are refused before they are read to the end.
    private static let bodyLimit = 1 << 20

    private static func receiver(_ path: String, summary: String) -> RawEndpoint {
        RawEndpoint(
            .post, path, tag: .webhooks, summary: summary,
            description: "Answers 200 only once the event is stored; a repetition is answered alike.",
            policy: .anyone(.unlimited), request: "application/json",
            responses: [
                RawResponseDescription(200, "The event is stored, now or before", contentType: "application/json"),
                RawResponseDescription(
                    400, "The signature does not prove the body", contentType: "application/problem+json"),
                RawResponseDescription(404, "No such account is switched on", contentType: "application/problem+json"),
                RawResponseDescription(413, "The body is larger than 1 MiB", contentType: "application/problem+json"),
                RawResponseDescription(503, "Not stored; send it again", contentType: "application/problem+json"),
            ]
        ) { request, context, services in
            guard let receiver = services.webhookReceivers.receiver(at: context.parameters) else {
                throw ProblemType.notFound.problem("No such account is switched on")
            }
            let receipt = try await services.webhooks.receive(
                for: receiver.account, receiver.verifier,
                header: { name in receiver.headerNames[name].flatMap { request.headers[$0] } },
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

/// Who receives at which path.
struct WebhookReceivers: Sendable {
    struct Receiver: Sendable {
        let account: String
        let verifier: any WebhookVerifier
        /// Parsed once: to parse a name takes longer than to find the header.
        let headerNames: [String: HTTPField.Name]

        init(_ account: WebhookAccount) {
            self.account = account.name
            verifier = account.verifier
            headerNames = Dictionary(
                verifier.headers.compactMap { name in HTTPField.Name(name).map { (name, $0) } },
                uniquingKeysWith: { first, _ in first })
        }
    }

    private let receivers: [String: Receiver]

    init(_ accounts: [WebhookAccount]) {
        receivers = Dictionary(
            accounts.map { ($0.path, Receiver($0)) }, uniquingKeysWith: { first, _ in first })
    }

    fileprivate func receiver(at path: Parameters) -> Receiver? {
        guard let provider = path.get("provider") else { return nil }
        guard let account = path.get("account") else { return receivers[provider] }
        return receivers["\(provider)/\(account)"]
    }
}

extension ProblemType {
    static let webhookRejected = ProblemType(
        "webhook-rejected", 400, "The event was refused", "Nothing was stored; the detail says why.")
}
