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
