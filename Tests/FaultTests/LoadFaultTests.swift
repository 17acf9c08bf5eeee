import FaultHarness
import Testing

/// Whole purchases while processes die at random and the provider misbehaves.
@Suite("Under load", .serialized, .timeLimit(.minutes(10)))
struct LoadFaultTests {
    @Test("Every paid order gets exactly its keys while API and worker are killed again and again")
    func randomKills() async throws {
        let marketplace = try await Stage.shared.marketplace("load")
        let offer = try await marketplace.shop.offer(keys: 1500)
        let orders = try await Traffic(in: marketplace).flow(customers: 6, senders: 8, copies: 2, of: offer) {
            for number in 0..<4 {
                await pause(.milliseconds(.random(in: 400...1000)))
                await (number.isMultiple(of: 2) ? marketplace.worker : marketplace.api).kill()
            }
        }
        try await expectIntact(marketplace, paid: orders)
    }

    @Test("Webhooks that come twice, late, out of order, damaged or only at the third try move no money twice")
    func misbehavingWebhooks() async throws {
        let marketplace = try await Stage.shared.marketplace("load")
        let offer = try await marketplace.shop.offer(keys: 60)
        try await marketplace.stripe.disturb(
            #"{"webhooks":{"duplicate":1.5,"reorder":true,"delay_ms":[0,800],"drop":0.3,"corrupt":0.2},"seed":7}"#)
        let orders = try await Traffic(in: marketplace).purchases(12, of: offer)
        try await expectIntact(marketplace, paid: orders)
        try await marketplace.stripe.calm()
    }

    @Test("A provider that is slow, fails after the deed or hangs up is asked again and pays once")
    func misbehavingAPI() async throws {
        let marketplace = try await Stage.shared.marketplace("load")
        let offer = try await marketplace.shop.offer(keys: 60)
        try await marketplace.stripe.disturb(
            #"{"api":{"slow_ms":[0,300],"error_before":0.15,"error_after":0.15,"lose_answer":0.15},"seed":7}"#)
        let orders = try await Traffic(in: marketplace).purchases(10, of: offer)
        try await marketplace.stripe.calm()
        try await expectIntact(marketplace, paid: orders)
    }

    @Test("Of two customers who want the last key, one gets it and the other is told what is left")
    func lastKey() async throws {
        let marketplace = try await Stage.shared.marketplace("load")
        let offer = try await marketplace.shop.offer(keys: 5)
        let outcomes = await withTaskGroup(of: PlacedOrder?.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    do {
                        return try await marketplace.shop.placeOrder(offer)
                    } catch {
                        #expect("\(error)".contains("insufficient-stock"), "\(error)")
                        return nil
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.compactMap(\.self).count == 5)
        try await expectIntact(marketplace)
    }

    @Test("One idempotency key is one order, however often and however concurrently it is sent")
    func idempotentOrders() async throws {
        let marketplace = try await Stage.shared.marketplace("load")
        let offer = try await marketplace.shop.offer(keys: 10)
        let email = "same-\(offer.variantID)@example.com"
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<10 {
                group.addTask { try await marketplace.shop.placeOrder(offer, email: email, idempotencyKey: email).id }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        try await expectIntact(marketplace)
    }
}
