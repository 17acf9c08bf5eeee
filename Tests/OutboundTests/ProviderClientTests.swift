import Foundation
import Testing

@testable import Outbound

@Suite("Calls to a provider")
struct ProviderClientTests {
    private func client(
        _ transport: ScriptedTransport, time: SteppedTime, breaker: CircuitBreaker = CircuitBreaker(),
        bucket: TokenBucket = TokenBucket(rate: 1000, burst: 1000), random: Double = 1
    ) -> ProviderClient {
        ProviderClient(
            profile: ProviderProfile(
                name: "acme", baseURL: "http://acme.test/api/",
                headers: [
                    OutboundHeader("Authorization", "Bearer sk_secret"),
                    OutboundHeader("Content-Type", "application/x-www-form-urlencoded"),
                ],
                retry: RetryRules(adviceHeader: "Stripe-Should-Retry", replayHeader: "Idempotent-Replayed"),
                mask: SecretMask(fields: ["client_secret", "email"])),
            transport: transport, breaker: breaker, bucket: bucket, timing: time.timing(random: random),
            logger: silentLogger)
    }

    private func request(_ safety: CallSafety, body: String = "") -> OutboundRequest {
        OutboundRequest(
            operation: "things.make", method: safety == .read ? "GET" : "POST", path: "/v1/things",
            body: Array(body.utf8), safety: safety)
    }

    @Test("A keyed call is repeated under the same key after a lost answer")
    func repeatsKeyed() async throws {
        let transport = ScriptedTransport([.failure(.interrupted("reset")), answered(500), answered(200)])
        let time = SteppedTime()
        let answer = try await client(transport, time: time).call(request(.keyed("k1")))
        #expect(answer.response.status == 200)
        #expect(answer.evidence.attempts == 3)
        let keys = transport.attempts.map { $0.headers.first { $0.name == "Idempotency-Key" }?.value }
        #expect(keys == ["k1", "k1", "k1"])
        #expect(time.sleeps == [.milliseconds(500), .seconds(1)])
        #expect(transport.attempts[0].url == "http://acme.test/api/v1/things")
    }

    @Test("A call that is not idempotent is never repeated once it may have been sent")
    func neverRepeatsOnce() async {
        for reply in [
            ScriptedTransport.Reply.failure(.interrupted("timeout")), answered(500), answered(503), answered(408),
        ] {
            let transport = ScriptedTransport([reply, answered(200)])
            let error = await failure { try await client(transport, time: SteppedTime()).call(request(.once)) }
            #expect(error?.kind == "unknown")
            #expect(transport.attempts.count == 1)
        }
    }

    @Test("Refused credentials are neither a refusal of what was asked nor an outage", arguments: [401, 403])
    func credentials(status: Int) async {
        let breaker = CircuitBreaker(threshold: 1)
        let transport = ScriptedTransport([answered(status)])
        let time = SteppedTime()
        let error = await failure { try await client(transport, time: time, breaker: breaker).call(request(.once)) }
        #expect(error?.kind == "credentials refused")
        #expect(error?.evidence?.status == status)
        #expect(breaker.condition == .closed)
        let doubtful = ScriptedTransport([answered(502), answered(status)])
        let unknown = await failure { try await client(doubtful, time: SteppedTime()).call(request(.keyed("k"))) }
        #expect(unknown?.kind == "unknown")
    }

    @Test("What was never sent may be repeated whatever it is, and ends as unavailable")
    func repeatsUnsent() async {
        let transport = ScriptedTransport(Array(repeating: .failure(.notSent("refused")), count: 3))
        let error = await failure { try await client(transport, time: SteppedTime()).call(request(.once)) }
        #expect(error?.kind == "unavailable")
        #expect(transport.attempts.count == 3)
    }

    @Test("A doubt stays a doubt even when the last attempt was never sent")
    func doubtStays() async {
        let transport = ScriptedTransport([
            .failure(.interrupted("cut")), .failure(.notSent("x")), .failure(.notSent("x")),
        ])
        let error = await failure { try await client(transport, time: SteppedTime()).call(request(.keyed("k"))) }
        #expect(error?.kind == "unknown")
    }

    @Test("A read without an answer changed nothing and is unavailable")
    func readIsUnavailable() async {
        let transport = ScriptedTransport([answered(500), answered(502), .failure(.interrupted("cut"))])
        let error = await failure { try await client(transport, time: SteppedTime()).call(request(.read)) }
        #expect(error?.kind == "unavailable")
    }

