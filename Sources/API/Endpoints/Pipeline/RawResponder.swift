import HTTPTypes
import Hummingbird
import NIOCore

/// Answers the requests of a raw endpoint. Where the policy lets everyone in without a limit, the handler is called at
/// once.
struct RawResponder<Services: Sendable>: HTTPResponder {
    let endpoint: RawEndpoint<Services>
    let services: Services
    let core: APICore
    private let isOpen: Bool

    init(_ endpoint: RawEndpoint<Services>, services: Services, core: APICore) {
        self.endpoint = endpoint
        self.services = services
        self.core = core
        let policy = endpoint.description.policy
        isOpen = policy.audience == .anyone && policy.limit.count == nil
    }

    func respond(to request: Request, context: APIRequestContext) async throws -> Response {
        do {
            if !isOpen { try await check(request, context) }
            let response = try await endpoint.handler(request, context, services)
            return request.method == .head ? response.createHeadResponse() : response
        } catch {
            var exchange = core.exchange(request, context)
            let answer = try core.answer(error, request, &exchange)
            let response = core.finishing.response(answer, to: request, exchange: exchange, isPrivate: true)
            return answer.status == .requestTimeout ? response.closingConnection(after: answer.body) : response
        }
    }

    private func check(_ request: Request, _ context: APIRequestContext) async throws {
        let policy = endpoint.description.policy
        var exchange = core.exchange(request, context)
        try await core.admit(&exchange, limit: policy.limit, bucket: endpoint.description.path.description)
        _ = try await core.callers.caller(
            request, policy: policy, orderID: context.parameters.get("order_id"), address: exchange.clientAddress)
    }
}

extension Response {
    /// The same answer, and the end of its connection: otherwise the server would read the rest of a request, at the pace of
    /// a client that was just told to be too slow.
    fileprivate func closingConnection(after content: ByteBuffer) -> Response {
        var headers = headers
        headers[.connection] = "close"
        let body = ResponseBody(contentLength: content.readableBytes) { writer in
            try await writer.write(content)
            // The server closes a connection whose answer breaks off; this one is complete by its length.
            throw ConnectionSpent()
        }
        return Response(status: status, headers: headers, body: body)
    }
}

private struct ConnectionSpent: Error {}
