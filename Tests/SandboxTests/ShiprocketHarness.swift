import Testing

@testable import SandboxRuntime

/// A logged-in client of the Shiprocket stand-in.
struct ShiprocketClient: Sendable {
    let sandbox: Harness
    let token: String

    func send(_ method: Harness.Method, _ path: String, _ body: JSON? = nil) async throws -> Harness.Reply {
        try await sandbox.send(
            method, "/shiprocket/v1/external/\(path)",
            headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"],
            body: body.map { String(decoding: $0.compact, as: UTF8.self) })
    }

    func get(_ path: String) async throws -> JSON { try await send(.get, path).json }
    func post(_ path: String, _ body: JSON) async throws -> JSON { try await send(.post, path, body).json }

    /// A prepaid order from Bengaluru to Mumbai, changed by `more`.
    static func order(_ id: String, _ more: [String: JSON] = [:]) -> JSON {
        let base: JSON = [
            "order_id": .string(id), "order_date": "2026-11-20 10:30", "pickup_location": "Primary",
            "billing_customer_name": "Asha", "billing_last_name": "Müller", "billing_address": "4 Hill Road",
            "billing_city": "Mumbai", "billing_pincode": "400050", "billing_state": "Maharashtra",
            "billing_country": "India", "billing_email": "asha@haat.example", "billing_phone": "9811111111",
            "shipping_is_billing": true,
            "order_items": [["name": "Kettle", "sku": "kettle-1", "units": 1, "selling_price": 900]],
            "payment_method": "Prepaid", "sub_total": 900, "length": 10, "breadth": 15, "height": 20, "weight": 0.7,
        ]
        guard case .object(var object) = base else { return base }
        for (name, value) in more { object[name] = value }
        return .object(object)
    }

    func create(_ id: String, _ more: [String: JSON] = [:]) async throws -> JSON {
        try await post("orders/create/adhoc", Self.order(id, more))
    }

    struct Booked: Sendable {
        let order: JSON
        let shipment: JSON
        let awb: String
    }

    /// An order with its AWB.
    func book(_ id: String, _ more: [String: JSON] = [:]) async throws -> Booked {
        let created = try await create(id, more)
        let shipment = created["shipment_id"] ?? .null
        let assigned = try await post("courier/assign/awb", ["shipment_id": shipment])
        return Booked(
            order: created["order_id"] ?? .null, shipment: shipment,
            awb: assigned["response"]?["data"]?["awb_code"]?.stringValue ?? "")
    }

    /// The same, on its way.
    func ship(_ id: String, _ more: [String: JSON] = [:]) async throws -> Booked {
        let booked = try await book(id, more)
        _ = try await post("courier/generate/pickup", ["shipment_id": [booked.shipment]])
        return booked
    }

    func advance(_ seconds: Int) async throws {
        try await sandbox.control("shiprocket/advance", #"{"seconds":\#(seconds)}"#)
    }

    func settings(_ json: String) async throws {
        let reply = try await sandbox.control("shiprocket/settings", json)
        #expect(reply.status == 200)
    }
}

extension Harness {
    func shiprocketLogin(_ email: String = "api@haat.example", _ password: String = "secret") async throws -> Reply {
        try await send(
            .post, "/shiprocket/v1/external/auth/login", headers: ["Content-Type": "application/json"],
            body: #"{"email":"\#(email)","password":"\#(password)"}"#)
    }
}

/// Runs a sandbox with a client that is logged in.
func withShiprocket(
    receiver: WebhookReceiver? = nil, _ body: @escaping @Sendable (ShiprocketClient) async throws -> Void
) async throws {
    try await withCouriers(receiver: receiver) { sandbox in
        let token = try await sandbox.shiprocketLogin().json["token"]?.stringValue
        try await body(ShiprocketClient(sandbox: sandbox, token: try #require(token)))
    }
}
