import Testing

@testable import SandboxRuntime

@Suite("Stripe's webhooks")
struct StripeWebhookTests {
    private func parts(_ header: String) -> (time: String, signatures: [String]) {
        let fields = header.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        return (
            fields.first { $0[0] == "t" }?[1] ?? "", fields.filter { $0[0] == "v1" }.map { $0[1] }
        )
    }

    private func openssl(_ received: WebhookReceiver.Received, key: String) throws -> String {
        try opensslHMAC(Array("\(parts(received.signature).time).".utf8) + received.body, key: key)
    }

    @Test("OpenSSL comes to the same signature, and to another one when a byte changes")
    func signature() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                _ = try await sandbox.payIntent(["description": "Tëst"])
                for push in try await receiver.wait(for: 3) {
                    #expect(try openssl(push, key: "whsec_test") == parts(push.signature).signatures.first)
                    #expect(try openssl(push, key: "whsec_other") != parts(push.signature).signatures.first)
                    var changed = push.body
                    changed[changed.count / 2] ^= 1
                    let other = try opensslHMAC(
                        Array("\(parts(push.signature).time).".utf8) + changed, key: "whsec_test")
                    #expect(other != parts(push.signature).signatures.first)
                }
            }
        }
    }

    @Test("While secrets rotate, a push is signed with each")
    func rotation() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                try await sandbox.control(
                    "stripe/endpoints", #"{"id":"we_default","secrets":["whsec_new","whsec_test"]}"#)
                _ = try await sandbox.createIntent()
                let push = try #require(try await receiver.wait(for: 1).first)
                let signatures = parts(push.signature).signatures
                #expect(signatures == [try openssl(push, key: "whsec_new"), try openssl(push, key: "whsec_test")])
            }
        }
    }

    @Test("The envelope is pretty-printed and carries the request that caused it")
    func envelope() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                let created = try await sandbox.createIntent(key: "key-1")
                let push = try #require(try await receiver.wait(for: 1).first)
                let text = String(decoding: push.body, as: UTF8.self)
                #expect(text.hasPrefix("{\n  \"id\": \"evt_"))
                #expect(push.contentType == "application/json; charset=utf-8")
                #expect(push.json["object"] == "event")
                #expect(push.json["api_version"] == "2026-10-28.endive")
                #expect(push.json["livemode"] == false)
                #expect(push.json["pending_webhooks"] == 1)
                #expect(push.json["request"]?["id"]?.stringValue == created.headers["request-id"])
                #expect(push.json["request"]?["idempotency_key"] == "key-1")
                #expect(push.json["data"]?["object"] == created.json)
            }
        }
    }

    @Test("A Checkout payment's events come in their order, with the state of their moment")
    func order() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                let id = try #require(try await sandbox.createSession()["id"]?.stringValue)
                _ = try await sandbox.form("/stripe/checkout/\(id)/pay")
                let received = try await receiver.wait(for: 4)
                #expect(
                    received.map(\.type) == [
                        "payment_intent.created", "charge.succeeded", "payment_intent.succeeded",
                        "checkout.session.completed",
                    ])
                #expect(received[0].json["data"]?["object"]?["status"] == "requires_payment_method")
                #expect(received[0].json["request"]?["id"] == .null)
            }
        }
    }

    @Test("A refund is told twice: as refund.updated and as charge.refund.updated")
    func refund() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                let id = try #require(try await sandbox.payIntent()["id"]?.stringValue)
                _ = try await receiver.wait(for: 3)
                _ = try await sandbox.stripe(.post, "refunds", ["payment_intent": id, "amount": "700"])
                let received = try await receiver.wait(for: 7).dropFirst(3)
                #expect(
                    received.map(\.type) == [
                        "refund.created", "charge.refunded", "refund.updated", "charge.refund.updated",
                    ])
                let charge = try #require(received.dropFirst().first?.json["data"])
                #expect(charge["object"]?["amount_refunded"] == 700)
                #expect(charge["previous_attributes"]?["amount_refunded"] == 0)
            }
        }
    }

    @Test("A refused push is tried again with the same event until it is acknowledged")
    func retry() async throws {
        try await withReceiver(answering: { $0 < 2 ? 503 : 200 }) { receiver in
            try await withSandbox(receiver: receiver) {
                $0.speed = 600
            } _: { sandbox in
                _ = try await sandbox.createIntent()
                let received = try await receiver.wait(for: 3)
                #expect(Set(received.map(\.id)).count == 1)
                #expect(Set(received.map(\.body)).count == 1)
                let isDelivered = try await sandbox.eventually {
                    let ledger = try await sandbox.get("/_control/stripe/ledger?only=events").json
                    return ledger["events"]?.elements?.first?["deliveries"]?.elements?.first?["state"] == "delivered"
                }
                #expect(isDelivered)
                let ledger = try await sandbox.get("/_control/stripe/ledger?only=events").json
                let delivery = try #require(ledger["events"]?.elements?.first?["deliveries"]?.elements?.first)
                #expect(delivery["attempts"]?.elements?.map { $0["status"] } == [503, 503, 200])
            }
        }
    }

    @Test("A redirect counts as refused")
    func redirect() async throws {
        try await withReceiver(answering: { $0 == 0 ? 302 : 200 }) { receiver in
            try await withSandbox(receiver: receiver) {
                $0.speed = 600
            } _: { sandbox in
                _ = try await sandbox.createIntent()
                #expect(try await receiver.wait(for: 2).count == 2)
            }
        }
    }

    @Test("Backoff doubles from a minute and ends after three days")
    func schedule() {
        #expect(RetrySchedule.stripe.delay(1) == 60)
        #expect(RetrySchedule.stripe.delay(4) == 480)
        #expect(RetrySchedule.stripe.delay(1000) == nil)
        let total = (1...100).compactMap { RetrySchedule.stripe.delay($0) }.reduce(0, +)
        #expect(total <= 3 * 86_400)
        #expect(total > 2 * 86_400)
    }

    @Test("An endpoint gets only the types it asked for, and more endpoints can be added")
    func endpoints() async throws {
        try await withReceiver { receiver in
            try await withSandbox { sandbox in
                try await sandbox.control(
                    "stripe/endpoints",
                    #"{"url":"http://127.0.0.1:\#(receiver.port)/webhooks","secrets":["s"],"types":["charge.succeeded"]}"#
                )
                _ = try await sandbox.payIntent()
                #expect(try await receiver.wait(for: 1).map(\.type) == ["charge.succeeded"])
                let events = try await sandbox.stripe(.get, "events", ["type": "charge.succeeded"]).json
                #expect(events["data"]?.elements?.first?["pending_webhooks"] != 0)
            }
        }
    }

    @Test("The control plane sends any event, and an old one again")
    func given() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                try await sandbox.control(
                    "stripe/events", #"{"type":"customer.created","object":{"id":"cus_1"},"count":3}"#)
                let received = try await receiver.wait(for: 3)
                #expect(Set(received.map(\.id)).count == 3)
                #expect(received.allSatisfy { $0.json["data"]?["object"] == ["id": "cus_1"] })
                try await sandbox.control("stripe/events/resend", #"{"event":"\#(received[0].id)"}"#)
                let again = try await receiver.wait(for: 4)
                #expect(again.last?.id == received[0].id)
            }
        }
    }
}
