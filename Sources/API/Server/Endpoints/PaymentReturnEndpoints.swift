import Core
import Endpoints
import HTTPTypes
import Hummingbird
import NIOCore
import Payments

/// Where gateways send customers back that want to be asked once more; some by a link, some by a form.
enum PaymentReturnEndpoints {
    static let all: [RawEndpoint] = [endpoint(.get), endpoint(.post)]

    private static let bodyLimit = 16 << 10

    private static func endpoint(_ method: HTTPRequest.Method) -> RawEndpoint {
        RawEndpoint(
            method, "/payments/{payment_id}/return", tag: .payments, summary: "Take a customer back from the gateway",
            description: "Asks the gateway what came of the payment, then goes on to the shop’s page.",
            policy: .anyone(.perClient(120, per: .minute)),
            request: method == .post ? "application/x-www-form-urlencoded" : nil,
            responses: [
                RawResponseDescription(
                    303, "On to `success_url`, or to `cancel_url` where the payment ended without money"),
                RawResponseDescription(404, "There is no such payment", contentType: "application/problem+json"),
                RawResponseDescription(413, "The form is too large", contentType: "application/problem+json"),
                RawResponseDescription(422, "The fields can’t be read", contentType: "application/problem+json"),
            ]
        ) { request, context, services in
            guard let id = context.parameters.get("payment_id").flatMap({ ID<Payment>($0) }) else {
                throw Problem.notFound("payment")
            }
            let form = try await services.bodies.withBody(of: request, context, upTo: bodyLimit) { body in
                try URLEncodedFields.read(body)
            }
            let query = try URLEncodedFields.read(request.uri.query ?? "")
            let page = try await services.commerce.confirmReturn(
                id, fields: query.merging(form) { _, posted in posted }, in: services.queue)
            return Response(status: .seeOther, headers: [.location: page, .cacheControl: "no-store"])
        }
    }
}
