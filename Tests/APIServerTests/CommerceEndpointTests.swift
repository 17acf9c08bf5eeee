import Core
import HTTPTypes
import Inventory
import Jobs
import Orders
import Platform
import Postgres
import Testing

@testable import APIServer

@Suite("Commerce over HTTP")
struct CommerceEndpointTests {
    @Test("A product is created, read by anybody with an ETag, and edited only from its current version")
    func products() async throws {
        try await LiveAPI.run { api in
            let (product, _) = try await api.offer(kind: "licence_key")
            let read = try await api.call(.get, "/products/\(product)", token: nil)
            let tag = try #require(read.header("ETag"))
            #expect(try read.status == 200 && read.json["version"] == 1 && read.json["locale"] == "en")
            #expect(try read.json["variants"]?[0]?["price"] == ["minor_units": 120_000, "currency": "BDT"])
            let same = try await api.call(
                .get, "/products/\(product)", token: nil, headers: ["If-None-Match": tag])
            #expect(same.status == 304)
            let edit: JSONValue = ["title": "Antivirus 2"]
            #expect(try await api.call(.patch, "/products/\(product)", edit).status == 428)
            let edited = try await api.call(.patch, "/products/\(product)", edit, headers: ["If-Match": "\"1\""])
            #expect(edited.status == 200 && edited.header("ETag") == "\"2\"")
            let stale = try await api.call(.patch, "/products/\(product)", edit, headers: ["If-Match": "\"1\""])
            #expect(stale.status == 412)
            let any = try await api.call(
                .patch, "/products/\(product)", ["brand": "Lekha"], headers: ["If-Match": "*"])
            #expect(any.status == 200)
            #expect(try await api.call(.post, "/products/\(product)/withdraw").status == 200)
            #expect(try await api.call(.get, "/products/\(product)", token: nil).status == 404)
        }
    }

    @Test("What is for sale is listed page by page to anybody")
    func listing() async throws {
        try await LiveAPI.run { api in
            var offered: [String] = []
            for number in 0..<3 {
                offered.insert(try await api.offer(kind: "licence_key", sku: "S\(number)").product, at: 0)
            }
            let first = try await api.call(.get, "/products?limit=2", token: nil).json
            #expect(first["data"]?.arrayValue?.compactMap { $0["id"]?.stringValue } == Array(offered.prefix(2)))
            let cursor = try #require(first["next_cursor"]?.stringValue)
            let second = try await api.call(.get, "/products?limit=2&cursor=\(cursor)", token: nil).json
            #expect(second["data"]?.arrayValue?.compactMap { $0["id"]?.stringValue } == Array(offered.suffix(1)))
            #expect(second["has_more"] == false)
            let wrong = try await api.call(.get, "/orders?cursor=\(cursor)")
            #expect(wrong.status == 400)
            #expect(try wrong.problem == "invalid-cursor")
        }
    }

    @Test("Keys are imported, ordered, and the loser is told what is left")
    func orders() async throws {
        try await LiveAPI.run { api in
            let (_, variant) = try await api.offer(kind: "licence_key")
            let imported = try await api.importKeys(["A", "B", "A"], into: variant)
            #expect(imported.status == 201)
            #expect(try imported.json["duplicates"] == [2])
            let placed = try await api.place(variant, quantity: 2)
            #expect(placed.status == 201)
            let order = try #require(try placed.json["order"]?["id"]?.stringValue)
            #expect(placed.header("Location")?.hasSuffix("/orders/\(order)") == true)
            let refused = try await api.place(variant)
            #expect(refused.status == 409)
            #expect(try refused.problem == "insufficient-stock")
            #expect(try refused.json["lines"]?[0]?["available"] == 0)
            let stock = try await api.call(.get, "/variants/\(variant)/stock").json
            #expect(stock["reserved"] == 2 && stock["available"] == 0)
        }
    }

    @Test("An order opens to its own token and to the operator, to nobody else")
    func access() async throws {
        try await LiveAPI.run { api in
            let (_, variant) = try await api.offer(kind: "licence_key")
            _ = try await api.importKeys(["A", "B"], into: variant)
            let mine = try await api.place(variant).json
            let other = try await api.place(variant).json
            let path = "/orders/" + (try #require(mine["order"]?["id"]?.stringValue))
            let token = try #require(mine["access_token"]?.stringValue)
            let otherToken = try #require(other["access_token"]?.stringValue)
            #expect(try await api.call(.get, path, token: token).status == 200)
            #expect(try await api.call(.get, path).status == 200)
            #expect(try await api.call(.get, path, token: nil).status == 401)
            #expect(try await api.call(.get, path, token: otherToken).status == 401)
            #expect(try await api.call(.get, "/orders", token: token).status == 401)
            #expect(try await api.call(.get, "/vendors", token: nil).status == 401)
        }
    }

    @Test("A repeated order is one order, and another order under its key is another one")
    func repetition() async throws {
        try await LiveAPI.run { api in
            let (_, variant) = try await api.offer(kind: "licence_key")
            _ = try await api.importKeys(["A", "B"], into: variant)
            let first = try await api.place(variant, key: "one-key-only")
            let again = try await api.place(variant, key: "one-key-only")
            #expect(first.status == 201 && again.bytes == first.bytes)
            let other = try await api.place(variant, quantity: 2, key: "one-key-only")
            #expect(try other.problem == "insufficient-stock")
            #expect(try await api.call(.get, "/variants/\(variant)/stock").json["reserved"] == 1)
        }
    }

    @Test("A malformed order gets a problem that names every wrong field")
    func malformedOrder() async throws {
        try await LiveAPI.run { api in
            let reply = try await api.call(
                .post, "/orders", ["email": "nobody", "lines": [["variant_id": "x", "quantity": 0]], "surprise": 1],
                token: nil)
            #expect(reply.status == 422)
            #expect(
                try Set(reply.pointers) == ["/email", "/lines/0/variant_id", "/lines/0/quantity", "/surprise"])
        }
    }

