import Crypto
package import Foundation

/// An event as a provider holds it: sent until it is acknowledged, byte for byte the same.
package struct ProviderEvent: Sendable {
    package let id: String
    package let type: String
    package let body: [UInt8]

    package init(id: String, type: String, body: [UInt8]) {
        self.id = id
        self.type = type
        self.body = body
    }

    /// An event about an object that the marketplace has never heard of: stored, understood, ignored.
    package static func aboutNothing(type: String = "payment_intent.processing", note: String = "") -> ProviderEvent {
        let id = "evt_\(UUID().uuidString.replacing("-", with: "").lowercased())"
        let created = Int(Date().timeIntervalSince1970)
        let body = """
            {
              "id": "\(id)",
              "object": "event",
              "api_version": "2026-10-28.endive",
              "created": \(created),
              "data": {"object": {"id": "pi_\(id.dropFirst(4))", "object": "payment_intent", "amount": 1200, "currency": "usd", \
            "status": "requires_payment_method", "description": "\(note)", "metadata": {}}},
              "livemode": false,
              "pending_webhooks": 1,
              "request": {"id": null, "idempotency_key": null},
              "type": "\(type)"
            }
            """
        return ProviderEvent(id: id, type: type, body: Array(body.utf8))
    }
}

/// Pushes events the way Stripe does, and remembers which of them it was told 200 for: those are owed.
package actor WebhookSender {
    private static let path = "/webhooks/stripe"

    private nonisolated let base: String
    private nonisolated let secret: String
    private nonisolated let http: HTTPExchange
    /// Ids that were answered with 200 at least once.
    package private(set) var acknowledged: Set<String> = []
    /// How often each status came back; 0 stands for no answer.
    package private(set) var statuses: [Int: Int] = [:]

    package init(base: String, secret: String, http: HTTPExchange) {
        self.base = base
        self.secret = secret
        self.http = http
    }

    /// One push; answers the status, or 0 where none came.
    @discardableResult
    package func push(_ event: ProviderEvent, timeout: Duration = .seconds(10)) async -> Int {
        let status: Int
        do {
            status = try await post(event.body, signature: signature(of: event.body), timeout: timeout).status
        } catch {
            status = 0
        }
        statuses[status, default: 0] += 1
        if status == 200 { acknowledged.insert(event.id) }
        return status
    }

    /// Pushes again and again until 200.
    ///
    /// - Throws: `HarnessError.timedOut` where it never comes.
    package func deliver(_ event: ProviderEvent, within limit: Duration = .seconds(30)) async throws {
        let arrived = await eventually(within: limit, every: .milliseconds(100)) { await self.push(event) == 200 }
        guard arrived else { throw HarnessError.timedOut("event \(event.id) is acknowledged; statuses: \(statuses)") }
    }

    /// Delivers all of them, so many at a time.
    package func deliver(
        _ events: [ProviderEvent], concurrency: Int, within limit: Duration = .seconds(30)
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, event) in events.enumerated() {
                if index >= concurrency { try await group.next() }
                group.addTask { try await self.deliver(event, within: limit) }
            }
            try await group.waitForAll()
        }
    }

    /// A push with whatever body and headers; nothing of it is owed.
    package nonisolated func post(
        _ body: [UInt8], signature: String?, contentType: String = "application/json; charset=utf-8",
        timeout: Duration = .seconds(10)
    ) async throws -> Answer {
        var headers = [("Content-Type", contentType), ("User-Agent", "Stripe/1.0")]
        if let signature { headers.append(("Stripe-Signature", signature)) }
        return try await http.send("POST", base + Self.path, headers: headers, body: body, timeout: timeout)
    }

    /// Stripe's signature header for the body.
    package nonisolated func signature(
        of body: [UInt8], at moment: Date = Date(), secret other: String? = nil
    ) -> String {
        let timestamp = Int(moment.timeIntervalSince1970)
        var code = HMAC<SHA256>(key: SymmetricKey(data: Data((other ?? secret).utf8)))
        code.update(data: Data("\(timestamp).".utf8))
        code.update(data: Data(body))
        let hexadecimal = code.finalize().map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return "t=\(timestamp),v1=\(hexadecimal.joined())"
    }
}
