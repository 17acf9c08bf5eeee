import CommerceTestSupport
import Core
import Foundation
import Jobs
import Postgres
import Testing

@testable import Payments

/// Events that were answered with 200 and hold something that no reader of JSON likes.
@Suite("Odd events")
struct OddEventTests {
    /// A value by what is odd about it.
    static let oddities: [(String, [UInt8])] = [
        ("a lone surrogate", Array(#""\ud83d""#.utf8)), ("a NUL", Array(#""a\u0000""#.utf8)),
        ("a raw control character", [0x22, 0x01, 0x22]), ("bytes that are no UTF-8", [0x22, 0xC3, 0x28, 0xFF, 0x22]),
        ("an unknown escape", Array(#""\x""#.utf8)),
        ("an integer of 23 digits", Array("12345678901234567890123".utf8)), ("a huge number", Array("1e999".utf8)),
        ("a word that JSON lacks", Array("NaN".utf8)), ("nothing", []),
        (
            "depth",
            Array(repeating: UInt8(ascii: "["), count: 100_000) + Array(repeating: UInt8(ascii: "]"), count: 100_000)
        ),
    ]

    /// `@` becomes the odd value.
    private func filled(_ text: String, with odd: [UInt8]) -> [UInt8] {
        var body: [UInt8] = []
        for part in Array(text.utf8).split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false) {
            body += (body.isEmpty ? [] : odd) + part
        }
        return body
    }

    private func event(_ type: String, _ object: String, more: String = "") -> String {
        """
        {"id":"evt_1","created":1800000000,"livemode":false,"type":"\(type)"\(more),"data":{"object":\(object)}}
        """
    }

    private func intent(_ payment: Payment, received: String = "120000", more: String = "") -> String {
        """
        {"id":"pi_1","status":"succeeded","amount":120000,"amount_received":\(received),"amount_capturable":0,
         "currency":"bdt"\(more),"metadata":{"payment_id":"\(payment.id)"}}
        """
    }

    private func detail(_ till: Till) async throws -> String {
        try await till.client.queryValue(
            "SELECT outcome || ': ' || detail FROM webhook_outcomes ORDER BY webhook_event_id DESC LIMIT 1",
            as: String.self) ?? ""
    }

    /// What the jobs that ask a gateway about a payment have as their payload.
    private func rechecked(_ till: Till) async throws -> [String] {
        try await till.client.queryValues(
            "SELECT payload->>'paymentID' FROM jobs WHERE kind = \(VerifyPayment.Job.kind) ORDER BY 1", as: String.self)
    }

    @Test("What nobody reads may be anything", arguments: oddities)
    func unread(name: String, odd: [UInt8]) async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            let object = intent(
                payment, more: #","description":@,"shipping":{"a":[@,{"b":@}]},"last_payment_error":{"code":@}"#)
            let body = filled(event("payment_intent.succeeded", object, more: #","request":@,"\ud800":1"#), with: odd)
            try await till.process(body, type: "payment_intent.succeeded", id: "evt_1")
            #expect(try await till.payment(payment.id).state == .captured)
            #expect(till.gateway.calls == 1, "opened, and asked nothing")
        }
    }

    @Test(
        "Where what is needed is odd, the gateway is asked about the payment that the event names", arguments: oddities)
    func needed(name: String, odd: [UInt8]) async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            let body = filled(event("payment_intent.succeeded", intent(payment, received: "@")), with: odd)
            try await till.process(body, type: "payment_intent.succeeded", id: "evt_1")
            #expect(try await rechecked(till) == ["\(payment.id)"])
            let detail = try await detail(till)
            #expect(detail.hasPrefix("unreadable: event.data.object.amount_received"), "\(detail)")
            #expect(detail.hasSuffix("stripe is asked about \(payment.id)"), "\(detail)")
            till.gateway.set { $0.truth = { Till.truth($0, .captured) } }
            let verify = VerifyPayment(postgres: till.client, gateways: till.registry, book: till.book)
            _ = try await verify(payment.id, for: .system, in: till.market.queue)
            #expect(try await till.payment(payment.id).state == .captured)
        }
    }

    @Test("A payment is found by whichever of its names can be read, or by the gateway's word for it")
    func names() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            let session = try #require(payment.sessionReference)
            for body in [
                "{\"data\": \(session) ]", "{\"x\":\"pi_9_secret_abc\"", "not JSON, pi_9", "\u{0}\(payment.id)",
            ] {
                till.gateway.set { $0.owners = ["pi_9": payment.id] }
                try await till.owner.execute("TRUNCATE jobs CASCADE")
                try await till.process(Array(body.utf8), type: "payment_intent.succeeded", id: UUID().uuidString)
                #expect(try await rechecked(till) == ["\(payment.id)"], "\(body)")
            }
        }
    }

    @Test("Where an event names no payment of ours, every open one is asked about soon, once for all such events")
    func nameless() async throws {
        try await Till.open { till in
            let open = try await till.pendingPayment()
            let closed = try await till.captured()
            for _ in 0..<3 {
                try await till.process(
                    Array("{\"payment_intent\":\"pi_other\"".utf8), type: "refund.created", id: UUID().uuidString)
                #expect(
                    try await detail(till)
                        == "unreadable: event must be an object, not one without an end; it names no payment of ours, so that stripe is asked about those that are open"
                )
            }
            let sweeps = try await till.client.queryValues(
                "SELECT payload::text FROM jobs WHERE kind = \(RecheckOpenPayments.kind)", as: String.self)
            #expect(sweeps.count == 1)
            let sweep = try JSONDecoder().decode(RecheckOpenPayments.self, from: Data(try #require(sweeps.first).utf8))
            try await till.market.queue.withUnitOfWork { try await sweep(in: $0) }
            #expect(try await rechecked(till) == ["\(open.id)"])
            #expect(closed.state == .captured)
        }
    }

    @Test("A gateway that can't be asked whose a reference is leaves the event to be processed again")
    func silence() async throws {
        try await Till.open { till in
            let silent = SilentGateway()
            await #expect(throws: GatewayError.self) {
                try await till.process(
                    Array("pi_9".utf8), type: "refund.created", id: "evt_1", gateways: GatewayRegistry([silent]))
            }
            let outcome = try await till.lastOutcome()
            #expect(outcome == nil)
        }
    }
}

/// Understands nothing and answers nothing.
private struct SilentGateway: PaymentFindingGateway {
    let name = GatewayName.stripe
    let merchantAccount = "test"
    let sessionLifetime: ClosedRange<TimeInterval> = 60...3_600
    let lacking: [GatewayCapability: String] = [:]

    func open(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession { throw .unavailable("down") }
    func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        throw .unavailable("down")
    }
    func interpret(_ push: GatewayPush) throws(MalformedEvent) -> PushMeaning { throw MalformedEvent("odd") }
    func mentions(in push: GatewayPush) -> [PaymentPointer] { StripeEvents.mentions(in: push) }
    func paymentID(of reference: String) async throws(GatewayError) -> ID<Payment>? { throw .unavailable("down") }
}
