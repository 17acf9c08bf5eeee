import Core
import Endpoints
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@Suite("Input")
struct InputTests {
    @Test("Every wrong field is told at once, each with its pointer and code")
    func collectsAllProblems() async throws {
        let body = """
            {"email":"nobody","lines":[{"sku":"tea","quantity":0},{"quantity":"2"}],"gateway":"cash",
             "note":"far too long for this","price":{"minor_units":0,"currency":"EURO"},
             "deliver_after":"tomorrow","vendor":"ord_1",
             "labels":{"a":"","b":5},"gift":"yes","colour":"red"}
            """
        try await BazaarServer().live { client in
            let response = try await client.post("/api/v1/orders", body)
            #expect(response.status == .unprocessableContent)
            #expect(response.headers[.contentType] == "application/problem+json")
            let errors = try #require(try response.json["errors"]?.arrayValue)
            let found = Set(errors.map { "\($0["pointer"]?.stringValue ?? "") \($0["code"]?.stringValue ?? "")" })
            #expect(
                found == [
                    "/email format", "/lines/0/sku pattern", "/lines/0/quantity minimum", "/lines/1/sku required",
                    "/lines/1/quantity type", "/gateway enum", "/note too_long", "/price/currency type",
                    "/price/minor_units minimum", "/deliver_after type", "/vendor type", "/labels/a too_short",
                    "/labels/b type",
                    "/gift type", "/colour unknown",
                ])
            #expect(try response.problem == "invalid-input")
            #expect(try response.json["status"] == 422)
        }
    }

    @Test(
        "A valid order reaches the handler as typed values",
        arguments: ["application/json", "application/json; charset=UTF-8"])
    func readsValues(contentType: String) async throws {
        let body = """
            {"email":"ada@example.org","lines":[{"sku":"TEA-1","quantity":2}],"gateway":"bkash","note":null,
             "price":{"minor_units":129900,"currency":"BDT"},"deliver_after":"2026-02-28T23:59:59.5+06:00",
             "labels":{"a":"é\\n\\u0001"}}
            """
        try await BazaarServer().live { client in
            let response = try await client.post("/api/v1/orders", body, contentType: contentType)
            #expect(response.status == .created)
            #expect(response.headers[.location] == "/api/v1/orders/\(try response.json["id"]?.stringValue ?? "")")
            #expect(try response.json["total"] == ["minor_units": 129_900, "currency": "BDT"])
            #expect(try response.json["labels"] == ["a": "é\n\u{1}"])
            #expect(try response.json["gateway"] == "bkash")
            #expect(try response.json["note"] == nil as JSONValue)
        }
    }

    struct BadBody: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let body: String
        var problem = "malformed-request"

        static let all = [
            BadBody(testDescription: "empty", body: ""),
            BadBody(testDescription: "cut off", body: "{"),
            BadBody(testDescription: "NUL", body: #"{"email":"a\u0000b"}"#),
            BadBody(testDescription: "10,000 arrays deep", body: String(repeating: "[", count: 10_000)),
            BadBody(testDescription: "2,000 objects deep", body: String(repeating: #"{"a":"#, count: 2_000)),
            BadBody(testDescription: "a list", body: "[1]", problem: "invalid-input"),
            BadBody(testDescription: "half a surrogate pair", body: #"{"email":"\ud800"}"#),
            BadBody(testDescription: "a number beyond all bounds", body: #"{"email":1e999}"#),
            BadBody(testDescription: "a byte order mark", body: "\u{FEFF}{}"),
            BadBody(testDescription: "null", body: "null", problem: "invalid-input"),
            BadBody(testDescription: "two documents", body: "{} {}"),
            BadBody(testDescription: "an integer of 67 bits", body: #"{"lines":99999999999999999999}"#),
            BadBody(
                testDescription: "a key twice", body: #"{"email":"a@b.example","email":3,"lines":[]}"#,
                problem: "invalid-input"),
        ]
    }

    @Test("What is not acceptable JSON is a clear 4xx", arguments: BadBody.all)
    func refusesMalformed(bad: BadBody) async throws {
        try await BazaarServer().live { client in
            let response = try await client.post("/api/v1/orders", bad.body)
            #expect((400..<500).contains(response.status.code))
            #expect(try response.problem == bad.problem)
            #expect(try response.json["detail"]?.stringValue?.isEmpty == false)
        }
    }

    @Test("Another content type is 415 and a large body 413")
    func refusesByHeaders() async throws {
        var server = BazaarServer()
        server.settings.bodyLimit = 1000
        try await server.live { client in
            for type in ["text/plain", "application/xml", "application/json; charset=latin1", "multipart/form-data"] {
                let response = try await client.post("/api/v1/orders", goodOrder, contentType: type)
                #expect(response.status == .unsupportedMediaType)
                #expect(try response.problem == "unsupported-media-type")
            }
            let untyped = try await client.post("/api/v1/orders", goodOrder, contentType: nil)
            #expect(untyped.status == .unsupportedMediaType)
            let large = try await client.post("/api/v1/orders", String(repeating: " ", count: 1001))
            #expect(large.status == .contentTooLarge)
            #expect(try large.problem == "body-too-large")
            let after = try await client.post("/api/v1/orders", goodOrder)
            #expect(after.status == .created)
        }
    }

    @Test("Query parameters are typed, repeated ones are lists, and unknown ones are refused")
    func readsQueries() async throws {
        try await BazaarServer().live { client in
            let good = try await client.get(
                "/api/v1/orders?limit=3&gateway=bkash&gateway=stripe&since=2026-01-01T00:00:00Z", asOperator)
            #expect(good.status == .ok)
            #expect(try good.json["data"]?.arrayValue?.count == 3)
            #expect(try good.json["data"]?[0]?["gateway"] == "bkash")
            let bad = try await client.get(
                "/api/v1/orders?limit=101&limit=2&gateway=cash&colour=red&since=%FF", asOperator)
            #expect(bad.status == .unprocessableContent)
            let worse = try await client.get("/api/v1/orders?limit=1000&gateway=cash&colour=red", asOperator)
            let pointers = try worse.json["errors"]?.arrayValue?.compactMap { $0["pointer"]?.stringValue }
            #expect(pointers == ["/limit", "/gateway/0", "/colour"])
        }
    }

    @Test("A listing is read page by page to its end")
    func readsPages() async throws {
        try await BazaarServer().live { client in
            var numbers: [Int64] = []
            var cursor = ""
            repeat {
                let page = try await client.get("/api/v1/orders?limit=20\(cursor)", asOperator).json
                numbers += page["data"]?.arrayValue?.compactMap { $0["number"]?.integerValue } ?? []
                let next = page["next_cursor"]?.stringValue
                #expect(page["has_more"] == .bool(next != nil))
                cursor = next.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(numbers == Array(0..<45))
            let forged = try await client.get("/api/v1/orders?cursor=abc", asOperator)
            #expect(forged.status == .badRequest)
            #expect(try forged.problem == "invalid-cursor")
        }
    }

    @Test("A partial update tells leaving, setting and clearing apart")
    func readsChanges() throws {
        func read(_ text: String) throws -> Name {
            try Name.read(text)
        }
        #expect(try read("{}").name == .keep)
        #expect(try read("{}").motto == .keep)
        #expect(try read(#"{"name":"x","motto":null}"#).motto == .set(nil))
        #expect(try read(#"{"motto":"m"}"#).motto == .set("m"))
        #expect(throws: (any Error).self) { try read(#"{"name":null}"#) }
    }

    @Test(
        "A path that names nothing is 404 before anything is read",
        arguments: ["ord_1", "%00", "%ff", "ven_01j9x8tqf1e6s8d2n4v7b0kzmw"])
    func refusesPaths(segment: String) async throws {
        try await BazaarServer().live { client in
            let response = try await client.get("/api/v1/orders/\(segment)", asOperator)
            #expect(response.status == .notFound)
            #expect(try response.problem == "not-found")
        }
    }
}
