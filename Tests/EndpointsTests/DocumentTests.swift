import Core
import Foundation
import HTML
import HTTPTypes
import HummingbirdTesting
import Identity
import NIOCore
import Testing

@testable import Endpoints

@Suite("Documents")
struct DocumentTests {
    private var server: BazaarServer {
        var server = BazaarServer()
        server.raw = [.ping, .metrics]
        return server
    }

    private func document() throws -> JSONValue { try JSONValue(parsing: server.api().openAPI) }

    @Test("The OpenAPI document lists every operation with its parameters, body, answers and problems")
    func openAPI() throws {
        let document = try document()
        #expect(document["openapi"] == "3.1.0")
        let post = try #require(document["paths"]?["/api/v1/orders"]?["post"])
        #expect(post["operationId"] == "post_orders")
        #expect(post["security"] == [])
        let responses = try #require(post["responses"]?.objectValue)
        #expect(Set(responses.keys) == ["201", "400", "401", "403", "409", "413", "415", "422", "429", "500", "503"])
        let key = try #require(post["parameters"]?[0])
        #expect(key["name"] == "Idempotency-Key")
        #expect(key["required"] == true)
        #expect(
            post["requestBody"]?["content"]?["application/json"]?["schema"]?["$ref"]
                == "#/components/schemas/PlaceOrder")
        let schema = try #require(document["components"]?["schemas"]?["PlaceOrder"])
        #expect(schema["required"] == ["email", "lines"])
        #expect(schema["additionalProperties"] == false)
        #expect(schema["properties"]?["gateway"]?["default"] == "stripe")
        #expect(schema["properties"]?["lines"]?["maxItems"] == 100)
        let get = try #require(document["paths"]?["/api/v1/orders/{order_id}"]?["get"])
        #expect(get["security"] == [["orderToken": []], ["apiKey": []], ["session": []], ["sessionCookie": []]])
        #expect(get["parameters"]?[0]?["schema"]?["pattern"]?.stringValue?.hasPrefix("^ord_") == true)
        #expect(document["paths"]?["/webhooks/ping"]?["post"]?["responses"]?["200"] != nil)
        #expect(document["paths"]?["/docs"] == nil)
    }

    @Test(
        "The values of an enumeration are the only ones that are taken, and need not be the only ones that are answered"
    )
    func enumerations() throws {
        let schemas = try document()["components"]?["schemas"]
        let taken = try #require(schemas?["PlaceOrder"]?["properties"]?["gateway"])
        #expect(taken["enum"] == ["stripe", "bkash"] && taken["x-extensible-enum"] == nil)
        let answered = try #require(schemas?["PlacedOrder"]?["properties"]?["gateway"])
        #expect(answered["x-extensible-enum"] == ["stripe", "bkash"] && answered["enum"] == nil)
    }

    @Test("Every reference of the document leads somewhere")
    func references() throws {
        let document = try document()
        func check(_ value: JSONValue) {
            switch value {
            case .object(let members):
                if let reference = members["$ref"]?.stringValue {
                    let name = reference.split(separator: "/").last.map(String.init) ?? ""
                    #expect(document["components"]?["schemas"]?[UTF8Text(name)] != nil, "\(reference)")
                }
                members.values.forEach(check)
            case .array(let elements): elements.forEach(check)
            default: break
            }
        }
        check(document)
    }

    @Test("Document and page are served, compressed and tagged, and the page loads its style sheet alone")
    func served() async throws {
        try await server.live { client in
            let document = try await client.get("/api/v1/openapi.json")
            #expect(document.status == .ok)
            #expect(document.headers[.contentType] == "application/json")
            let tag = try #require(document.headers[.eTag])
            #expect(try await client.get("/api/v1/openapi.json", [.ifNoneMatch: tag]).status == .notModified)
            let packed = try await client.get("/api/v1/openapi.json", [.acceptEncoding: "gzip"])
            #expect(packed.headers[.contentEncoding] == "gzip")
            let page = try await client.get("/docs")
            let html = String(buffer: page.body)
            #expect(page.headers[.contentType]?.hasPrefix("text/html") == true)
            #expect(page.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            #expect(!html.contains("<script") && !html.contains("<style") && !html.contains(" style="))
            let links = html.matches(of: /(?:src|href)="(?!#|data:|\/api\/v1\/openapi.json)([^"]*)"/).map {
                String($0.1)
            }
            #expect(links == [StyleSheet.path])
            let pageTag = try #require(page.headers[.eTag])
            #expect(try await client.get("/docs", [.ifNoneMatch: pageTag]).status == .notModified)
            #expect(try await client.get("/docs", [.acceptEncoding: "gzip"]).headers[.contentEncoding] == "gzip")
            #expect(html.contains("Place an order"))
            #expect(html.contains("Tea &amp; more"))
            #expect(html.contains("curl -X POST"))
        }
    }

    @Test("Declarations that contradict themselves or each other are refused at start-up, all at once")
    func declarationErrors() throws {
        let orphan = Endpoint(
            .get, "/orphans/{a}/{b}", ID<Order>.self, tag: .orders, summary: "",
            policy: .require(.ordersRead, on: .order),
            returns: .ok(StallView.self)
        ) { _, _ in .example }
        #expect {
            try API(
                endpoints: [orphan, BazaarEndpoints.scarce, BazaarEndpoints.scarce],
                settings: APISettings(publicURL: "http://localhost"))
        } throws: { error in
            (error as? APIDeclarationError)?.failures == [
                "GET /orphans/{a}/{b} names 2 path parameters but types 1",
                "GET /api/v1/scarce is declared twice",
            ]
        }
    }

    @Test("Examples satisfy their own declarations")
    func examples() throws {
        let example = try #require(PlaceOrder.objectSchema.example)
        let order = try PlaceOrder.read(example)
        #expect(order.email == "ada@example.org")
        #expect(order.lines.first?.quantity == 2)
    }
}
