/// What waits to be pushed, in the order it is due. Pure: it knows instants, not clocks.
struct PushQueue: Sendable {
    /// A push with its place in the delivery ledger.
    struct Entry: Sendable {
        let push: Push
        let record: Int
    }

    struct Item: Sendable, Comparable {
        let entry: Entry
        /// What is sent after the first attempt at this, one after another.
        let followers: ArraySlice<Entry>
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

    /// Adds a chain of pushes, the first of which is due then.
    mutating func add(_ chain: ArraySlice<Entry>, due: Double) {
        guard let first = chain.first else { return }
        sequence += 1
        waiting.insert(Item(entry: first, followers: chain.dropFirst(), due: due, sequence: sequence))
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

    /// An attempt has ended; `retry` is when the next one is due, if there is one.
    mutating func ended(_ item: Item, retry: Double?, now: Double) {
        inFlight -= 1
        if item.failures == 0 { add(item.followers, due: now) }
        guard let retry else { return }
        var item = item
        item.failures += 1
        item.due = retry
        waiting.insert(item)
    }

    /// An attempt has ended whose push nobody wants any more.
    mutating func abandoned() {
        inFlight -= 1
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
