import Core
import Endpoints
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Postgres
import Testing

@Suite("HTTP")
struct HTTPTests {
    @Test("Unknown paths are 404, other methods 405 with Allow, both as problems")
    func unmatched() async throws {
        try await BazaarServer().live { client in
            let missing = try await client.get("/api/v1/nothing")
            #expect(missing.status == .notFound)
            #expect(try missing.problem == "not-found")
            #expect(missing.header("X-Request-Id") != nil)
            for method in [HTTPRequest.Method.delete, .put, .trace] {
                let wrong = try await client.execute(uri: "/api/v1/orders", method: method, headers: [:]) { $0 }
                #expect(wrong.status == .methodNotAllowed)
                #expect(wrong.headers[.allow] == "GET, HEAD, OPTIONS, POST")
                #expect(try wrong.problem == "method-not-allowed")
            }
        }
    }

    @Test("HEAD answers like GET without a body, OPTIONS lists the methods")
    func headAndOptions() async throws {
        let path = "/api/v1/vendors/\(ID<Vendor>.example)/stalls/tea"
        try await BazaarServer().live { client in
            let get = try await client.get(path)
            let head = try await client.execute(uri: path, method: .head, headers: [:]) { $0 }
            #expect(head.status == .ok)
            #expect(head.body.readableBytes == 0)
            #expect(head.headers[.eTag] == get.headers[.eTag])
            #expect(head.headers[.contentLength] == "\(get.body.readableBytes)")
            let options = try await client.execute(uri: path, method: .options, headers: [:]) { $0 }
            #expect(options.status == .noContent)
            #expect(options.headers[.allow] == "GET, HEAD, OPTIONS, PATCH")
        }
    }

    @Test("The policy lets in the operator and the order's own token, nobody else")
    func policies() async throws {
        let own = "/api/v1/orders/\(ID<Order>.example)"
        let other = "/api/v1/orders/\(ID<Order>(uuid: UUID()))"
        try await BazaarServer().live { client in
            #expect(try await client.get(own, asCustomer).status == .ok)
            #expect(try await client.get(own, asOperator).status == .ok)
            #expect(try await client.get(other, asOperator).status == .ok)
            for refused in [
                try await client.get(own), try await client.get(other, asCustomer),
                try await client.get("/api/v1/orders", asCustomer), try await client.get("/api/v1/orders"),
                try await client.get(own, [.authorization: "Basic abc"]),
                try await client.get(own, [.authorization: "Bearer"]),
                try await client.get(own, [.authorization: "Bearer  "]),
                try await client.get(
                    own,
                    [
                        .authorization:
                            "Bearer \(BazaarServer.orderToken.prefix(4)) \(BazaarServer.orderToken.dropFirst(4))"
                    ]),
                try await client.get("/api/v1/orders", [.authorization: "Bearer \(BazaarServer.operatorToken)x"]),
            ] {
                #expect(refused.status == .unauthorized)
                #expect(refused.headers[.wwwAuthenticate] == "Bearer")
                #expect(try refused.problem == "unauthorized")
            }
            #expect(try await client.get(own, asCustomer).headers[.cacheControl] == "no-store")
        }
    }

