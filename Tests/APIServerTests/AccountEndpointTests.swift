import Core
import Foundation
import HTTPTypes
import Platform
import Postgres
import Testing

@testable import APIServer
@testable import Endpoints
@testable import Identity

@Suite("Accounts over HTTP")
struct AccountEndpointTests {
    @Test("Every endpoint of accounts answers a good request with success")
    func everything() async throws {
        try await LiveAPI.run(isLimited: false) { api in
            let karim = try await api.customer()
            try await api.call(.get, "/me", token: karim.token)
            try await api.call(.get, "/me/account", token: karim.token)
            let named = try await api.call(
                .patch, "/me/account", ["name": "করিম উদ্দিন", "latin_name": "Karim Uddin", "locale": "bn-BD"],
                token: karim.token, headers: ["If-Match": "\"1\""])
            #expect(try named.json["name"] == "করিম উদ্দিন" && named.header("ETag") == "\"2\"")
            let stale = try await api.call(
                .patch, "/me/account", ["name": nil], token: karim.token, headers: ["If-Match": "\"1\""])
            #expect(stale.status == 412)

            let change = try await api.call(
                .post, "/me/contact_verifications", ["phone": "01712-345678", "phone_country": "BD"], token: karim.token
            )
            let verification = try #require(try change.json["id"]?.stringValue)
            let changed = try await api.call(
                .post, "/verifications/\(verification)/change_contact",
                ["code": .string(try api.code(of: verification))],
                token: karim.token)
            #expect(try changed.json["phone"] == "+8801712345678")

            let setup = try await api.call(.post, "/me/totp", token: karim.token).json
            #expect(setup["uri"]?.stringValue?.hasPrefix("otpauth://totp/") == true)
            let seed = try #require(setup["secret"]?.stringValue)
            let confirmed = try await api.call(
                .post, "/me/totp/confirm", ["code": .string(try Self.code(seed, at: Date()))], token: karim.token)
            #expect(try confirmed.json["recovery_codes"]?.arrayValue?.count == 10)
            let renewed = try await api.call(.post, "/me/recovery_codes", token: karim.token)
            let recovery = try #require(try renewed.json["recovery_codes"]?[0]?.stringValue)
            try await api.call(.post, "/me/second_factor", ["recovery_code": .string(recovery)], token: karim.token)
            try await api.call(.post, "/me/totp/remove", token: karim.token)

            try await api.call(
                .post, "/me/password",
                ["present_password": .string(LiveAPI.password), "password": "another long password"], token: karim.token
            )
            let again = try await api.signIn(karim.email, "another long password", device: karim.device)
            #expect(try again.json["device_token"] == .null)
            let other = try #require(try again.json["session"]?["id"]?.stringValue)
            let listed = try await api.call(.get, "/sessions", token: karim.token).json
            #expect(listed["data"]?.arrayValue?.map { $0["is_current"] } == [false, true])
            try await api.call(.post, "/sessions/\(other)/revoke", token: karim.token)
            let reset = try await api.askForCode("password_reset", karim.email)
            try await api.call(
                .post, "/verifications/\(reset)/reset_password",
                ["code": .string(try api.code(of: reset)), "password": "a third long password"], token: nil)
            #expect(try await api.call(.get, "/me/account", token: karim.token).status == 401)
            let (first, second) = (
                try await api.signIn(karim.email, "a third long password"),
                try await api.signIn(karim.email, "a third long password")
            )
            try await api.call(.post, "/me/sign_out", token: try #require(try first.json["token"]?.stringValue))
            try await api.call(
                .post, "/me/sign_out_everywhere", token: try #require(try second.json["token"]?.stringValue))

            let called = await api.answers.successes
            let declared =
                AccountEndpoints.all + VerificationEndpoints.all + SessionEndpoints.all + SecondFactorEndpoints.all
            for description in declared.map(\.description) {
                #expect(
                    called.contains { $0.method == description.method && description.path.matches($0.path) },
                    "\(description.method) \(description.path) was not called with success")
            }
        }
    }

    /// As an authenticator would make it of what it was shown.
    static func code(_ secret: String, at time: Date) throws -> String {
        let bits = secret.utf8.flatMap { letter -> [UInt8] in
            let value = letter >= UInt8(ascii: "A") ? letter - UInt8(ascii: "A") : letter - UInt8(ascii: "2") + 26
            return (0..<5).map { value >> (4 - $0) & 1 }
        }
        let seed = stride(from: 0, through: bits.count - 8, by: 8).map { bits[$0..<$0 + 8].reduce(0) { $0 << 1 | $1 } }
        return TimeBasedCode(seed: seed).code(at: TimeBasedCode.step(at: time)).reveal()
    }

    @Test("Whether there is an account shows in no status and no body")
    func enumeration() async throws {
        try await LiveAPI.run(isLimited: false) { api in
            _ = try await api.customer("known@example.com")
            let strip = { @Sendable (reply: Reply) throws -> JSONValue in
                var members = try #require(try reply.json.objectValue)
                for name: UTF8Text in ["request_id", "id", "expires_at", "instance"] { members[name] = nil }
                return .object(members)
            }
            for purpose in ["sign_up", "sign_in", "password_reset"] {
                let replies = try await ["known", "unknown"].asyncMap { name in
                    try await api.call(
                        .post, "/verifications",
                        ["purpose": .string(purpose), "email": .string("\(name)@example.com")],
                        token: nil)
                }
                #expect(replies.allSatisfy { $0.status == 202 })
                #expect(try strip(replies[0]) == strip(replies[1]))
            }
            for guess in 0..<12 {
                let replies = try await ["known", "unknown"].asyncMap { name in
                    try await api.signIn("\(name)@example.com", "guess number \(guess)")
                }
                #expect(replies[0].status == replies[1].status)
                #expect(replies[0].status == (guess < 10 ? 422 : 409))
                #expect(try strip(replies[0]) == strip(replies[1]))
            }
        }
    }

    @Test("A browser has its tokens in cookies alone, which no script reads and no other site's form sends")
    func cookies() async throws {
        try await LiveAPI.run(isLimited: false) { api in
            let reply = try await api.signUp(transport: "cookie")
            #expect(try reply.json["token"] == .null && reply.json["device_token"] == .null)
            #expect(reply.header("Cache-Control") == "no-store")
            let texts = reply.headers[values: .setCookie]
            #expect(texts.count == 2)
            for text in texts {
                #expect(text.hasPrefix("__Host-haat_"))
                for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
                    #expect(text.split(separator: "; ").contains(Substring(attribute)), "\(attribute)")
                }
                #expect(!text.contains("Domain"))
            }
            let session = try #require(reply.cookies["__Host-haat_session"])
            let cookie = ["Cookie": "theme=dark; __Host-haat_session=\(session); a=b"]
            #expect(try await api.call(.get, "/me", token: nil, headers: cookie).json["reach"] == "customer")
            #expect(try await api.call(.get, "/me", token: session).json["reach"] == "customer")
            let forged = [nil, "cross-site", "same-site"]
            for site in forged {
                var headers = cookie
                headers["Sec-Fetch-Site"] = site
                let refused = try await api.call(.post, "/me/totp", token: nil, headers: headers)
                #expect(refused.status == 403)
                #expect(try refused.problem == "cross-site-request")
            }
            let own = cookie.merging(["Sec-Fetch-Site": "same-origin"]) { $1 }
            #expect(try await api.call(.post, "/me/totp", token: nil, headers: own).status == 200)
            let out = try await api.call(.post, "/me/sign_out", token: nil, headers: own)
            #expect(out.status == 204 && out.cookies["__Host-haat_session"] == "")
            // What has ended is nobody's, and no reason to refuse what anybody may see.
            #expect(try await api.call(.get, "/me", token: nil, headers: cookie).json["reach"] == "nothing")
            #expect(try await api.call(.get, "/products", token: nil, headers: cookie).status == 200)
            #expect(try await api.call(.get, "/me/account", token: nil, headers: cookie).status == 401)
            let known = try await api.call(
                .post, "/sessions", ["email": "karim@example.com", "password": .string(LiveAPI.password)], token: nil,
                headers: ["Cookie": "__Host-haat_device=\(try #require(reply.cookies["__Host-haat_device"]))"])
            #expect(try known.json["device_token"] == .null)
        }
    }