    @Test("A refusal is reported at once, with its body")
    func refusal() async {
        let transport = ScriptedTransport([answered(402, body: #"{"error":{"code":"card_declined"}}"#), answered(200)])
        let error = await failure { try await client(transport, time: SteppedTime()).call(request(.keyed("k"))) }
        #expect(error?.kind == "refused")
        #expect(error?.evidence?.status == 402)
        #expect(transport.attempts.count == 1)
    }

    @Test("The provider's own advice on retrying is followed both ways")
    func advice() async throws {
        let against = ScriptedTransport([answered(500, ["stripe-should-retry": "false"]), answered(200)])
        let error = await failure { try await client(against, time: SteppedTime()).call(request(.keyed("k"))) }
        #expect(error?.kind == "unknown")
        #expect(against.attempts.count == 1)
        let inFavour = ScriptedTransport([answered(400, ["Stripe-Should-Retry": "true"]), answered(200)])
        _ = try await client(inFavour, time: SteppedTime()).call(request(.keyed("k")))
        #expect(inFavour.attempts.count == 2)
    }

    @Test("Retry-After is waited for, and not begun where the deadline comes first")
    func retryAfter() async throws {
        let time = SteppedTime()
        let patient = ScriptedTransport([answered(429, ["Retry-After": "7"]), answered(200)])
        _ = try await client(patient, time: time).call(request(.once))
        #expect(time.sleeps == [.seconds(7)])
        let hopeless = ScriptedTransport([answered(429, ["Retry-After": "600"]), answered(200)])
        let error = await failure { try await client(hopeless, time: SteppedTime()).call(request(.once)) }
        #expect(error?.kind == "unavailable")
        #expect(hopeless.attempts.count == 1)
    }

    @Test(
        "A Retry-After beyond all reason is a day",
        arguments: ["86401", "9223372036854775807", "Fri, 31 Dec 9999 23:59:59 GMT"])
    func unreasonableRetryAfter(value: String) {
        #expect(RetryRules.retryAfter(value, now: Date(timeIntervalSince1970: 1_800_000_000)) == .seconds(86_400))
    }

    @Test("Backoff has full jitter: no randomness, no wait")
    func jitter() async throws {
        let time = SteppedTime()
        let transport = ScriptedTransport([answered(500), answered(500), answered(200)])
        _ = try await client(transport, time: time, random: 0).call(request(.read))
        #expect(time.sleeps == [.zero, .zero])
    }

    @Test("A conflict under a key means that the first call still runs, so it is asked again")
    func keyInUse() async throws {
        let transport = ScriptedTransport([answered(409), answered(200)])
        _ = try await client(transport, time: SteppedTime()).call(request(.keyed("k")))
        #expect(transport.attempts.count == 2)
    }

    @Test("An open circuit turns calls away unsent, and one probe closes it again")
    func circuit() async throws {
        let time = SteppedTime()
        let breaker = CircuitBreaker(threshold: 3, pause: .seconds(10))
        let transport = ScriptedTransport([answered(500), answered(500), answered(500), answered(200), answered(200)])
        let client = client(transport, time: time, breaker: breaker, random: 0)
        _ = await failure { try await client.call(request(.read)) }
        #expect(breaker.condition == .open)
        let error = await failure { try await client.call(request(.keyed("k"))) }
        #expect(error?.kind == "unavailable")
        #expect(transport.attempts.count == 3)
        time.advance(by: .seconds(11))
        _ = try await client.call(request(.read))
        #expect(breaker.condition == .closed)
    }

    private static let replayedError = answered(500, ["idempotent-replayed": "true"])

    @Test("An error that the provider has kept under the key is not asked for a third time, and its outcome is unknown")
    func keptError() async {
        let transport = ScriptedTransport([answered(500), Self.replayedError, answered(200)])
        let error = await failure { try await client(transport, time: SteppedTime()).call(request(.keyed("k"))) }
        #expect(error?.kind == "unknown")
        #expect(transport.attempts.count == 2)
    }

    @Test("Errors that a provider has kept and repeats say nothing about its health and open no circuit")
    func keptErrorsAndCircuit() async throws {
        let breaker = CircuitBreaker(threshold: 3, pause: .seconds(10))
        let transport = ScriptedTransport(Array(repeating: Self.replayedError, count: 6) + [answered(200)])
        let client = client(transport, time: SteppedTime(), breaker: breaker)
        for _ in 0..<6 { _ = await failure { try await client.call(request(.keyed("k"))) } }
        #expect(breaker.condition == .closed)
        _ = try await client.call(request(.read))
    }

    @Test("A probe that is answered with a kept error leaves the circuit to the next probe")
    func keptErrorAsProbe() async throws {
        let time = SteppedTime()
        let breaker = CircuitBreaker(threshold: 1, pause: .seconds(10))
        let transport = ScriptedTransport([answered(500), Self.replayedError, answered(200)])
        let client = client(transport, time: time, breaker: breaker)
        _ = await failure { try await client.call(request(.once)) }
        time.advance(by: .seconds(11))
        _ = await failure { try await client.call(request(.keyed("k"))) }
        #expect(breaker.condition == .open)
        _ = try await client.call(request(.read))
        #expect(breaker.condition == .closed)
    }

    @Test("The token bucket spaces calls beyond the burst")
    func pacing() async throws {
        let time = SteppedTime()
        let transport = ScriptedTransport(Array(repeating: answered(200), count: 4))
        let client = client(transport, time: time, bucket: TokenBucket(rate: 2, burst: 2))
        for _ in 0..<4 { _ = try await client.call(request(.read)) }
        #expect(time.sleeps == [.milliseconds(500), .milliseconds(500)])
    }

    @Test("Evidence carries no secrets, in headers, forms or JSON of any depth")
    func masking() async throws {
        let transport = ScriptedTransport([
            answered(
                200, ["Content-Type": "application/json", "Set-Cookie": "a=b"],
                body: #"{"id":"x","deep":[{"client_secret":"cs_hidden"}],"email":"ada@example.com"}"#)
        ])
        let answer = try await client(transport, time: SteppedTime()).call(
            request(.keyed("k"), body: "a=1&customer%5Bemail%5D=ada%40example.com&client_secret=cs_hidden"))
        let record = String(decoding: try JSONEncoder().encode(answer.evidence), as: UTF8.self)
        for secret in ["sk_secret", "cs_hidden", "ada", "a=b"] { #expect(!record.contains(secret)) }
        #expect(answer.evidence.requestBody == "a=1&customer%5Bemail%5D=***&client_secret=***")
    }

    private func failure(_ body: () async throws -> OutboundAnswer) async -> OutboundError? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? OutboundError
        }
    }
}

extension OutboundError {
    fileprivate var kind: String {
        switch self {
        case .refused: "refused"
        case .credentialsRefused: "credentials refused"
        case .unavailable: "unavailable"
        case .unknown: "unknown"
        }
    }
}