    @Test("Once its keys are assigned an order says so; it shows them when asked to, and each showing is on record")
    func keys() async throws {
        try await LiveAPI.run { api in
            let (_, variant) = try await api.offer(kind: "licence_key", price: 0)
            _ = try await api.importKeys(["FREE-KEY"], into: variant)
            let placed = try await api.place(variant).json
            #expect(placed["order"]?["status"] == "paid")
            let order = try #require(placed["order"]?["id"]?.stringValue)
            let token = try #require(placed["access_token"]?.stringValue)
            let reveal = "/orders/\(order)/licence_keys/reveal"
            #expect(try await api.call(.post, reveal, token: token).json["data"] == [])
            let id = try #require(ID<Order>(order))
            try await api.platform.queue.withUnitOfWork { work in
                try await DeliverLicenceKeys(audit: api.platform.audit, clock: api.platform.clock)(
                    DeliverLicenceKeys.Job(orderID: id), in: work)
            }
            let shown = try await api.call(.get, "/orders/\(order)", token: token).json
            #expect(shown["status"] == "delivered")
            #expect(shown["lines"]?[0]?["licence_keys"] == 1)
            let before = try await api.call(.get, "/audit_events?subject=\(order)").json["data"]?[0]?["action"]
            #expect(before != "order.keys_revealed")
            let line = try #require(shown["lines"]?[0]?["id"])
            #expect(
                try await api.call(.post, reveal, token: token).json["data"] == [["line_id": line, "key": "FREE-KEY"]])
            #expect(try await api.call(.post, reveal, token: nil).status == 401)
            let kinds = shown["timeline"]?.arrayValue?.compactMap { $0["kind"]?.stringValue }
            #expect(kinds == ["ordered", "paid", "key_assigned", "delivered"])
            let events = try await api.call(.get, "/audit_events?subject=\(order)").json["data"]?.arrayValue
            #expect(events?.first?["action"] == "order.keys_revealed")
            #expect(events?.first?["actor"]?.stringValue == "order_token:\(order)")
        }
    }

    @Test("A payment is refunded part by part until nothing is left, and its refunds are listed newest first")
    func refunds() async throws {
        try await LiveAPI.run { api in
            let payment = try await api.capturedPayment()
            func refund(_ units: Int64) async throws -> Reply {
                try await api.call(
                    .post, "/payments/\(payment)/refunds",
                    ["amount": ["minor_units": .integer(units), "currency": "BDT"], "reason": "broken"])
            }
            let first = try await refund(100_000)
            #expect(first.status == 201)
            let json = try first.json
            #expect(json["state"] == "requested" && json["origin"] == "operator" && json["reason"] == "broken")
            let id = try #require(json["id"]?.stringValue)
            #expect(first.header("Location") == "/api/v1/refunds/\(id)")
            #expect(try await api.call(.get, "/refunds/\(id)").json == json)
            let tooMuch = try await refund(20_001)
            #expect(tooMuch.status == 409)
            #expect(try tooMuch.problem == "refund-exceeds-payment")
            #expect(try tooMuch.json["refundable"] == ["minor_units": 20_000, "currency": "BDT"])
            #expect(try await refund(20_000).status == 201)
            let page = try await api.call(.get, "/payments/\(payment)/refunds?limit=1").json
            #expect(page["data"]?[0]?["amount"]?["minor_units"] == 20_000 && page["has_more"] == true)
            let cursor = try #require(page["next_cursor"]?.stringValue)
            let rest = try await api.call(.get, "/payments/\(payment)/refunds?limit=1&cursor=\(cursor)").json
            #expect(rest["data"] == [json] && rest["has_more"] == false)
            let events = try await api.call(.get, "/audit_events?subject=\(payment)").json["data"]?.arrayValue
            let me = try await api.call(.get, "/me").json["principal"]
            #expect(events?.allSatisfy { $0["actor"] == me && $0["action"] == "refund.requested" } == true)
            #expect(try await api.call(.get, "/payments/\(payment)/refunds", token: nil).status == 401)
        }
    }

    @Test("Jobs that a request causes belong to its trace")
    func trace() async throws {
        try await LiveAPI.run { api in
            let (_, variant) = try await api.offer(kind: "licence_key")
            _ = try await api.importKeys(["A"], into: variant)
            let traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
            let placed = try await api.call(
                .post, "/orders",
                ["email": "ada@example.org", "lines": [["variant_id": .string(variant), "quantity": 1]]],
                headers: ["traceparent": "00-\(traceID)-00f067aa0ba902b7-01"])
            #expect(placed.status == 201)
            let traces = try await api.platform.postgres.queryValues(
                "SELECT trace FROM jobs WHERE queue <> 'search'", as: String.self)
            #expect(traces.count == 1 && traces.allSatisfy { $0.contains(traceID) })
        }
    }
}
