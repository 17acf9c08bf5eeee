import Core
import Foundation
import HTTPTypes
import HummingbirdTesting
import Platform
import Postgres
import Testing

@testable import APIServer
@testable import Endpoints
@testable import Jobs

@Suite("What storefronts read again and again", .timeLimit(.minutes(2)))
struct StorefrontCachingTests {
    private static func number(_ api: LiveAPI) async throws {
        while try await EventNumbering(postgres: api.platform.postgres).turn() {}
    }

    /// Until answers are kept: a change that nobody is told of is not seen.
    private static func warm(_ path: String, _ api: LiveAPI) async throws {
        for _ in 0..<200 {
            try await api.call(.get, path, token: nil)
            if api.kept.begin() != nil { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        try await Self.number(api)
        try await Task.sleep(for: .milliseconds(500))
        try await api.call(.get, path, token: nil)
    }

    private static func comesTrue(_ condition: @Sendable () async throws -> Bool) async throws -> Bool {
        for _ in 0..<200 {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    @Test("A page that was read is answered without the database until something on it has changed")
    func dropped() async throws {
        try await LiveAPI.run(over: .live, isWatching: true) { api in
            let (product, variant) = try await api.offer(kind: "physical", sku: "BOOK")
            let path = "/products/\(product)"
            try await Self.warm(path, api)
            let before = try await api.call(.get, path, token: nil)
            try await api.owner.execute("UPDATE products SET title = 'Unheard of'")
            let kept = try await api.call(.get, path, token: nil)
            #expect(kept.bytes == before.bytes)
            #expect(try await api.call(.get, path).json["title"] == "Unheard of")
            let tag = try #require(before.headers[.eTag])
            let same = try await api.call(.get, path, token: nil, headers: ["If-None-Match": tag])
            #expect(same.status == 304 && same.bytes.isEmpty)
            try await api.call(.post, "/variants/\(variant)/stock_adjustments", ["delta": 7, "reason": "received"])
            try await Self.number(api)
            let isSeen = try await Self.comesTrue {
                try await api.call(.get, path, token: nil).json["title"] == "Unheard of"
            }
            #expect(isSeen)
            let after = try await api.call(.get, path, token: nil)
            #expect(try after.json["variants"]?[0]?["available"] == 7)
            #expect(after.headers[.eTag] != tag)
        }
    }

    @Test("A list shows a new product as soon as that is told")
    func lists() async throws {
        try await LiveAPI.run(over: .live, isWatching: true) { api in
            _ = try await api.offer(kind: "physical", sku: "ONE")
            try await Self.warm("/products", api)
            let count = { @Sendable in
                try await api.call(.get, "/products", token: nil).json["data"]?.arrayValue?.count
            }
            #expect(try await count() == 1)
            _ = try await api.offer(kind: "physical", sku: "TWO")
            try await Self.number(api)
            let isSeen = try await Self.comesTrue { try await count() == 2 }
            #expect(isSeen)
        }
    }

    @Test("Caches are told how long, of what it is made, and that who shows credentials may get something else")
    func headers() async throws {
        try await LiveAPI.run { api in
            let (product, _) = try await api.offer(kind: "physical", sku: "BOOK")
            let shown = try await api.call(.get, "/products/\(product)?locale=bn", token: nil).headers
            #expect(shown[.cacheControl] == "public, max-age=0, s-maxage=15, stale-while-revalidate=60")
            #expect(shown[.surrogateKey] == "products/\(product) categories attributes")
            let vary = shown[values: .vary].joined(separator: ", ")
            #expect(vary.contains("Authorization") && vary.contains("Cookie") && vary.contains("Accept-Language"))
            let own = try await api.call(.get, "/products/\(product)").headers
            #expect(own[.surrogateKey] == nil && own[.cacheControl]?.contains("public") == false)
            let missing = try await api.call(.get, "/products/by_slug/nobody", token: nil)
            #expect(missing.status == 404 && missing.headers[.surrogateKey] == nil)
        }
    }
}
