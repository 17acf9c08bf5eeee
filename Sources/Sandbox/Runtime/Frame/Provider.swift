import AsyncHTTPClient
import Hummingbird
import Logging
import ServiceLifecycle

/// A stand-in for one outside provider: its routes, its state, and what the control plane may do with it.
protocol Provider: Sendable {
    /// What it is mounted and controlled under: `stripe`.
    var name: String { get }
    var title: String { get }
    var desk: ProviderDesk { get }
    /// Whether it sends anything to receivers.
    var pushes: Bool { get }

    func addRoutes(to router: Router<SandboxContext>)
    /// Forgets all objects; with a seed, the same calls give the same ids again.
    func reset(seed: UInt64?)
    /// Does what time alone brings about: expiries, settlements.
    func timePassed()
    /// A control command of this provider's own; nil if it has none of that name.
    func control(_ command: ControlCommand) async throws -> JSON?
    /// Its objects in a form that a test can compare with a client's records.
    func ledger(_ query: FormBody) -> JSON
    func overview() -> ProviderOverview
    /// The state as bytes for the snapshot file, and back.
    func snapshot() throws -> JSON
    func restore(_ snapshot: JSON) throws
}

extension Provider {
    var pushes: Bool { true }
}

/// What the front page says about a provider.
struct ProviderOverview: Sendable {
    struct Figure: Sendable {
        let label: String
        let value: String
    }

    let figures: [Figure]
    /// Commands for people: label, command, fields with their defaults.
    var forms: [ControlForm] = []
    /// The provider's own list, where it has one.
    var page: String?
}

struct ControlForm: Sendable {
    struct Field: Sendable {
        let name: String
        let label: String
        var value = ""
    }

    let title: String
    let command: String
    var fields: [Field] = []

    /// Decides what becomes of the next ones of a subject.
    static func outcomes(_ title: String, of subject: String, _ label: String, value: String) -> ControlForm {
        ControlForm(
            title: title, command: "outcomes",
            fields: [
                .init(name: subject, label: label, value: value), .init(name: "times", label: "How many", value: "1"),
            ])
    }
}

/// `POST /_control/{provider}/{path}` with its body.
struct ControlCommand: Sendable {
    /// The path's parts after the provider.
    let path: [String]
    let body: JSON
}

/// What every provider has on its desk: time, disturbances, records, and a way to push.
struct ProviderDesk: Sendable {
    let clock: SandboxClock
    let faults: FaultBoard
    let requests: RequestLedger
    let deliveries: DeliveryLedger
    let dispatcher: PushDispatcher
    let logger: Logger

    init(client: HTTPClient, schedule: RetrySchedule, tuning: PushDispatcher.Tuning, logger: Logger) {
        self.logger = logger
        clock = SandboxClock()
        faults = FaultBoard()
        requests = RequestLedger()
        deliveries = DeliveryLedger()
        dispatcher = PushDispatcher(
            client: client, clock: clock, faults: faults, ledger: deliveries, schedule: schedule, tuning: tuning,
            logger: logger)
    }

    /// Closes the connection instead of answering.
    func hangUp(_ context: SandboxContext) async throws -> Never {
        try await context.channel.close(mode: .all).get()
        throw CancellationError()
    }
}