    @Test("A second factor is asked for before anything else, and afresh for what is dangerous")
    func secondFactor() async throws {
        try await LiveAPI.run(isLimited: false) { api in
            let karim = try await api.customer()
            let seed = try #require(
                try await api.call(.post, "/me/totp", token: karim.token).json["secret"]?.stringValue)
            // A step back, so that the present one is left for later.
            let code = try Self.code(seed, at: Date() - 30)
            #expect(
                try await api.call(.post, "/me/totp/confirm", ["code": .string(code)], token: karim.token).status == 200
            )
            let started = try await api.signIn(karim.email, LiveAPI.password).json
            #expect(started["awaits_second_factor"] == true)
            let token = try #require(started["token"]?.stringValue)
            #expect(try await api.call(.get, "/me", token: token).json["awaits_second_factor"] == true)
            let waiting = try await api.call(.get, "/me/account", token: token)
            #expect(waiting.status == 403)
            #expect(try waiting.problem == "second-factor-required" && waiting.json["is_fresh"] == false)
            let shown = try await api.call(
                .post, "/me/second_factor", ["code": .string(try Self.code(seed, at: Date()))], token: token)
            #expect(shown.status == 204)
            #expect(try await api.call(.get, "/me/account", token: token).status == 200)
            let id = try #require(try await api.call(.get, "/me", token: token).json["session_id"]?.stringValue)
            let session = try #require(ID<Session>(id))
            try await api.owner.execute(
                "UPDATE sessions SET second_factor_at = now() - interval '10 minutes' WHERE id = \(session)")
            try await api.owner.execute("UPDATE totp_factors SET confirmed_at = now() - interval '1 day'")
            #expect(try await api.call(.post, "/me/recovery_codes", token: token).status == 200)
            try await api.owner.execute(
                "UPDATE sessions SET second_factor_at = now() - interval '16 minutes' WHERE id = \(session)")
            let old = try await api.call(.post, "/me/totp/remove", token: token)
            #expect(try old.problem == "second-factor-required" && old.json["is_fresh"] == true)
            #expect(try await api.call(.get, "/me/account", token: token).status == 200)
        }
    }
}

extension Sequence where Self: Sendable, Element: Sendable {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
