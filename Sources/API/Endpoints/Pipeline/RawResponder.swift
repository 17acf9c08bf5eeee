import Core
import HTTPTypes
import Hummingbird
import Identity
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
        isOpen = endpoint.description.policy.isOpen
    }

    func respond(to request: Request, context: APIRequestContext) async throws -> Response {
        do {
            let caller = isOpen ? nil : try await check(request, context)
            let response = try await endpoint.handler(request, context, caller, services)
            return request.method == .head ? response.createHeadResponse() : response
        } catch {
            var exchange = core.exchange(request, context)
            let answer = try core.answer(error, &exchange)
            return core.finishing.response(answer, to: request, exchange: exchange, isPrivate: true)
        }
    }

    private func check(_ request: Request, _ context: APIRequestContext) async throws -> Principal {
        let policy = endpoint.description.policy
        var exchange = core.exchange(request, context)
        return try await core.admit(
            request, &exchange, policy: policy, order: context.parameters.get("order_id").map { UTF8Text($0) },
            bucket: endpoint.description.path.description)
    }
}
