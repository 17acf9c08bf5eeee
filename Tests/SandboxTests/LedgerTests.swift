import Foundation
import Testing

@testable import SandboxRuntime

@Suite("Ledger, snapshot and pages")
struct LedgerTests {
    @Test("The ledger lists sessions, payments, refunds, and every event with its answers")
    func ledger() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                let id = try #require(
                    try await sandbox.createSession(["client_reference_id": "ord_1"])["id"]?.stringValue)
                _ = try await sandbox.form("/stripe/checkout/\(id)/pay")
                let intent = try #require(
                    try await sandbox.stripe(.get, "checkout/sessions/\(id)").json["payment_intent"]?.stringValue)
                _ = try await sandbox.stripe(.post, "refunds", ["payment_intent": intent, "amount": "500"])
                _ = try await receiver.wait(for: 8)
                _ = try await sandbox.eventually {
                    try await sandbox.get("/_control/stripe/ledger?only=totals").json["totals"]?["deliveries"]?[
                        "pending"] == 0
                }
                let ledger = try await sandbox.get("/_control/stripe/ledger").json
                #expect(ledger["totals"]?["captured"] == ["usd": 2000])
                #expect(ledger["totals"]?["refunded"] == ["usd": 500])
                #expect(ledger["checkout_sessions"]?.elements?.first?["client_reference_id"] == "ord_1")
                #expect(ledger["payment_intents"]?.elements?.first?["amount_received"] == 2000)
                #expect(ledger["charges"]?.elements?.first?["amount_refunded"] == 500)
                #expect(ledger["refunds"]?.elements?.first?["amount"] == 500)
                let events = try #require(ledger["events"]?.elements)
                #expect(events.count == 8)
                #expect(events.allSatisfy { $0["acknowledged"] == true })
                #expect(Set(events.compactMap { $0["id"]?.stringValue }) == Set(receiver.all.map(\.id)))
                #expect(ledger["requests"]?["total"] == 3)
            }
        }
    }

    @Test("A snapshot brings objects, and events nobody acknowledged, over a restart")
    func snapshot() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("sandbox-\(UUID()).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await withSandbox {
            $0.snapshotPath = path
        } _: { sandbox in
            _ = try await sandbox.createIntent(["metadata[a]": "b"])
        }
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) {
                $0.snapshotPath = path
            } _: { sandbox in
                let list = try await sandbox.stripe(.get, "payment_intents").json
                #expect(list["data"]?.elements?.first?["metadata"] == ["a": "b"])
                try await sandbox.control(
                    "stripe/endpoints", #"{"id":"we_default","url":"http://127.0.0.1:\#(receiver.port)/webhooks"}"#)
                try await sandbox.control("stripe/advance", #"{"seconds":100000}"#)
                #expect(try await receiver.wait(for: 1).first?.type == "payment_intent.created")
            }
        }
    }

    @Test("Every page is there, and a form posted from one leads back to it")
    func pages() async throws {
        try await withSandbox { sandbox in
            for path in [
                "/", "/inbox", "/_control/stripe", "/_control/smtp", "/_control/razorpay", "/_control/sslcommerz",
                "/_control/bkash", "/_control/aamarpay", "/_control/paystation",
            ] {
                let page = try await sandbox.get(path)
                #expect(page.status == 200)
                #expect(page.text.hasPrefix("<!doctype html>"))
                #expect(page.headers["content-security-policy"]?.contains("style-src 'self'") == true)
                #expect(!page.text.contains("<style") && !page.text.contains(" style="))
                #expect(!page.text.contains("<script"))
            }
            let posted = try await sandbox.send(
                .post, "/_control/stripe/faults",
                headers: ["Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"],
                body:
                    "webhooks[duplicate]=1&webhooks[delay_ms][0]=0&webhooks[delay_ms][1]=5&webhooks[reorder]=on&seed=4")
            #expect(posted.status == 303)
            #expect(posted.headers["location"] == "/_control/stripe?done=faults")
            #expect(try await sandbox.get("/_control/stripe/faults").json["webhooks"]?["reorder"] == true)
            #expect(try await sandbox.get("/").text.contains("Disturbances are on."))
        }
    }

    @Test("Settings come from the environment, and a malformed one is named")
    func settings() throws {
        let settings = try SandboxSettings(environment: [
            "HAAT_SANDBOX_PORT": "9000", "HAAT_STRIPE_WEBHOOK_SECRETS": "whsec_a, whsec_b", "HAAT_SANDBOX_SEED": "",
        ])
        #expect(settings.port == 9000)
        #expect(settings.stripeWebhookSecrets == ["whsec_a", "whsec_b"])
        #expect(settings.seed == nil)
        for name in [
            "HAAT_SANDBOX_PORT", "HAAT_SANDBOX_SMTP_PORT", "HAAT_SANDBOX_SPEED", "HAAT_SANDBOX_STRIPE_WEBHOOK_URL",
            "HAAT_SANDBOX_RAZORPAY_WEBHOOK_URL", "HAAT_RAZORPAY_KEY_ID", "HAAT_SANDBOX_SSLCOMMERZ_IPN_URL",
            "HAAT_SANDBOX_BKASH_SNS_URL", "HAAT_SANDBOX_BKASH_SNS_BASE", "HAAT_SANDBOX_AAMARPAY_IPN_URL",
            "HAAT_SANDBOX_PAYSTATION_IPN_URL", "HAAT_SANDBOX_STEADFAST_WEBHOOK_URL",
            "HAAT_SANDBOX_SHIPROCKET_WEBHOOK_URL",
        ] {
            let error = #expect(throws: SettingError.self) { try SandboxSettings(environment: [name: "x"]) }
            #expect(error?.description.hasPrefix(name) == true)
        }
    }
}
