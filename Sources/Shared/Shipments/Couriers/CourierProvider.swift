package import Core
package import Logging
package import Outbound
package import Payments
package import Webhooks

/// A courier: what it is called, what an account of ours there has to be told, and what is made of that. All of it lies in the courier's
/// folder, with a line in ``CourierCatalog``.
package protocol CourierProvider: Sendable {
    /// As in rows, logs and the names of its settings: 1 to 20 of `a-z0-9_`.
    static var name: String { get }
    /// For people.
    static var title: String { get }
    /// What stands behind `/webhooks/` in the path of its pushes; its name, unless it forbids that.
    static var slug: String { get }
    /// What may stand nowhere in that path, in small letters; a name of one of its accounts neither.
    static var forbiddenInPath: [String] { get }

    /// Reads the settings of an account, `HAAT_{NAME}_…`.
    init(_ settings: inout ProviderSettings)

    /// The account as a courier.
    func courier(in context: CourierContext) -> any Courier

    /// Proves the pushes for the account.
    func verifier() -> any WebhookVerifier
}

extension CourierProvider {
    package static var slug: String { name }
    package static var forbiddenInPath: [String] { [] }
}

/// What a provider builds its courier on.
package struct CourierContext: Sendable {
    /// The account that the courier stands for.
    package let name: CourierName
    package let transport: any OutboundTransport
    package let timing: OutboundTiming
    /// Where the evidence of each call is kept; `nil` for nowhere.
    package let calls: GatewayCallLog?
    /// The tokens that all processes share; without it a courier that needs one can't be asked.
    package let memory: GatewayMemory?
    /// Whose turn it is, for all processes; `nil` where there is only one.
    package let turns: CourierTurns?
    package let logger: Logger

    package init(
        name: CourierName, transport: any OutboundTransport, timing: OutboundTiming = .system, calls: GatewayCallLog?,
        memory: GatewayMemory? = nil, turns: CourierTurns? = nil, logger: Logger
    ) {
        self.name = name
        self.transport = transport
        self.timing = timing
        self.calls = calls
        self.memory = memory
        self.turns = turns
        self.logger = logger
    }

    /// What calls the courier, each call kept as evidence.
    /// - Parameter callsPerMinute: what all processes together may ask.
    func client(_ profile: ProviderProfile, callsPerMinute: Int) -> CourierClient {
        CourierClient(
            courier: name,
            client: ProviderClient(
                profile: profile, transport: transport, timing: timing,
                record: { [calls] evidence, subject in await calls?.record(evidence, subject: subject) },
                logger: logger),
            turns: turns, pace: CourierPace(callsPerMinute: callsPerMinute), timing: timing)
    }
}
