import Core
import HTTPTypes
import Testing

@testable import APIServer
@testable import Endpoints

@Suite("Customers over HTTP")
struct CustomerEndpointTests {
    @Test("Every endpoint about customers answers a good request with success")
    func everything() async throws {
        try await LiveAPI.run(isLimited: false) { api in
            let karim = try await api.customer()
            try await Self.exerciseAddresses(of: karim, in: api)
            try await Self.exerciseConsents(of: karim, in: api)
            try await Self.exerciseWishes(of: karim, in: api)
            let found = try await api.call(.get, "/customers?search=KARIM@").json
            let id = try #require(found["data"]?[0]?["id"]?.stringValue)
            try await api.call(.get, "/customers/\(id)")
            let states = try await api.call(.get, "/customers/\(id)/consents").json
            #expect(states["data"]?.arrayValue?.count == 5)
            let history = try await api.call(.get, "/customers/\(id)/consent_history").json
            #expect(history["data"]?.arrayValue?.map { $0["is_given"] } == [false, true])
            let made = try await api.call(
                .post, "/customer_imports", CustomerBodies.importing(try await api.uploadOwnTable())
            ).json
            let table = try #require(made["id"]?.stringValue)
            for path in ["", "/\(table)", "/\(table)/rows"] { try await api.call(.get, "/customer_imports\(path)") }
            try await api.call(.post, "/customer_imports/\(table)/cancel")
            try await Self.exercisePersonalData(of: karim, in: api)
            let called = await api.answers.successes
            let declared =
                CustomerEndpoints.all + AddressBookEndpoints.all + ConsentEndpoints.all + WishListEndpoints.all
                + CustomerImportEndpoints.all
                + PersonalDataEndpoints.all.filter {
                    // There is no file before a worker has made it.
                    !$0.description.path.description.hasSuffix("/link")
                }
            for description in declared.map(\.description) {
                #expect(
                    called.contains { $0.method == description.method && description.path.matches($0.path) },
                    "\(description.method) \(description.path) was not called with success")
            }
        }
    }

    private static func exerciseAddresses(of karim: SignedInCustomer, in api: LiveAPI) async throws {
        let added = try await api.call(.post, "/me/addresses", CustomerBodies.address, token: karim.token)
        #expect(added.status == 201 && added.header("ETag") == "\"1\"")
        #expect(try added.json["address"]?["district"] == "BD-13" && added.json["is_default_shipping"] == true)
        let id = try #require(try added.json["id"]?.stringValue)
        #expect(added.header("Location")?.hasSuffix("/me/addresses/\(id)") == true)
        try await api.call(.get, "/me/addresses/\(id)", token: karim.token)
        let moved: JSONValue = [
            "label": "Office", "phone": "98123 45678",
            "address": [
                "country": "IN", "line1": "1 MG Road", "city": "Pune", "state": "MH", "postal_code": "411 001.",
            ],
        ]
        let changed = try await api.call(
            .patch, "/me/addresses/\(id)", moved, token: karim.token, headers: ["If-Match": "\"1\""])
        #expect(try changed.json["address"]?["state"] == "27" && changed.json["phone"] == "+919812345678")
        let wrong: JSONValue = [
            "address": ["country": "IN", "line1": "1", "city": "Pune", "state": "GA", "postal_code": "411001"]
        ]
        let refused = try await api.call(
            .patch, "/me/addresses/\(id)", wrong, token: karim.token, headers: ["If-Match": "*"])
        #expect(try refused.status == 422 && refused.pointers == ["/address/state"])
        let listed = try await api.call(.get, "/me/addresses", token: karim.token).json
        #expect(listed["data"]?.arrayValue?.count == 1)
        let other = try await api.customer("rahim@example.com")
        #expect(try await api.call(.get, "/me/addresses/\(id)", token: other.token).status == 404)
        #expect(try await api.call(.delete, "/me/addresses/\(id)", token: other.token).status == 404)
        try await api.call(.delete, "/me/addresses/\(id)", token: karim.token)
    }

    private static func exerciseConsents(of karim: SignedInCustomer, in api: LiveAPI) async throws {
        let notice = try await api.call(.post, "/consent_notices", CustomerBodies.notice)
        #expect(try notice.status == 201 && notice.json["version"] == 1)
        let id = try #require(try notice.json["id"]?.stringValue)
        let shown = try await api.call(.get, "/consent_notices?locale=bn-IN", token: nil).json
        #expect(shown["data"]?.arrayValue?.compactMap { $0["id"]?.stringValue } == [id])
        try await api.call(.get, "/consent_notices/\(id)", token: nil)
        let given = try await api.call(
            .put, "/me/consents/marketing_email", ["is_given": true, "notice_id": .string(id)], token: karim.token)
        #expect(try given.json["is_given"] == true && given.json["decision"]?["locale"] == "bn-BD")
        let blind = try await api.call(.put, "/me/consents/analytics", ["is_given": true], token: karim.token)
        #expect(try blind.status == 422 && blind.pointers == ["/notice_id"])
        #expect(
            try await api.call(.put, "/me/consents/everything", ["is_given": false], token: karim.token).status == 404)
        try await api.call(.put, "/me/consents/marketing_email", ["is_given": false], token: karim.token)
        let states = try await api.call(.get, "/me/consents", token: karim.token).json
        #expect(states["data"]?.arrayValue?.allSatisfy { $0["is_given"] == false } == true)
        try await api.call(.get, "/me/consent_history", token: karim.token)
    }

    private static func exercisePersonalData(of karim: SignedInCustomer, in api: LiveAPI) async throws {
        let proof: JSONValue = ["present_password": .string(LiveAPI.password)]
        for path in ["/me/data_exports", "/me/erasure"] {
            let blind = try await api.call(.post, path, [:], token: karim.token)
            #expect(try blind.status == 422 && blind.pointers == ["/present_password"])
            #expect(try await api.call(.post, path, proof, token: karim.token).status == 202)
            #expect(try await api.call(.post, path, proof, token: karim.token).status == 409)
        }
        let exports = try await api.call(.get, "/me/data_exports", token: karim.token).json
        let export = try #require(exports["data"]?[0]?["id"]?.stringValue)
        try await api.call(.get, "/me/data_exports/\(export)", token: karim.token)
        let early = try await api.call(.post, "/me/data_exports/\(export)/link", proof, token: karim.token)
        #expect(try early.status == 409 && early.problem == "data-export-unavailable")
        let waiting = try await api.call(.get, "/me/erasure", token: karim.token).json
        #expect(waiting["erasure"]?["state"] == "requested")
        let cancelled = try await api.call(.post, "/me/erasure/cancel", token: karim.token).json
        #expect(cancelled["erasure"]?["state"] == "cancelled")
    }

    private static func exerciseWishes(of karim: SignedInCustomer, in api: LiveAPI) async throws {
        let (product, variant) = try await api.offer(kind: "licence_key")
        let added = try await api.call(
            .post, "/me/wish_list", ["variant_id": .string(variant)], token: karim.token)
        #expect(try added.status == 201 && added.json["product_id"] == .string(product))
        #expect(try added.json["status"] == "on_sale")
        let listed = try await api.call(.get, "/me/wish_list", token: karim.token).json
        let id = try #require(listed["data"]?[0]?["id"]?.stringValue)
        try await api.call(.delete, "/me/wish_list/\(id)", token: karim.token)
    }
}
