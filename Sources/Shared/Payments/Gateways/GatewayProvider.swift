package import Core
package import Logging
package import Outbound
package import Webhooks

/// A payment provider: what it is called, what an account of ours there has to be told, and what is made of that. All of it lies in the
/// provider's folder, with a line in ``GatewayCatalog``.
package protocol GatewayProvider: Sendable {
    /// As in rows, logs and the names of its settings: 1 to 20 of `a-z0-9_`.
    static var name: String { get }
    /// For people.
    static var title: String { get }
    /// What stands behind `/webhooks/` in the path of its pushes; its name, unless it forbids that.
    static var slug: String { get }

    /// Reads the settings of an account, `HAAT_{NAME}_…`.
    init(_ settings: inout ProviderSettings)

    /// The account as a gateway.
    func gateway(in context: GatewayContext) -> any PaymentGateway

    /// Proves the pushes for the account.
    func verifier() -> any WebhookVerifier
}

extension GatewayProvider {
    package static var slug: String { name }
}

/// What a provider builds its gateway on.
package struct GatewayContext: Sendable {
    /// The account that the gateway stands for.
    package let name: GatewayName
    package let transport: any OutboundTransport
    package let timing: OutboundTiming
    /// Where the evidence of each call is kept; `nil` for nowhere.
    package let calls: GatewayCallLog?
    /// What the processes remember together; without it a gateway that needs it can't be asked.
    package let memory: GatewayMemory?
    package let logger: Logger

    package init(
        name: GatewayName, transport: any OutboundTransport, timing: OutboundTiming = .system, calls: GatewayCallLog?,
        memory: GatewayMemory? = nil, logger: Logger
    ) {
        self.name = name
        self.transport = transport
        self.timing = timing
        self.calls = calls
        self.memory = memory
        self.logger = logger
    }

    /// What calls the provider, each call kept as evidence.
    /// - Parameter callsPerSecond: what one process may ask; nil for the usual.
    func client(_ profile: ProviderProfile, callsPerSecond: Int? = nil) -> ProviderClient {
        let bucket = callsPerSecond.map { TokenBucket(rate: Double($0), burst: max(1, $0 / 2)) } ?? .usual()
        return ProviderClient(
            profile: profile, transport: transport, bucket: bucket, timing: timing,
            record: { [calls] evidence, subject in await calls?.record(evidence, subject: subject) }, logger: logger)
    }
}
