package import Core
import HTTPTypes
import Hummingbird
package import Identity
package import Logging
package import Telemetry

/// What a handler gets: typed input and what is known of the call.
package struct EndpointRequest<Path, Query: APIInput, Body: APIInput> {
    /// The path's parameters: the one value, a tuple of several, or `()`.
    package let path: Path
    package let query: Query
    package let body: Body
    private let context: CallContext

    init(path: Path, query: Query, body: Body, context: CallContext) {
        self.path = path
        self.query = query
        self.body = body
        self.context = context
    }

    /// Who calls, as the policy found.
    package var principal: Principal { context.principal }

    /// The version that `If-Match` names; nil where any version will do (`*`) or the endpoint does not ask.
    package var expectedVersion: Int64? { context.expectedVersion }

    /// The languages that the caller wants, as `Accept-Language` says it; nil where it says nothing. Only what has a `locale` in its
    /// query may heed it.
    package var acceptedLanguages: UTF8Text? { context.acceptedLanguages }

    /// Carries the request's and the trace's ids.
    package var logger: Logger { context.logger }

    /// The request's id, as told to the caller.
    package var requestID: String { context.requestID }

    /// The trace that the request belongs to.
    package var trace: TraceContext { context.trace }

    /// From where the call comes.
    package var client: Client { context.caller.client }

    /// The token of the device in the browser's cookie; nil where it has none.
    package var deviceToken: UTF8Text? { context.caller.deviceToken }
}

extension EndpointRequest: Sendable where Path: Sendable {}

/// What is known of a call besides its input.
package struct CallContext: Sendable {
    package let principal: Principal
    package let requestID: String
    package let trace: TraceContext
    package let logger: Logger
    let caller: CallingProgram
    var expectedVersion: Int64?
    var acceptedLanguages: UTF8Text?
}

/// The program that calls, as far as it tells.
struct CallingProgram: Sendable {
    private let address: String
    private let userAgent: UTF8Text?
    let deviceToken: UTF8Text?

    init(_ request: Request, _ exchange: Exchange) {
        address = exchange.clientAddress
        userAgent = request.headers.text(.userAgent)
        deviceToken = request.cookie(.device)
    }

    var client: Client { Client(network: address, userAgent: userAgent?.string) }
}
