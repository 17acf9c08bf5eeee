import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Pays orders at a steady rate at the running processes and reads from each order's timeline how long the key took after
/// the webhook was accepted. The orders are placed before, as fast as they are taken: that is a measure of its own. With
/// `--whole`, each is placed when its time to be paid has come.
@main
struct OrdersBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bench-orders")

    @Option(help: "The API, such as http://127.0.0.1:8080.") var api: String
    @Option(help: "The operator's token.") var adminToken: String
    @Option(help: "Orders paid per second.") var rate = 200
    @Option(help: "Seconds of payments.") var seconds = 20
    @Flag(help: "Place each order at the moment it is paid.") var whole = false
    @Option(help: "Customers who place orders at the same time.") var customers = 32
    @Option(help: "Variants that the orders are spread over; buyers of one variant wait for one another at its stock.")
    var variants = 20

    mutating func run() async throws {
        let api = api, adminToken = adminToken, rate = rate, seconds = seconds, variantCount = variants
        let customers = customers, whole = whole
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 128
        // A marketplace that falls behind shall show as a lower rate, not as an error of this client.
        configuration.timeout.connect = .seconds(120)
        try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            let shop = Shop(http: JSONClient(client: client), api: api, adminToken: adminToken)
            var variants: [String] = []
            for _ in 0..<variantCount {
                variants.append(try await shop.stockLicenceKeys(count: rate * seconds / variantCount + 1))
            }
            let clock = ContinuousClock()
            let started = clock.now
            let wanted = (0..<(rate * seconds)).map { variants[$0 % variants.count] }
            let orders = whole ? [] : try await placeOrders(shop, wanted, customers: customers)
            let placed = clock.now
            let paid =
                whole
                ? try await atRate(rate, wanted) { try await shop.pay(try await shop.place($0)) }
                : try await atRate(rate, orders) { try await shop.pay($0) }
            let paying = placed.duration(to: clock.now) / .seconds(1)
            var summary = try summary(of: try await shop.deliveries(of: paid))
            summary["orders"] = Double(paid.count)
            summary["paid_per_second"] = Double(paid.count) / paying
            if !whole {
                summary["placed_per_second"] = Double(orders.count) / (started.duration(to: placed) / .seconds(1))
            }
            try report(summary)
        }
    }

    private func placeOrders(
        _ shop: Shop, _ variants: [String], customers: Int
    ) async throws -> [PlacedOrder] {
        try await withThrowingTaskGroup(of: PlacedOrder.self) { group in
            var orders: [PlacedOrder] = []
            for (index, variant) in variants.enumerated() {
                if index >= customers, let order = try await group.next() { orders.append(order) }
                group.addTask { try await shop.place(variant) }
            }
            return try await group.reduce(into: orders) { $0.append($1) }
        }
    }

    /// Begins with one item after the other, however long each takes.
    private func atRate<Item: Sendable>(
        _ rate: Int, _ items: [Item], _ body: @escaping @Sendable (Item) async throws -> PlacedOrder
    ) async throws -> [PlacedOrder] {
        let clock = ContinuousClock()
        let started = clock.now
        return try await withThrowingTaskGroup(of: PlacedOrder.self) { group in
            for (index, item) in items.enumerated() {
                try await clock.sleep(until: started + .seconds(1) * index / rate)
                group.addTask { try await body(item) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func summary(of deliveries: [Delivery]) throws -> [String: Double] {
        let sorted = deliveries.map(\.delay).sorted()
        guard let lastPayment = deliveries.map(\.accepted).max(), let lastMail = deliveries.compactMap(\.mailed).max()
        else { throw ValidationError("no order was delivered") }
        return [
            "delivered": Double(sorted.count),
            "webhook_to_key_p50_ms": sorted[sorted.count / 2],
            "webhook_to_key_p99_ms": sorted[sorted.count * 99 / 100],
            "webhook_to_key_max_ms": sorted[sorted.count - 1],
            "mailed": Double(deliveries.count { $0.mailed != nil }),
            "mails_behind_s": lastMail.timeIntervalSince(lastPayment),
        ]
    }

    private func report(_ summary: [String: Double]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        print(String(decoding: try encoder.encode(summary), as: UTF8.self))
    }
}

struct PlacedOrder: Sendable {
    let id: String
    let accessToken: String
    let checkoutURL: String
}

/// What an operator and a customer do over REST.
struct Shop: Sendable {
    let http: JSONClient
    let api: String
    let adminToken: String

    /// A new vendor with one licence-key product; answers the variant's id.
    func stockLicenceKeys(count: Int) async throws -> String {
        let run = UUID().uuidString
        let vendor: Identified = try await http.post(
            "\(api)/api/v1/vendors",
            ["name": "Bench \(run)", "email": "bench@vendor.example", "commission_ppm": 100_000],
            bearer: adminToken)
        let product: Product = try await http.post(
            "\(api)/api/v1/products",
            [
                "vendor_id": vendor.id, "title": "Bench key", "description": "A key.", "status": "active",
                "variants": [
                    ["sku": "BENCH-\(run)", "kind": "licence_key", "price": ["minor_units": 49900, "currency": "INR"]]
                ],
            ], bearer: adminToken)
        guard let variant = product.variants.first?.id else { throw ValidationError("the product has no variant") }
        for start in stride(from: 0, to: count, by: 500) {
            let keys = (start..<min(start + 500, count)).map { "\(run)-\($0)" }
            let _: Empty = try await http.post(
                "\(api)/api/v1/variants/\(variant)/licence_keys", ["keys": keys], bearer: adminToken)
        }
        return variant
    }

    /// An order with an open checkout.
    func place(_ variant: String) async throws -> PlacedOrder {
        let placed: Placement = try await http.post(
            "\(api)/api/v1/orders",
            ["email": "buyer@example.com", "lines": [["variant_id": variant, "quantity": 1]]])
        let checkout: Checkout = try await http.post(
            "\(api)/api/v1/orders/\(placed.order.id)/checkout",
            [
                "gateway": "stripe", "success_url": "https://shop.example/thanks",
                "cancel_url": "https://shop.example/cart",
            ], bearer: placed.access_token)
        return PlacedOrder(
            id: placed.order.id, accessToken: placed.access_token, checkoutURL: checkout.redirect_url)
    }

    func pay(_ order: PlacedOrder) async throws -> PlacedOrder {
        try await http.submitForm(order.checkoutURL + "/pay")
        return order
    }

    /// What became of every order whose key has arrived; waits a minute for the last mail.
    func deliveries(of orders: [PlacedOrder]) async throws -> [Delivery] {
        let deadline = ContinuousClock.now + .seconds(60)
        var deliveries: [Delivery] = []
        for order in orders {
            var delivery = try await delivery(of: order)
            while delivery?.mailed == nil, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(200))
                delivery = try await self.delivery(of: order)
            }
            if let delivery { deliveries.append(delivery) }
        }
        return deliveries
    }

    private func delivery(of order: PlacedOrder) async throws -> Delivery? {
        let view: OrderView = try await http.get("\(api)/api/v1/orders/\(order.id)", bearer: order.accessToken)
        guard let accepted = view.moment("webhook_accepted"), let assigned = view.moment("key_assigned") else {
            return nil
        }
        return Delivery(accepted: accepted, assigned: assigned, mailed: view.moment("email_sent"))
    }
}

/// When the webhook was accepted, the key assigned and the customer's mail sent.
struct Delivery: Sendable {
    let accepted: Date
    let assigned: Date
    let mailed: Date?

    /// Milliseconds.
    var delay: Double { assigned.timeIntervalSince(accepted) * 1000 }
}

struct Identified: Decodable { let id: String }
struct Empty: Decodable {}
struct Product: Decodable { let variants: [Identified] }
struct Placement: Decodable {
    let order: Identified
    let access_token: String
}
struct Checkout: Decodable { let redirect_url: String }
struct OrderView: Decodable {
    struct Entry: Decodable {
        let kind: String
        let at: Date
    }

    let timeline: [Entry]

    func moment(_ kind: String) -> Date? { timeline.first { $0.kind == kind }?.at }
}

/// JSON over HTTP; anything but success throws with the answer's text.
struct JSONClient: Sendable {
    let client: HTTPClient

    func get<Answer: Decodable>(_ url: String, bearer: String) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Authorization", value: "Bearer \(bearer)")
        return try await decode(request)
    }

    func post<Answer: Decodable>(
        _ url: String, _ body: [String: Any], bearer: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Idempotency-Key", value: UUID().uuidString)
        if let bearer { request.headers.add(name: "Authorization", value: "Bearer \(bearer)") }
        request.body = .bytes(try JSONSerialization.data(withJSONObject: body))
        return try await decode(request)
    }

    func submitForm(_ url: String) async throws {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        _ = try await answer(request, expecting: 200..<400)
    }

    private func decode<Answer: Decodable>(_ request: HTTPClientRequest) async throws -> Answer {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            return try Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        }
        return try decoder.decode(Answer.self, from: try await answer(request, expecting: 200..<300))
    }

    private func answer(_ request: HTTPClientRequest, expecting statuses: Range<UInt>) async throws -> Data {
        let response = try await client.execute(request, timeout: .seconds(120))
        let body = Data(try await response.body.collect(upTo: 1 << 22).readableBytesView)
        guard statuses.contains(response.status.code) else {
            throw ValidationError(
                "\(request.url): \(response.status.code) \(String(decoding: body.prefix(500), as: UTF8.self))")
        }
        return body
    }
}
