import Foundation
import Testing

@testable import SandboxRuntime

/// Every signature that the sandbox makes holds for somebody else's implementation, and breaks with any byte.
@Suite("Signatures, byte for byte")
struct SignatureTests {
    @Test("Each byte of a Stripe push is under its Stripe-Signature, old and new secret alike")
    func stripe() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                try await sandbox.control(
                    "stripe/endpoints", #"{"id":"we_default","secrets":["whsec_new","whsec_test"]}"#)
                _ = try await sandbox.payIntent(["description": "Tëst"])
                for push in try await receiver.wait(for: 3) {
                    for secret in ["whsec_new", "whsec_test"] {
                        let verdict = try await PythonVerifier.judge(
                            .stripe, push.body, signature: push.signature, secret: secret)
                        #expect(verdict == .sound)
                    }
                }
            }
        }
    }

    @Test("Each byte of a Razorpay push is under its X-Razorpay-Signature")
    func razorpay() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                let (_, payment) = try await sandbox.razorpayPaid()
                _ = try await sandbox.razorpay(.post, "payments/\(payment)/refund", "{}")
                for push in try await receiver.wait(for: 5) {
                    let verdict = try await PythonVerifier.judge(
                        .hmac, push.body, signature: push.headers["x-razorpay-signature"] ?? "",
                        secret: "haat_sandbox_webhook_secret")
                    #expect(verdict == .sound, "\(push.event)")
                }
            }
        }
    }

    @Test("Each byte of order and payment is under the signature that Razorpay's Checkout returns")
    func razorpayCheckout() async throws {
        try await withSandbox { sandbox in
            let order = try await sandbox.razorpayOrder()
            let paid = try await sandbox.send(
                .post, "/razorpay/checkout/\(order)/pay",
                headers: ["Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"],
                body: Harness.encode(["key_id": "rzp_test_haatsandbox", "callback_url": "https://shop.example/done"]))
            let fields = try #require(paid.json["fields"])
            let payment = try #require(fields["razorpay_payment_id"]?.stringValue)
            let signature = try #require(fields["razorpay_signature"]?.stringValue)
            let verdict = try await PythonVerifier.judge(
                .hmac, Array("\(order)|\(payment)".utf8), signature: signature, secret: "haat_sandbox_key_secret")
            #expect(verdict == .sound)
        }
    }

    @Test(
        "Each byte of an SSLCommerz notification is under verify_sign, but for the fields that verify_key doesn't name")
    func sslcommerz() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                for outcome in ["success", "risky", "failed", "cancelled"] {
                    let session = try await sandbox.sslcommerzSession(["tran_id": "T-\(outcome)", "value_a": "é&="])
                    _ = try await sandbox.sslcommerzPay(session, outcome)
                }
                for push in try await receiver.wait(for: 4) {
                    let verdict = try await PythonVerifier.judge(.sslcommerz, push.body, secret: "haatsandbox@ssl")
                    #expect(verdict.isValid)
                    let form = String(decoding: push.body, as: UTF8.self)
                    let open = verdict.unnoticed.filter { !Self.isUnsigned($0, in: form) }
                    #expect(open.isEmpty, "\(open) of \(form)")
                }
            }
        }
    }

    /// Whether a place of the form lies in a field that is never signed.
    private static func isUnsigned(_ place: Int, in form: String) -> Bool {
        let signed = Set((FormBody(form)?["verify_key"] ?? "").split(separator: ",").map(String.init))
        var start = 0
        for pair in form.split(separator: "&", omittingEmptySubsequences: false) {
            let end = start + pair.utf8.count
            if (start...end).contains(place) {
                let name = pair.split(separator: "=").first.map(String.init) ?? ""
                return !signed.contains(name) && name != "verify_key" && name != "verify_sign"
            }
            start = end + 1
        }
        return false
    }

    @Test("Each byte that Amazon's rules name is under a bKash notification's signature, in both versions")
    func bkash() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                let modulus = try await modulus(
                    of: try await sandbox.get("/bkash/sns/SimpleNotificationService-haatsandbox.pem").text)
                for version in 1...2 {
                    try await sandbox.control("bkash/settings", #"{"signature_version":\#(version)}"#)
                    try await sandbox.control("bkash/payments/outside", #"{"amount":"100","invoice":"QR-é"}"#)
                    _ = try await receiver.wait(for: version)
                }
                try await sandbox.control("bkash/subscribe")
                for push in try await receiver.wait(for: 3) {
                    let verdict = try await PythonVerifier.judge(.sns, push.body, secret: modulus)
                    #expect(verdict.isValid)
                    let unsigned = Self.unsignedPlaces(of: push)
                    let open = verdict.unnoticed.filter { !unsigned.contains($0) }
                    #expect(open.isEmpty, "\(open) of \(String(decoding: push.body, as: UTF8.self))")
                }
            }
        }
    }

    /// Addresses that aren't signed, and the blanks between members.
    private static func unsignedPlaces(of push: WebhookReceiver.Received) -> Set<Int> {
        var places = Set(push.body.indices.filter { push.body[$0] == UInt8(ascii: " ") || push.body[$0] == 10 })
        for name in ["SigningCertURL", "UnsubscribeURL", "SubscribeURL"]
        where push.json["Type"] == "Notification" || name == "SigningCertURL" {
            guard let value = push.json[name]?.stringValue else { continue }
            let text = Array("\"\(name)\"".utf8)
            guard let start = push.body.firstRange(of: text)?.lowerBound else { continue }
            places.formUnion(start..<min(push.body.count, start + text.count + value.utf8.count + 8))
        }
        return places
    }

    private func modulus(of certificate: String) async throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "haat-\(UUID().uuidString).pem")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(certificate.utf8).write(to: file)
        let printed = try await run("openssl", ["x509", "-in", file.path, "-noout", "-modulus"]).output
        return printed.split(separator: "=").last.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
    }
}
