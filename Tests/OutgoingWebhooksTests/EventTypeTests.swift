import Catalog
import CommerceTestSupport
import Core
import Foundation
import Inventory
import Orders
import Postgres
import Testing
import Vendors

@testable import Jobs
@testable import OutgoingWebhooks

@Suite("What webhooks tell of")
struct EventTypeTests {
    @Test("Every name stands once, and vendors are told of some")
    func names() {
        let names = WebhookEventType.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { WebhookEndpointTerms.eventType.violations(of: $0).isEmpty })
        #expect(WebhookEventType.all.contains { $0.isForVendors } && !WebhookEventType.all.allSatisfy(\.isForVendors))
        #expect(names.count <= WebhookEndpointTerms.eventTypeCount.upperBound)
    }

    @Test("What is told of a purchase has every member that was promised, for the marketplace and for the vendor")
    func promised() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let book = try await market.goods(units: 5, vendor: vendor)
            let key = try await market.licence(keys: 2, vendor: vendor)
            let order = try await market.place((book, 1), (key, 1)).order
            _ = try await market.pay(order.id)
            try await market.deliver(order.id)
            let other = try await market.place((book, 1)).order
            try await market.cancel(other.id)
            while try await EventNumbering(postgres: market.client).turn() {}
            let events = try await EventFeed().events(after: 0, limit: 1_000, in: market.client)
            let messages = try await WebhookMessage.all(of: events, in: market.client)
            let names = Set(messages.map(\.type.name))
            #expect(
                names.isSuperset(of: [
                    OrderPlaced.name, OrderPaid.name, OrderCancelled.name, LicenceKeysAssigned.name,
                    ProductChanged.name, StockChanged.name,
                ]))
            for message in messages {
                try Self.check(message, for: nil)
                for vendor in message.vendors { try Self.check(message, for: vendor) }
            }
        }
    }

    private static func check(_ message: WebhookMessage, for vendor: ID<Vendor>?) throws {
        let body = try JSONValue(parsing: Array(message.body(for: vendor).utf8))
        #expect(body["type"] == .string(message.type.name))
        #expect(body["timestamp"]?.textValue?.string.hasSuffix("Z") == true)
        let data = try #require(body["data"]?.objectValue)
        let fields = message.type.told(toVendor: vendor != nil)
        for field in fields where !field.isOptional {
            #expect(data[field.name] != nil, "\(message.type.name) lacks \(field.name)")
        }
        #expect(Set(data.keys).isSubset(of: fields.map(\.name)), "\(message.type.name)")
    }

    @Test("An event’s members that are not declared stay in the house")
    func undeclared() throws {
        let event = RecordedEvent(
            id: UUID(), position: 1, name: StockLow.name, version: 1,
            payload: #"{"variant_id":"var_1","secret":"x","left":3}"#, occurredAt: Date(), trace: nil)
        let message = try #require(WebhookMessage(event, parts: [:]))
        let body = try JSONValue(parsing: Array(message.body(for: nil).utf8))
        #expect(body["data"] == ["variant_id": "var_1", "left": 3])
        let hidden = RecordedEvent(
            id: UUID(), position: 2, name: "session.started", version: 1, payload: "{}", occurredAt: Date(), trace: nil)
        #expect(WebhookMessage(hidden, parts: [:]) == nil)
    }

    @Test("A vendor is told of its own items alone")
    func items() throws {
        let (one, other) = (ID<Vendor>(uuid: UUID()), ID<Vendor>(uuid: UUID()))
        let event = RecordedEvent(
            id: UUID(), position: 1, name: StockChanged.name, version: 1,
            payload: """
                {"items":[{"variant_id":"var_1","product_id":"prd_1","vendor_id":"\(one)"},\
                {"variant_id":"var_2","product_id":"prd_2","vendor_id":"\(other)"}]}
                """, occurredAt: Date(), trace: nil)
        let message = try #require(WebhookMessage(event, parts: [:]))
        #expect(message.vendors == [one, other])
        let own = try JSONValue(parsing: Array(message.body(for: one).utf8))
        #expect(own["data"]?["items"]?.arrayValue?.count == 1)
        #expect(own["data"]?["items"]?[0]?["variant_id"] == "var_1")
        let all = try JSONValue(parsing: Array(message.body(for: nil).utf8))
        #expect(all["data"]?["items"]?.arrayValue?.count == 2)
    }
}
