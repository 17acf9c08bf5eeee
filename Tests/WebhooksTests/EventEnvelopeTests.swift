import Foundation
import Testing

@testable import Webhooks

@Suite struct EventEnvelopeTests {
    private static let sample = """
        {
          "id": "evt_1", "object": "event", "api_version": "2026-10-28.endive", "created": 1700000000,
          "data": {"object": {"id": "pi_1", "type": "inner", "amount": 2000, "note": "a \\"}{,[ b\\\\", "list": [{"id": 1}, []]}},
          "livemode": false, "request": {"id": null}, "pending_webhooks": 1,
          "type": "payment_intent.succeeded"
        }
        """

    private func scan(_ text: String) throws(WebhookRejection) -> EventEnvelope {
        try EventEnvelope(scanning: Array(text.utf8))
    }

    @Test("Id and type come from the top level, whatever is nested beside them")
    func topLevelOnly() throws {
        let envelope = try scan(Self.sample)
        #expect(envelope.id == "evt_1")
        #expect(envelope.type == "payment_intent.succeeded")
    }

    @Test("An event cut at any byte is refused or, where both names were whole, understood; it never crashes")
    func truncation() throws {
        let bytes = Array(Self.sample.utf8)
        let complete = try #require(Self.sample.range(of: "\"payment_intent.succeeded\""))
        let needed = Self.sample.utf8.distance(from: Self.sample.startIndex, to: complete.upperBound)
        for length in bytes.indices {
            let envelope = try? EventEnvelope(scanning: Array(bytes[..<length]))
            #expect(envelope == nil || length >= needed, "cut at \(length)")
        }
    }

    @Test("Every byte replaced by any other never crashes the scanner")
    func mutations() {
        let bytes = Array(Self.sample.utf8)
        for index in bytes.indices {
            for value: UInt8 in [0, 0x22, 0x5C, 0x7B, 0x7D, 0x5B, 0x2C, 0x3A, 0xFF] {
                var mutated = bytes
                mutated[index] = value
                _ = try? EventEnvelope(scanning: mutated)
            }
        }
    }

    @Test(
        "Nesting costs no stack",
        arguments: [("[", "]", 10_000), ("{\"a\":", "}", 10_000), ("[", "]", 1_000_000)])
    func nesting(open: String, close: String, depth: Int) throws {
        let nested = String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        let envelope = try scan("{\"data\": \(nested), \"id\": \"evt_deep\", \"type\": \"deep\"}")
        #expect(envelope.id == "evt_deep")
        #expect(throws: WebhookRejection.self) { try scan("{\"data\": \(String(repeating: open, count: depth))") }
    }

    @Test(
        "Whatever is no JSON object is no event",
        arguments: [
            "", " ", "null", "true", "12", "\"id\"", "[]", "[{\"id\":\"evt\",\"type\":\"t\"}]", "{", "{\"", "{\"id",
            "{\"id\"",
            "{\"id\":", "{\"id\":\"", "{\"id\":\"evt_1\"", "{\"id\":\"evt_1\",", "<xml/>", "id=evt_1&type=t",
            "{id: 'evt_1'}",
            "\u{0}", "{\u{0}}", "{,}", "{\"id\":}", "{\"id\" \"evt\"}",
        ])
    func notAnObject(text: String) {
        #expect(throws: WebhookRejection.self) { try scan(text) }
    }

    @Test(
        "An event without a plain id and type is refused",
        arguments: [
            "{}", "{\"id\":\"evt_1\"}", "{\"type\":\"t\"}", "{\"id\":1,\"type\":\"t\"}", "{\"id\":null,\"type\":\"t\"}",
            "{\"id\":\"\",\"type\":\"t\"}", "{\"id\":\"a b\",\"type\":\"t\"}", "{\"id\":\"a\\u0000\",\"type\":\"t\"}",
            "{\"id\":\"\u{0}\",\"type\":\"t\"}", "{\"id\":\"é\",\"type\":\"t\"}", "{\"id\":[\"evt\"],\"type\":\"t\"}",
            "{\"id\":\"\(String(repeating: "x", count: 256))\",\"type\":\"t\"}",
            "{\"\\u0069d\":\"evt_1\",\"type\":\"t\"}",
            "{\"data\":{\"id\":\"evt_1\",\"type\":\"t\"}}",
        ])
    func withoutNames(text: String) {
        #expect(throws: WebhookRejection.self) { try scan(text) }
    }

    @Test("Bytes that are no UTF-8 elsewhere in the body do not matter")
    func foreignBytes() throws {
        let bytes =
            Array("{\"x\":\"".utf8) + [0xC3, 0x28, 0xFF, 0x00] + Array("\",\"id\":\"evt_1\",\"type\":\"t\"}".utf8)
        #expect(try EventEnvelope(scanning: bytes).id == "evt_1")
    }
}
