import Core
import Endpoints
import HTML
import HTTPTypes
import HummingbirdTesting
import Identity
import Logging
import NIOCore
import Testing

@Suite("Pages")
struct PageTests {
    private static func isPage(_ response: TestResponse) -> Bool {
        response.headers[.contentType] == "text/html; charset=utf-8" && response.text.hasPrefix("<!doctype html>")
            && response.header("Content-Security-Policy")?.hasPrefix("default-src 'none'; style-src 'self'") == true
            && response.header("X-Content-Type-Options") == "nosniff"
    }

    @Test("A page is HTML under a policy without inline code, tagged, compressed, and no other site's to read")
    func served() async throws {
        try await GuestServer.open { guests in
            let page = try await guests.client.get("/guests", [.origin: "https://elsewhere.example"])
            #expect(page.status == .ok && Self.isPage(page))
            let policy = try #require(page.header("Content-Security-Policy"))
            #expect(!policy.contains("unsafe") && !policy.contains("nonce"))
            #expect(page.headers[.accessControlAllowOrigin] == nil)
            #expect(page.header("X-Request-Id") != nil)
            let tag = try #require(page.headers[.eTag])
            #expect(try await guests.client.get("/guests", [.ifNoneMatch: tag]).status == .notModified)
            let packed = try await guests.client.get("/guests", [.acceptEncoding: "gzip"])
            #expect(packed.headers[.contentEncoding] == "gzip")
            let head = try await guests.client.execute(uri: "/guests", method: .head, headers: [:]) { $0 }
            #expect(head.status == .ok && head.body.readableBytes == 0)
        }
    }

    @Test("A page that not anyone may see asks for credentials and is kept by no cache")
    func credentials() async throws {
        try await GuestServer.open { guests in
            let path = "/desk/\(ID<Guest>.example)"
            let refused = try await guests.client.get(path)
            #expect(refused.status == .unauthorized && Self.isPage(refused))
            let shown = try await guests.client.get(path, asOperator)
            #expect(shown.status == .ok && shown.headers[.cacheControl] == "no-store")
            #expect(shown.text.contains("<h1>\(ID<Guest>.example)</h1>"))
        }
    }

    @Test("What goes wrong is told as a page that says nothing of the inside")
    func errorPages() async throws {
        try await GuestServer.open { guests in
            let missing = try await guests.client.get("/desk/nonsense", asOperator)
            #expect(missing.status == .notFound && Self.isPage(missing))
            let wrong = try await guests.client.get("/guests?limit=%3Cb%3E&x=1")
            #expect(wrong.status == .unprocessableContent && Self.isPage(wrong))
            #expect(wrong.text.contains("<code>/limit</code> must be a whole number"))
            #expect(wrong.text.contains("<code>/x</code> is not a field here"))
            #expect(try await guests.client.get("/scarce").status == .ok)
            let tooMany = try await guests.client.get("/scarce")
            #expect(tooMany.status == .tooManyRequests && Self.isPage(tooMany))
            #expect(tooMany.headers[.retryAfter] == "60")
            let broken = try await guests.client.get("/broken")
            #expect(broken.status == .internalServerError && Self.isPage(broken))
            #expect(!broken.text.contains("secret internals"))
            #expect(broken.text.contains(try #require(broken.header("X-Request-Id"))))
            #expect(broken.headers[.cacheControl] == "no-store")
        }
    }

    @Test("Where nothing answers, a browser gets a page and a program a problem document")
    func unmatched() async throws {
        try await GuestServer.open { guests in
            let browser: HTTPFields = [.accept: "application/xml, Text/HTML;q=0.9"]
            let page = try await guests.client.get("/nowhere/%3Cscript%3E", browser)
            #expect(page.status == .notFound && Self.isPage(page) && page.headers[.vary]?.contains("Accept") == true)
            let program = try await guests.client.get("/nowhere", [.accept: "*/*"])
            #expect(program.status == .notFound)
            #expect(try program.problem == "not-found")
            #expect(program.headers[.vary]?.contains("Accept") == true)
            let method = try await guests.client.execute(uri: "/broken", method: .post, headers: browser) { $0 }
            #expect(method.status == .methodNotAllowed && Self.isPage(method))
            #expect(method.headers[.allow] == "GET, HEAD, OPTIONS")
        }
    }

    @Test("A page leaves a line in the log with its route, status and ids")
    func logged() async throws {
        let log = CapturedLog()
        try await GuestServer.open(logger: Logger(label: "test") { _ in log }) { guests in
            _ = try await guests.client.get("/desk/\(ID<Guest>.example)", asOperator)
            _ = try await guests.submit("/guests", "name=Ada")
            let lines = log.lines.filter { $0.message == "request" }.map(\.metadata)
            #expect(lines.map { $0["route"] } == ["/desk/{guest_id}", "/guests"])
            #expect(lines.map { $0["status"] } == ["200", "303"])
            #expect(lines.first?["caller"] == "\(BazaarPrincipals.operator.scope)")
            #expect(lines.allSatisfy { $0["request_id"] != nil && $0["trace_id"] != nil && $0["duration_ms"] != nil })
        }
    }

    @Test("The style sheet that a page names may be kept for good, another version only once")
    func styleSheet() async throws {
        try await GuestServer.open { guests in
            let page = try await guests.client.get("/guests")
            #expect(page.text.contains("<link rel=\"stylesheet\" href=\"\(StyleSheet.path)\">"))
            let sheet = try await guests.client.get(StyleSheet.path, [.acceptEncoding: "gzip"])
            #expect(sheet.status == .ok && sheet.headers[.contentType] == "text/css; charset=utf-8")
            #expect(sheet.headers[.cacheControl] == "public, max-age=31536000, immutable")
            #expect(sheet.headers[.contentEncoding] == "gzip")
            let other = try await guests.client.get("/assets/0123456789abcdef/style.css")
            #expect(other.status == .ok && other.headers[.cacheControl] == "no-cache")
            #expect(Array(other.body.readableBytesView) == StyleSheet.utf8)
        }
    }

    @Test("Pages that contradict themselves or endpoints are refused at start-up")
    func declarations() throws {
        struct Nested: APIInput {
            init(_ fields: inout Fields) {
                _ = fields.optional("entry", .object(GuestEntry.self), "Not for forms")
            }
        }
        let orphan = GuestPage(
            "/orphans/{a}/{b}", PathName.self, summary: "", policy: .require(.ordersRead, on: .order)
        ) { _, _ in "" }
        let nested = GuestPage(form: Nested.self, "/nested", summary: "", policy: .require(.jobsManage)) { _, _, _ in
            "/"
        }
        #expect {
            try API(
                endpoints: [], pages: [orphan, nested, GuestPages.list, GuestPages.list],
                settings: APISettings(publicURL: "http://localhost"))
        } throws: { error in
            (error as? APIDeclarationError)?.failures == [
                "GET /orphans/{a}/{b} names 2 path parameters but types 1",
                "POST /nested: the field entry can't be an object",
                "GET /guests is declared twice",
            ]
        }
    }
}
