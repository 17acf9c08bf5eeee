package import Foundation

/// The jobs that each kind of event causes. Whoever publishes an event does not know who listens.
package struct Subscriptions: Sendable {
    private typealias Cause = @Sendable (any Event, Consequences) throws -> Void

    private var causes: [String: [Cause]] = [:]

    package init() {}

    /// - Parameters:
    ///   - runAt: when the job is due; at once without.
    ///   - job: nil where this very event causes none.
    package mutating func on<Published: Event, Payload: JobPayload>(
        _ event: Published.Type, runAt: (@Sendable (Published) -> Date)? = nil,
        _ job: @escaping @Sendable (Published) -> Payload?
    ) {
        causes[Published.name, default: []].append { event, consequences in
            guard let event = event as? Published, let payload = job(event) else { return }
            try consequences.note(payload, runAt: runAt?(event))
        }
    }

    /// The same for an event that causes a job for each of several things.
    package mutating func onEach<Published: Event, Payload: JobPayload>(
        _ event: Published.Type, _ jobs: @escaping @Sendable (Published) -> [Payload]
    ) {
        causes[Published.name, default: []].append { event, consequences in
            guard let event = event as? Published else { return }
            for payload in jobs(event) { try consequences.note(payload, runAt: nil) }
        }
    }

    func notify(of event: any Event, _ consequences: Consequences) throws {
        for cause in causes[type(of: event).name] ?? [] { try cause(event, consequences) }
    }
}
