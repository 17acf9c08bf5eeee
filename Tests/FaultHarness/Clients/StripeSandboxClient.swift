import Foundation

/// Money that the sandbox says it has taken.
package struct SandboxCapture: Sendable, Hashable {
    /// The PaymentIntent.
    package let reference: String
    package let amount: Int
    /// Upper case.
    package let currency: String
}

/// The person at the Checkout page, the control panel, and the books of the provider.
package struct StripeSandboxClient: Sendable {
    private let base: String
    private let http: HTTPExchange

    package init(base: String, http: HTTPExchange) {
        self.base = base
        self.http = http
    }

    /// Presses Pay on the Checkout page.
    package func pay(_ page: String) async throws {
        let answer = try await http.send(
            "POST", page + "/pay", headers: [("Content-Type", "application/x-www-form-urlencoded")], body: [],
            timeout: .seconds(60))
        guard (200..<400).contains(answer.status) else {
            throw HarnessError.failed("paying at \(page): \(answer.status) \(answer.text.prefix(500))")
        }
    }

    /// Disturbances of webhooks and API, as the control panel takes them, such as `{"webhooks":{"duplicate":1}}`.
    package func disturb(_ plan: String) async throws {
        try await control("faults", plan)
    }

    package func calm() async throws {
        try await control("faults", "{}")
    }

    /// How much faster than real time webhooks are tried again: Stripe's first pause is a minute.
    package func hurry(speed: Int) async throws {
        try await control("tuning", #"{"speed":\#(speed)}"#)
    }

    /// Whether Stripe tells of anything at all: an event that was not wanted is never sent later either.
    package func setWebhooks(on: Bool) async throws {
        try await setWebhooks(types: [on ? "*" : "none"])
    }

    /// What Stripe tells of.
    package func setWebhooks(types: [String]) async throws {
        let list = types.map { "\"\($0)\"" }.joined(separator: ",")
        try await control("endpoints", #"{"id":"we_default","types":[\#(list)]}"#)
    }

    /// How often a text occurs in the records of requests and pushes, which name every disturbance.
    package func mentions(of text: String) async throws -> Int {
        let requests = try await http.send("GET", base + "/_control/stripe/requests").text
        let pushes = try await http.send("GET", base + "/_control/stripe/deliveries").text
        return (requests + pushes).ranges(of: text).count
    }

    /// Every payment that has succeeded.
    package func captures() async throws -> Set<SandboxCapture> {
        var captures: Set<SandboxCapture> = []
        var last: String?
        repeat {
            let query = last.map { "&starting_after=\($0)" } ?? ""
            let answer = try await http.send(
                "GET", base + "/stripe/v1/payment_intents?limit=100\(query)",
                headers: [("Authorization", "Bearer \(ProcessPlan.stripeKey)")])
            let page = try answer.json(PaymentIntents.self)
            for intent in page.data where intent.status == "succeeded" {
                captures.insert(
                    SandboxCapture(
                        reference: intent.id, amount: intent.amountReceived, currency: intent.currency.uppercased()))
            }
            last = page.hasMore ? page.data.last?.id : nil
        } while last != nil
        return captures
    }

    /// Sends events again that were acknowledged long ago, as an operator asks for at the provider's dashboard.
    package func resend(_ events: some Sequence<String>) async throws {
        for event in events { try await control("events/resend", #"{"event":"\#(event)"}"#) }
    }

    /// The events of which at least one push was answered with 200.
    package func acknowledgedEvents() async throws -> Set<String> {
        let answer = try await http.send("GET", base + "/_control/stripe/deliveries", timeout: .seconds(60))
        let deliveries = try answer.json([Delivery].self)
        return Set(deliveries.filter { $0.attempts.contains { $0.status == 200 } }.map(\.event))
    }

    /// Webhooks that the sandbox still has to bring: delayed, dropped or refused ones come again.
    package func pendingWebhooks() async throws -> Int {
        try await http.send("GET", base + "/_control/stripe/ledger?only=totals").json(Ledger.self).totals.deliveries
            .pending
    }

    /// The texts of the e-mails to an address.
    package func inbox(of address: String) async throws -> [String] {
        let escaped = address.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? address
        return try await http.send("GET", base + "/inbox.json?to=\(escaped)").json([Mail].self).map(\.text)
    }

    private func control(_ command: String, _ body: String) async throws {
        let answer = try await http.send(
            "POST", base + "/_control/stripe/\(command)", headers: [("Content-Type", "application/json")],
            body: Array(body.utf8))
        guard answer.status == 200 else {
            throw HarnessError.failed("sandbox control \(command) \(body): \(answer.status) \(answer.text.prefix(500))")
        }
    }

    private struct PaymentIntents: Decodable {
        struct Intent: Decodable {
            let id: String
            let status: String
            let amountReceived: Int
            let currency: String
        }

        let data: [Intent]
        let hasMore: Bool
    }

    private struct Ledger: Decodable {
        struct Totals: Decodable {
            let deliveries: Deliveries
        }

        struct Deliveries: Decodable {
            let pending: Int
        }

        let totals: Totals
    }

    private struct Delivery: Decodable {
        struct Attempt: Decodable {
            let status: Int
        }

        let event: String
        let attempts: [Attempt]
    }

    private struct Mail: Decodable {
        let text: String
    }
}
