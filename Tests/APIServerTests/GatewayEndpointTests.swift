import Core
import Crypto
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Platform
import Postgres
import TestSupport
import Testing

@Suite("Gateways over HTTP")
struct GatewayEndpointTests {
    @Test("Operators are told what each gateway can do, and why not where it can't")
    func list() async throws {
        try await LiveAPI.run { api in
            let reply = try await api.call(.get, "/gateways")
            #expect(reply.status == 200)
            let gateways = try #require(try reply.json["data"]?.arrayValue)
            #expect(gateways.map { $0["name"] } == ["stripe", "stripe/eu"])
            #expect(gateways.map { $0["webhook_path"] } == ["/webhooks/stripe", "/webhooks/stripe/eu"])
            let capabilities = try #require(gateways[0]["capabilities"]?.arrayValue)
            #expect(capabilities.contains(["name": "refund", "is_supported": true, "reason": .null]))
            let confirm = capabilities.first { $0["name"] == "confirm_return" }
            #expect(confirm?["is_supported"] == false && confirm?["reason"]?.stringValue?.isEmpty == false)
            #expect(try await api.call(.get, "/gateways", token: nil).status == 401)
        }
    }

    @Test("A checkout through a gateway that is not switched on is told which are")
    func unknownGateway() async throws {
        try await LiveAPI.run { api in
            let (_, variant) = try await api.offer(kind: "licence_key")
            _ = try await api.importKeys(["A"], into: variant)
            let placed = try await api.place(variant).json
            let order = try #require(placed["order"]?["id"]?.stringValue)
            let reply = try await api.call(
                .post, "/orders/\(order)/checkout",
                ["gateway": "bkash", "success_url": "https://a.example", "cancel_url": "https://b.example"])
            #expect(reply.status == 422)
            #expect(try reply.json["errors"]?[0]?["message"] == "must be one of: stripe, stripe/eu")
        }
    }

    @Test(
        "Pushes come in at their account's path, and only its own secrets prove them",
        arguments: [
            ("/webhooks/stripe", TestSecrets.webhookSecret, 200),
            ("/webhooks/stripe/eu", TestSecrets.otherWebhookSecret, 200),
            ("/webhooks/stripe", TestSecrets.otherWebhookSecret, 400),
            ("/webhooks/stripe/eu", TestSecrets.webhookSecret, 400),
            ("/webhooks/stripe/us", TestSecrets.webhookSecret, 404),
            ("/webhooks/nobody", TestSecrets.webhookSecret, 404),
        ])
    func pushes(path: String, secret: String, status: Int) async throws {
        try await LiveAPI.run { api in
            let body = #"{"id":"evt_1","type":"payment_intent.succeeded"}"#
            let now = Int(Date().timeIntervalSince1970)
            let code = HMAC<SHA256>.authenticationCode(
                for: Data("\(now).\(body)".utf8), using: SymmetricKey(data: Data(secret.utf8)))
            let signature = "t=\(now),v1=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let answer = try await api.client.execute(
                uri: path, method: .post, headers: [HTTPField.Name("Stripe-Signature")!: signature],
                body: ByteBuffer(string: body)
            ) { $0.status.code }
            #expect(answer == status)
            let stored = try await api.platform.postgres.queryValues(
                "SELECT account || ' ' || (headers->>'stripe-signature') FROM webhook_events", as: String.self)
            #expect(stored == (status == 200 ? ["\(path.dropFirst("/webhooks/".count)) \(signature)"] : []))
        }
    }

    @Test(
        "A customer who is back from the gateway goes on to the shop's page",
        arguments: [HTTPRequest.Method.get, .post])
    func comesBack(method: HTTPRequest.Method) async throws {
        try await LiveAPI.run { api in
            let payment = try await api.capturedPayment()
            let answer = try await api.client.execute(
                uri: "/payments/\(payment)/return?status=cancel", method: method,
                body: method == .post ? ByteBuffer(string: "status=success") : nil
            ) { ($0.status.code, $0.headers[.location]) }
            #expect(answer.0 == 303 && answer.1 == "https://shop.example/t")
            let unknown = try await api.client.execute(
                uri: "/payments/pay_01j9x8tqf1e6s8d2n4v7b0kzmw/return", method: method
            ) { $0.status.code }
            #expect(unknown == 404)
        }
    }

    @Test("Where a gateway wants to be handed a form, a page without scripts leads there, and names nobody")
    func handsOver() async throws {
        let razorpay = [
            "HAAT_GATEWAYS": "stripe,stripe/eu,razorpay", "HAAT_RAZORPAY_KEY_ID": "rzp_test_1",
            "HAAT_RAZORPAY_KEY_SECRET": "s", "HAAT_RAZORPAY_WEBHOOK_SECRETS": TestSecrets.webhookSecret,
        ]
        try await LiveAPI.run(settings: razorpay) { api in
            let payment = try await api.capturedPayment()
            func open() async throws -> (status: Int, location: String?, policy: String, body: String) {
                try await api.client.execute(uri: "/payments/\(payment)/checkout", method: .get) { reply in
                    (
                        reply.status.code, reply.headers[.location],
                        reply.headers[HTTPField.Name("Content-Security-Policy")!] ?? "", String(buffer: reply.body)
                    )
                }
            }
            let paid = try await open()
            #expect(paid.status == 303 && paid.location == "https://shop.example/t")
            try await api.owner.execute(
                """
                UPDATE payments SET gateway = 'razorpay', state = 'pending', settlement = NULL, captured_at = NULL, reference = NULL,
                    session_reference = 'order_EKwxwAgItmmXdp', session_expires_at = now() + interval '1 hour'
                """)
            let page = try await open()
            #expect(page.status == 200)
            #expect(page.policy.contains("form-action https://api.razorpay.com/ https://*.razorpay.com;"))
            #expect(page.policy.contains("default-src 'none'") && !page.body.contains("<script"))
            for expected in [
                "action=\"https://api.razorpay.com/v1/checkout/embedded\"", "value=\"rzp_test_1\"",
                "value=\"order_EKwxwAgItmmXdp\"", "value=\"https://shop.example/payments/\(payment)/return\"",
            ] {
                #expect(page.body.contains(expected))
            }
            #expect(!page.body.contains("karim"))
            try await api.owner.execute("UPDATE payments SET session_expires_at = now() - interval '1 second'")
            let late = try await open()
            #expect(late.status == 303 && late.location == "https://shop.example/c")
        }
    }
}
