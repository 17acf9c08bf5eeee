import Core
import HTTPTypes
import Identity
import Platform
import Postgres
import Testing
import Vendors

@testable import APIServer

@Suite("Vendors over HTTP")
struct VendorEndpointTests {
    @Test("From an application to the first product on sale it takes nine calls, and no developer")
    func firstSale() async throws {
        try await LiveAPI.run { api in
            let applied = try await api.apply()
            let (vendor, token) = (applied.vendor, applied.token)
            let card = try await api.showCard(of: vendor, token: token)
            let account = try await api.call(
                .post, "/vendors/\(vendor)/payout_accounts", VendorBodies.payoutAccount, token: token)
            let submitted = try await api.call(.post, "/vendors/\(vendor)/submit", token: token)
            let approved = try await api.call(.post, "/vendors/\(vendor)/approve", ["commission_ppm": 100_000])
            let key = try await api.call(
                .post, "/api_keys", ["name": "Shop", "role": "vendor_owner", "vendor_id": .string(vendor)])
            let shop = try #require(try key.json["token"]?.stringValue)
            let product = try await api.call(
                .post, "/products",
                [
                    "vendor_id": .string(vendor), "title": "Office", "status": "active",
                    "variants": [
                        ["sku": "K", "kind": "licence_key", "price": ["minor_units": 9_900, "currency": "BDT"]]
                    ],
                ], token: shop)
            let variant = try #require(try product.json["variants"]?[0]?["id"]?.stringValue)
            let stocked = try await api.call(
                .post, "/variants/\(variant)/licence_keys", ["keys": ["FIRST"]], token: shop)
            let calls = [applied.reply] + card + [account, submitted, approved, key, product, stocked]
            #expect(calls.map(\.status) == [201, 201, 201, 201, 200, 200, 201, 201, 201])
            #expect(calls.count < 10)
            #expect(try await api.place(variant).status == 201)
        }
    }

