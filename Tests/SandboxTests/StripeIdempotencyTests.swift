import Testing

@testable import SandboxRuntime

@Suite("Stripe's idempotency keys")
struct StripeIdempotencyTests {
    @Test("The same key and parameters give the same answer again, marked as replayed")
    func replay() async throws {
        try await withSandbox { sandbox in
            let first = try await sandbox.createIntent(key: "k")
            let second = try await sandbox.createIntent(key: "k")
            #expect(first.body == second.body)
            #expect(first.headers["idempotent-replayed"] == nil)
            #expect(second.headers["idempotent-replayed"] == "true")
            #expect(second.headers["original-request"] == first.headers["request-id"])
            let list = try await sandbox.stripe(.get, "payment_intents").json
            #expect(list["data"]?.elements?.count == 1)
        }
    }

    @Test("The same key with other parameters, or for another path, is an idempotency_error")
    func mismatch() async throws {
        try await withSandbox { sandbox in
            _ = try await sandbox.createIntent(key: "k")
            let parameters = try await sandbox.createIntent(["amount": "3000"], key: "k")
            #expect(parameters.status == 400)
            #expect(parameters.json["error"]?["type"] == "idempotency_error")
            let path = try await sandbox.stripe(.post, "refunds", ["payment_intent": "pi_x"], key: "k")
            #expect(path.json["error"]?["type"] == "idempotency_error")
        }
    }

    @Test("A second request while the first still runs gets 409")
    func concurrent() async throws {
        try await withSandbox { sandbox in
            try await sandbox.control(
                "stripe/next", #"{"request":"POST /v1/payment_intents","fault":"none","delay_ms":5000}"#)
            // The one that comes first is slow, whichever of the two it is.
            async let one = sandbox.createIntent(key: "k")
            async let other = sandbox.createIntent(key: "k")
            let replies = try await [one, other].sorted { $0.status < $1.status }
            #expect(replies.map(\.status) == [200, 409])
            let early = replies[1]
            #expect(early.json["error"]?["type"] == "idempotency_error")
            #expect(early.json["error"]?["code"] == "idempotency_key_in_use")
            #expect(try await sandbox.createIntent(key: "k").headers["idempotent-replayed"] == "true")
        }
    }

    @Test("A 500 after the fact is kept and replayed, though the object exists")
    func storedServerError() async throws {
        try await withSandbox { sandbox in
            try await sandbox.control("stripe/next", #"{"request":"POST /v1/payment_intents","fault":"error_after"}"#)
            #expect(try await sandbox.createIntent(key: "k").status == 500)
            let again = try await sandbox.createIntent(key: "k")
            #expect(again.status == 500)
            #expect(again.headers["idempotent-replayed"] == "true")
            #expect(again.json["error"]?["type"] == "api_error")
            let list = try await sandbox.stripe(.get, "payment_intents").json
            #expect(list["data"]?.elements?.count == 1)
        }
    }

    @Test("A lost answer is replayed whole: the connection is cut, the repetition gets the object")
    func lostAnswer() async throws {
        try await withSandbox { sandbox in
            try await sandbox.control("stripe/next", #"{"request":"POST /v1/payment_intents","fault":"lose_answer"}"#)
            await #expect(throws: (any Error).self) { try await sandbox.createIntent(key: "k") }
            let again = try await sandbox.createIntent(key: "k")
            #expect(again.status == 200)
            #expect(again.headers["idempotent-replayed"] == "true")
        }
    }

    @Test("A refused parameter is not kept, a declined card is")
    func whatIsKept() async throws {
        try await withSandbox { sandbox async throws in
            #expect(try await sandbox.createIntent(["amount": "1"], key: "k").status == 400)
            #expect(try await sandbox.createIntent(key: "k").status == 200)
            let declined = ["payment_method": "pm_card_chargeDeclined", "confirm": "true"]
            #expect(try await sandbox.createIntent(declined, key: "d").status == 402)
            #expect(try await sandbox.createIntent(declined, key: "d").headers["idempotent-replayed"] == "true")
        }
    }

    @Test("After a day the key is free again")
    func pruned() async throws {
        try await withSandbox { sandbox in
            let first = try await sandbox.createIntent(key: "k").json
            try await sandbox.control("stripe/advance", #"{"seconds":90000}"#)
            let second = try await sandbox.createIntent(key: "k").json
            #expect(first["id"] != second["id"])
        }
    }

    @Test("The key is ignored on reads")
    func reads() async throws {
        try await withSandbox { sandbox in
            let before = try await sandbox.stripe(.get, "payment_intents", key: "k").json
            _ = try await sandbox.createIntent()
            let after = try await sandbox.stripe(.get, "payment_intents", key: "k").json
            #expect(before != after)
        }
    }
}
