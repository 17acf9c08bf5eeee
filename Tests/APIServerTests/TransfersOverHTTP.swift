import Core
import HTTPTypes
import Testing

/// Calls of imports and exports, each with success.
extension LiveAPI {
    func exerciseTransfers(of vendor: String) async throws {
        let made = try await call(.post, "/product_imports", tableToImport(of: vendor)).json
        #expect(made["state"] == "queued" && made["dry_run"] == true && made["layout"] == .null)
        let id = try #require(made["id"]?.stringValue)
        try await call(.get, "/product_imports")
        try await call(.get, "/product_imports/\(id)")
        try await call(.get, "/product_imports/\(id)/rows?outcome=refused")
        let cancelled = try await call(.post, "/product_imports/\(id)/cancel").json
        #expect(cancelled["state"] == "cancelled")
        let export = try await make("/product_exports", ["vendor_id": .string(vendor)])
        try await call(.get, "/product_exports")
        let read = try await call(.get, "/product_exports/\(export)").json
        #expect(read["state"] == "queued" && read["media_id"] == .null)
    }

    /// The body that asks for a dry run of a new file of a vendor's.
    func tableToImport(of vendor: String) async throws -> JSONValue {
        let table = "handle,title,sku,weight_grams,currency,price\na,A,A,1,BDT,1\n"
        let reply = try await upload(
            "/media?purpose=import&vendor_id=\(vendor)", Array(table.utf8), as: "text/csv")
        try #require(reply.status == 201)
        return [
            "vendor_id": .string(vendor), "media_id": try reply.json["id"] ?? .null, "currency": "BDT", "dry_run": true,
        ]
    }

    /// The id of what a call creates.
    func make(_ path: String, _ body: JSONValue) async throws -> String {
        let reply = try await call(.post, path, body)
        try #require(reply.status == 201)
        return try #require(try reply.json["id"]?.stringValue)
    }
}
