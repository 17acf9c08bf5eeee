import Foundation

/// What a vendor has put up for sale.
package struct Offer: Sendable {
    package let vendorID: String
    package let productID: String
    package let variantID: String
    package let priceMinor: Int
    package let currency: String
}

/// An order as its customer holds it.
package struct PlacedOrder: Sendable {
    package let id: String
    package let accessToken: String
    package let email: String
    package let quantity: Int
}

/// Operator and customer of one marketplace, over REST. Each call is repeated under the same idempotency key until it is
/// answered, as a careful integrator does.
package struct ShopClient: Sendable {
    private let base: String
    package let adminToken: String
    private let http: HTTPExchange
    /// A payment provider that misbehaves keeps a checkout waiting while the circuit to it is open.
    private let patience: Duration = .seconds(120)

    package init(base: String, adminToken: String, http: HTTPExchange) {
        self.base = base + "/api/v1"
        self.adminToken = adminToken
        self.http = http
    }

    /// A vendor with one product and so many licence keys.
    package func offer(keys count: Int, priceMinor: Int = 1250, currency: String = "USD") async throws -> Offer {
        let name = "Vendor \(UUID().uuidString.prefix(8))"
        let vendor = try await post(
            "/vendors",
            ShopRequests.Vendor(name: name, email: "vendor-\(UUID().uuidString.prefix(8))@example.com"),
            as: ShopAnswers.Identified.self)
        let product = try await post(
            "/products",
            ShopRequests.Product(
                vendor: vendor.id, title: "\(name)'s keys", priceMinor: priceMinor, currency: currency),
            as: ShopAnswers.Product.self)
        guard let variant = product.variants.first else { throw HarnessError.failed("the product has no variant") }
        let offer = Offer(
            vendorID: vendor.id, productID: product.id, variantID: variant.id, priceMinor: priceMinor,
            currency: currency)
        try await importKeys(count, into: offer)
        return offer
    }

    /// As many as the API takes at once.
    private static let keysPerImport = 1000

    package func importKeys(_ count: Int, into offer: Offer) async throws {
        for start in stride(from: 0, to: count, by: Self.keysPerImport) {
            let keys = (start..<min(start + Self.keysPerImport, count)).map { _ in "KEY-\(UUID().uuidString)" }
            _ = try await send("POST", "/variants/\(offer.variantID)/licence_keys", ShopRequests.Keys(keys: keys))
        }
    }

    /// Places an order; an unanswered one is placed again under the same key, and is still one order.
    package func placeOrder(
        _ offer: Offer, quantity: Int = 1, email: String? = nil, idempotencyKey: String = UUID().uuidString
    ) async throws -> PlacedOrder {
        let email = email ?? "customer-\(UUID().uuidString.lowercased())@example.com"
        let answer = try await post(
            "/orders", ShopRequests.Order(email: email, variant: offer.variantID, quantity: quantity),
            token: nil, idempotencyKey: idempotencyKey, as: ShopAnswers.Placed.self)
        return PlacedOrder(id: answer.order.id, accessToken: answer.accessToken, email: email, quantity: quantity)
    }

    /// Where the customer pays.
    package func checkout(_ order: PlacedOrder, idempotencyKey: String = UUID().uuidString) async throws -> String {
        try await post(
            "/orders/\(order.id)/checkout", ShopRequests.Checkout(), token: order.accessToken,
            idempotencyKey: idempotencyKey, as: ShopAnswers.Checkout.self
        ).redirectUrl
    }

    package func read(_ order: PlacedOrder) async throws -> ShopAnswers.Order {
        let answer = try await untilAnswered { headers in
            try await http.send(
                "GET", base + "/orders/\(order.id)",
                headers: headers + [("Authorization", "Bearer \(order.accessToken)")])
        }
        return try answer.json(ShopAnswers.Order.self)
    }

    /// The licence keys that an order has so far.
    package func keys(of order: PlacedOrder) async throws -> [String] {
        let answer = try await untilAnswered { headers in
            try await http.send(
                "POST", base + "/orders/\(order.id)/licence_keys/reveal",
                headers: headers + [("Authorization", "Bearer \(order.accessToken)")])
        }
        return try answer.json(ShopAnswers.Keys.self).data.map(\.key)
    }

    /// One request of an operator, not repeated.
    package func ask(
        _ method: String, _ path: String, body: [UInt8]? = nil, headers: [(String, String)] = []
    ) async throws
        -> Answer
    {
        try await http.send(
            method, base + path, headers: [("Authorization", "Bearer \(adminToken)")] + headers, body: body)
    }

    /// One request of a stranger, not repeated.
    package func askAnonymously(
        _ method: String, _ path: String, body: [UInt8]? = nil, headers: [(String, String)] = []
    ) async throws -> Answer {
        try await http.send(method, base + path, headers: headers, body: body)
    }

    private func post<Value: Decodable>(
        _ path: String, _ body: some Encodable, as type: Value.Type
    ) async throws -> Value {
        try await send("POST", path, body).json(type)
    }

    private func post<Value: Decodable>(
        _ path: String, _ body: some Encodable, token: String?, idempotencyKey: String, as type: Value.Type
    ) async throws -> Value {
        try await send("POST", path, body, token: token, idempotencyKey: idempotencyKey).json(type)
    }

    private func send(_ method: String, _ path: String, _ body: some Encodable) async throws -> Answer {
        try await send(method, path, body, token: adminToken, idempotencyKey: UUID().uuidString)
    }

    private func send(
        _ method: String, _ path: String, _ body: some Encodable, token: String?, idempotencyKey: String
    ) async throws -> Answer {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        // The same request has the same bytes, or its idempotency key would belong to another one.
        encoder.outputFormatting = .sortedKeys
        let bytes = Array(try encoder.encode(body))
        let authorization = token.map { [("Authorization", "Bearer \($0)")] } ?? []
        let answer = try await untilAnswered { headers in
            try await http.send(
                method, base + path,
                headers: headers + authorization + [
                    ("Content-Type", "application/json"), ("Idempotency-Key", idempotencyKey),
                ],
                body: bytes)
        }
        guard (200..<300).contains(answer.status) else {
            throw HarnessError.failed("\(method) \(path): \(answer.status) \(answer.text.prefix(1000))")
        }
        return answer
    }

    /// Repeats while there is no answer, or one that says "later".
    private func untilAnswered(_ request: ([(String, String)]) async throws -> Answer) async throws -> Answer {
        let deadline = ContinuousClock.now + patience
        while true {
            let outcome: String
            do {
                let answer = try await request([("Accept", "application/json")])
                let isLater =
                    answer.status >= 500 || answer.status == 429 || answer.text.contains("-in-progress\"")
                if !isLater { return answer }
                outcome = "\(answer.status) \(answer.text.prefix(500))"
            } catch {
                outcome = "\(error)"
            }
            guard ContinuousClock.now < deadline, !Task.isCancelled else {
                throw HarnessError.timedOut("an answer of the API; the last: \(outcome)")
            }
            await pause(.milliseconds(150))
        }
    }
}
