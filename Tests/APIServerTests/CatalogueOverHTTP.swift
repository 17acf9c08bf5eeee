import Core
import HTTPTypes
import Testing

/// Calls of the catalogue's endpoints, each with success.
extension LiveAPI {
    /// - Parameters:
    ///   - product: of licence keys, on sale; it is on sale again afterwards.
    ///   - variant: its only one.
    func exerciseCatalogue(product: String, variant: String) async throws {
        try await exerciseSettings()
        let category = try await exerciseCategories()
        let attribute = try await exerciseAttributes(of: category)
        try await exerciseProduct(product, category: category, attribute: attribute)
        try await exerciseCollections(product)
        try await exerciseSearch()
        try await exerciseVariants(of: product, variant)
        try await exerciseLife(of: product)
        try await exerciseRemovals(product, category: category, attribute: attribute)
    }

    private var any: [String: String] { ["If-Match": "*"] }

    private func exerciseSearch() async throws {
        try await call(.get, "/search?q=antivirus&sort=price_asc&currency=BDT&attribute=platform:linux", token: nil)
        try await call(.get, "/search/suggestions?q=anti", token: nil)
        let synonym = try await call(.post, "/search/synonyms", ["terms": ["mobile", "মোবাইল"]]).json
        try await call(.get, "/search/synonyms")
        try await call(.delete, "/search/synonyms/\(#require(synonym["id"]?.stringValue))")
    }

    private func exerciseSettings() async throws {
        try await call(.get, "/catalogue_settings")
        try await call(.patch, "/catalogue_settings", ["moderation": "publication"], headers: any)
        try await call(.get, "/tax_classes", token: nil)
        try await call(.put, "/locales/ta-IN", ["fallbacks": ["ta", "hi"]])
        try await call(.get, "/locales/ta-IN")
    }

    private func exerciseCategories() async throws -> String {
        let root = try await call(.post, "/categories", ["name": "Programs", "slug": "programs"]).json
        let category = try await call(
            .post, "/categories", ["name": "Antivirus", "parent_id": root["id"] ?? .null]
        ).json
        let id = try #require(category["id"]?.stringValue)
        try await call(.get, "/categories", token: nil)
        try await call(.get, "/categories/\(id)", token: nil)
        try await call(.get, "/categories/by_slug/programs", token: nil)
        try await call(.patch, "/categories/\(id)", ["name": "Protection"], headers: any)
        try await call(.post, "/categories/\(id)/move", ["parent_id": nil, "position": 3])
        try await call(.put, "/categories/\(id)/translations/bn", ["name": "সুরক্ষা"])
        return id
    }

    private func exerciseAttributes(of category: String) async throws -> String {
        let created = try await call(
            .post, "/attributes",
            ["code": "system", "name": "System", "kind": "choice", "choices": [["code": "linux", "name": "Linux"]]]
        ).json
        let id = try #require(created["id"]?.stringValue)
        try await call(.get, "/attributes", token: nil)
        try await call(.get, "/attributes/\(id)", token: nil)
        try await call(.patch, "/attributes/\(id)", ["name": "Runs on"], headers: any)
        try await call(.put, "/attributes/\(id)/translations/bn", ["name": "সিস্টেম", "choices": ["linux": "লিনাক্স"]])
        try await call(
            .put, "/categories/\(category)/attributes",
            ["attributes": [["attribute_id": .string(id), "is_required": true]]])
        try await call(.get, "/categories/\(category)/attributes", token: nil)
        return id
    }

    private func exerciseProduct(_ product: String, category: String, attribute: String) async throws {
        try await call(
            .put, "/products/\(product)/attributes",
            ["attributes": [["attribute_id": .string(attribute), "choices": ["linux"]]]], headers: any)
        try await call(.put, "/products/\(product)/categories", ["categories": [.string(category)]], headers: any)
        let vendor = try #require(try await call(.get, "/products/\(product)").json["vendor_id"]?.stringValue)
        let picture = try await upload(picture: vendor)
        try await call(
            .put, "/products/\(product)/media",
            ["media": [["media_id": .string(picture), "alt_text": "The box"]]], headers: any)
        try await call(.put, "/products/\(product)/options", ["options": []], headers: any)
        try await call(.put, "/products/\(product)/translations/bn", ["title": "অ্যান্টিভাইরাস"])
        try await call(.get, "/products/\(product)/translations")
        let read = try await call(.get, "/products/\(product)?locale=bn-BD", token: nil).json
        #expect(read["title"] == "অ্যান্টিভাইরাস" && read["locale"] == "bn")
        #expect(read["categories"]?[0]?["name"] == "সুরক্ষা")
        #expect(read["attributes"]?[0]?["choice_names"] == ["লিনাক্স"])
        #expect(read["media"]?[0]?["alt_text"] == "The box")
        let slug = try #require(read["slug"]?.stringValue)
        let named = try await call(
            .get, "/products/by_slug/\(slug)", token: nil, headers: ["Accept-Language": "hi, bn;q=0.5"])
        #expect(try named.json["locale"] == "bn")
        #expect(named.header("Vary")?.contains("Accept-Language") == true)
        for filter in ["category_id=\(category)", "status=draft", "is_deleted=true"] {
            #expect(try await call(.get, "/products?\(filter)").status == 200)
        }
        let both = try await call(.get, "/products?category_id=\(category)&is_deleted=true")
        #expect(both.status == 422)
        try await call(
            .post, "/products/bulk_edit", ["edits": [["product_id": .string(product), "brand": "Lekha"]]])
    }

