import Core
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Platform
import Postgres
import Testing
import Vendors

@testable import APIServer
@testable import Endpoints
@testable import Identity

/// A browser that keeps cookies, runs no scripts and follows nothing by itself.
private actor Browser {
    private let api: LiveAPI
    private(set) var cookies: [String: String] = [:]

    init(_ api: LiveAPI) { self.api = api }

    func open(_ path: String) async throws -> Reply { try await send(.get, path, nil) }

    /// Sends a form as this site's own page would.
    func submit(
        _ path: String, _ fields: [String: String] = [:], from site: String = "same-origin"
    ) async throws -> Reply {
        let form = fields.map { "\($0.key)=\(QueryStringText.escape($0.value))" }.sorted().joined(separator: "&")
        return try await send(.post, path, form, site: site)
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ form: String?, site: String = "same-origin"
    ) async throws -> Reply {
        var fields: HTTPFields = [HTTPField.Name("Sec-Fetch-Site")!: site]
        if form != nil { fields[.contentType] = "application/x-www-form-urlencoded" }
        if !cookies.isEmpty {
            fields[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")
        }
        let reply = try await api.client.execute(
            uri: path, method: method, headers: fields, body: form.map { ByteBuffer(string: $0) }
        ) { Reply(status: $0.status.code, headers: $0.headers, bytes: Array($0.body.readableBytesView)) }
        for (name, value) in reply.cookies { cookies[name] = value.isEmpty ? nil : value }
        return reply
    }
}

private enum QueryStringText {
    static func escape(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

extension Reply {
    fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
    fileprivate var location: String? { headers[.location] }
}

@Suite("Pages of accounts")
struct SignInPageTests {
    /// The last part of a path that leads to a code's form.
    private static func verification(in location: String?) throws -> String {
        let path = try #require(location).prefix { $0 != "?" }
        return try #require(path.split(separator: "/").last.map(String.init))
    }

    @Test("The link of an invitation leads by way of signing in to a button, and nothing happens before it is pressed")
    func invitation() async throws {
        try await LiveAPI.run(isLimited: false) { api in
            let vendor = try await api.createVendor()
            let invited = try await api.call(
                .post, "/invitations",
                ["email": "karim@example.com", "vendor_id": .string(vendor), "role": "vendor_manager"])
            let text = try #require(try invited.json["id"]?.stringValue)
            let id = try #require(ID<Invitation>(text))
            let tokens = InvitationTokens(keys: api.platform.configuration.encryptionKeys)
            let path = "/invitations/\(try #require(tokens.token(of: id)).text.reveal())"
            let browser = Browser(api)
            let shown = try await browser.open(path)
            #expect(shown.status == 200 && shown.text.contains("/sign_in?next_page=\(path)"))
            #expect(try await browser.submit(path).status == 401)

            #expect(try await browser.open("/sign_in?next_page=\(path)").text.contains("value=\"\(path)\""))
            let asked = try await browser.submit(
                "/sign_in", ["email": "karim@example.com", "purpose": "sign_up", "next_page": path])
            #expect(asked.status == 303)
            let verification = try Self.verification(in: asked.location)
            #expect(asked.location == "/sign_in/\(verification)?next_page=\(path)")
            let wrong = try await browser.submit(
                "/sign_in/\(verification)", ["code": "000000", "transport": "cookie", "next_page": path])
            #expect(wrong.status == 422 && wrong.text.contains("is not the right code"))
            #expect(wrong.text.contains("value=\"\(path)\""), "the way on is kept")
            let signedIn = try await browser.submit(
                "/sign_in/\(verification)",
                ["code": try api.code(of: verification), "transport": "cookie", "next_page": path])
            #expect(signedIn.status == 303 && signedIn.location == path)

            #expect(try await browser.open(path).text.contains("<button>Accept</button>"))
            #expect(try await api.owner.queryValue("SELECT count(*) FROM memberships", as: Int.self) == 0)
            #expect(try await browser.submit(path, from: "cross-site").status == 403)
            let accepted = try await browser.submit(path)
            #expect(accepted.status == 303 && accepted.location == "/account")
            let again = try await browser.submit(path)
            #expect(again.status == 409 && again.text.contains("It was accepted or revoked"))
            let account = try await browser.open("/account")
            #expect(account.text.contains("Act for ") && account.text.contains("karim@example.com"))
            #expect(account.header("Cache-Control") == "no-store")
            let membership = try #require(
                try await api.owner.queryValue("SELECT id FROM memberships", as: ID<Membership>.self))
            let before = await browser.cookies
            let switched = try await browser.submit("/account/membership", ["membership_id": membership.description])
            #expect(switched.status == 303)
            #expect(await browser.cookies != before)
            #expect(try await browser.open("/account").text.contains("Act as yourself again"))
            #expect(try await browser.submit("/sign_out").location == "/sign_in")
            #expect(try await browser.open("/account").text.contains("/sign_in?next_page=/account"))
        }
    }

    @Test("A password is set with a code, and signs in")
    func password() async throws {
        try await LiveAPI.run(isLimited: false) { api in
            _ = try await api.customer("karim@example.com")
            let browser = Browser(api)
            for path in ["/reset_password", "/sign_in_with_password", "/sign_in"] {
                #expect(try await browser.open(path).status == 200)
            }
            let asked = try await browser.submit(
                "/reset_password", ["email": "karim@example.com", "purpose": "password_reset"])
            let verification = try Self.verification(in: asked.location)
            #expect(try await browser.open("/reset_password/\(verification)").status == 200)
            let short = try await browser.submit(
                "/reset_password/\(verification)", ["code": try api.code(of: verification), "password": "short"])
            #expect(short.status == 422 && !short.text.contains("value=\"short\""))
            let set = try await browser.submit(
                "/reset_password/\(verification)",
                ["code": try api.code(of: verification), "password": "a quite long sentence"])
            #expect(set.status == 303 && set.location == "/sign_in_with_password")
            let wrong = try await browser.submit(
                "/sign_in_with_password",
                ["email": "karim@example.com", "password": "another sentence", "transport": "cookie"])
            #expect(wrong.status == 422 && wrong.text.contains("karim@example.com"))
            let signedIn = try await browser.submit(
                "/sign_in_with_password",
                ["email": "karim@example.com", "password": "a quite long sentence", "transport": "cookie"])
            #expect(signedIn.location == "/account")
            #expect(try await browser.open("/account").text.contains("karim@example.com"))
        }
    }

    @Test("An account with an authenticator shows nothing before its code, and goes on where it was going")
    func secondFactor() async throws {
        try await LiveAPI.run(isLimited: false) { api in
            let karim = try await api.customer("karim@example.com")
            let secret = try #require(
                try await api.call(.post, "/me/totp", token: karim.token).json["secret"]?.stringValue)
            let confirmed = try await api.call(
                .post, "/me/totp/confirm", ["code": .string(try AccountEndpointTests.code(secret, at: Date()))],
                token: karim.token)
            let recovery = try #require(try confirmed.json["recovery_codes"]?[0]?.stringValue)
            let browser = Browser(api)
            _ = try await browser.submit(
                "/sign_in_with_password",
                ["email": "karim@example.com", "password": LiveAPI.password, "transport": "cookie"])
            let account = try await browser.open("/account")
            #expect(account.text.contains("/second_factor") && !account.text.contains("karim@example.com"))
            #expect(try await browser.open("/second_factor").status == 200)
            let wrong = try await browser.submit("/second_factor", ["code": "12345", "recovery_code": ""])
            #expect(wrong.status == 422)
            let shown = try await browser.submit(
                "/second_factor", ["code": "", "recovery_code": recovery, "next_page": "/account"])
            #expect(shown.status == 303 && shown.location == "/account")
            #expect(try await browser.open("/account").text.contains("karim@example.com"))
        }
    }

    @Test(
        "Nobody is led to another site by a link to this one",
        arguments: ["//evil.example", "https://evil.example", "/\\evil.example", "/a?b", "evil", "/%0d%0aX", ""])
    func nextPages(text: String) async throws {
        #expect(PagePath(UTF8Text(text)) == nil)
        try await LiveAPI.run(isLimited: false) { api in
            let browser = Browser(api)
            let asked = try await browser.submit(
                "/sign_in", ["email": "karim@example.com", "purpose": "sign_up", "next_page": text])
            let verification = try Self.verification(in: asked.location)
            #expect(asked.location == "/sign_in/\(verification)")
        }
    }
}
