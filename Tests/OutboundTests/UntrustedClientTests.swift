import NIOCore
import NIOPosix
import Testing

@testable import Outbound

@Suite("Calling strangers' addresses", .timeLimit(.minutes(2)))
struct UntrustedClientTests {
    private static let here = ["shop.invalid": [["127.0.0.1"]]]

    private static func client(_ names: [String: [[String]]] = here) -> UntrustedClient {
        UntrustedClient(rules: .thisMachineToo, resolver: ScriptedResolver(names))
    }

    private static func limits(_ bytes: Int = 1000, types: Set<String>? = nil) -> UntrustedLimits {
        UntrustedLimits(bodyBytes: bytes, contentTypes: types)
    }

    private static func text(
        _ client: UntrustedClient, _ url: String, _ limits: UntrustedLimits = limits()
    ) async throws -> String {
        try await client.call(UntrustedRequest(url: url), limits) { response in
            String(decoding: try await response.body.collect(), as: UTF8.self)
        }
    }

    @Test(
        "The connection goes to the address that was checked: a name that nobody else knows is reached, under its name")
    func pinned() async throws {
        try await ScriptedServer.run({ _ in .ok("hello") }) { server, port in
            let resolver = ScriptedResolver(["shop.invalid": [["127.0.0.1"], ["10.0.0.1"]]])
            let client = UntrustedClient(rules: .thisMachineToo, resolver: resolver)
            let url = "http://shop.invalid:\(port)/picture?size=1"
            #expect(try await Self.text(client, url) == "hello")
            #expect(resolver.lookups == ["shop.invalid"])
            let head = try #require(server.requests.first)
            #expect(head.hasPrefix("GET /picture?size=1 HTTP/1.1\r\n"))
            #expect(head.lowercased().contains("\r\nhost: shop.invalid:\(port)\r\n"))
            // Looked up anew, it leads into a private network: nobody is called.
            let refusal = await #expect(throws: UntrustedCallError.self) { try await Self.text(client, url) }
            #expect(refusal?.isTemporary == false)
            #expect(server.requests.count == 1)
        }
    }

