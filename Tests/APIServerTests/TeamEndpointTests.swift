import Core
import Foundation
import HTTPTypes
import Platform
import Postgres
import Testing
import Vendors

@testable import APIServer
@testable import Endpoints
@testable import Identity

@Suite("Teams over HTTP")
struct TeamEndpointTests {
    /// The token that the invitation's mail would carry.
    private static func token(of invitation: JSONValue, in api: LiveAPI) throws -> JSONValue {
        let text = try #require(invitation["id"]?.stringValue)
        let id = try #require(ID<Invitation>(text))
        let tokens = InvitationTokens(keys: api.platform.configuration.encryptionKeys)
        return .string(try #require(tokens.token(of: id)).text.reveal())
    }

    @Test("Every endpoint of teams answers a good request with success, from the first admin on")
    func everything() async throws {
        try await LiveAPI.run(isLimited: false) { api in
            // With the token of the settings alone, since nobody is an admin yet.
            let invited = try await api.call(.post, "/invitations", ["email": "karim@example.com", "role": "admin"])
            #expect(try invited.json["state"] == "open")
            let karim = try await api.customer()
            let accepted = try await api.call(
                .post, "/invitations/accept", ["token": try Self.token(of: invited.json, in: api)], token: karim.token)
            let membership = try #require(try accepted.json["id"]?.stringValue)
            let listed = try await api.call(.get, "/me/memberships", token: karim.token)
            #expect(try listed.json["data"]?[0]?["needs_second_factor"] == true)
            let chosen = try await api.call(
                .post, "/me/membership", ["membership_id": .string(membership)], token: karim.token)
            let token = try #require(try chosen.json["token"]?.stringValue)
            #expect(try await api.call(.get, "/me", token: karim.token).status == 401)

            // Nothing is open but the way to a second factor.
            let locked = try await api.call(.get, "/members", token: token)
            #expect(locked.status == 403)
            #expect(try locked.problem == "second-factor-required")
            let me = try await api.call(.get, "/me", token: token).json
            #expect(me["lacks_second_factor"] == true && me["reach"] == "nothing" && me["permissions"] == [])
            let secret = try #require(try await api.call(.post, "/me/totp", token: token).json["secret"]?.stringValue)
            try await api.call(
                .post, "/me/totp/confirm", ["code": .string(try AccountEndpointTests.code(secret, at: Date()))],
                token: token)
            #expect(try await api.call(.get, "/me", token: token).json["reach"] == "everything")

            let vendor = try await api.createVendor()
            let set = try await api.call(
                .post, "/permission_sets",
                ["name": "Packing", "scope": "vendor", "permissions": ["stock.read", "vendors.read"]], token: token)
            let setID = try #require(try set.json["id"]?.stringValue)
            try await api.call(.get, "/permission_sets", token: token)
            try await api.call(.get, "/permission_sets/\(setID)", token: token)
            let edited = try await api.call(
                .patch, "/permission_sets/\(setID)", ["permissions": ["stock.read"]], token: token,
                headers: ["If-Match": "\"1\""])
            #expect(try edited.json["permissions"] == ["stock.read"] && edited.header("ETag") == "\"2\"")
            let seller = try #require(ID<Vendor>(vendor)).uuid
            let member = try await api.addMember(.builtIn(.vendorManager), of: seller)
            let read = try await api.call(.get, "/members/\(member.id)", token: token)
            #expect(try read.json["email"] == .string(member.email))
            let changed = try await api.call(
                .patch, "/members/\(member.id)", ["permission_set_id": .string(setID)], token: token,
                headers: ["If-Match": "\"1\""])
            #expect(try changed.json["permission_set_id"] == .string(setID) && changed.json["role"] == .null)
            let used = try await api.call(.delete, "/permission_sets/\(setID)", token: token)
            #expect(used.status == 409)
            for scope in ["staff", "vendor"] {
                let list = try await api.call(.get, "/members?scope=\(scope)", token: token).json
                #expect(list["data"]?.arrayValue?.count == 1)
            }
            try await api.call(.delete, "/members/\(member.id)", token: token)
            try await api.call(.delete, "/permission_sets/\(setID)", token: token)
            let another = try await api.call(
                .post, "/invitations",
                ["email": "rina@example.com", "vendor_id": .string(vendor), "role": "vendor_owner"],
                token: token)
            let anotherID = try #require(try another.json["id"]?.stringValue)
            try await api.call(.post, "/invitations/\(anotherID)/revoke", token: token)
            let open = try await api.call(.get, "/invitations?vendor_id=\(vendor)", token: token).json
            #expect(open["data"]?[0]?["state"] == "revoked")

            let support = try await api.call(
                .post, "/support_sessions", ["vendor_id": .string(vendor), "reason": "so"], token: token)
            let supportID = try #require(try support.json["support_session"]?["id"]?.stringValue)
            let acting = try #require(try support.json["token"]?.stringValue)
            #expect(try await api.call(.get, "/vendors/\(vendor)", token: acting).status == 200)
            let written = try await api.call(
                .patch, "/vendors/\(vendor)", ["description": "x"], token: acting, headers: ["If-Match": "*"])
            #expect(try written.status == 403 && written.problem == "read-only-session")
            try await api.call(.get, "/support_sessions", token: token)
            try await api.call(.post, "/support_sessions/\(supportID)/end", token: token)
            #expect(try await api.call(.get, "/me", token: acting).status == 401)

            let called = await api.answers.successes
            let declared =
                MembershipEndpoints.all + MemberEndpoints.all + InvitationEndpoints.all + PermissionSetEndpoints.all
                + SupportSessionEndpoints.all
            for description in declared.map(\.description) {
                #expect(
                    called.contains { $0.method == description.method && description.path.matches($0.path) },
                    "\(description.method) \(description.path) was not called with success")
            }
        }
    }

