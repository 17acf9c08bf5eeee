import Core
import Endpoints
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Postgres
import Testing

@Suite("Idempotency of work under a lease")
struct IdempotencyTests {
    @Test("Of sixteen concurrent posts with one key one is carried out and all get its answer")
    func race() async throws {
        let server = BazaarServer()
        await server.bazaar.stalls.slowDown(by: .milliseconds(150))
        try await server.live { client in
            let responses = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                for _ in 0..<16 {
                    group.addTask { try await client.post("/api/v1/orders", goodOrder, key: "one-intention") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(responses.allSatisfy { $0.status == .created })
            #expect(Set(responses.map { String(buffer: $0.body) }).count == 1)
            #expect(responses.count { $0.header("Idempotent-Replayed") == "true" } == 15)
            #expect(responses.allSatisfy { $0.headers[.location] == responses[0].headers[.location] })
        }
        #expect(await server.bazaar.stalls.placed == 1)
    }

    @Test(
        "Of callers who can't be told apart none uses up another's key or gets another's answer; nor do other callers")
    func separateCallers() async throws {
        let server = BazaarServer()
        try await server.live { client in
            let ada = try await client.post("/api/v1/orders", goodOrder, key: "key-0001")
            let eve = try await client.post("/api/v1/orders", goodOrder.replacing("ada", with: "eve"), key: "key-0001")
            #expect(eve.status == .created)
            #expect(eve.body != ada.body)
            let again = try await client.post("/api/v1/orders", goodOrder, key: "key-0001")
            #expect(again.header("Idempotent-Replayed") == "true")
            #expect(again.body == ada.body)
            let elsewhere = try await client.post("/api/v1/clear", "", key: "key-0001", asOperator, contentType: nil)
            #expect(elsewhere.status == .noContent)
            let cleared = try await client.post("/api/v1/clear", "", key: "key-0001", asOperator, contentType: nil)
            #expect(cleared.header("Idempotent-Replayed") == "true")
            #expect(cleared.status == .noContent)
        }
        #expect(await server.bazaar.stalls.placed == 3)
    }

    @Test("The same JSON in another order and spacing is the same request")
    func sameMeaning() async throws {
        let server = BazaarServer()
        try await server.live { client in
            let first = try await client.post("/api/v1/orders", goodOrder, key: "key-0001")
            #expect(first.status == .created)
            let value = try JSONValue(parsing: goodOrder)
            let members = try #require(value.objectValue).sorted { $0.key > $1.key }
            let shuffled =
                "{ " + members.map { "\"\($0.key)\" : \($0.value.canonicalText)" }.joined(separator: ",\n") + " }"
            #expect(shuffled != goodOrder)
            let again = try await client.post("/api/v1/orders", shuffled, key: "key-0001")
            #expect(again.status == .created)
            #expect(again.header("Idempotent-Replayed") == "true")
        }
        #expect(await server.bazaar.stalls.placed == 1)
    }

    @Test("A key that is required but missing, or malformed, is 400")
    func keyRequired() async throws {
        try await BazaarServer().live { client in
            let missing = try await client.post("/api/v1/orders", goodOrder, key: nil)
            #expect(missing.status == .badRequest)
            #expect(try missing.problem == "idempotency-key-missing")
            let short = try await client.post("/api/v1/orders", goodOrder, key: "1234567")
            #expect(short.status == .badRequest)
        }
    }

    @Test("A failure of ours is not remembered: the repetition runs again")
    func failuresAreForgotten() async throws {
        let server = BazaarServer()
        await server.bazaar.stalls.fail(times: 1)
        try await server.live { client in
            let failed = try await client.post("/api/v1/orders", goodOrder, key: "key-0002")
            #expect(failed.status == .internalServerError)
            #expect(!String(buffer: failed.body).contains("secret internals"))
            let repeated = try await client.post("/api/v1/orders", goodOrder, key: "key-0002")
            #expect(repeated.status == .created)
            #expect(repeated.header("Idempotent-Replayed") == nil)
        }
    }

    @Test(
        "Work whose outcome is unknown keeps its key until the lease runs out",
        arguments: [
            PostgresError.commitOutcomeUnknown("test"), .connectionLost("test"), .timedOut("test"), .cancelled("test"),
        ])
    func unknownOutcome(error: PostgresError) async throws {
        var server = BazaarServer()
        server.settings.idempotency.lease = .seconds(6)
        server.settings.idempotency.patience = .milliseconds(60)
        await server.bazaar.stalls.fail(times: 1, with: error)
        try await server.live { client in
            _ = try await client.post("/api/v1/orders", goodOrder, key: "key-0010")
            let atOnce = try await client.post("/api/v1/orders", goodOrder, key: "key-0010")
            #expect(try atOnce.problem == "idempotency-in-progress")
            try await Task.sleep(for: .milliseconds(6200))
            let later = try await client.post("/api/v1/orders", goodOrder, key: "key-0010")
            #expect(later.status == .created)
        }
    }

    @Test("An answer that can't be stored is given all the same, and the key stays taken")
    func answerNotStored() async throws {
        let store = InMemoryIdempotencyStore()
        await store.refuseToFinish()
        var server = BazaarServer()
        server.store = store
        server.settings.idempotency.patience = .milliseconds(60)
        try await server.live { client in
            let first = try await client.post("/api/v1/orders", goodOrder, key: "key-0011")
            #expect(first.status == .created)
            let second = try await client.post("/api/v1/orders", goodOrder, key: "key-0011")
            #expect(try second.problem == "idempotency-in-progress")
        }
        #expect(await server.bazaar.stalls.placed == 1)
    }

    @Test("A refusal that asks to be repeated is not remembered")
    func transientRefusal() async throws {
        let server = BazaarServer()
        let busy = Problem(type: "busy", title: "Busy", status: 409, retryAfter: .seconds(2))
        await server.bazaar.stalls.fail(times: 1, with: busy)
        try await server.live { client in
            let first = try await client.post("/api/v1/orders", goodOrder, key: "key-0012")
            #expect(first.status == .conflict)
            #expect(first.header("Retry-After") == "2")
            let second = try await client.post("/api/v1/orders", goodOrder, key: "key-0012")
            #expect(second.status == .created)
        }
    }

    @Test("A refusal is remembered like any other answer")
    func refusalsAreKept() async throws {
        try await BazaarServer().live { client in
            let greedy = #"{"email":"ada@example.org","lines":[{"sku":"TEA-1","quantity":99}]}"#
            let first = try await client.post("/api/v1/orders", greedy, key: "key-0003")
            let second = try await client.post("/api/v1/orders", greedy, key: "key-0003")
            #expect(first.status == .conflict)
            #expect(second.status == .conflict)
            #expect(try first.json["left"] == 3)
            #expect(first.body == second.body)
            #expect(second.header("Idempotent-Replayed") == "true")
        }
    }

    @Test("After a crash between start and finish the lease runs out and the repetition runs")
    func crash() async throws {
        let store = InMemoryIdempotencyStore()
        var server = BazaarServer()
        server.store = store
        server.settings.idempotency.lease = .milliseconds(300)
        try await server.live { client in
            let fingerprint = TestFingerprint.of(path: "/api/v1/orders", body: goodOrder)
            let key = IdempotencyKey(
                scope: "anyone:\(Base64URL.encode(fingerprint))", endpoint: "POST /orders", value: "key-0004")
            let began = ContinuousClock.now
            let start = await store.start(
                key, fingerprint: fingerprint, lease: .milliseconds(300), retention: .seconds(60))
            guard case .started = start else { throw Wreck() }
            let response = try await client.post("/api/v1/orders", goodOrder, key: "key-0004")
            #expect(response.status == .created)
            #expect(began.duration(to: .now) >= .milliseconds(300))
        }
    }

    @Test("Work that outlives its lease keeps the key by renewing it")
    func renewal() async throws {
        var server = BazaarServer()
        server.settings.idempotency.lease = .seconds(3)
        server.settings.idempotency.patience = .seconds(60)
        let stalls = server.bazaar.stalls
        await stalls.hold()
        try await server.live { client in
            async let first = client.post("/api/v1/orders", goodOrder, key: "key-0005")
            while await stalls.placed == 0 { try await Task.sleep(for: .milliseconds(10)) }
            try await Task.sleep(for: .milliseconds(4500))
            async let second = client.post("/api/v1/orders", goodOrder, key: "key-0005")
            try await Task.sleep(for: .milliseconds(200))
            await stalls.letGo()
            #expect(try await first.body == second.body)
        }
        #expect(await server.bazaar.stalls.placed == 1)
    }

    @Test("Who waits too long for the first request is told 409 and when to come back")
    func patience() async throws {
        var server = BazaarServer()
        server.settings.idempotency.patience = .milliseconds(60)
        let stalls = server.bazaar.stalls
        await stalls.hold()
        try await server.live { client in
            async let first = client.post("/api/v1/orders", goodOrder, key: "key-0006")
            while await stalls.placed == 0 { try await Task.sleep(for: .milliseconds(10)) }
            let second = try await client.post("/api/v1/orders", goodOrder, key: "key-0006")
            #expect(second.status == .conflict)
            #expect(try second.problem == "idempotency-in-progress")
            #expect(second.header("Retry-After") == "1")
            await stalls.letGo()
            #expect(try await first.status == .created)
        }
    }
}
