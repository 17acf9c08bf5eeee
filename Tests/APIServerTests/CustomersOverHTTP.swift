import Core
import Testing

enum CustomerBodies {
    static let address: JSONValue = [
        "name": "করিম উদ্দিন", "latin_name": "Karim Uddin", "phone": "০১৭১২৩৪৫৬৭৮",
        "address": ["country": "BD", "line1": "12 Lake Road", "upazila": "Gulshan", "district": "ঢাকা"],
    ]
    static let notice: JSONValue = [
        "purpose": "marketing_email", "locale": "bn-BD", "text": "আমরা আপনাকে ই-মেইলে অফার পাঠাই।",
    ]

    static func importing(_ media: String) -> JSONValue {
        ["media_id": .string(media), "phone_country": "BD", "dry_run": true]
    }
}

extension LiveAPI {
    /// A table of people, as the marketplace's own; its id.
    func uploadOwnTable() async throws -> String {
        let reply = try await upload("/media?purpose=import", Array("email\nnew@example.com\n".utf8), as: "text/csv")
        return try #require(try reply.json["id"]?.stringValue)
    }
}
