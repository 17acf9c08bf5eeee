import Core
import Crypto
import Customers
import Foundation
import HTTPTypes
import Identity
import Jobs
import Media
import Platform
import Postgres
import ProductSubscriptions
import Redis
import TestSupport
import Testing

@testable import APIServer

@Suite("Being forgotten, over HTTP")
struct ErasureOverHTTPTests {
    private static let email = "Zarina.Q7.Sultana@mail.example"
    private static let texts = [
        "zarina", "sultana", "জারিনা", "1755443322", "১৭৫৫৪৪৩৩২২", "Yellow Gate 5", "Opposite the banyan",
    ]
    private static let address: JSONValue = [
        "name": "জারিনা সুলতানা", "latin_name": "Zarina Sultana", "phone": "০১৭৫৫৪৪৩৩২২",
        "address": [
            "country": "BD", "line1": "Yellow Gate 5", "landmark": "Opposite the banyan", "upazila": "Savar",
            "district": "Dhaka",
        ],
    ]

    /// What in Redis holds a text: the names of keys and all that stands under them.
    private static let search = """
        local found = {}
        for _, key in ipairs(redis.call('KEYS', '*')) do
            local kind = redis.call('TYPE', key).ok
            local values = {}
            if kind == 'string' then values = {redis.call('GET', key)}
            elseif kind == 'list' then values = redis.call('LRANGE', key, 0, -1)
            elseif kind == 'hash' then values = redis.call('HGETALL', key)
            elseif kind == 'set' then values = redis.call('SMEMBERS', key)
            elseif kind == 'zset' then values = redis.call('ZRANGE', key, 0, -1) end
            table.insert(values, key)
            for _, value in ipairs(values) do
                for _, text in ipairs(ARGV) do
                    if string.find(string.lower(value), text, 1, true) then table.insert(found, key) end
                end
            end
        end
        return found
        """

    @Test("Somebody who was here and asks is gone from the database and from Redis, and their address is free")
    func gone() async throws {
        try await LiveAPI.run(isLimited: true) { api in
            let zarina = try await api.customer(Self.email)
            _ = try await api.signIn(Self.email, "a wrong password")
            try await api.call(
                .patch, "/me/account", ["name": "জারিনা সুলতানা", "latin_name": "Zarina Sultana"], token: zarina.token,
                headers: ["If-Match": "*"])
            let added = try await api.call(.post, "/me/addresses", Self.address, token: zarina.token)
            #expect(added.status == 201)
            let (_, book) = try await api.offer(kind: "physical", sku: "ZQ")
            try await api.call(.post, "/variants/\(book)/stock_adjustments", ["delta": 5, "reason": "received"])
            let placed = try await api.call(
                .post, "/orders",
                [
                    "email": .string(Self.email), "customer_name": "Zarina Sultana", "phone": "+8801755443322",
                    "lines": [["variant_id": .string(book), "quantity": 1]],
                    "shipping_address": [
                        "name": "Zarina Sultana", "line1": "Yellow Gate 5", "city": "Dhaka", "country": "BD",
                    ],
                ], token: zarina.token)
            let order = try #require(try placed.json["order"]?["id"]?.stringValue)
            let proof: JSONValue = ["present_password": .string(LiveAPI.password)]
            let held = try await api.call(.post, "/me/erasure", proof, token: zarina.token)
            #expect(try held.status == 409 && held.problem == "erasure-held")
            #expect(try held.json["holds"]?[0]?["code"] == "open_orders")
            try await api.call(.post, "/orders/\(order)/cancel", token: zarina.token)
            let asked = try await api.call(.post, "/me/erasure", proof, token: zarina.token)
            let id = try #require(ID<Erasure>(try asked.json["id"]?.stringValue ?? ""))
            let text = DatabaseText(owner: api.owner)
            #expect(try await text.places(of: Self.texts).count > 5)
            try await Self.execute(id, in: api)
            #expect(try await text.places(of: Self.texts) == [])
            let arguments: [any RedisArgument] = [Self.search, 0]
            let inRedis = try await api.platform.redis.send(
                RedisCommand("EVAL", arguments: arguments + Self.texts.map { $0.lowercased() as any RedisArgument }))
            #expect(inRedis.elements == [])
            #expect(try await api.call(.get, "/me/account", token: zarina.token).status == 401)
            let again = try await api.signUp(Self.email)
            #expect(again.status == 200)
            #expect(try await api.call(.get, "/customers?search=zarina").json["data"]?.arrayValue?.count == 1)
        }
    }

    /// As the worker does.
    private static func execute(_ id: ID<Erasure>, in api: LiveAPI) async throws {
        let platform = api.platform
        let queue = JobQueue(
            postgres: api.owner, redis: platform.redis, envelopeKey: SymmetricKey(size: .bits256),
            subscriptions: .product, logger: platform.logger, makeID: { UUID() })
        let execute = ExecuteErasure(
            keepers: .product(delete: DeleteMedia(audit: platform.audit, clock: platform.clock)),
            audit: platform.audit, clock: platform.clock)
        try await queue.withUnitOfWork { try await execute(ExecuteErasure.Job(erasureID: id), in: $0) }
    }
}
