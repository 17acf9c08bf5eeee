import Core
import Foundation
import Outbound
import SandboxRuntime
import Testing

@testable import Payments

/// bKash, played by the sandbox. Amazon's host is the sandbox's, too: certificates are asked for under their true addresses.
struct BKashStage: GatewayStage {
    static let provider: any GatewayProvider.Type = BKashProvider.self
    static let amazon = "https://sns.ap-southeast-1.amazonaws.com"
    private static let sandbox = BKashSettings()

    let server: SandboxServer
    let catcher: PushCatcher

    static func open<R: Sendable>(_ body: @Sendable (any GatewayStage) async throws -> R) async throws -> R {
        try await play { try await body($0) }
    }

    static func play<R: Sendable>(_ body: @Sendable (BKashStage) async throws -> R) async throws -> R {
        try await PushCatcher.open { catcher in
            try await SandboxServer.open(
                "bkash",
                { settings in
                    settings.bkash.notificationURL = catcher.url
                    settings.bkash.topicBase = amazon
                },
                { try await body(BKashStage(server: $0, catcher: catcher)) })
        }
    }

    var settings: [String: String] { settings(password: Self.sandbox.password) }
    var wrongSettings: [String: String] { settings(password: "another-password") }
    var transport: any OutboundTransport {
        DetouredTransport(
            inner: HTTPTransport(client: server.http), from: Self.amazon, to: server.base + "/bkash/sns")
    }

    private func settings(password: String) -> [String: String] {
        [
            "HAAT_BKASH_BASE_URL": server.base + "/bkash", "HAAT_BKASH_USERNAME": Self.sandbox.username,
            "HAAT_BKASH_PASSWORD": password, "HAAT_BKASH_APP_KEY": Self.sandbox.appKey,
            "HAAT_BKASH_APP_SECRET": Self.sandbox.appSecret, "HAAT_BKASH_TOPIC_ARN": Self.sandbox.topic,
        ]
    }

    func pay(_ payment: Payment) async throws -> [String: String] { try await answer("success", payment) }
    func decline(_ payment: Payment) async throws -> [String: String] { try await answer("failure", payment) }
    func cancel(_ payment: Payment) async throws -> [String: String] { try await answer("cancel", payment) }

    private func answer(_ answer: String, _ payment: Payment) async throws -> [String: String] {
        let session = payment.sessionReference ?? ""
        try await server.control("bkash", "payments/answer", #"{"paymentID":"\#(session)","answer":"\#(answer)"}"#)
        return ["paymentID": session, "status": answer]
    }

    func disturb(_ call: GatewayCallKind, _ fault: String) async throws -> Bool {
        let checkout = "POST /v1.2.0-beta/tokenized/checkout"
        let requests: [GatewayCallKind: String] = [
            .open: "\(checkout)/create", .read: "\(checkout)/payment/status", .confirmReturn: "\(checkout)/execute",
            .refund: "POST /v2/tokenized-checkout/refund/payment/transaction",
        ]
        guard let request = requests[call] else { return false }
        try await server.disturb("bkash", request, fault)
        return true
    }

    func surrender(to fault: String, at call: GatewayCallKind) -> String? {
        guard call == .confirmReturn, fault == "error_before" else { return nil }
        return "bKash is never told twice to execute: the customer pays anew"
    }

    func pushes() async throws -> [SentPush] {
        try await catcher.pushes(atLeast: try await events())
    }

    /// How many the sandbox has cause for.
    private func events() async throws -> Int {
        let answer = try await server.send("GET", "/_control/bkash/ledger?only=totals")
        let ledger = try JSONValue(parsing: answer.body)
        return Int(try #require(ledger["totals"]?["events"]?.integerValue))
    }

    func forgedPush(about payment: Payment) -> SentPush {
        Self.push(
            #"{"trxID":"FORGED0001","transactionStatus":"Completed","transactionType":"10002294","amount":"1200","currency":"BDT","merchantInvoiceNumber":"\#(payment.id)-1"}"#
        )
    }

    /// A notification with everything but a true signature.
    static func push(
        _ message: String, certificate: String = "\(amazon)/SimpleNotificationService-haatsandbox.pem"
    ) -> SentPush {
        let envelope: JSONValue = [
            "Type": "Notification", "MessageId": .string(UUID().uuidString), "TopicArn": .string(sandbox.topic),
            "Message": .string(message), "Timestamp": "2027-01-15T08:00:00.000Z", "SignatureVersion": "1",
            "Signature": .string(Data(repeating: 7, count: 256).base64EncodedString()),
            "SigningCertURL": .string(certificate),
        ]
        return SentPush(headers: ["x-amz-sns-topic-arn": sandbox.topic], body: envelope.canonicalBytes)
    }
}

/// Leads what goes to one address to another.
struct DetouredTransport: OutboundTransport {
    let inner: any OutboundTransport
    let from: String
    let to: String

    func send(
        method: String, url: String, headers: [OutboundHeader], body: [UInt8], timeout: Duration
    ) async throws(TransportFailure) -> OutboundResponse {
        let target = url.hasPrefix(from) ? to + url.dropFirst(from.count) : url
        return try await inner.send(method: method, url: target, headers: headers, body: body, timeout: timeout)
    }
}
