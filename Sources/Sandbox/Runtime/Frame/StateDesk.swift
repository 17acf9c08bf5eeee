import Synchronization

/// What a provider knows and the rules by which it changes. Pure: time and causes come in, events pile up until they
/// are taken.
protocol ProviderState: Codable, Sendable {
    associatedtype Event: Sendable
    /// Does what is due at `now`.
    mutating func timePassed(now: Int)
    /// The events since the last call.
    mutating func takeOutbox() -> [Event]
    /// An event of the past, by the id that its pushes carry.
    func event(_ id: String) -> Event?
    /// The events of one change that are sent one after another; different batches overtake each other.
    static func batches(of events: [Event]) -> [[Event]]
}

extension ProviderState {
    static func batches(of events: [Event]) -> [[Event]] { [events] }
}

/// A provider's state under its lock. Every change first lets time pass, and hands what happened to the dispatcher.
final class StateDesk<State: ProviderState>: Sendable {
    let desk: ProviderDesk
    private let state: Mutex<State>
    private let pushes: @Sendable (StateDesk<State>, State.Event) -> [Push]

    init(
        _ state: State, desk: ProviderDesk, pushes: @escaping @Sendable (StateDesk<State>, State.Event) -> [Push]
    ) {
        self.state = Mutex(state)
        self.desk = desk
        self.pushes = pushes
    }

    @discardableResult
    func change<Value: Sendable, Failure: Error>(
        _ body: (inout State, _ now: Int) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let now = desk.clock.unix
        let (result, events): (Result<Value, Failure>, [State.Event]) = state.withLock { state in
            state.timePassed(now: now)
            var result: Result<Value, Failure>
            do throws(Failure) {
                result = .success(try body(&state, now))
            } catch {
                result = .failure(error)
            }
            return (result, state.takeOutbox())
        }
        for batch in State.batches(of: events) { desk.dispatcher.submit(batch.flatMap { pushes(self, $0) }) }
        return try result.get()
    }

    func read<Value: Sendable>(_ body: (State) -> Value) -> Value {
        state.withLock { body($0) }
    }

    func replace(with new: State) {
        state.withLock { $0 = new }
    }

    /// Pushes an event again, whatever became of it before; false where there is none of that id.
    func resend(_ id: String) -> Bool {
        guard let event = read({ $0.event(id) }) else { return false }
        desk.dispatcher.submit(pushes(self, event))
        return true
    }

    private struct Kept: Codable {
        let state: State
        /// Events whose pushes were still to be made, or made again.
        let waiting: [String]
    }

    func snapshot() throws -> JSON {
        try Snapshot.encode(Kept(state: read { $0 }, waiting: desk.deliveries.waiting))
    }

    /// What waited is pushed from its first attempt on.
    func restore(_ snapshot: JSON) throws {
        let kept = try Snapshot.decode(Kept.self, from: snapshot)
        replace(with: kept.state)
        for id in kept.waiting { _ = resend(id) }
    }
}