    private func exerciseCollections(_ product: String) async throws {
        let created = try await call(
            .post, "/collections", ["title": "Monsoon", "slug": "monsoon", "is_published": true]
        ).json
        let id = try #require(created["id"]?.stringValue)
        try await call(.get, "/collections", token: nil)
        try await call(.get, "/collections/\(id)", token: nil)
        try await call(.get, "/collections/by_slug/monsoon", token: nil)
        try await call(.patch, "/collections/\(id)", ["title": "Rain"], headers: any)
        try await call(.put, "/collections/\(id)/products", ["products": [.string(product)]], headers: any)
        let shown = try await call(.get, "/products?collection_id=\(id)", token: nil).json
        #expect(shown["data"]?[0]?["id"]?.stringValue == product)
        try await call(.delete, "/collections/\(id)")
    }

    private func exerciseVariants(of product: String, _ variant: String) async throws {
        let price: JSONValue = ["minor_units": 90_000, "currency": "BDT"]
        let grown = try await call(
            .post, "/products/\(product)/variants", ["sku": "SECOND", "kind": "licence_key", "price": price]
        ).json
        let second = try #require(grown["variants"]?[1]?["id"]?.stringValue)
        try await call(.patch, "/variants/\(second)", ["title": "Second"], headers: any)
        try await call(.put, "/variants/\(second)/prices", ["price": ["minor_units": 900, "currency": "USD"]])
        try await call(.get, "/variants/\(second)/prices")
        try await call(.delete, "/variants/\(second)/prices/USD")
        try await call(.delete, "/variants/\(second)")
        #expect(try await call(.delete, "/variants/\(variant)").problem == "last-variant")
    }

    /// On sale at the end.
    private func exerciseLife(of product: String) async throws {
        let vendor = try #require(try await call(.get, "/products/\(product)").json["vendor_id"]?.stringValue)
        let key = try await call(
            .post, "/api_keys", ["name": "Shop", "role": "vendor_owner", "vendor_id": .string(vendor)]
        ).json
        let seller = try #require(key["token"]?.stringValue)
        try await call(.post, "/products/\(product)/archive")
        let waiting = try await call(.post, "/products/\(product)/submit", token: seller).json
        #expect(waiting["status"] == "in_review")
        try await call(.post, "/products/\(product)/reject", ["reason": "No picture"])
        try await call(.post, "/products/\(product)/submit", token: seller)
        try await call(.post, "/products/\(product)/approve")
        try await call(.post, "/products/\(product)/withdraw")
        try await call(.delete, "/products/\(product)")
        #expect(try await call(.get, "/products/\(product)", token: nil).status == 404)
        try await call(.post, "/products/\(product)/restore")
        try await call(.post, "/products/\(product)/submit")
        let spare = try await call(
            .post, "/products",
            [
                "vendor_id": .string(vendor), "title": "Spare",
                "variants": [["sku": "SPARE", "kind": "licence_key", "price": ["minor_units": 1, "currency": "BDT"]]],
            ]
        ).json
        try await call(.post, "/products/\(spare["id"]?.stringValue ?? "")/erase")
        #expect(try await call(.post, "/products/\(product)/erase").problem == "product-in-use")
    }

    private func exerciseRemovals(_ product: String, category: String, attribute: String) async throws {
        try await call(.delete, "/products/\(product)/translations/bn")
        try await call(.delete, "/categories/\(category)/translations/bn")
        try await call(.delete, "/attributes/\(attribute)/translations/bn")
        #expect(try await call(.delete, "/categories/\(category)").problem == "category-in-use")
        try await call(.put, "/products/\(product)/categories", ["categories": []], headers: any)
        try await call(.delete, "/categories/\(category)")
    }
}
