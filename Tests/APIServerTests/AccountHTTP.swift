import Core
import Foundation
import HTTPTypes
import Identity
import Platform
import Testing

/// Somebody who has signed in over HTTP.
struct SignedInCustomer: Sendable {
    let email: String
    let token: String
    let device: String
}

extension LiveAPI {
    static let password = "correct horse battery"

    /// The code that would be sent for a verification.
    func code(of verification: String) throws -> String {
        let id = try #require(ID<Verification>(verification))
        return VerificationCodes(keys: platform.configuration.encryptionKeys).code(of: id).reveal()
    }

    /// Asks for a code; its verification's id.
    func askForCode(_ purpose: String, _ email: String) async throws -> String {
        let reply = try await call(
            .post, "/verifications", ["purpose": .string(purpose), "email": .string(email)], token: nil)
        try #require(reply.status == 202)
        return try #require(try reply.json["id"]?.stringValue)
    }

    func signUp(
        _ email: String = "karim@example.com", transport: String = "bearer", password: String? = LiveAPI.password
    ) async throws -> Reply {
        let verification = try await askForCode("sign_up", email)
        var body: [UTF8Text: JSONValue] = [
            "code": .string(try code(of: verification)), "transport": .string(transport),
        ]
        if let password { body["password"] = .string(password) }
        return try await call(.post, "/verifications/\(verification)/sign_in", .object(body), token: nil)
    }

    func customer(_ email: String = "karim@example.com") async throws -> SignedInCustomer {
        let reply = try await signUp(email)
        try #require(reply.status == 200)
        return SignedInCustomer(
            email: email, token: try #require(try reply.json["token"]?.stringValue),
            device: try #require(try reply.json["device_token"]?.stringValue))
    }

    func signIn(_ email: String, _ password: String, device: String? = nil) async throws -> Reply {
        var body: [UTF8Text: JSONValue] = ["email": .string(email), "password": .string(password)]
        if let device { body["device_token"] = .string(device) }
        return try await call(.post, "/sessions", .object(body), token: nil)
    }
}

extension Reply {
    /// The cookies that a browser would keep, by name.
    var cookies: [String: String] {
        let pairs = headers[values: .setCookie].compactMap { text -> (String, String)? in
            let parts = text.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
        return Dictionary(pairs) { $1 }
    }
}
