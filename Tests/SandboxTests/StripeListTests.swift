import Testing

@testable import SandboxRuntime

@Suite("Stripe's lists and search")
struct StripeListTests {
    private func seed(_ count: Int, in sandbox: Harness) async throws -> [String] {
        let reply = try await sandbox.control("stripe/seed", #"{"payments":\#(count)}"#).json
        return try #require(reply["payment_intents"]?.elements).compactMap(\.stringValue)
    }

    private func ids(_ list: JSON) -> [String] {
        (list["data"]?.elements ?? []).compactMap { $0["id"]?.stringValue }
    }

    @Test("Pages come newest first, and starting_after walks through all of them")
    func paging() async throws {
        try await withSandbox { sandbox in
            let created = try await seed(25, in: sandbox)
            var walked: [String] = []
            var more = true
            while more {
                var query = ["limit": "10"]
                query["starting_after"] = walked.last
                let page = try await sandbox.stripe(.get, "payment_intents", query).json
                #expect(page["object"] == "list")
                #expect(page["url"] == "/v1/payment_intents")
                walked += ids(page)
                more = page["has_more"] == true
            }
            #expect(walked == created.reversed())
            let before = try await sandbox.stripe(.get, "payment_intents", ["ending_before": walked[5], "limit": "3"])
                .json
            #expect(ids(before) == Array(walked[2..<5]))
            #expect(before["has_more"] == true)
        }
    }

    @Test("created[gte] and its siblings bound a list")
    func created() async throws {
        try await withSandbox { sandbox in
            try await sandbox.control("stripe/clock", #"{"freeze":1700000000}"#)
            let old = try await seed(2, in: sandbox)
            try await sandbox.control("stripe/advance", #"{"seconds":100}"#)
            let new = try await seed(2, in: sandbox)
            func list(_ query: [String: String]) async throws -> [String] {
                ids(try await sandbox.stripe(.get, "payment_intents", query).json)
            }
            #expect(try await list(["created[gte]": "1700000100"]) == new.reversed())
            #expect(try await list(["created[gt]": "1700000100"]) == [])
            #expect(try await list(["created[lt]": "1700000100"]) == old.reversed())
            #expect(try await list(["created": "1700000000"]) == old.reversed())
        }
    }

    @Test("A limit outside 1 to 100 and an unknown cursor are refused")
    func refused() async throws {
        try await withSandbox { sandbox async throws in
            #expect(try await sandbox.stripe(.get, "charges", ["limit": "101"]).status == 400)
            #expect(try await sandbox.stripe(.get, "charges", ["limit": "0"]).status == 400)
            #expect(try await sandbox.stripe(.get, "charges", ["starting_after": "ch_none"]).status == 404)
        }
    }

    @Test("Events are found by type, and by whether every receiver has acknowledged them")
    func events() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                _ = try await sandbox.payIntent()
                _ = try await receiver.wait(for: 3)
                _ = try await sandbox.eventually {
                    try await sandbox.stripe(.get, "events", ["delivery_success": "false"]).json["data"] == []
                }
                try await sandbox.control("stripe/faults", #"{"webhooks":{"drop":1}}"#)
                _ = try await sandbox.payIntent()
                let types = try await sandbox.stripe(.get, "events", ["type": "payment_intent.succeeded"]).json
                #expect(ids(types).count == 2)
                let lost = try await sandbox.stripe(.get, "events", ["delivery_success": "false"]).json
                #expect(ids(lost).count == 3)
                #expect(lost["data"]?.elements?.allSatisfy { $0["pending_webhooks"] == 1 } == true)
                let id = try #require(ids(lost).first)
                #expect(try await sandbox.stripe(.get, "events/\(id)").json["id"]?.stringValue == id)
            }
        }
    }

    @Test("The search finds metadata, but not at once")
    func search() async throws {
        try await withSandbox { sandbox in
            try await sandbox.control("stripe/clock", #"{"freeze":1700000000}"#)
            let id = try await sandbox.payIntent(["metadata[order_id]": "ord_42"])["id"]
            let query = ["query": "metadata['order_id']:'ord_42' AND status:'succeeded'"]
            #expect(try await sandbox.stripe(.get, "payment_intents/search", query).json["data"] == [])
            try await sandbox.control("stripe/advance", #"{"seconds":2}"#)
            let found = try await sandbox.stripe(.get, "payment_intents/search", query).json
            #expect(found["object"] == "search_result")
            #expect(found["data"]?.elements?.map { $0["id"] } == [id])
            let negated = ["query": "-metadata['order_id']:'ord_42'"]
            #expect(try await sandbox.stripe(.get, "payment_intents/search", negated).json["data"] == [])
            #expect(
                try await sandbox.stripe(.get, "payment_intents/search", ["query": "amount>1000"]).json["data"] != [])
            #expect(try await sandbox.stripe(.get, "payment_intents/search", ["query": "what?"]).status == 400)
        }
    }
}
