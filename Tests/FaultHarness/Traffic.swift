import Synchronization

/// Orders and events in flight, for faults to happen to. All of it ends with an error as soon as one of the marketplace's
/// processes is given up.
package struct Traffic: Sendable {
    private let marketplace: Marketplace

    package init(in marketplace: Marketplace) {
        self.marketplace = marketplace
    }

    /// One customer from the order to the Pay button; what happens then is the marketplace's business.
    package func purchase(_ offer: Offer, quantity: Int = 1) async throws -> PlacedOrder {
        try await marketplace.whileAlive { _ in try await buy(offer, quantity: quantity) }
    }

    private func buy(_ offer: Offer, quantity: Int) async throws -> PlacedOrder {
        let order = try await marketplace.shop.placeOrder(offer, quantity: quantity)
        let page = try await marketplace.shop.checkout(order)
        try await marketplace.stripe.pay(page)
        return order
    }

    /// So many customers, so many of them at a time.
    package func purchases(_ count: Int, of offer: Offer, concurrency: Int = 4) async throws -> [PlacedOrder] {
        try await marketplace.whileAlive { _ in
            try await withThrowingTaskGroup(of: PlacedOrder.self) { group in
                var orders: [PlacedOrder] = []
                for number in 0..<count {
                    if number >= concurrency, let order = try await group.next() { orders.append(order) }
                    group.addTask { try await buy(offer, quantity: 1 + number % 3) }
                }
                for try await order in group { orders.append(order) }
                return orders
            }
        }
    }

    /// New events, delivered until each is acknowledged.
    package func events(_ count: Int, concurrency: Int = 8) async throws {
        try await marketplace.whileAlive { marketplace in
            try await marketplace.webhooks.deliver(
                (0..<count).map { _ in ProviderEvent.aboutNothing() }, concurrency: concurrency)
        }
    }

    /// Customers who buy and a provider that pushes for as long as `fault` does its worst; answers the paid orders.
    ///
    /// - Parameters:
    ///   - customers: who buy one order after the other, at least one each.
    ///   - senders: push one event after the other.
    ///   - copies: how often each event is pushed in any case.
    package func flow(
        customers: Int = 3, senders: Int = 4, copies: Int = 1, of offer: Offer,
        while fault: @escaping @Sendable () async throws -> Void
    ) async throws -> [PlacedOrder] {
        try await marketplace.whileAlive { _ in
            let isOver = Signal()
            return try await withThrowingTaskGroup(of: [PlacedOrder].self) { group in
                for number in 0..<customers {
                    group.addTask { try await buy(offer, quantity: 1 + number % 3, until: isOver) }
                }
                for _ in 0..<senders { group.addTask { try await push(copies: copies, until: isOver) } }
                group.addTask {
                    defer { isOver.raise() }
                    try await fault()
                    return []
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
    }

    /// So many new customers a second, whether or not those before them have been served, for as long as `fault` does its
    /// worst; answers the paid orders once all customers have been served.
    ///
    /// - Parameter offers: taken in turn, so that few customers wait for one another at the same stock.
    package func steady(
        perSecond rate: Int, of offers: [Offer], while fault: @escaping @Sendable () async throws -> Void
    ) async throws -> [PlacedOrder] {
        try await marketplace.whileAlive { _ in
            let isOver = Signal()
            return try await withThrowingTaskGroup(of: PlacedOrder?.self) { group in
                group.addTask {
                    defer { isOver.raise() }
                    try await fault()
                    return nil
                }
                let start = ContinuousClock.now
                var orders: [PlacedOrder] = []
                for number in 0... where !Task.isCancelled {
                    try await Task.sleep(until: start + .seconds(1) * number / rate)
                    if isOver.isRaised { break }
                    group.addTask { try await buy(offers[number % offers.count], quantity: 1) }
                }
                while let order = try await group.next() {
                    if let order { orders.append(order) }
                }
                return orders
            }
        }
    }

    private func buy(_ offer: Offer, quantity: Int, until end: Signal) async throws -> [PlacedOrder] {
        var orders: [PlacedOrder] = []
        repeat {
            orders.append(try await buy(offer, quantity: quantity))
            await pause(.milliseconds(150))
        } while !end.isRaised && !Task.isCancelled
        return orders
    }

    private func push(copies: Int, until end: Signal) async throws -> [PlacedOrder] {
        repeat {
            let event = ProviderEvent.aboutNothing()
            let repetitions = Array(repeating: event, count: copies)
            try await marketplace.webhooks.deliver(repetitions, concurrency: copies, within: .seconds(60))
            await pause(.milliseconds(30))
        } while !end.isRaised && !Task.isCancelled
        return []
    }
}

/// Raised once.
private final class Signal: Sendable {
    private let state = Atomic<Bool>(false)

    func raise() { state.store(true, ordering: .releasing) }

    var isRaised: Bool { state.load(ordering: .acquiring) }
}
