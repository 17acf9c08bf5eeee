/// What waits to be pushed, in the order it is due. Pure: it knows instants, not clocks.
struct PushQueue: Sendable {
    struct Item: Sendable, Comparable {
        let push: Push
        let record: Int
        var due: Double
        var failures = 0
        let sequence: UInt64

        static func < (left: Item, right: Item) -> Bool {
            (left.due, left.sequence) < (right.due, right.sequence)
        }
        static func == (left: Item, right: Item) -> Bool { left.sequence == right.sequence }
    }

    enum Step: Sendable {
        /// Send these; more may be due.
        case send([Item])
        /// Nothing to do before this instant; come back then.
        case wait(until: Double)
        /// Nothing to do before something changes, or before the instant that was asked for already.
        case idle
    }

    private var waiting = MinHeap<Item>()
    private var sequence: UInt64 = 0
    private var alarm = Double.infinity
    private(set) var inFlight = 0
    var limit: Int
    var held = false

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { waiting.count + inFlight }

    mutating func add(_ push: Push, record: Int, due: Double) {
        sequence += 1
        waiting.insert(Item(push: push, record: record, due: due, sequence: sequence))
    }

    mutating func next(now: Double) -> Step {
        guard !held else { return .idle }
        var items: [Item] = []
        while inFlight < limit, let first = waiting.first, first.due <= now, let item = waiting.removeFirst() {
            items.append(item)
            inFlight += 1
        }
        if !items.isEmpty { return .send(items) }
        guard inFlight < limit, let first = waiting.first, first.due < alarm else { return .idle }
        alarm = first.due
        return .wait(until: first.due)
    }

    mutating func woke() {
        alarm = .infinity
    }

    mutating func finished() {
        inFlight -= 1
    }

    mutating func again(_ item: Item, due: Double) {
        var item = item
        item.failures += 1
        item.due = due
        inFlight -= 1
        waiting.insert(item)
    }

    /// Makes everything due earlier.
    mutating func hurry(by seconds: Double) {
        var hurried = MinHeap<Item>()
        for var item in waiting.elements {
            item.due -= seconds
            hurried.insert(item)
        }
        waiting = hurried
        alarm = .infinity
    }

    mutating func removeAll() {
        waiting = MinHeap()
    }
}
