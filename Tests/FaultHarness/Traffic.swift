/// Orders and events in flight, for faults to happen to.
package struct Traffic: Sendable {
    private let marketplace: Marketplace

    package init(in marketplace: Marketplace) {
        self.marketplace = marketplace
    }

    /// One customer from the order to the Pay button; what happens then is the marketplace's business.
    package func purchase(_ offer: Offer, quantity: Int = 1) async throws -> PlacedOrder {
        let order = try await marketplace.shop.placeOrder(offer, quantity: quantity)
        let page = try await marketplace.shop.checkout(order)
        try await marketplace.stripe.pay(page)
        return order
    }

    /// So many customers, so many of them at a time.
    package func purchases(_ count: Int, of offer: Offer, concurrency: Int = 4) async throws -> [PlacedOrder] {
        try await withThrowingTaskGroup(of: PlacedOrder.self) { group in
            var orders: [PlacedOrder] = []
            for number in 0..<count {
                if number >= concurrency, let order = try await group.next() { orders.append(order) }
                group.addTask { try await purchase(offer, quantity: 1 + number % 3) }
            }
            for try await order in group { orders.append(order) }
            return orders
        }
    }

    /// New events, delivered until each is acknowledged.
    package func events(_ count: Int, concurrency: Int = 8) async throws {
        try await marketplace.webhooks.deliver(
            (0..<count).map { _ in ProviderEvent.aboutNothing() }, concurrency: concurrency)
    }

    /// Orders and events together, while `fault` does its worst; answers the paid orders.
    package func both(
        orders: Int = 6, events: Int = 40, of offer: Offer, while fault: @escaping @Sendable () async throws -> Void
    ) async throws -> [PlacedOrder] {
        async let paid = purchases(orders, of: offer)
        async let delivered: Void = self.events(events)
        async let done: Void = fault()
        let result = try await paid
        try await delivered
        try await done
        return result
    }
}