    @Test("A redirect is looked up and checked as the first address was")
    func rebinding() async throws {
        try await ScriptedServer.run({ head in
            head.hasPrefix("GET /start") ? .redirect(to: "/end") : .ok("secret")
        }) { server, port in
            let resolver = ScriptedResolver(["shop.invalid": [["127.0.0.1"], ["169.254.169.254"]]])
            let client = UntrustedClient(rules: .thisMachineToo, resolver: resolver)
            await #expect(throws: UntrustedCallError.refused("the host is not in the public Internet")) {
                try await Self.text(client, "http://shop.invalid:\(port)/start")
            }
            #expect(server.requests.count == 1 && resolver.lookups.count == 2)
        }
    }

    @Test(
        "A host with any address that is not public is not called at all",
        arguments: [
            ["10.0.0.1"], ["127.0.0.1", "192.168.1.1"], ["192.168.1.1", "127.0.0.1"], ["127.0.0.1", "fd00::1"],
            ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["0.0.0.0"],
        ])
    func mixed(addresses: [String]) async throws {
        try await ScriptedServer.run({ _ in .ok("secret") }) { server, port in
            let client = Self.client(["shop.invalid": [addresses]])
            await #expect(throws: UntrustedCallError.self) {
                try await Self.text(client, "http://shop.invalid:\(port)/")
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("By default this machine, other ports and addresses written out are refused, too")
    func defaults() async throws {
        try await ScriptedServer.run({ _ in .ok("secret") }) { server, port in
            let resolver = ScriptedResolver(Self.here)
            let client = UntrustedClient(resolver: resolver)
            for url in [
                "http://shop.invalid:\(port)/", "http://shop.invalid/", "http://127.0.0.1/", "http://[::1]/",
                "http://169.254.169.254/latest/meta-data", "https://shop.invalid:22/", "http://user@shop.invalid/",
            ] {
                let refusal = await #expect(throws: UntrustedCallError.self, "\(url)") {
                    try await Self.text(client, url)
                }
                guard case .refused? = refusal else {
                    Issue.record("\(url): \(String(describing: refusal))")
                    continue
                }
            }
            #expect(server.requests.isEmpty && resolver.lookups == ["shop.invalid"])
        }
    }

    @Test("Redirects are followed to other hosts, whom nobody tells what was meant for the first, and not without end")
    func redirects() async throws {
        try await ScriptedServer.run({ head in
            let port =
                head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("host:") }?
                .split(separator: ":").last ?? ""
            if head.hasPrefix("GET /loop") { return .redirect(to: "/loop") }
            return head.hasPrefix("GET /start")
                ? .redirect(to: "http://other.invalid:\(port)/end", status: 308) : .ok("end")
        }) { server, port in
            let client = Self.client(["shop.invalid": [["127.0.0.1"]], "other.invalid": [["127.0.0.1"]]])
            let request = UntrustedRequest(
                url: "http://shop.invalid:\(port)/start", headers: [OutboundHeader("X-Proof", "secret")])
            let end = try await client.call(request, Self.limits()) { response in
                (response.url, try await response.body.collect())
            }
            #expect(end.0 == "http://other.invalid:\(port)/end" && end.1 == Array("end".utf8))
            #expect(server.requests.map { $0.contains("secret") } == [true, false])
            await #expect(throws: UntrustedCallError.tooManyRedirects) {
                try await Self.text(client, "http://shop.invalid:\(port)/loop")
            }
            #expect(server.requests.count == 2 + 6)
        }
    }

    @Test("What is posted ends where it was sent")
    func posting() async throws {
        try await ScriptedServer.run({ _ in .redirect(to: "/elsewhere", status: 307) }) { server, port in
            let request = UntrustedRequest(
                url: "http://shop.invalid:\(port)/hook", method: .post(Array("{}".utf8)),
                headers: [OutboundHeader("Content-Type", "application/json")])
            let status = try await Self.client().call(request, Self.limits()) { $0.status }
            #expect(status == 307)
            #expect(server.requests.count == 1 && server.requests[0].hasPrefix("POST /hook"))
        }
    }

    @Test("An answer is cut off at its limit, whether it tells its length or not")
    func sizes() async throws {
        let body = String(repeating: "x", count: 100)
        try await ScriptedServer.run({ head in
            head.hasPrefix("GET /told") ? .ok(body) : .text("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\(body)")
        }) { _, port in
            for path in ["told", "untold"] {
                let url = "http://shop.invalid:\(port)/\(path)"
                let whole = try await Self.text(Self.client(), url, Self.limits(100))
                #expect(whole == body)
                await #expect(throws: UntrustedCallError.tooLarge(99)) {
                    try await Self.text(Self.client(), url, Self.limits(99))
                }
            }
        }
    }

    @Test("Only so much time is given, to the silent and to those who send a byte now and then")
    func times() async throws {
        var limits = Self.limits(1 << 20)
        limits.time = .milliseconds(300)
        for answer in [ScriptedServer.Answer.silence, .drip("HTTP/1.1 200 OK\r\n\r\n")] {
            try await ScriptedServer.run({ _ in answer }) { [limits] _, port in
                let start = ContinuousClock.now
                await #expect(throws: UntrustedCallError.tooSlow) {
                    try await Self.text(Self.client(), "http://shop.invalid:\(port)/", limits)
                }
                #expect(ContinuousClock.now - start < .seconds(5))
            }
        }
    }

    @Test("Success has to be of a type that was asked for; refusals are answers of any")
    func types() async throws {
        try await ScriptedServer.run({ head in
            switch head.split(separator: " ")[1] {
            case "/png": .ok("x", type: "IMAGE/PNG; q=1")
            case "/html": .ok("x", type: "text/html")
            case "/none": .text("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
            default: .text("HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx")
            }
        }) { _, port in
            let limits = Self.limits(types: ["image/png", "image/jpeg"])
            let url = "http://shop.invalid:\(port)"
            let png = try await Self.client().call(UntrustedRequest(url: "\(url)/png"), limits) { $0.contentType }
            #expect(png == "image/png")
            for (path, type) in [("html", "text/html"), ("none", nil)] {
                await #expect(throws: UntrustedCallError.unexpectedContentType(type)) {
                    try await Self.text(Self.client(), "\(url)/\(path)", limits)
                }
            }
            let missing = try await Self.client().call(UntrustedRequest(url: "\(url)/x"), limits) { $0.status }
            #expect(missing == 404)
        }
    }

    @Test("Of several addresses the next one is tried where one takes no connection; where none does, nothing was sent")
    func addresses() async throws {
        let closed = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.2", port: 0).get()
        let deadPort = try #require(closed.localAddress?.port)
        try await closed.close().get()
        try await ScriptedServer.run({ _ in .ok("hello") }) { _, port in
            let both = Self.client(["shop.invalid": [["127.0.0.2", "127.0.0.1"]]])
            let text = try await Self.text(both, "http://shop.invalid:\(port)/")
            #expect(text == "hello")
        }
        let error = await #expect(throws: UntrustedCallError.self) {
            try await Self.text(Self.client(["shop.invalid": [["127.0.0.2"]]]), "http://shop.invalid:\(deadPort)/")
        }
        #expect(error == .unreachable && error?.isTemporary == true)
    }

    @Test("What the reader of an answer throws is what the caller gets")
    func readers() async throws {
        struct Enough: Error {}
        try await ScriptedServer.run({ _ in .drip("HTTP/1.1 200 OK\r\n\r\n") }) { _, port in
            await #expect(throws: Enough.self) {
                try await Self.client().call(UntrustedRequest(url: "http://shop.invalid:\(port)/"), Self.limits()) {
                    _ in
                    throw Enough()
                }
            }
        }
    }

    @Test("The system's resolver knows this machine and not what nobody has, and gives up in time")
    func systemResolver() async throws {
        #expect(try await SystemResolver().addresses(of: "localhost").allSatisfy(\.isLoopback))
        await #expect(throws: UntrustedCallError.unresolved) {
            try await SystemResolver().addresses(of: "no-such-host.invalid")
        }
        await #expect(throws: UntrustedCallError.unresolved) {
            try await SystemResolver(maximumLookups: 0).addresses(of: "localhost")
        }
        let start = ContinuousClock.now
        await #expect(throws: (any Error).self) {
            try await SystemResolver(limit: .zero).addresses(of: "slow-host.invalid")
        }
        #expect(ContinuousClock.now - start < .seconds(2))
    }
}
