import FaultHarness
import Foundation
import Postgres
import Testing

/// What strangers, broken clients and broken providers send to the live API: a clear 4xx or a stored-and-ignored event.
@Suite("Bad input", .serialized, .timeLimit(.minutes(10)))
struct BadInputTests {
    private struct Rejection: Decodable {
        struct Wrong: Decodable {
            let pointer: String
        }

        let type: String
        let title: String
        let status: Int
        let errors: [Wrong]?
    }

    private func market() async throws -> Marketplace { try await Stage.shared.marketplace("input") }

    private func refusal(
        _ body: [UInt8], signature: String?, contentType: String = "application/json"
    ) async throws -> Int {
        let answer = try await market().webhooks.post(body, signature: signature, contentType: contentType)
        if answer.status >= 400 {
            #expect(answer.header("content-type")?.hasPrefix("application/problem+json") == true)
            #expect(try answer.json(Rejection.self).status == answer.status)
        }
        return answer.status
    }

    private func signed(_ body: [UInt8]) async throws -> String { try await market().webhooks.signature(of: body) }

    private func expectNothingStored(of marker: String) async throws {
        let market = try await market()
        let count = try await market.database.queryValue(
            "SELECT count(*) FROM webhook_events WHERE event_id = \(marker)", as: Int.self)
        #expect(count == 0)
    }

