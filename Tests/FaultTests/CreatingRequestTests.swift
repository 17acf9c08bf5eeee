import FaultHarness
import Foundation
import Postgres
import Testing

/// `kill -9` of the API between the commit of what a request creates and its answer, for every endpoint that creates something.
@Suite("Creating", .timeLimit(.minutes(10)))
struct CreatingRequestTests {
    /// A request that creates something, and the table that tells how often it did.
    struct Creation: Sendable {
        /// As the OpenAPI document writes it.
        let template: String
        let table: String
        let body: String
        let contentType: String
        /// Of the request alone, with its question mark.
        let query: String

        init(
            _ template: String, _ table: String, _ body: String, as contentType: String = "application/json",
            query: String = ""
        ) {
            self.template = template
            self.table = table
            self.body = body
            self.contentType = contentType
            self.query = query
        }

        static let all = [
            Creation(
                "/vendors", "vendors",
                #"{"name":"Killed","email":"killed@example.com","commission_ppm":100000}"#),
            Creation("/media", "media", "sku,quantity\nKILLED,1\n", as: "text/csv", query: "?purpose=import"),
            Creation(
                "/vendor_applications", "vendors",
                #"{"name":"Killed","email":"killed@example.com","legal_name":"Killed","country":"BD","kind":"individual"}"#
            ),
            Creation(
                "/vendors/{vendor_id}/registrations", "vendor_registrations",
                #"{"kind":"bin","number":"0001234560101","legal_name":"Killed"}"#),
            Creation(
                "/vendors/{vendor_id}/documents", "vendor_documents",
                #"{"kind":"trade_licence","media_id":"{media_id}","number":"TRAD/1"}"#),
            Creation(
                "/vendors/{vendor_id}/pickup_locations", "pickup_locations",
                #"{"name":"Killed","phone":"01712345678","address":"#
                    + #"{"line1":"1 Road","upazila":"Gulshan","district":"Dhaka"}}"#),
            Creation(
                "/vendors/{vendor_id}/payout_accounts", "payout_accounts",
                #"{"kind":"wallet","holder_name":"Killed","wallet_provider":"bkash","phone":"01712345678"}"#),
            Creation("/vendors/{vendor_id}/commission_terms", "commission_terms", #"{"commission_ppm":1}"#),
            Creation("/invitations", "invitations", #"{"email":"killed@example.com","role":"admin"}"#),
            Creation(
                "/permission_sets", "permission_sets",
                #"{"name":"Killed","scope":"staff","permissions":["orders.read"]}"#),
            Creation("/support_sessions", "support_sessions", #"{"vendor_id":"{vendor_id}","reason":"killed"}"#),
            Creation("/api_keys", "api_keys", #"{"name":"Killed","role":"support"}"#),
            Creation(
                "/products", "products",
                #"{"vendor_id":"{vendor_id}","title":"Killed","variants":["#
                    + #"{"sku":"KILLED","kind":"licence_key","price":{"minor_units":1,"currency":"USD"}}]}"#),
            Creation(
                "/products/{product_id}/variants", "variants",
                #"{"sku":"KILLED-2","kind":"licence_key","price":{"minor_units":1,"currency":"USD"}}"#),
            Creation(
                "/product_imports", "product_imports",
                #"{"vendor_id":"{vendor_id}","media_id":"{table_id}","currency":"USD","dry_run":true}"#),
            Creation("/product_exports", "product_exports", #"{"vendor_id":"{vendor_id}"}"#),
            Creation("/order_exports", "order_exports", #"{"vendor_id":"{vendor_id}"}"#),
            Creation("/categories", "categories", #"{"name":"Killed"}"#),
            Creation("/search/synonyms", "search_synonyms", #"{"terms":["killed","ended"]}"#),
            Creation("/collections", "collections", #"{"title":"Killed"}"#),
            Creation("/attributes", "attributes", #"{"code":"killed","name":"Killed","kind":"text"}"#),
            Creation(
                "/tax_rates", "tax_rates",
                #"{"country":"BD","hsn_prefix":"2402","head":"sd","rate_ppm":1,"valid_from":"2027-07-01","source":"Killed"}"#
            ),
            Creation(
                "/tax_classes", "tax_classes",
                #"{"code":"killed","country":"BD","name":"Killed","valid_from":"2027-07-01"}"#),
            Creation(
                "/promotions", "promotions",
                #"{"title":"Killed","trigger":"coupon","action":"percentage","rate_ppm":1}"#),
            Creation("/promotions/{promotion_id}/codes", "promotion_codes", #"{"code":"KILLED"}"#),
            Creation("/promotions/{promotion_id}/code_batches", "promotion_code_batches", #"{"size":1}"#),
            Creation(
                "/price_lists", "price_lists", #"{"name":"Killed","customer_group":"killed","currency":"USD"}"#),
            Creation("/variants/{variant_id}/stock_adjustments", "stock_movements", #"{"delta":5}"#),
            Creation("/variants/{variant_id}/stock_batches", "stock_batches", #"{"code":"KILLED"}"#),
            Creation(
                "/stock_transfers", "stock_transfers",
                #"{"to_location_id":"{location_id}","lines":[{"variant_id":"{variant_id}","quantity":1}]}"#),
            Creation(
                "/stock_takes", "stock_takes", "sku,location,batch,expected,count\nKILLED,,,0,1\n", as: "text/csv",
                query: "?vendor_id={vendor_id}"),
            Creation("/variants/{variant_id}/licence_keys", "licence_keys", #"{"keys":["KILLED-1"]}"#),
            Creation(
                "/variants/{variant_id}/licence_key_batches", "licence_key_batches", #"{"source":"Killed"}"#),
            Creation(
                "/licence_key_batches/{batch_id}/imports", "licence_key_imports", "key\nKILLED-2\n", as: "text/csv",
                query: "?dry_run=true"),
            Creation(
                "/me/addresses", "customer_addresses",
                #"{"name":"Killed","phone":"01712345678","address":"#
                    + #"{"country":"BD","line1":"1 Road","upazila":"Gulshan","district":"Dhaka"}}"#),
            Creation("/me/wish_list", "wish_list_items", #"{"variant_id":"{variant_id}"}"#),
            Creation(
                "/consent_notices", "consent_notices",
                #"{"purpose":"analytics","locale":"en","text":"What is counted when you look at things."}"#),
            Creation(
                "/shipping_zones", "shipping_zones",
                #"{"vendor_id":"{vendor_id}","name":"Killed","areas":[{"country":"BD"}]}"#),
            Creation(
                "/shipping_zones/{zone_id}/methods", "shipping_methods",
                #"{"name":"Killed","charge":{"currency":"USD","basis":"flat","bands":[{"bound":0,"amount_minor":1}]}}"#),
            Creation("/cod_rules", "cod_rules", #"{"area":{"country":"LK"},"currency":"LKR","is_offered":false}"#),
            Creation(
                "/payment_option_rules", "payment_option_rules", #"{"gateway":"stripe","is_offered":true}"#),
            Creation(
                "/webhook_endpoints", "webhook_endpoints",
                #"{"vendor_id":"{vendor_id}","url":"https://8.8.8.8/killed"}"#),
            Creation("/carts", "carts", ""),
            Creation("/carts/{cart_id}/lines", "cart_lines", #"{"variant_id":"{variant_id}"}"#),
            Creation(
                "/customer_imports", "customer_imports", #"{"media_id":"{own_table_id}","phone_country":"BD"}"#),
            Creation(
                "/carts/{cart_id}/order", "orders",
                #"{"email":"killed@example.com","expected_total":{"minor_units":1250,"currency":"USD"}}"#),
            Creation(
                "/orders", "orders",
                #"{"email":"killed@example.com","lines":[{"variant_id":"{variant_id}","quantity":1}]}"#),
            Creation("/vendor_orders/{vendor_order_id}/pack", "documents", "{}"),
            Creation(
                "/vendor_orders/{vendor_order_id}/shipments", "shipments",
                #"{"courier":"own_delivery","parcels":[{"weight_grams":500}]}"#),
            Creation("/documents/{document_id}/credit_notes", "documents", #"{"reason":"killed"}"#),
            Creation(
                "/orders/{order_id}/complaints", "complaints", #"{"kind":"other","message":{"body":"killed"}}"#),
            Creation(
                "/orders/{order_id}/complaints/{complaint_id}/messages", "complaint_messages", #"{"body":"killed"}"#),
            Creation("/complaints/{complaint_id}/messages", "complaint_messages", #"{"body":"killed"}"#),
            Creation(
                "/orders/{order_id}/complaint_attachments", "complaint_attachments", "%PDF-1.4\n%%EOF\n",
                as: "application/pdf"),
            Creation(
                "/complaints/{complaint_id}/attachments", "complaint_attachments", "%PDF-1.4\n%%EOF\n",
                as: "application/pdf"),
            Creation(
                "/complaint_clocks", "complaint_clocks",
                #"{"country":"NP","step":"redress","hours":1,"valid_from":"2027-01-01","source":"killed"}"#),
            Creation("/order_tags", "order_tags", #"{"name":"killed"}"#),
            Creation("/orders/{order_id}/notes", "order_notes", #"{"body":"killed"}"#),
            Creation("/vendor_orders/{vendor_order_id}/notes", "order_notes", #"{"body":"killed"}"#),
            Creation(
                "/payments/{payment_id}/refunds", "refunds",
                #"{"amount":{"minor_units":1,"currency":"USD"},"reason":"killed"}"#),
            Creation(
                "/orders/{order_id}/refunds", "order_refunds",
                #"{"lines":[{"line_id":"{line_id}","quantity":1}],"reason":"killed"}"#),
            Creation("/orders/{order_id}/cancellations", "order_refunds", #"{"reason":"killed"}"#),
            Creation("/vendor_orders/{vendor_order_id}/cancellations", "order_refunds", #"{"reason":"killed"}"#),
            Creation(
                "/orders/{order_id}/checkout", "payments",
                #"{"gateway":"stripe","success_url":"https://shop.test/ok","cancel_url":"https://shop.test/no"}"#),
        ]
    }

    /// Each in a marketplace of its own, one creation after the other: every kill takes the API's start.
    private static let marketplaces = 3

    @Test(
        "An API killed before it answers has created once, and the repetition gets the answer",
        arguments: 0..<Self.marketplaces)
    func killed(number: Int) async throws {
        let marketplace = try await Stage.shared.marketplace("creating-\(number)")
        for (turn, creation) in Creation.all.enumerated() where turn % Self.marketplaces == number {
            do {
                try await kill(creation, in: marketplace)
            } catch {
                Issue.record(error, "\(creation.template)")
            }
        }
    }

    private func kill(_ creation: Creation, in marketplace: Marketplace) async throws {
        let (path, body) = try await fillIn(creation, in: marketplace)
        let deaths = await marketplace.api.deaths.count
        try await marketplace.api.replace(fault: "job.committed=kill")
        let before = try await count(creation.table, in: marketplace)
        // Only a person who has signed in can act in another's place, or has anything of their own.
        let isPersonal = creation.table == "support_sessions" || creation.template.hasPrefix("/me/")
        let token = isPersonal ? try await admin(of: marketplace) : marketplace.shop.adminToken
        let key = [
            ("Idempotency-Key", UUID().uuidString), ("Content-Type", creation.contentType),
            ("Authorization", "Bearer \(token)"),
        ]
        await #expect(throws: (any Error).self, "\(creation.template)") {
            try await marketplace.shop.askAnonymously("POST", path, body: Array(body.utf8), headers: key)
        }
        try await marketplace.api.untilDeaths(exceed: deaths)
        let repeated = try await answer(marketplace, path, body, key)
        #expect(repeated.status == 201, "\(creation.template): \(repeated.text)")
        #expect(try await count(creation.table, in: marketplace) == before + 1, "\(creation.template)")
        let again = try await answer(marketplace, path, body, key)
        #expect(again.status == 201 && again.body == repeated.body, "\(creation.template)")
        #expect(try await count(creation.table, in: marketplace) == before + 1, "\(creation.template)")
    }

    @Test("No endpoint that creates something is left out")
    func complete() async throws {
        let marketplace = try await Stage.shared.marketplace("creating-0")
        let document = try await marketplace.shop.ask("GET", "/openapi.json").json(OpenAPI.self)
        let creating = document.paths.filter { $0.value.post?.responses.keys.contains("201") == true }.keys
        #expect(creating.map { $0.replacing("/api/v1", with: "") }.sorted() == Creation.all.map(\.template).sorted())
    }

    private struct OpenAPI: Decodable {
        struct Path: Decodable {
            struct Operation: Decodable {
                struct Response: Decodable {}

                let responses: [String: Response]
            }

            let post: Operation?
        }

        let paths: [String: Path]
    }

    /// Path and body about things that are there.
    private func fillIn(_ creation: Creation, in marketplace: Marketplace) async throws -> (path: String, body: String)
    {
        let offer = try await marketplace.shop.offer(keys: 3)
        let variant =
            creation.table.hasPrefix("stock_")
            ? try await physicalVariant(of: offer, in: marketplace) : offer.variantID
        var texts = ["{vendor_id}": offer.vendorID, "{variant_id}": variant]
        if creation.template.contains("{product_id}") {
            texts["{product_id}"] = try await product(of: offer, in: marketplace)
        }
        if creation.body.contains("{media_id}") {
            texts["{media_id}"] = try await document(of: offer, in: marketplace)
        }
        if creation.body.contains("{location_id}") {
            texts["{location_id}"] = try await location(of: offer, in: marketplace)
        }
        if creation.body.contains("{table_id}") {
            texts["{table_id}"] = try await table(of: offer, in: marketplace)
        }
        if creation.body.contains("{own_table_id}") {
            texts["{own_table_id}"] = try await ownTable(in: marketplace)
        }
        if creation.template.contains("{batch_id}") {
            texts["{batch_id}"] = try await created(
                "/variants/\(variant)/licence_key_batches", #"{"source":"Killed"}"#, in: marketplace)
        }
        if creation.template.contains("{promotion_id}") {
            texts["{promotion_id}"] = try await promotion(in: marketplace)
        }
        if creation.table == "price_lists" {
            try await marketplace.database.execute(
                "INSERT INTO customer_groups (code, name, created_at) VALUES ('killed', 'Killed', now()) ON CONFLICT DO NOTHING"
            )
        }
        if creation.template.contains("{zone_id}") {
            texts["{zone_id}"] = try await created(
                "/shipping_zones",
                #"{"vendor_id":"\#(offer.vendorID)","name":"Killed","areas":[{"country":"LK"}]}"#, in: marketplace)
        }
        if creation.template.contains("{cart_id}") {
            let cart = try await created("/carts", "", in: marketplace)
            texts["{cart_id}"] = cart
            if creation.template.hasSuffix("/order") {
                let line = #"{"variant_id":"\#(offer.variantID)"}"#
                _ = try await created("/carts/\(cart)/lines", line, in: marketplace)
            }
        }
        if creation.table == "order_refunds" {
            try await texts.merge(cancellable(in: marketplace)) { $1 }
        } else if creation.template.contains("{order_id}") || creation.template.contains("{complaint_id}") {
            let order = try await marketplace.shop.placeOrder(offer).id
            texts["{order_id}"] = order
            if creation.template.contains("{complaint_id}") {
                texts["{complaint_id}"] = try await complaint(about: order, in: marketplace)
            }
        }
        if creation.template.contains("{vendor_order_id}"), creation.table != "order_refunds" {
            texts["{vendor_order_id}"] = try await vendorOrder(of: offer, in: marketplace)
        }
        if creation.template.contains("{payment_id}") {
            texts["{payment_id}"] = try await capturedPayment(of: offer, in: marketplace)
        }
        if creation.table == "documents" || creation.table == "shipments" {
            let desk = try await PackingDesk(in: marketplace)
            texts["{vendor_order_id}"] = try await desk.order(units: 1)
            if creation.template.contains("{document_id}") {
                texts["{document_id}"] = try await desk.pack(try await desk.order(units: 1), at: marketplace.shop).id
            }
        }
        return texts.reduce((creation.template + creation.query, creation.body)) { filled, text in
            (filled.0.replacing(text.key, with: text.value), filled.1.replacing(text.key, with: text.value))
        }
    }

    /// An order whose unit can still be cancelled.
    private func cancellable(in marketplace: Marketplace) async throws -> [String: String] {
        struct Part: Decodable {
            struct Line: Decodable { let id: String }

            let orderId: String
            let lines: [Line]
        }
        let id = try await PackingDesk(in: marketplace).order(units: 1)
        let part = try await marketplace.shop.ask("GET", "/vendor_orders/\(id)").json(Part.self)
        return [
            "{order_id}": part.orderId, "{vendor_order_id}": id, "{line_id}": try #require(part.lines.first).id,
        ]
    }

    private func complaint(about order: String, in marketplace: Marketplace) async throws -> String {
        struct Complaint: Decodable { let id: String }
        let headers = [
            ("Idempotency-Key", UUID().uuidString), ("Content-Type", "application/json"),
            ("Authorization", "Bearer \(marketplace.shop.adminToken)"),
        ]
        return try await answer(
            marketplace, "/orders/\(order)/complaints", #"{"kind":"other","message":{"body":"killed"}}"#, headers
        ).json(Complaint.self).id
    }

    private func vendorOrder(of offer: Offer, in marketplace: Marketplace) async throws -> String {
        let order = try await marketplace.shop.placeOrder(offer).id
        let listing = try await marketplace.shop.ask("GET", "/vendor_orders/search?q=\(order)").json(Found.self)
        return try #require(listing.data.first).id
    }

    private struct Found: Decodable {
        struct Part: Decodable { let id: String }

        let data: [Part]
    }

    private func document(of offer: Offer, in marketplace: Marketplace) async throws -> String {
        let headers = [
            ("Idempotency-Key", UUID().uuidString), ("Content-Type", "application/pdf"),
            ("Authorization", "Bearer \(marketplace.shop.adminToken)"),
        ]
        return try await answer(
            marketplace, "/media?purpose=vendor_document&vendor_id=\(offer.vendorID)", "%PDF-1.4\n%%EOF\n", headers
        ).json(Media.self).id
    }

    private func table(of offer: Offer, in marketplace: Marketplace) async throws -> String {
        let headers = [
            ("Idempotency-Key", UUID().uuidString), ("Content-Type", "text/csv"),
            ("Authorization", "Bearer \(marketplace.shop.adminToken)"),
        ]
        return try await answer(
            marketplace, "/media?purpose=import&vendor_id=\(offer.vendorID)", "handle,title,sku,price,currency\n",
            headers
        ).json(Media.self).id
    }

    private func promotion(in marketplace: Marketplace) async throws -> String {
        let headers = [
            ("Idempotency-Key", UUID().uuidString), ("Content-Type", "application/json"),
            ("Authorization", "Bearer \(marketplace.shop.adminToken)"),
        ]
        let body = #"{"title":"Killed","trigger":"coupon","action":"percentage","rate_ppm":1}"#
        return try await answer(marketplace, "/promotions", body, headers).json(Media.self).id
    }

    /// Of the marketplace's own.
    private func ownTable(in marketplace: Marketplace) async throws -> String {
        let headers = [
            ("Idempotency-Key", UUID().uuidString), ("Content-Type", "text/csv"),
            ("Authorization", "Bearer \(marketplace.shop.adminToken)"),
        ]
        return try await answer(marketplace, "/media?purpose=import", "email\nkilled@example.com\n", headers)
            .json(Media.self).id
    }

    private struct Media: Decodable { let id: String }

    /// The id of something that an admin makes; of a cart, which comes with its token, that of the cart.
    private func created(_ path: String, _ body: String, in marketplace: Marketplace) async throws -> String {
        struct Made: Decodable {
            struct Cart: Decodable { let id: String }

            let id: String?
            let cart: Cart?
        }
        let headers = [
            ("Idempotency-Key", UUID().uuidString), ("Content-Type", "application/json"),
            ("Authorization", "Bearer \(marketplace.shop.adminToken)"),
        ]
        let made = try await answer(marketplace, path, body, headers).json(Made.self)
        return try #require(made.id ?? made.cart?.id)
    }

    private func product(of offer: Offer, in marketplace: Marketplace) async throws -> String {
        let listing = try await marketplace.shop.ask("GET", "/products?vendor_id=\(offer.vendorID)").json(Listing.self)
        return try #require(listing.data.first).id
    }

    private struct Listing: Decodable {
        struct Product: Decodable { let id: String }

        let data: [Product]
    }

    private func capturedPayment(of offer: Offer, in marketplace: Marketplace) async throws -> String {
        let order = try await Traffic(in: marketplace).purchase(offer)
        let isPaid = try await eventually(within: .seconds(60)) {
            try await marketplace.shop.read(order).status == "delivered"
        }
        try #require(isPaid)
        let subject = try await marketplace.database.queryValue(
            "SELECT subject FROM audit_events WHERE action = 'payment.captured' ORDER BY recorded_at DESC LIMIT 1",
            as: String.self)
        return try #require(subject)
    }

    private struct Product: Decodable {
        struct Variant: Decodable { let id: String }

        let variants: [Variant]
    }

    private func physicalVariant(of offer: Offer, in marketplace: Marketplace) async throws -> String {
        let body = """
            {"vendor_id":"\(offer.vendorID)","title":"Book","variants":[{"sku":"BOOK","kind":"physical",\
            "weight_grams":300,"price":{"minor_units":1,"currency":"USD"}}]}
            """
        let headers = [
            ("Idempotency-Key", UUID().uuidString), ("Content-Type", "application/json"),
            ("Authorization", "Bearer \(marketplace.shop.adminToken)"),
        ]
        let product = try await answer(marketplace, "/products", body, headers).json(Product.self)
        return try #require(product.variants.first).id
    }

    private func location(of offer: Offer, in marketplace: Marketplace) async throws -> String {
        struct Location: Decodable { let id: String }
        let body =
            #"{"name":"Killed","phone":"01712345678","address":{"line1":"1 Road","upazila":"Gulshan","district":"Dhaka"}}"#
        let headers = [
            ("Idempotency-Key", UUID().uuidString), ("Content-Type", "application/json"),
            ("Authorization", "Bearer \(marketplace.shop.adminToken)"),
        ]
        return try await answer(marketplace, "/vendors/\(offer.vendorID)/pickup_locations", body, headers)
            .json(Location.self).id
    }

    /// The token of an admin who has signed in and shown a second factor just now.
    private func admin(of marketplace: Marketplace) async throws -> String {
        let (account, member, session) = (UUID(), UUID(), UUID())
        let token = "hs_\(session.uuidString)"
        try await marketplace.database.withTransaction { transaction in
            try await transaction.execute(
                """
                INSERT INTO accounts (id, email, locale, created_at, updated_at)
                VALUES (\(account), \("\(account.uuidString)@example.com"), 'en', now(), now())
                """)
            try await transaction.execute(
                """
                INSERT INTO totp_factors (account_id, id, seed, created_at, confirmed_at, last_step)
                VALUES (\(account), \(UUID()), ''::bytea, now(), now(), 0)
                """)
            try await transaction.execute(
                """
                INSERT INTO memberships (id, account_id, role, created_at, updated_at)
                VALUES (\(member), \(account), 'admin', now(), now())
                """)
            try await transaction.execute(
                """
                INSERT INTO sessions (id, account_id, token_hash, transport, method, second_factor_at, network, created_at,
                    last_used_at, expires_at, absolute_expires_at, membership_id)
                VALUES (\(session), \(account), sha256(\(token)::bytea), 'bearer', 'code', now(), '', now(), now(),
                    now() + interval '1 day', now() + interval '1 day', \(member))
                """)
        }
        return token
    }

    private func count(_ table: String, in marketplace: Marketplace) async throws -> Int {
        try await marketplace.database.queryValue("SELECT count(*) FROM \(unescaped: table)", as: Int.self) ?? -1
    }

    /// Repeats until the API is back.
    private func answer(
        _ marketplace: Marketplace, _ path: String, _ body: String, _ headers: [(String, String)]
    ) async throws -> Answer {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                let answer = try await marketplace.shop.askAnonymously(
                    "POST", path, body: Array(body.utf8), headers: headers)
                if answer.status < 500, !answer.text.contains("-in-progress\"") { return answer }
            } catch  where ContinuousClock.now < deadline {
                // It is on its way up.
            }
            await pause(.milliseconds(200))
        }
    }
}
