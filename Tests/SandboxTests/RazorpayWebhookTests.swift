import Foundation
import Testing

@testable import SandboxRuntime

@Suite("Razorpay's webhooks and Checkout")
struct RazorpayWebhookTests {
    private static let secret = "haat_sandbox_webhook_secret"

    @Test("OpenSSL comes to the same X-Razorpay-Signature, and to another one when a byte changes")
    func signature() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                _ = try await sandbox.razorpayPaid()
                for push in try await receiver.wait(for: 3) {
                    let signature = push.headers["x-razorpay-signature"]
                    #expect(try opensslHMAC(push.body, key: Self.secret) == signature)
                    var changed = push.body
                    changed[changed.count / 2] ^= 1
                    #expect(try opensslHMAC(changed, key: Self.secret) != signature)
                    #expect(push.headers["x-razorpay-event-id"]?.hasPrefix("evt_") == true)
                }
                #expect(receiver.all.map(\.event) == ["payment.authorized", "payment.captured", "order.paid"])
                let paid = try #require(receiver.all.last)
                #expect(paid.json["contains"] == ["payment", "order"])
                #expect(paid.entity("order")?["status"] == "paid")
                #expect(paid.entity("payment")?["amount"] == 50_000)
                #expect(paid.json["account_id"]?.stringValue?.hasPrefix("acc_") == true)
            }
        }
    }

    @Test("A redelivery carries the same x-razorpay-event-id and the same bytes")
    func redelivery() async throws {
        try await withReceiver(answering: { $0 < 2 ? 500 : 200 }) { receiver in
            try await withSandbox(receiver: receiver) {
                $0.speed = 6000
            } _: { sandbox in
                let order = try await sandbox.razorpayOrder()
                _ = try await sandbox.razorpayPayment(#"{"order":"\#(order)","outcome":"incorrect_otp"}"#)
                let received = try await receiver.wait(for: 3)
                #expect(Set(received.map { $0.headers["x-razorpay-event-id"] }).count == 1)
                #expect(Set(received.map(\.body)).count == 1)
            }
        }
    }

    @Test("After 24 hours of failures the webhook is disabled until it is enabled by hand")
    func disabled() async throws {
        try await withReceiver(answering: { _ in 503 }) { receiver in
            try await withSandbox(receiver: receiver) {
                $0.speed = 1_000_000
            } _: { sandbox in
                let order = try await sandbox.razorpayOrder()
                _ = try await sandbox.razorpayPayment(#"{"order":"\#(order)","outcome":"incorrect_otp"}"#)
                let isDisabled = try await sandbox.eventually {
                    let ledger = try await sandbox.get("/_control/razorpay/ledger?only=webhooks").json
                    return ledger["webhooks"]?.elements?.first?["active"] == false
                }
                #expect(isDisabled)
                // 1 + 2 + 4 + … minutes make ten retries in a day.
                let attempts = receiver.all.count
                #expect(attempts == 11)
                _ = try await sandbox.razorpayPaid()
                try await Task.sleep(for: .milliseconds(200))
                #expect(receiver.all.count == attempts)
                try await sandbox.control("razorpay/webhooks", #"{"id":"wh_default","active":true}"#)
                _ = try await sandbox.razorpayPaid()
                #expect(try await receiver.wait(for: attempts + 1).count > attempts)
            }
        }
    }

    @Test("After the secret changes, retries of older events still use the old secret")
    func secretChange() async throws {
        try await withReceiver(answering: { $0 < 1 ? 500 : 200 }) { receiver in
            try await withSandbox(receiver: receiver) {
                $0.speed = 100
            } _: { sandbox in
                let order = try await sandbox.razorpayOrder()
                let failing = #"{"order":"\#(order)","outcome":"incorrect_otp"}"#
                _ = try await sandbox.razorpayPayment(failing)
                _ = try await receiver.wait(for: 1)
                try await sandbox.control("razorpay/webhooks", #"{"id":"wh_default","secret":"new_secret"}"#)
                _ = try await sandbox.razorpayPayment(failing)
                let received = try await receiver.wait(for: 3)
                let old = received.filter {
                    $0.headers["x-razorpay-event-id"] == received[0].headers["x-razorpay-event-id"]
                }
                #expect(old.count == 2)
                for push in received {
                    let isOld = push.headers["x-razorpay-event-id"] == received[0].headers["x-razorpay-event-id"]
                    #expect(
                        try opensslHMAC(push.body, key: isOld ? Self.secret : "new_secret")
                            == push.headers["x-razorpay-signature"])
                }
            }
        }
    }

    @Test("refund.created can be delivered before payment.authorized")
    func refundFirst() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                try await sandbox.control("razorpay/webhooks", #"{"id":"wh_default","events":["refund.created"]}"#)
                let (_, payment) = try await sandbox.razorpayPaid()
                _ = try await sandbox.razorpay(.post, "payments/\(payment)/refund", "{}")
                #expect(try await receiver.wait(for: 1).map(\.event) == ["refund.created"])
                let ledger = try await sandbox.get("/_control/razorpay/ledger?only=events").json
                #expect(ledger["events"]?.elements?.first?["type"] == "payment.authorized")
            }
        }
    }

    @Test("Checkout posts the triple, signed over order and payment with the key's secret")
    func checkout() async throws {
        try await withSandbox { sandbox in
            let order = try await sandbox.razorpayOrder()
            let opening = [
                "key_id": "rzp_test_haatsandbox", "order_id": order, "callback_url": "https://shop.example/done?a=1",
                "cancel_url": "https://shop.example/cart",
            ]
            let page = try await sandbox.form("/razorpay/v1/checkout/embedded", opening)
            #expect(page.status == 200)
            #expect(page.text.contains("500.00 INR"))
            #expect(!page.text.contains("<script"))
            let failed = try await sandbox.form(
                "/razorpay/checkout/\(order)/fail", opening.merging(["reason": "incorrect_otp"]) { $1 })
            #expect(failed.text.contains("role=\"alert\""))
            let posted = try await sandbox.form(
                "/razorpay/checkout/\(order)/fail", opening.merging(["redirect": "true"]) { $1 })
            #expect(posted.text.contains("error[code]"))
            let canceled = try await sandbox.form("/razorpay/checkout/\(order)/cancel", opening)
            #expect(canceled.headers["location"] == "https://shop.example/cart")

            let paid = try await sandbox.send(
                .post, "/razorpay/checkout/\(order)/pay",
                headers: ["Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"],
                body: Harness.encode(opening))
            #expect(paid.json["method"] == "POST")
            #expect(paid.json["url"] == "https://shop.example/done?a=1")
            let fields = try #require(paid.json["fields"])
            #expect(fields["razorpay_order_id"] == .string(order))
            let payment = try #require(fields["razorpay_payment_id"]?.stringValue)
            let expected = try opensslHMAC(Array("\(order)|\(payment)".utf8), key: "haat_sandbox_key_secret")
            #expect(fields["razorpay_signature"] == .string(expected))
            #expect(try await sandbox.razorpayStatus(payment) == "captured")
            let again = try await sandbox.form("/razorpay/checkout/\(order)/pay", opening)
            #expect(again.text.contains("This order is paid"))
            #expect(try await sandbox.razorpay(.get, "orders/\(order)/payments").json["count"] == 3)
        }
    }

    @Test("payment.authorized can show a payment that is captured already, and comes first all the same")
    func authorizedShowsCaptured() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                try await sandbox.control("razorpay/settings", #"{"authorized_shows_captured":true}"#)
                _ = try await sandbox.razorpayPaid()
                let received = try await receiver.wait(for: 3)
                #expect(received.map(\.event) == ["payment.authorized", "payment.captured", "order.paid"])
                #expect(received.first?.entity("payment")?["status"] == "captured")
                #expect(received.first?.entity("payment")?["captured"] == true)
            }
        }
    }

    @Test("A snapshot brings Razorpay's objects and timers back")
    func snapshot() throws {
        var state = RazorpayState(seed: 3, webhooks: [])
        _ = try state.pay(.init(order: nil, amount: 500), now: 1000)
        let kept = try Snapshot.encode(state)
        var restored = try Snapshot.decode(RazorpayState.self, from: kept)
        restored.timePassed(now: 1000 + 3 * 86_400)
        #expect(restored.payments.elements.first?.status == .refunded)
    }
}
