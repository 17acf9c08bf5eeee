import Core
import Foundation
import HTTPTypes
import Testing

@testable import APIServer

@Suite("Documents over HTTP") struct DocumentEndpointTests {
    @Test("A document tells what was packed, in lists and by itself, and a credit note what comes back")
    func issuing() async throws {
        try await LiveAPI.run { api in
            let (part, order, token, line) = try await api.packable()
            let packed = try await api.call(
                .post, "/vendor_orders/\(part)/pack", ["lines": [["line_id": .string(line), "quantity": 2]]])
            #expect(packed.status == 201)
            let document = try packed.json
            let id = try #require(document["id"]?.stringValue)
            #expect(document["type"] == "bill" && document["renditions"] == [])
            #expect(document["number"]?.stringValue?.hasPrefix("BDP/") == true)
            #expect(document["lines"]?[0]?["line_id"] == .string(line) && document["lines"]?[0]?["quantity"] == 2)
            #expect(document["seller"]?["legal_name"] == "Lekha Software Limited")
            #expect(document["buyer"]?["name"] == "Karim Uddin" && document["delivery"]?["name"] == "Karim")
            let rest = try await api.call(.post, "/vendor_orders/\(part)/pack", [:]).json
            #expect(rest["lines"]?[0]?["quantity"] == 1)
            #expect(try await api.call(.post, "/vendor_orders/\(part)/pack", [:]).problem == "nothing-to-pack")
            let listed = try await api.call(.get, "/documents?order_id=\(order)&type=bill").json
            let newest = try #require(rest["id"]?.stringValue)
            #expect(listed["data"]?.arrayValue?.compactMap { $0["id"]?.stringValue } == [newest, id])
            let note = try await api.call(
                .post, "/documents/\(id)/credit_notes",
                ["lines": [["line_id": .string(line), "quantity": 1]], "reason": "Returned"])
            #expect(note.status == 201)
            #expect(try note.json["original_id"] == .string(id) && note.json["reason"] == "Returned")
            let seen = try await api.call(.get, "/orders/\(order)/documents", token: token).json
            #expect(seen["data"]?.arrayValue?.count == 3)
        }
    }

    @Test("The holder of an order's token gets a link to its documents, once they are drawn, and to no other's")
    func links() async throws {
        try await LiveAPI.run { api in
            let (part, order, token, _) = try await api.packable()
            let (otherPart, otherOrder, otherToken, _) = try await api.packable(sku: "OTHER")
            let document = try #require(
                try await api.call(.post, "/vendor_orders/\(part)/pack", [:]).json["id"]?.stringValue)
            let other = try #require(
                try await api.call(.post, "/vendor_orders/\(otherPart)/pack", [:]).json["id"]?.stringValue)
            let path = "/orders/\(order)/documents/\(document)/links"
            let early = try await api.call(.post, path, [:], token: token)
            #expect(try early.problem == "document-not-drawn")
            try await api.draw(document)
            let link = try await api.call(.post, path, ["expires_in": 60], token: token).json
            #expect(link["url"]?.stringValue?.contains("/media/med_") == true)
            #expect(try await api.call(.post, path, [:], token: otherToken).status == 401)
            #expect(
                try await api.call(.post, "/orders/\(order)/documents/\(other)/links", [:], token: token).status == 404)
            let foreign = try await api.call(.post, "/orders/\(otherOrder)/documents/\(document)/links", [:])
            #expect(foreign.status == 404)
            let slip = try await api.call(.post, "/documents/\(document)/links", ["rendition": "packing_slip"])
            #expect(try slip.problem == "document-not-drawn")
        }
    }
}