    @Test("An application's token opens that application and nothing else")
    func applicantsToken() async throws {
        try await LiveAPI.run { api in
            let mine = try await api.apply()
            let other = try await api.apply()
            func status(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil) async throws -> Int {
                try await api.call(method, path, body, token: mine.token, headers: ["If-Match": "*"]).status
            }
            #expect(try await status(.get, "/vendors/\(mine.vendor)") == 200)
            #expect(try await status(.patch, "/vendors/\(mine.vendor)", ["description": "Books"]) == 200)
            #expect(try await status(.get, "/vendors/\(other.vendor)") == 404)
            #expect(try await status(.patch, "/vendors/\(other.vendor)", ["description": "Mine"]) == 404)
            #expect(try await status(.get, "/vendors/\(other.vendor)/payout_accounts") == 404)
            #expect(try await status(.post, "/vendors/\(mine.vendor)/approve", ["commission_ppm": 0]) == 403)
            #expect(
                try await status(
                    .post, "/products",
                    [
                        "vendor_id": .string(mine.vendor), "title": "T",
                        "variants": [
                            ["sku": "S", "kind": "licence_key", "price": ["minor_units": 1, "currency": "BDT"]]
                        ],
                    ]) == 403)
        }
    }

    @Test("The checklist says what is missing; a rejection says why, and the decisions are listed")
    func review() async throws {
        try await LiveAPI.run { api in
            let (vendor, token, _) = try await api.apply()
            func states() async throws -> [String: String] {
                let json = try await api.call(.get, "/vendors/\(vendor)/checklist", token: token).json
                let pairs = json["items"]?.arrayValue?.map {
                    ($0["code"]?.stringValue ?? "", $0["state"]?.stringValue ?? "")
                }
                return Dictionary(uniqueKeysWithValues: pairs ?? [])
            }
            try await api.showCard(of: vendor, token: token)
            #expect(try await states()["payout_account"] == "missing")
            let early = try await api.call(.post, "/vendors/\(vendor)/submit", token: token)
            #expect(early.status == 409)
            #expect(try early.json["missing"] == ["payout_account"])
            try await api.call(.post, "/vendors/\(vendor)/payout_accounts", VendorBodies.payoutAccount, token: token)
            #expect(try await api.call(.post, "/vendors/\(vendor)/submit", token: token).status == 200)
            let documents = try await api.call(.get, "/vendors/\(vendor)/documents", token: token).json
            let card = try #require(documents["data"]?[0]?["id"]?.stringValue)
            #expect(documents["data"]?[0]?["number_last_four"] == "7890")
            try await api.call(
                .post, "/vendors/\(vendor)/documents/\(card)/review", ["verdict": "refused", "reason": "Blurred"])
            #expect(try await states()["identity"] == "refused")
            let rejected = try await api.call(.post, "/vendors/\(vendor)/reject", ["reason": "See the card"])
            #expect(try rejected.json["status"] == "rejected")
            let decisions = try await api.call(.get, "/vendors/\(vendor)/decisions", token: token).json
            #expect(decisions["data"]?.arrayValue?.map { $0["act"] } == ["reject", "submit", "apply"])
            #expect(decisions["data"]?[0]?["reason"] == "See the card")
        }
    }

    @Test("Everybody reads an active vendor's profile by its slug, also by an old one")
    func publicProfile() async throws {
        try await LiveAPI.run { api in
            let vendor = try await api.createVendor()
            let read = try await api.call(.get, "/vendors/\(vendor)")
            let slug = try #require(try read.json["slug"]?.stringValue)
            let renamed = try await api.call(
                .patch, "/vendors/\(vendor)", ["slug": "lekha", "holiday": .null],
                headers: ["If-Match": try #require(read.header("ETag"))])
            #expect(renamed.status == 200 && renamed.header("ETag") == "\"2\"")
            for name in [slug, "lekha"] {
                let shown = try await api.call(.get, "/vendor_profiles/\(name)", token: nil)
                #expect(shown.status == 200)
                let json = try shown.json
                #expect(json["slug"] == "lekha" && json["legal_name"] == "Lekha Software Limited")
                #expect(json["email"] == nil && json["is_selling"] == true)
            }
            #expect(try await api.call(.get, "/vendor_profiles/nobody", token: nil).status == 404)
            let stale = try await api.call(
                .patch, "/vendors/\(vendor)", ["slug": "other"], headers: ["If-Match": "\"1\""])
            #expect(stale.status == 412)
        }
    }

    @Test("A payout account's number is nowhere in what is answered")
    func payoutAccounts() async throws {
        try await LiveAPI.run { api in
            let (vendor, token, _) = try await api.apply()
            let created = try await api.call(
                .post, "/vendors/\(vendor)/payout_accounts", VendorBodies.payoutAccount, token: token)
            let id = try #require(try created.json["id"]?.stringValue)
            let verified = try await api.call(.post, "/vendors/\(vendor)/payout_accounts/\(id)/verify")
            let listed = try await api.call(.get, "/vendors/\(vendor)/payout_accounts", token: token)
            #expect(try listed.json["data"]?[0]?["state"] == "verified")
            for reply in [created, verified, listed] {
                let text = String(decoding: reply.bytes, as: UTF8.self)
                #expect(!text.contains("0012345678901") && !text.contains("999270017") && text.contains("8901"))
            }
        }
    }

    @Test("What is wrong with an application is told with where it stands")
    func malformedApplication() async throws {
        try await LiveAPI.run { api in
            var members = VendorBodies.application(name: "Rahim").objectValue ?? [:]
            members["registrations"] = [["kind": "etin", "number": "12", "legal_name": "Rahim"]]
            let reply = try await api.call(.post, "/vendor_applications", .object(members), token: nil)
            #expect(reply.status == 422)
            #expect(try reply.pointers == ["/registrations/0/number"])
        }
    }
}
