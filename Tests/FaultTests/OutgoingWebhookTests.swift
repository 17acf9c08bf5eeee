import FaultHarness
import Foundation
import Postgres
import Testing

/// `kill -9` of the worker that tells others.
@Suite("Outgoing webhooks", .serialized, .timeLimit(.minutes(10)))
struct OutgoingWebhookTests {
    private struct Made: Decodable {
        struct Endpoint: Decodable { let id: String }

        let webhookEndpoint: Endpoint
    }

    private func endpoint(at url: String, in marketplace: Marketplace) async throws -> String {
        let answer = try await marketplace.shop.ask(
            "POST", "/webhook_endpoints", body: Array(#"{"url":"\#(url)","event_types":["order.placed"]}"#.utf8),
            headers: [("Idempotency-Key", UUID().uuidString), ("Content-Type", "application/json")])
        return try answer.json(Made.self).webhookEndpoint.id
    }

    private func untilDelivered(_ count: Int64, in marketplace: Marketplace) async throws -> Bool {
        try await eventually(within: .seconds(120), every: .milliseconds(200)) {
            let delivered = try await marketplace.look {
                try await $0.queryValue(
                    "SELECT count(*) FROM webhook_deliveries WHERE state = 'delivered'", as: Int64.self)
            }
            return delivered == count
        }
    }

    @Test(
        "A worker killed between a call and its record, or before its end, tells again under the same id, and goes on",
        arguments: ["callback.answered=kill", "job.committed=kill", "job.finished=kill"])
    func killed(fault: String) async throws {
        let name = "callbacks-" + String(fault.prefix { $0 != "=" }).replacing(".", with: "-")
        try await Stage.shared.withMarketplace(name, startsWorker: true) { marketplace in
            try await WebhookReceiver.run { receiver, url in
                _ = try await endpoint(at: url, in: marketplace)
                let offer = try await marketplace.shop.offer(keys: 3)
                let deaths = await marketplace.worker.deaths.count
                try await marketplace.worker.replace(fault: fault)
                let order = try await marketplace.shop.placeOrder(offer)
                try await marketplace.worker.untilDeaths(exceed: deaths)
                let isDelivered = try await untilDelivered(1, in: marketplace)
                #expect(isDelivered)
                let first = receiver.messages
                #expect((1...2).contains(first.count) && Set(first.map(\.id)).count == 1)
                #expect(first.allSatisfy { $0.body.contains(order.id) && $0.body.contains("order.placed") })
                _ = try await marketplace.shop.placeOrder(offer)
                let isNextDelivered = try await untilDelivered(2, in: marketplace)
                #expect(isNextDelivered)
                #expect(Set(receiver.messages.map(\.id)).count == 2)
            }
        }
    }

    @Test("Under kills every event is told, once each or under the same id")
    func fire() async throws {
        try await Stage.shared.withMarketplace("callbacks-fire", startsWorker: true) { marketplace in
            try await WebhookReceiver.run { receiver, url in
                for _ in 0..<3 { _ = try await endpoint(at: url, in: marketplace) }
                let offer = try await marketplace.shop.offer(keys: 40)
                var orders: Set<String> = []
                for number in 0..<30 {
                    orders.insert(try await marketplace.shop.placeOrder(offer).id)
                    if number % 10 == 5 { await marketplace.worker.kill() }
                }
                let isDelivered = try await untilDelivered(90, in: marketplace)
                #expect(isDelivered)
                let told = Dictionary(grouping: receiver.messages, by: \.id)
                #expect(told.count == 30)
                #expect(told.values.allSatisfy { (3...12).contains($0.count) && Set($0.map(\.body)).count == 1 })
                for order in orders { #expect(receiver.messages.contains { $0.body.contains(order) }) }
            }
        }
    }
}
