import Synchronization

/// What a provider knows and the rules by which it changes. Pure: time and causes come in, events pile up until they
/// are taken.
protocol ProviderState: Codable, Sendable {
    associatedtype Event: Sendable
    /// Does what is due at `now`.
    mutating func timePassed(now: Int)
    /// The events since the last call.
    mutating func takeOutbox() -> [Event]
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
        desk.dispatcher.submit(events.flatMap { pushes(self, $0) })
        return try result.get()
    }

    func read<Value: Sendable>(_ body: (State) -> Value) -> Value {
        state.withLock { body($0) }
    }

    func replace(with new: State) {
        state.withLock { $0 = new }
    }

    func snapshot() throws -> JSON { try Snapshot.encode(read { $0 }) }

    func restore(_ snapshot: JSON) throws { replace(with: try Snapshot.decode(State.self, from: snapshot)) }
}

/// What happens by itself at an instant of a provider's time.
struct Timed<Action: Codable & Sendable>: Comparable, Codable, Sendable {
    let due: Int
    let sequence: Int
    let action: Action

    static func < (left: Timed, right: Timed) -> Bool { (left.due, left.sequence) < (right.due, right.sequence) }
    static func == (left: Timed, right: Timed) -> Bool { left.sequence == right.sequence }
}

/// A provider's timers, the next one first.
struct Timetable<Action: Codable & Sendable>: Codable, Sendable {
    private var heap = MinHeap<Timed<Action>>()
    private var sequence = 0

    mutating func add(_ action: Action, at due: Int) {
        sequence += 1
        heap.insert(Timed(due: due, sequence: sequence, action: action))
    }

    /// The next timer that is due at `now`, which is forgotten by that.
    mutating func next(now: Int) -> Timed<Action>? {
        guard let first = heap.first, first.due <= now else { return nil }
        return heap.removeFirst()
    }
}
