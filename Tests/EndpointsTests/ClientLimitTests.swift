import Endpoints
import Foundation
import HTTPTypes
import HummingbirdTesting
import Synchronization
import Testing

@testable import Core

@Suite("Whom limits count")
struct ClientLimitTests {
    private static let forwarded = HTTPField.Name("X-Forwarded-For")!
    private static let order = "/api/v1/orders/\(ID<Order>.example)"

    private static func behindProxy() -> BazaarServer {
        var server = BazaarServer()
        server.settings.trustedProxies = 1
        return server
    }

    @Test(
        "Who has a network of IPv6 has one limit, however many addresses; an IPv4 address has its own, however it is written",
        arguments: [
            (["2001:db8:1:2::1", "[2001:DB8:1:2:ffff::9]:4711", "2001:0db8:0001:0002:0:0:0:1"], "2001:db8:1:3::1"),
            (["192.0.2.7:5000", "::ffff:192.0.2.7", "[::ffff:192.0.2.7]:80", "64:ff9b::192.0.2.7"], "192.0.2.8"),
            (["fe80::1%eth0", "fe80::2"], "fe80:0:0:1::1"),
            (["192.0.2.7", "[192.0.2.7]:80"], "[192.0.2.7"),
            // What is no address counts by its text.
            (["unknown", "unknown"], "_hidden"),
        ])
    func networks(same: [String], other: String) async throws {
        try await Self.behindProxy().live { client in
            for number in 0..<2 {
                let answer = try await client.get("/api/v1/scarce", [Self.forwarded: same[number % same.count]])
                #expect(answer.status == .ok)
            }
            for address in same {
                let answer = try await client.get("/api/v1/scarce", [Self.forwarded: address])
                #expect(answer.status == .tooManyRequests, "\(address)")
            }
            #expect(try await client.get("/api/v1/scarce", [Self.forwarded: other]).status == .ok)
        }
    }

    @Test("Strangers may do less than who shows credentials, where the settings say so, each network for itself")
    func strangers() async throws {
        var server = Self.behindProxy()
        server.settings.anonymousLimits[BazaarEndpoints.placeOrder.description.operationID] = .perClient(2, per: .hour)
        try await server.live { client in
            let place = { @Sendable (address: String, headers: HTTPFields) in
                var headers = headers
                headers[Self.forwarded] = address
                return try await client.post("/api/v1/orders", goodOrder, headers).status
            }
            for _ in 0..<2 { #expect(try await place("192.0.2.7", [:]) == .created) }
            let refused = try await place("192.0.2.7", [:])
            #expect(refused == .tooManyRequests)
            #expect(try await place("192.0.2.8", [:]) == .created)
            for _ in 0..<3 { #expect(try await place("192.0.2.9", asOperator) == .created) }
        }
    }

    @Test("What a bucket is called does not grow with what callers send, nor show it")
    func names() async throws {
        var server = Self.behindProxy()
        let limiter = NotingLimiter()
        server.rateLimiter = limiter
        try await server.live { client in
            for address in ["203.0.113.9", "2001:db8::9", String(repeating: "z", count: 64)] {
                for headers in [[:], asOperator, asCustomer, [.authorization: "Bearer " + address]] as [HTTPFields] {
                    var headers = headers
                    headers[Self.forwarded] = address
                    _ = try await client.get(Self.order, headers)
                }
            }
        }
        let names = limiter.names
        #expect(Set(names).count > 6)
        #expect(Set(names.map(\.utf8.count)).count <= 4)
        for name in names {
            #expect(name.utf8.count < 120)
            for text in ["203.0.113.9", "2001:db8", "zzz", "ord_"] { #expect(!name.contains(text)) }
        }
    }

    @Test(
        "Guesses at one order or at one token's beginning end, though each comes from elsewhere; the right token passes"
    )
    func guesses() async throws {
        try await Self.behindProxy().live { client in
            let guess = { @Sendable (path: String, token: String, address: String) in
                try await client.get(path, [.authorization: "Bearer \(token)", Self.forwarded: address])
            }
            for number in 0..<100 {
                let answer = try await guess(Self.order, "guess-\(number)-of-an-order", "10.0.0.\(number)")
                #expect(answer.status == .unauthorized)
            }
            // An address that nobody knows yet may be wrong a few times; then it is not even looked at.
            var statuses: [Int] = []
            for number in 0..<10 {
                statuses.append(try await guess(Self.order, "late-\(number)-guess", "10.9.9.9").status.code)
            }
            #expect(statuses.prefix(1) == [401] && statuses.suffix(4).allSatisfy { $0 == 429 }, "\(statuses)")
            let refused = try await guess(Self.order, "late-guess", "10.9.9.9")
            #expect(Int(refused.header("Retry-After") ?? "").map { $0 > 0 } == true)
            // Nobody is kept out by what others try.
            #expect(try await guess(Self.order, BazaarServer.orderToken, "10.8.8.8").status == .ok)
            #expect(try await guess(Self.order, BazaarServer.operatorToken, "10.8.8.8").status == .ok)
            #expect(try await guess("/api/v1/orders", "another-guess", "10.9.9.9").status == .unauthorized)
        }
    }

    @Test("Guesses at the rest of a token whose beginning is known end, at whatever endpoint")
    func prefixes() async throws {
        try await Self.behindProxy().live { client in
            let known = String(BazaarServer.operatorToken.prefix(11))
            for number in 0..<100 {
                let path = number.isMultiple(of: 2) ? "/api/v1/orders" : "/api/v1/orders?limit=1"
                _ = try await client.get(
                    path, [.authorization: "Bearer \(known)\(number)", Self.forwarded: "10.1.0.\(number)"])
            }
            var last = HTTPResponse.Status.ok
            for number in 0..<10 {
                last = try await client.get(
                    "/api/v1/orders", [.authorization: "Bearer \(known)x\(number)", Self.forwarded: "10.7.7.7"]
                ).status
            }
            #expect(last == .tooManyRequests)
            let right: HTTPFields = [
                .authorization: "Bearer \(BazaarServer.operatorToken)", Self.forwarded: "10.6.6.6",
            ]
            #expect(try await client.get("/api/v1/orders", right).status == .ok)
        }
    }
}

/// Lets everything pass and remembers what it was asked about.
private final class NotingLimiter: RateLimiter {
    private let noted = Mutex<[String]>([])

    var names: [String] { noted.withLock { $0 } }

    func take(_ bucket: String, limit: RateLimit) async -> RateDecision {
        noted.withLock { $0.append(bucket) }
        return RateDecision(isAllowed: true, remaining: 1, retryAfter: .zero, reset: .zero)
    }
}