    @Test("A forged, stale, damaged or unsigned webhook is refused, and nothing of it is stored")
    func forged() async throws {
        let event = ProviderEvent.aboutNothing()
        let sender = try await market().webhooks
        let good = sender.signature(of: event.body)
        let damaged = event.body.enumerated().map { $0.offset == event.body.count / 2 ? $0.element ^ 1 : $0.element }
        #expect(try await refusal(event.body, signature: nil) == 400)
        #expect(try await refusal(event.body, signature: "") == 400)
        #expect(try await refusal(event.body, signature: "t=1,v1=zz") == 400)
        #expect(try await refusal(event.body, signature: String(repeating: "v1=00,", count: 1000)) == 400)
        #expect(
            try await refusal(event.body, signature: sender.signature(of: event.body, secret: "whsec_other")) == 400)
        #expect(try await refusal(event.body, signature: sender.signature(of: event.body, at: Date() - 301)) == 400)
        #expect(try await refusal(damaged, signature: good) == 400)
        #expect(try await refusal(Array(event.body.dropLast(9)), signature: good) == 400)
        #expect(try await refusal([], signature: good) == 400)
        try await expectNothingStored(of: event.id)
    }

    @Test("A webhook larger than a mebibyte is refused with 413, announced or not")
    func oversized() async throws {
        let body = ProviderEvent.aboutNothing(note: String(repeating: "x", count: 1 << 20)).body
        #expect(try await refusal(body, signature: try await signed(body)) == 413)
        let port = try await market().apiPort
        let chunk = "10000\r\n" + String(repeating: "x", count: 0x10000) + "\r\n"
        // Without a signature that can be read nothing of the body would be.
        let signature = "t=\(Int(Date().timeIntervalSince1970)),v1=\(String(repeating: "0", count: 64))"
        let head =
            "POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nStripe-Signature: \(signature)\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
        let answer = try await RawConnection.exchange(
            Array((head + String(repeating: chunk, count: 40)).utf8), port: port)
        let text = String(decoding: answer, as: UTF8.self)
        #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 413"), "\(text.prefix(200))")
        try await expectIntact(market())
    }

    @Test("An event of exactly a mebibyte is stored whole")
    func largest() async throws {
        let frame = ProviderEvent.aboutNothing(note: "").body.count
        let event = ProviderEvent.aboutNothing(note: String(repeating: "x", count: (1 << 20) - frame))
        #expect(event.body.count == 1 << 20)
        let market = try await market()
        #expect(await market.webhooks.push(event) == 200)
        let length = try await market.database.queryValue(
            "SELECT length(body)::int8 FROM webhook_events WHERE event_id = \(event.id)", as: Int.self)
        #expect(length == 1 << 20)
    }

    @Test("A sender that hangs up in the middle of a body harms nobody")
    func hangUp() async throws {
        let port = try await market().apiPort
        let head = "POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{\"id\":\"evt"
        for _ in 0..<5 { _ = try await RawConnection.exchange(Array(head.utf8), port: port, closesEarly: true) }
        _ = try await RawConnection.exchange(Array("NONSENSE\r\n\r\n".utf8), port: port)
        _ = try await RawConnection.exchange([0xFF, 0, 0x16, 3, 1], port: port, closesEarly: true)
        try await expectIntact(market())
    }

    @Test(
        "A signed body that is no event is refused and names what is wrong",
        arguments: [
            "", "null", "[]", "12", "\"evt\"", "<event/>", "id=evt_1&type=x", "{", "{\"id\":\"evt_1\"",
            "{\"id\":\"evt_1\"}",
            "{\"id\":7,\"type\":\"x\"}", "{\"id\":\"\",\"type\":\"x\"}", "{\"id\":\"evt\\u0000\",\"type\":\"x\"}",
            "{\"id\":\"a b\",\"type\":\"x\"}", "{\"type\":\"x\"}",
        ])
    func notAnEvent(text: String) async throws {
        let body = Array(text.utf8)
        #expect(try await refusal(body, signature: try await signed(body)) == 400)
    }

    @Test(
        "A signed event that nobody can understand is stored and does no harm",
        arguments: [
            #""type":"made.up.tomorrow""#, #""type":"payment_intent.succeeded","data":null"#,
            #""type":"payment_intent.succeeded","data":{"object":[]}"#,
            #""type":"payment_intent.succeeded","data":{"object":{"id":7,"amount_received":"x"}}"#,
            #""type":"checkout.session.completed","data":{"object":{"id":"cs_\u0000","payment_intent":{}}}"#,
            #""type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","amount_received":99999999999999999999}}"#,
            #""type":"charge.refunded","data":{"object":{"id":"ch_1","payment_intent":"pi_unknown","amount_refunded":1}}"#,
            #""type":"payment_intent.succeeded","data":{"object":"#,
        ])
    func notUnderstood(rest: String) async throws {
        let market = try await market()
        let id = "evt_\(UUID().uuidString)"
        let isCut = rest.hasSuffix(":")
        let body = Array("{\"id\":\"\(id)\",\(rest)\(isCut ? "" : "}")".utf8)
        let event = ProviderEvent(id: id, type: "?", body: body)
        #expect(await market.webhooks.push(event) == 200)
        try await expectSettledEvent(id, in: market)
    }

    @Test("Ten thousand levels of nesting are stored and ignored")
    func nesting() async throws {
        let market = try await market()
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let id = "evt_\(UUID().uuidString)"
            let nested = String(repeating: open, count: 10_000) + "1" + String(repeating: close, count: 10_000)
            let body = "{\"id\":\"\(id)\",\"type\":\"payment_intent.succeeded\",\"data\":{\"object\":\(nested)}}"
            #expect(await market.webhooks.push(ProviderEvent(id: id, type: "?", body: Array(body.utf8))) == 200)
            try await expectSettledEvent(id, in: market)
        }
    }

    @Test("A duplicate id with another body is acknowledged and changes nothing")
    func changedDuplicate() async throws {
        let market = try await market()
        let event = ProviderEvent.aboutNothing()
        #expect(await market.webhooks.push(event) == 200)
        let other = ProviderEvent(
            id: event.id, type: "x", body: Array("{\"id\":\"\(event.id)\",\"type\":\"payment_intent.succeeded\"}".utf8))
        #expect(await market.webhooks.push(other) == 200)
        let bodies = try await market.database.queryValues(
            "SELECT body FROM webhook_events WHERE event_id = \(event.id)", as: [UInt8].self)
        #expect(bodies == [event.body])
        try await expectIntact(market)
    }

    @Test(
        "The signature covers the bytes, whatever content type is claimed",
        arguments: ["text/plain", "", "application/xml", "x"])
    func contentTypes(type: String) async throws {
        let market = try await market()
        let event = ProviderEvent.aboutNothing()
        let answer = try await market.webhooks.post(
            event.body, signature: market.webhooks.signature(of: event.body), contentType: type)
        #expect([200, 415].contains(answer.status))
    }

    @Test("Other methods and paths are told so")
    func otherRequests() async throws {
        let market = try await market()
        #expect(try await market.shop.askAnonymously("GET", "/../../webhooks/stripe").status < 500)
        #expect(try await market.shop.askAnonymously("DELETE", "/orders").status == 405)
        #expect(try await market.shop.askAnonymously("GET", "/nothing").status == 404)
        #expect(try await market.shop.askAnonymously("GET", "/orders/ord_nonsense").status < 500)
        #expect(try await market.shop.askAnonymously("GET", "/vendors").status == 401)
    }

    @Test(
        "A malformed order gets a problem that names the field",
        arguments: [
            ("{}", "/email"), (#"{"email":"x"}"#, "/email"), (#"{"email":7,"lines":[]}"#, "/email"),
            (#"{"email":"a@example.com"}"#, "/lines"), (#"{"email":"a@example.com","lines":[]}"#, "/lines"),
            (#"{"email":"a@example.com","lines":{}}"#, "/lines"),
            (#"{"email":"a@example.com","lines":[{"quantity":1}]}"#, "/lines/0/variant_id"),
            (#"{"email":"a@example.com","lines":[{"variant_id":"x","quantity":1}]}"#, "/lines/0/variant_id"),
            (
                #"{"email":"a@example.com","lines":[{"variant_id":"var_01h455vb4pex5vsknk084sn02q","quantity":0}]}"#,
                "/lines/0/quantity"
            ),
            (
                #"{"email":"a@example.com","lines":[{"variant_id":"var_01h455vb4pex5vsknk084sn02q","quantity":1.5}]}"#,
                "/lines/0/quantity"
            ),
            (
                #"{"email":"a@example.com","lines":[{"variant_id":"var_01h455vb4pex5vsknk084sn02q","quantity":1e400}]}"#,
                nil
            ),
            (#"{"email":"a\u0000@example.com","lines":[]}"#, nil), ("[]", nil), ("null", nil), ("", nil), ("{", nil),
            (String(repeating: "[", count: 10_000), nil),
        ])
    func malformedOrder(body: String, pointer: String?) async throws {
        let answer = try await market().shop.askAnonymously(
            "POST", "/orders", body: Array(body.utf8),
            headers: [("Content-Type", "application/json"), ("Idempotency-Key", UUID().uuidString)])
        #expect((400..<500).contains(answer.status), "\(answer.status) \(answer.text)")
        let problem = try answer.json(Rejection.self)
        #expect(problem.status == answer.status && !problem.title.isEmpty)
        if let pointer {
            #expect(problem.errors?.contains { $0.pointer == pointer } == true, "\(answer.text)")
        }
    }

    @Test("An order for a variant that does not exist names it")
    func unknownVariant() async throws {
        let body = #"{"email":"a@example.com","lines":[{"variant_id":"var_01h455vb4pex5vsknk084sn02q","quantity":1}]}"#
        let answer = try await market().shop.askAnonymously(
            "POST", "/orders", body: Array(body.utf8),
            headers: [("Content-Type", "application/json"), ("Idempotency-Key", UUID().uuidString)])
        #expect((400..<500).contains(answer.status), "\(answer.text)")
        #expect(answer.text.contains("variant"), "\(answer.text)")
    }

    @Test("Orders with a wrong content type or without an idempotency key are refused by name")
    func orderHeaders() async throws {
        let market = try await market()
        let body = Array("{}".utf8)
        let wrongType = try await market.shop.askAnonymously(
            "POST", "/orders", body: body,
            headers: [("Content-Type", "text/xml"), ("Idempotency-Key", UUID().uuidString)])
        #expect(wrongType.status == 415)
        let withoutKey = try await market.shop.askAnonymously(
            "POST", "/orders", body: body, headers: [("Content-Type", "application/json")])
        #expect(withoutKey.status == 400 && withoutKey.text.contains("Idempotency-Key"))
    }

    /// The event's job has come to an end that is not a failure, and the marketplace is whole.
    private func expectSettledEvent(_ id: String, in market: Marketplace) async throws {
        try await expectIntact(market)
        let outcome = try await market.database.queryValue(
            """
            SELECT o.outcome FROM webhook_events e JOIN webhook_outcomes o ON o.webhook_event_id = e.id WHERE e.event_id = \(id)
            """, as: String.self)
        #expect(outcome == "ignored" || outcome == "unreadable", "\(outcome ?? "none")")
    }
}
