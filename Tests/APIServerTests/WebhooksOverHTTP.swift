import Core
import HTTPTypes
import Testing

/// What is sent about outgoing webhooks.
enum WebhookBodies {
    static func endpoint(of vendor: String) -> JSONValue {
        ["vendor_id": .string(vendor), "url": "https://8.8.8.8/haat", "event_types": ["order.paid", "stock.low"]]
    }
}

extension LiveAPI {
    /// An endpoint of a vendor’s and a delivery to it; their ids.
    func webhookThings(of vendor: String) async throws -> [String] {
        let made = try await call(.post, "/webhook_endpoints", WebhookBodies.endpoint(of: vendor))
        try #require(made.status == 201)
        let endpoint = try #require(try made.json["webhook_endpoint"]?["id"]?.stringValue)
        let test = try await call(.post, "/webhook_endpoints/\(endpoint)/test")
        try #require(test.status == 202)
        return [endpoint, try #require(try test.json["id"]?.stringValue)]
    }

    /// Calls each endpoint about outgoing webhooks once with success.
    func exerciseWebhooks(of vendor: String) async throws {
        let types = try await call(.get, "/webhook_event_types").json["data"]?.arrayValue ?? []
        #expect(types.contains { $0["name"] == "order.paid" && $0["schema"]?["type"] == "object" })
        let things = try await webhookThings(of: vendor)
        let (endpoint, delivery) = ("/webhook_endpoints/\(things[0])", "/webhook_deliveries/\(things[1])")
        try await call(.get, "/webhook_endpoints?vendor_id=\(vendor)")
        let read = try await call(.get, endpoint).json
        #expect(read["secrets"]?.arrayValue?.count == 1 && read["is_enabled"] == true)
        try await call(
            .patch, endpoint, ["description": "Books", "url": "https://8.8.4.4/haat"], headers: ["If-Match": "\"1\""])
        let refused = try await call(.patch, endpoint, ["url": "https://10.0.0.1/"], headers: ["If-Match": "*"])
        #expect(refused.status == 422)
        let rotated = try await call(.post, "\(endpoint)/rotate_secret", [:])
        #expect(try rotated.json["secret"]?.stringValue?.hasPrefix("whsec_") == true)
        #expect(try await call(.get, endpoint).json["secrets"]?.arrayValue?.count == 2)
        let listed = try await call(.get, "\(endpoint)/deliveries?state=pending&event_type=webhook.test").json
        #expect(listed["data"]?[0]?["id"] == .string(things[1]))
        try await call(.get, delivery)
        try await call(.post, "\(delivery)/replay")
        try await call(.post, "\(endpoint)/replay", ["since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"])
        try await call(.post, "\(endpoint)/disable")
        #expect(try await call(.post, "\(endpoint)/test").problem == "webhook-endpoint-disabled")
        try await call(.post, "\(endpoint)/enable")
        try await call(.delete, endpoint)
        #expect(try await call(.get, delivery).status == 404)
    }
}