    @Test("What support does in another's place is on record under both names")
    func bothNames() async throws {
        try await LiveAPI.run { api in
            let vendor = try await api.createVendor()
            let member = try await api.addMember(.builtIn(.operations))
            let support = try await api.call(
                .post, "/support_sessions", ["vendor_id": .string(vendor), "reason": "so", "may_write": true],
                token: member.token)
            let acting = try #require(try support.json["token"]?.stringValue)
            let written = try await api.call(
                .patch, "/vendors/\(vendor)", ["description": "x"], token: acting, headers: ["If-Match": "*"])
            #expect(written.status == 200)
            let events = try await api.call(.get, "/audit_events?subject=\(vendor)").json
            #expect(events["data"]?[0]?["actor"] == .string("staff:\(member.id) as vendor:\(vendor)"))
            // Payout accounts and what is the owner's alone stay closed.
            let account = try await api.call(
                .post, "/vendors/\(vendor)/payout_accounts", VendorBodies.payoutAccount, token: acting)
            #expect(account.status == 403)
            #expect(try await api.call(.post, "/me/sign_out_everywhere", token: acting).status == 403)
        }
    }

    @Test("What is dangerous asks members for a second factor that was shown just now, and API keys not at all")
    func dangerous() async throws {
        try await LiveAPI.run { api in
            let vendor = try await api.createVendor()
            let id = try #require(ID<Vendor>(vendor)).uuid
            let owner = try await api.addMember(.builtIn(.vendorOwner), of: id)
            let admin = try await api.addMember(.builtIn(.admin))
            let key = try await api.call(
                .post, "/api_keys", ["name": "Shop", "role": "vendor_owner", "vendor_id": .string(vendor)])
            let ownersKey = try #require(try key.json["token"]?.stringValue)
            let adminsKey = try #require(
                try await api.call(.post, "/api_keys", ["name": "All", "role": "admin"]).json["token"]?.stringValue)
            func statuses(owner: String, admin: String) async throws -> [Int] {
                try await [
                    api.call(
                        .post, "/vendors/\(vendor)/payout_accounts", VendorBodies.payoutAccount, token: owner),
                    api.call(
                        .post, "/invitations",
                        ["email": "a@example.com", "vendor_id": .string(vendor), "role": "vendor_finance"], token: owner
                    ),
                    api.call(.post, "/api_keys", ["name": "N", "role": "support"], token: admin),
                    api.call(
                        .post, "/permission_sets",
                        ["name": .string(UUID().uuidString), "scope": "staff", "permissions": ["jobs.read"]],
                        token: admin),
                ].map(\.status)
            }
            #expect(try await statuses(owner: owner.token, admin: admin.token) == [201, 201, 201, 201])
            #expect(try await statuses(owner: ownersKey, admin: adminsKey) == [403, 403, 403, 403])
            try await api.owner.execute("UPDATE sessions SET second_factor_at = now() - interval '16 minutes'")
            #expect(try await statuses(owner: owner.token, admin: admin.token) == [403, 403, 403, 403])
            let stale = try await api.call(
                .post, "/api_keys", ["name": "N", "role": "support"], token: admin.token)
            #expect(try stale.problem == "second-factor-required" && stale.json["is_fresh"] == true)
        }
    }

    @Test("An API key has no role that goes beyond its maker's")
    func keys() async throws {
        try await LiveAPI.run { api in
            let set = try await api.addSet(["api_keys.manage", "vendors.read"], scope: .staff)
            let member = try await api.addMember(.set(set))
            let reply = try await api.call(.post, "/api_keys", ["name": "N", "role": "admin"], token: member.token)
            #expect(try reply.status == 403 && reply.problem == "beyond-own-permissions")
        }
    }

    @Test("Whoever applies with an account owns the vendor once it is approved; others are invited by mail")
    func owners() async throws {
        try await LiveAPI.run(isLimited: false) { api in
            let karim = try await api.customer()
            let applied = try await api.call(
                .post, "/vendor_applications", VendorBodies.application(name: "Karim Books"), token: karim.token)
            let vendor = try #require(try applied.json["vendor"]?["id"]?.stringValue)
            let own = try await api.call(.get, "/me/memberships", token: karim.token).json
            #expect(own["data"]?[0]?["role"] == "vendor_applicant" && own["data"]?[0]?["needs_second_factor"] == false)
            let chosen = try await api.call(
                .post, "/me/membership", ["membership_id": own["data"]?[0]?["id"] ?? .null], token: karim.token)
            let token = try #require(try chosen.json["token"]?.stringValue)
            try await api.showCard(of: vendor, token: token)
            #expect(
                try await api.call(
                    .post, "/vendors/\(vendor)/payout_accounts", VendorBodies.payoutAccount, token: token
                ).status == 201)
            #expect(try await api.call(.post, "/vendors/\(vendor)/submit", token: token).status == 200)
            #expect(
                try await api.call(.post, "/vendors/\(vendor)/approve", ["commission_ppm": 100_000]).status == 200)
            let owner = try await api.call(.get, "/members?vendor_id=\(vendor)").json
            #expect(owner["data"]?.arrayValue?.map { $0["role"] } == ["vendor_owner"])
            let me = try await api.call(.get, "/me", token: token).json
            #expect(me["lacks_second_factor"] == true)

            let (other, key, _) = try await api.apply(name: "Anonymous Books")
            try await api.showCard(of: other, token: key)
            try await api.call(.post, "/vendors/\(other)/payout_accounts", VendorBodies.payoutAccount, token: key)
            try await api.call(.post, "/vendors/\(other)/submit", token: key)
            try await api.call(.post, "/vendors/\(other)/approve", ["commission_ppm": 100_000])
            #expect(try await api.call(.get, "/vendors/\(other)", token: key).status == 401)
            let jobs = try await api.owner.queryValues(
                "SELECT payload::text FROM jobs WHERE kind = 'vendors.invite_owner'", as: String.self)
            #expect(jobs.count == 1 && jobs[0].contains(other))
        }
    }

    @Test("A browser's session switches in its cookie, and its former one opens nothing")
    func cookies() async throws {
        try await LiveAPI.run(isLimited: false) { api in
            let vendor = try await api.createVendor()
            let reply = try await api.signUp(transport: "cookie")
            let session = try #require(reply.cookies["__Host-haat_session"])
            let headers = ["Cookie": "__Host-haat_session=\(session)", "Sec-Fetch-Site": "same-origin"]
            let invited = try await api.call(
                .post, "/invitations",
                ["email": "karim@example.com", "vendor_id": .string(vendor), "role": "vendor_manager"])
            let accepted = try await api.call(
                .post, "/invitations/accept", ["token": try Self.token(of: invited.json, in: api)], token: nil,
                headers: headers)
            let chosen = try await api.call(
                .post, "/me/membership", ["membership_id": accepted.json["id"] ?? .null], token: nil, headers: headers)
            #expect(try chosen.json["token"] == .null)
            let switched = try #require(chosen.cookies["__Host-haat_session"])
            #expect(switched != session)
            let cookie = ["Cookie": "__Host-haat_session=\(switched)"]
            #expect(try await api.call(.get, "/me", token: nil, headers: cookie).json["reach"] == "vendor")
            #expect(try await api.call(.get, "/me", token: nil, headers: headers).json["reach"] == "nothing")
        }
    }
}
