import Core
import HTTPTypes
import Testing

@testable import APIServer

/// What vendors send.
enum VendorBodies {
    static let address: JSONValue = [
        "line1": "12 Lake Road", "upazila": "Gulshan", "district": "Dhaka", "postal_code": "1212",
    ]

    static let registration: JSONValue = ["kind": "bin", "number": "000123456-0101", "legal_name": "Lekha Software"]

    static func document(_ media: String) -> JSONValue {
        ["kind": "trade_licence", "media_id": .string(media), "number": "TRAD/1"]
    }

    static let pickupLocation: JSONValue = ["name": "Warehouse", "phone": "01712345678", "address": address]

    static let payoutAccount: JSONValue = [
        "kind": "bank_bd", "holder_name": "Lekha Software", "account_number": "0012345678901",
        "routing_number": "999270017",
    ]

    /// Of a person of Bangladesh, with all that is asked of one but its card and a payout account.
    static func application(name: String) -> JSONValue {
        [
            "name": .string(name), "email": "rahim@example.com", "legal_name": "Rahim Uddin", "country": "BD",
            "kind": "individual", "support_phone": "+8801712345678", "registered_address": address,
            "registrations": [["kind": "etin", "number": "123456789012", "legal_name": "Rahim Uddin"]],
            "pickup_locations": [pickupLocation],
        ]
    }
}

extension LiveAPI {
    /// The id of a new vendor that has applied, the token that opens its application, and the answer with both.
    func apply(name: String = "Rahim Books") async throws -> (vendor: String, token: String, reply: Reply) {
        let reply = try await call(.post, "/vendor_applications", VendorBodies.application(name: name), token: nil)
        try #require(reply.status == 201)
        let json = try reply.json
        return (
            try #require(json["vendor"]?["id"]?.stringValue), try #require(json["access_token"]?.stringValue), reply
        )
    }

    /// Shows the card of a vendor that has applied; the answers to the upload and to what is said of it.
    @discardableResult
    func showCard(of vendor: String, token: String?) async throws -> [Reply] {
        let uploaded = try await upload(
            "/media?purpose=vendor_document", Picture.pdf, as: "application/pdf", token: token)
        let media = try #require(try uploaded.json["id"]?.stringValue)
        let shown = try await call(
            .post, "/vendors/\(vendor)/documents", ["kind": "nid", "media_id": .string(media), "number": "1234567890"],
            token: token)
        return [uploaded, shown]
    }

    /// The id of what is created below a vendor.
    @discardableResult
    func add(_ what: String, _ body: JSONValue, to vendor: String) async throws -> String {
        let reply = try await call(.post, "/vendors/\(vendor)/\(what)", body)
        try #require(reply.status == 201, "\(what)")
        return try #require(try reply.json["id"]?.stringValue)
    }
}

extension LiveAPI {
    /// Calls each endpoint about vendors once with success; an application goes its whole way.
    func callEveryVendorEndpoint(of vendor: String) async throws {
        let (applicant, token, _) = try await apply()
        try await showCard(of: applicant, token: token)
        try await add("payout_accounts", VendorBodies.payoutAccount, to: applicant)
        try await call(.post, "/vendors/\(applicant)/submit", token: token)
        try await call(.post, "/vendors/\(applicant)/reject", ["reason": "so"])
        try await call(.post, "/vendors/\(applicant)/submit", token: token)
        try await call(.get, "/vendors/\(applicant)/checklist", token: token)
        try await call(.post, "/vendors/\(applicant)/approve", ["commission_ppm": 1])
        for judgement in ["suspend", "reinstate", "close"] {
            try await call(.post, "/vendors/\(applicant)/\(judgement)", ["reason": "so"])
        }
        try await call(.get, "/vendors/\(applicant)/decisions")
        let accepted: JSONValue = ["verdict": "accepted"]
        let registration = try await add("registrations", VendorBodies.registration, to: vendor)
        try await call(.post, "/vendors/\(vendor)/registrations/\(registration)/review", accepted)
        let document = try await add("documents", VendorBodies.document(upload(document: vendor)), to: vendor)
        try await call(.post, "/vendors/\(vendor)/documents/\(document)/review", accepted)
        let location = try await add("pickup_locations", VendorBodies.pickupLocation, to: vendor)
        try await call(
            .patch, "/vendors/\(vendor)/pickup_locations/\(location)", ["is_active": false],
            headers: ["If-Match": "\"1\""])
        let account = try await add("payout_accounts", VendorBodies.payoutAccount, to: vendor)
        try await call(.post, "/vendors/\(vendor)/payout_accounts/\(account)/verify")
        try await add("commission_terms", ["commission_ppm": 1], to: vendor)
        for listing in ["registrations", "documents", "pickup_locations", "payout_accounts", "commission_terms"] {
            try await call(.get, "/vendors/\(vendor)/\(listing)")
        }
        try await call(.patch, "/vendors/\(vendor)", ["slug": "every-endpoint"], headers: ["If-Match": "*"])
        try await call(.get, "/vendor_profiles/every-endpoint", token: nil)
    }
}
