import Foundation
import Testing

@testable import SandboxRuntime

@Suite("bKash's notifications")
struct BKashNotificationTests {
    /// The string that Amazon signs, built from what arrived.
    private func signed(_ json: JSON) -> [UInt8] {
        let keys =
            json["Type"] == "Notification"
            ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
            : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
        return Array(keys.compactMap { key in json[key]?.stringValue.map { "\(key)\n\($0)\n" } }.joined().utf8)
    }

    private func verifies(
        _ push: WebhookReceiver.Received, _ sandbox: Harness, changed: Bool = false
    ) async throws -> Bool {
        let url = push.json["SigningCertURL"]?.stringValue ?? ""
        let path = try #require(url.range(of: "/bkash/")).lowerBound
        let certificate = try await sandbox.get(String(url[path...])).text
        var bytes = signed(push.json)
        if changed { bytes[bytes.count / 2] ^= 1 }
        return try opensslVerifies(
            bytes, signature: Base64.decode(push.json["Signature"]?.stringValue ?? "") ?? [],
            certificate: certificate, digest: push.json["SignatureVersion"] == "2" ? "sha256" : "sha1")
    }

    @Test("OpenSSL verifies both signature versions with the served certificate, and not when a byte changes")
    func signature() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                for version in 1...2 {
                    try await sandbox.control("bkash/settings", #"{"signature_version":\#(version)}"#)
                    try await sandbox.control("bkash/payments/outside", #"{"amount":"100","invoice":"QR-é"}"#)
                    let push = try #require(try await receiver.wait(for: version).last)
                    #expect(push.json["SignatureVersion"] == .string("\(version)"))
                    #expect(try await verifies(push, sandbox))
                    #expect(try await !verifies(push, sandbox, changed: true))
                }
            }
        }
    }

    @Test("An execution is told in an envelope whose Message is a string of JSON")
    func notification() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                let token = try await sandbox.bkashToken()
                let id = try await sandbox.bkashAgreed(token)
                let executed = try await sandbox.bkashExecute(token, id)
                let push = try #require(try await receiver.wait(for: 1).first)
                #expect(push.headers["x-amz-sns-message-type"] == "Notification")
                #expect(push.headers["x-amz-sns-message-id"] == push.json["MessageId"]?.stringValue)
                #expect(push.contentType == "text/plain; charset=UTF-8")
                let message = try JSONParser.parse(Array((push.json["Message"]?.stringValue ?? "").utf8))
                #expect(message["trxID"] == executed["trxID"])
                #expect(message["amount"] == "100.50")
                #expect(message["merchantInvoiceNumber"] == "INV-1")
                #expect(message["dateTime"]?.stringValue?.count == 14)
                try await sandbox.control("bkash/settings", #"{"message_as_object":true}"#)
                try await sandbox.control("bkash/payments/outside")
                let odd = try #require(try await receiver.wait(for: 2).last)
                #expect(odd.json["Message"]?["trxID"] != nil)
            }
        }
    }

    @Test("Money of unknown invoices is told as well: QR, app and USSD")
    func unknownInvoice() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                try await sandbox.control(
                    "bkash/payments/outside", #"{"amount":"7","invoice":"nobody's","type":"10002175"}"#)
                let push = try #require(try await receiver.wait(for: 1).first)
                let message = try JSONParser.parse(Array((push.json["Message"]?.stringValue ?? "").utf8))
                #expect(message["merchantInvoiceNumber"] == "nobody's")
                #expect(message["transactionType"] == "10002175")
            }
        }
    }

    @Test("A subscription sends nothing until its SubscribeURL is visited")
    func subscription() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                try await sandbox.control("bkash/subscribe")
                let push = try #require(try await receiver.wait(for: 1).first)
                #expect(push.headers["x-amz-sns-message-type"] == "SubscriptionConfirmation")
                #expect(try await verifies(push, sandbox))
                try await sandbox.control("bkash/payments/outside")
                try await Task.sleep(for: .milliseconds(150))
                #expect(receiver.all.count == 1)
                let url = try #require(push.json["SubscribeURL"]?.stringValue)
                let path = try #require(url.range(of: "/bkash/")).lowerBound
                #expect(try await sandbox.get("\(url[path...])x").status == 400)
                let confirmed = try await sandbox.get(String(url[path...]))
                #expect(confirmed.text.contains("ConfirmSubscriptionResponse"))
                try await sandbox.control("bkash/payments/outside")
                #expect(try await receiver.wait(for: 2).count == 2)
            }
        }
    }

    @Test("A 500 is retried three times with the same MessageId, a 4xx not at all")
    func retries() async throws {
        try await withReceiver(answering: { $0 < 4 ? 500 : 404 }) { receiver in
            try await withSandbox(receiver: receiver) {
                $0.speed = 1000
            } _: { sandbox in
                try await sandbox.control("bkash/payments/outside")
                let received = try await receiver.wait(for: 4)
                #expect(Set(received.compactMap { $0.json["MessageId"]?.stringValue }).count == 1)
                try await sandbox.control("bkash/payments/outside")
                _ = try await receiver.wait(for: 5)
                try await Task.sleep(for: .milliseconds(300))
                #expect(receiver.all.count == 5)
            }
        }
    }
}
