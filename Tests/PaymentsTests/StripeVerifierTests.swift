import Foundation
import Testing
import Webhooks

@testable import Payments

@Suite struct StripeVerifierTests {
    /// Signatures made with `openssl dgst -sha256 -hmac <secret>` over `<t>.<body>`.
    private static let body = Array(
        "{\n  \"id\": \"evt_1OvVectorOne\",\n  \"type\": \"payment_intent.succeeded\"\n}".utf8)
    private static let first = "37322ae52db6baaf7a49c0550af67dfb330590980636e48add29e79098aa13b2"
    private static let second = "67614b1aa6052c5300fdcfe6978147821b2bb97d94254eed2f88b4b141f642f3"
    private static let moment = Date(timeIntervalSince1970: 1_700_000_000)

    private let verifier = StripeVerifier(secrets: ["whsec_vector_one", "whsec_two"])

    private func verify(
        _ header: String?, body: [UInt8] = body, now: Date = moment
    ) throws(WebhookRejection) -> VerifiedEvent {
        let claim = try verifier.claim(header: { $0 == "stripe-signature" ? header : nil }, now: now)
        return try verifier.verify(claim, body: body)
    }

    @Test("A signature by any active secret proves the event", arguments: [first, second])
    func activeSecrets(signature: String) throws {
        let event = try verify("t=1700000000,v1=\(signature)")
        #expect(event.id == "evt_1OvVectorOne")
        #expect(event.type == "payment_intent.succeeded")
    }

    @Test(
        "One matching v1 is enough, wherever it stands and whatever stands beside it",
        arguments: [
            "v1=\(first),t=1700000000", "t=1700000000,v1=00,v1=\(first)", "t=1700000000,v1=\(first),v1=zz,v0=\(second)",
            "t=1700000000,v9=x,v1=\(first),,", "t=1700000000,v1=\(first.uppercased())",
        ])
    func headerForms(header: String) throws {
        #expect(try verify(header).id == "evt_1OvVectorOne")
    }

    @Test("Without the header nothing is proven")
    func missingHeader() {
        #expect(throws: WebhookRejection.missingSignature(header: "Stripe-Signature")) { try verify(nil) }
    }

    @Test(
        "A header without a time or without a v1 can't be read",
        arguments: [
            "", ",", "t=1700000000", "v1=\(first)", "t=,v1=\(first)", "t=x,v1=\(first)", "t=-5,v1=\(first)",
            "t=1700000000,v1=", "t=1700000000,v1=abc", "t=1700000000,v0=\(first)", "t=99999999999999999999,v1=\(first)",
            " t=1700000000, v2=\(first)", String(repeating: "v1=zz,", count: 10_000),
        ])
    func malformedHeaders(header: String) {
        #expect(throws: (any Error).self) { try verify(header) }
    }

    @Test("A v0 signature, another time or another body proves nothing")
    func mismatches() {
        #expect(throws: WebhookRejection.signatureMismatch) { try verify("t=1700000001,v1=\(Self.first)") }
        #expect(throws: WebhookRejection.signatureMismatch) { try verify("t=01700000000,v1=\(Self.first)") }
        #expect(throws: WebhookRejection.signatureMismatch) {
            try verify("t=1700000000,v1=\(Self.first)", body: Self.body + Array("\n".utf8))
        }
        #expect(throws: WebhookRejection.signatureMismatch) { try verify("t=1700000000,v1=\(Self.first)", body: []) }
    }

    @Test("One changed bit anywhere in the body is noticed")
    func bitFlips() {
        for index in Self.body.indices {
            var body = Self.body
            body[index] ^= 0x10
            #expect(throws: WebhookRejection.signatureMismatch) {
                try verify("t=1700000000,v1=\(Self.first)", body: body)
            }
        }
    }

    @Test("A body cut at any byte is refused")
    func truncations() {
        for length in Self.body.indices {
            #expect(throws: WebhookRejection.signatureMismatch) {
                try verify("t=1700000000,v1=\(Self.first)", body: Array(Self.body[..<length]))
            }
        }
    }

    @Test("Five minutes old is accepted, a second more is stale; the future is Stripe's own affair")
    func tolerance() throws {
        _ = try verify("t=1700000000,v1=\(Self.first)", now: Self.moment + 300)
        #expect(throws: WebhookRejection.stale(seconds: 301)) {
            try verify("t=1700000000,v1=\(Self.first)", now: Self.moment + 301)
        }
        _ = try verify("t=1700000000,v1=\(Self.first)", now: Self.moment - 86_400)
    }

    @Test("A forged stale event is called forged: nothing is told to a stranger")
    func forgedBeforeStale() {
        #expect(throws: WebhookRejection.signatureMismatch) {
            try verify("t=1600000000,v1=\(Self.first)", now: Self.moment)
        }
    }
}