    @Test("A reader who has the content gets 304, an editor with an old version 412, without one 428")
    func versions() async throws {
        let path = "/api/v1/vendors/\(ID<Vendor>.example)/stalls/tea"
        try await BazaarServer().live { client in
            let first = try await client.get(path)
            #expect(first.headers[.eTag] == "\"7\"")
            let unchanged = try await client.get(path, [.ifNoneMatch: "\"6\", W/\"7\""])
            #expect(unchanged.status == .notModified)
            #expect(unchanged.body.readableBytes == 0)
            #expect(unchanged.headers[.eTag] == "\"7\"")
            let unconditional = try await client.patch(path, "{}", ifMatch: nil, asOperator)
            #expect(unconditional.status == .preconditionRequired)
            let stale = try await client.patch(path, "{}", ifMatch: "\"6\"", asOperator)
            #expect(stale.status == .preconditionFailed)
            #expect(try stale.json["current_version"] == 7)
            for odd in ["abc", "+7", "007", "7 "] {
                #expect(try await client.patch(path, "{}", ifMatch: "\"\(odd)\"", asOperator).status == .badRequest)
            }
            let edited = try await client.patch(path, #"{"name":"new"}"#, ifMatch: "\"7\"", asOperator)
            #expect(edited.status == .ok)
            #expect(edited.headers[.eTag] == "\"8\"")
            #expect(try await client.get(path, [.ifNoneMatch: "\"7\""]).status == .ok)
        }
    }

    @Test("Large answers are compressed for those who accept gzip, small ones never")
    func compression() async throws {
        try await BazaarServer().live { client in
            var headers = asOperator
            let plain = try await client.get("/api/v1/orders?limit=40", headers)
            #expect(plain.headers[.contentEncoding] == nil)
            #expect(plain.headers[.vary]?.contains("Accept-Encoding") == true)
            headers[.acceptEncoding] = "gzip, deflate"
            let packed = try await client.get("/api/v1/orders?limit=40", headers)
            #expect(packed.headers[.contentEncoding] == "gzip")
            #expect(packed.body.readableBytes * 4 < plain.body.readableBytes)
            #expect(Array(packed.body.readableBytesView.prefix(2)) == [0x1f, 0x8b])
            #expect(packed.headers[.contentLength] == "\(packed.body.readableBytes)")
            headers[.acceptEncoding] = "gzip;q=0, identity"
            #expect(try await client.get("/api/v1/orders?limit=40", headers).headers[.contentEncoding] == nil)
            headers[.acceptEncoding] = "gzip"
            let small = try await client.get("/api/v1/orders?limit=1", headers)
            #expect(small.headers[.contentEncoding] == nil)
        }
    }

    @Test("Pages of allowed origins may call; others get no permission")
    func crossOrigin() async throws {
        var server = BazaarServer()
        server.settings.allowedOrigins = ["https://shop.example"]
        try await server.live { client in
            let preflight = try await client.execute(
                uri: "/api/v1/orders", method: .options,
                headers: [.origin: "https://shop.example", .accessControlRequestMethod: "POST"]
            ) { $0 }
            #expect(preflight.status == .noContent)
            #expect(preflight.headers[.accessControlAllowOrigin] == "https://shop.example")
            #expect(preflight.headers[.accessControlAllowMethods]?.contains("POST") == true)
            #expect(preflight.headers[.accessControlAllowHeaders]?.contains("Idempotency-Key") == true)
            let failed = try await client.get("/api/v1/orders", [.origin: "https://shop.example"])
            #expect(failed.status == .unauthorized)
            #expect(failed.headers[.accessControlAllowOrigin] == "https://shop.example")
            let stranger = try await client.get("/api/v1/orders", [.origin: "https://evil.example"])
            #expect(stranger.headers[.accessControlAllowOrigin] == nil)
            #expect(stranger.headers[.vary] == "Origin")
        }
    }

    @Test("A client beyond its limit is 429 with Retry-After, and every answer counts down")
    func rateLimits() async throws {
        try await BazaarServer().live { client in
            #expect(try await client.get("/api/v1/scarce").header("RateLimit-Remaining") == "1")
            #expect(try await client.get("/api/v1/scarce").header("RateLimit-Remaining") == "0")
            let refused = try await client.get("/api/v1/scarce")
            #expect(refused.status == .tooManyRequests)
            #expect(try refused.problem == "rate-limited")
            #expect(refused.header("RateLimit-Limit") == "2")
            #expect(Int(refused.header("Retry-After") ?? "").map { (1...30).contains($0) } == true)
        }
    }

    @Test("Behind a proxy the client's limit goes by the address that the proxy saw")
    func forwardedAddresses() async throws {
        var server = BazaarServer()
        server.settings.trustedProxies = 1
        try await server.live { client in
            let forwarded = HTTPField.Name("X-Forwarded-For")!
            for _ in 0..<2 { _ = try await client.get("/api/v1/scarce", [forwarded: "9.9.9.9, 1.1.1.1"]) }
            #expect(try await client.get("/api/v1/scarce", [forwarded: "8.8.8.8, 1.1.1.1"]).status == .tooManyRequests)
            #expect(try await client.get("/api/v1/scarce", [forwarded: "9.9.9.9, 2.2.2.2"]).status == .ok)
        }
    }

    @Test("A sane request id is taken over, another is replaced")
    func requestIDs() async throws {
        let name = HTTPField.Name("X-Request-Id")!
        try await BazaarServer().live { client in
            #expect(try await client.get("/api/v1/orders", [name: "abc-12345"]).headers[name] == "abc-12345")
            let replaced = try await client.get("/api/v1/orders", [name: "x y\"z{}<script>"])
            #expect(replaced.headers[name]?.hasPrefix("req_") == true)
            #expect(try replaced.json["request_id"]?.stringValue == replaced.headers[name])
        }
    }

    @Test("Raw endpoints answer by themselves and their errors are problems too")
    func rawEndpoints() async throws {
        var server = BazaarServer()
        server.raw = [.ping, .metrics, .broken]
        try await server.live { client in
            let pong = try await client.post("/webhooks/ping", "anything", key: nil, contentType: nil)
            #expect(pong.status == .ok)
            #expect(String(buffer: pong.body) == "pong")
            #expect(pong.header("X-Request-Id") == nil)
            #expect(try await client.get("/metrics").status == .unauthorized)
            #expect(try await client.get("/metrics", asOperator).status == .ok)
            let broken = try await client.get("/broken")
            #expect(broken.status == .internalServerError)
            #expect(try broken.problem == "internal-error")
        }
    }

    @Test(
        "What the database refuses for now is 503 and to be repeated",
        arguments: ["25006", "53300", "55P03", "57P01", "40001", "40P01"])
    func notNow(sqlState: String) async throws {
        let server = BazaarServer()
        let refusal = PostgresError.server(PostgresServerError(sqlState: sqlState, message: "not now"))
        await server.bazaar.stalls.fail(times: 1, with: refusal)
        try await server.live { client in
            let response = try await client.post("/api/v1/orders", goodOrder)
            #expect(response.status == .serviceUnavailable)
            #expect(response.header("Retry-After") == "1")
        }
    }
}
