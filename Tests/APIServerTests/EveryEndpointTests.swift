import Core
import HTTPTypes
import Identity
import Platform
import Postgres
import Testing

@testable import APIServer
@testable import Endpoints

@Suite("Every endpoint")
struct EveryEndpointTests {
    @Test("Every commerce endpoint answers a good request with success")
    func commerce() async throws {
        try await LiveAPI.run { api in
            let (product, key) = try await api.offer(kind: "licence_key")
            let (_, book) = try await api.offer(kind: "physical", sku: "BOOK")
            _ = try await api.importKeys(["A"], into: key)
            try await api.call(.post, "/variants/\(book)/stock_adjustments", ["delta": 5, "reason": "received"])
            try await api.exerciseStock(of: book)
            try await api.exerciseKeys()
            let vendor = try await api.createVendor()
            try await api.call(.get, "/vendors")
            try await api.call(.get, "/vendors/\(vendor)")
            try await api.callEveryVendorEndpoint(of: vendor)
            try await api.call(.get, "/products", token: nil)
            try await api.call(.get, "/products/\(product)", token: nil)
            try await api.call(.patch, "/products/\(product)", ["title": "New"], headers: ["If-Match": "\"1\""])
            try await api.exerciseCatalogue(product: product, variant: key)
            try await api.exerciseTransfers(of: vendor)
            try await api.callEveryDocumentEndpoint()
            try await api.callEveryShipmentEndpoint()
            try await api.exercisePricing(of: vendor, variant: book)
            try await api.exerciseShipping(of: vendor)
            try await api.exerciseWebhooks(of: vendor)
            try await api.exerciseCarts(with: book)
            try await api.exerciseConfirmation(of: book)
            let placed = try await api.place(key).json
            let order = try #require(placed["order"]?["id"]?.stringValue)
            let token = try #require(placed["access_token"]?.stringValue)
            try await api.call(.get, "/orders")
            try await api.call(.get, "/orders/\(order)", token: token)
            try await api.call(.post, "/orders/\(order)/licence_keys/reveal", token: token)
            try await api.exerciseComplaints(about: order)
            try await api.exerciseOrderService(of: order, placed["order"]?["vendor_orders"]?[0]?["id"]?.stringValue)
            try await api.call(.post, "/orders/\(order)/cancel", token: token)
            let payment = try await api.capturedPayment()
            let paid = try await api.call(.get, "/payments/\(payment)")
            let paidOrder = try #require(try paid.json["order_id"]?.stringValue)
            let attempts = try await api.call(.get, "/orders/\(paidOrder)/payments")
            #expect(try attempts.json["data"]?.arrayValue?.count == 1)
            try await api.call(.get, "/payments/\(payment)/disputes")
            let refund = try await api.call(
                .post, "/payments/\(payment)/refunds", ["amount": Self.money(500), "reason": "broken"])
            let refundID = try #require(try refund.json["id"]?.stringValue)
            try await api.call(.get, "/payments/\(payment)/refunds")
            try await api.call(.get, "/refunds/\(refundID)")
            try await api.exerciseSettlements()
            try await api.exerciseOrderRefunds()
            try await api.exercisePaymentOptions(of: order)
            try await api.exerciseConflicts(of: payment)
            try await api.exerciseOwnPayments(of: payment)
            try await api.call(.get, "/gateways")
            try await api.call(.get, "/events?after=0")
            try await api.call(.get, "/audit_events?subject=\(order)")
            let media = try await api.uploadImage(of: vendor)
            try await api.call(.get, "/media")
            try await api.call(.get, "/media/\(media)")
            try await api.call(.post, "/media/\(media)/links", [:])
            try await api.call(.delete, "/media/\(media)")
            let declared =
                VendorEndpoints.all + ProductEndpoints.all + ProductImportEndpoints.all + ProductExportEndpoints.all
                + CategoryEndpoints.all + CollectionEndpoints.all
                + AttributeEndpoints.all + CatalogueSettingsEndpoints.all + SearchEndpoints.all + StockEndpoints.all
                + PricingEndpoints.all + ShippingZoneEndpoints.all + CashOnDeliveryRuleEndpoints.all + CartEndpoints.all
                + CheckoutEndpoints.all + OrderConfirmationEndpoints.all + OrderEndpoints.all + VendorOrderEndpoints.all
                + OrderSearchEndpoints.all + OrderNoteEndpoints.all
                + OrderTagEndpoints.all + OrderServiceEndpoints.all + DownloadEndpoints.all + ComplaintEndpoints.all
                + PaymentConflictEndpoints.all + OwnPaymentEndpoints.all + PaymentOptionEndpoints.all
                + RefundEndpoints.all + OrderRefundEndpoints.all + CashCollectionEndpoints.all + DisputeEndpoints.all
                + GatewayEndpoints.all + EventEndpoints.all
                + AuditEndpoints.all + MediaEndpoints.all + DocumentEndpoints.all + ShipmentEndpoints.all
                + OutgoingWebhookEndpoints.all
            let uploads = MediaEndpoints.uploads + StockEndpoints.uploads + ComplaintEndpoints.uploads
            let descriptions = declared.map(\.description) + uploads.map(\.description)
            let called = await api.answers.successes
            for description in descriptions where !Self.needingProvider.contains(description.path.description) {
                #expect(
                    called.contains { $0.method == description.method && description.path.matches($0.path) },
                    "\(description.method) \(description.path) was not called with success")
            }
        }
    }

    /// What can't succeed here, as nobody answers.
    private static let needingProvider = ["/orders/{order_id}/checkout"]

    private static func money(_ units: Int64) -> JSONValue { ["minor_units": .integer(units), "currency": "BDT"] }

    @Test("Whatever creates something asks for an idempotency key")
    func creatingEndpoints() throws {
        let api = try HaatAPI.make(settings: APISettings(publicURL: "https://api.example"))
        for endpoint in api.operations where endpoint.answer.status == .created {
            #expect(endpoint.idempotency == .required, "\(endpoint.method) \(endpoint.path)")
        }
    }

    @Test("Schemas of the document are called as resources are, not as types")
    func schemaNames() throws {
        let document = try JSONValue(
            parsing: HaatAPI.make(settings: APISettings(publicURL: "https://api.example")).openAPI)
        let names = try #require(document["components"]?["schemas"]?.objectValue).keys.map(\.string)
        for name in ["Order", "OrderCreate", "Product", "ProductCreate", "ProductUpdate", "Vendor", "VendorCreate"] {
            #expect(names.contains(name))
        }
        #expect(!names.contains { $0.hasSuffix("View") || $0.hasSuffix("Input") })
    }

    @Test("A repetition of any creating request gets the first one's answer and creates nothing")
    func repetitions() async throws {
        try await LiveAPI.run { api in
            let vendor = try await api.createVendor()
            let (_, book) = try await api.offer(kind: "physical", sku: "BOOK")
            let place = try await api.stockPlace(of: book)
            let (product, key) = try await api.offer(kind: "licence_key", sku: "KEY")
            _ = try await api.importKeys(["A"], into: key)
            let payment = try await api.capturedPayment()
            let (part, _, _, line) = try await api.packable()
            let one: JSONValue = ["lines": [["line_id": .string(line), "quantity": 1]]]
            let packed = try await api.call(.post, "/vendor_orders/\(part)/pack", one)
            let document = try #require(try packed.json["id"]?.stringValue)
            let shippable = try await api.packable(sku: "SHIP").part
            let batch = try await api.make("/variants/\(key)/licence_key_batches", KeyBodies.batch)
            let promotion = try await api.pricingThings(of: vendor)[0]
            let cart = try await api.cart(with: book)
            let ordering = try await api.cart(with: key)
            let zone = try await api.make("/shipping_zones", ShippingBodies.zone(of: vendor))
            let (order, vendorOrder) = try await api.paidOrder(of: payment)
            let complaint = try await api.complaint(about: order)
            let bought = try await api.boughtGoods(units: 3)
            let bodies: [(String, JSONValue?)] = [
                ("/vendors", ["name": "N", "email": "n@example.org", "commission_ppm": 1]),
                ("/vendor_applications", VendorBodies.application(name: "N")),
                ("/vendors/\(vendor)/registrations", VendorBodies.registration),
                ("/vendors/\(vendor)/documents", VendorBodies.document(try await api.upload(document: vendor))),
                ("/vendors/\(vendor)/pickup_locations", VendorBodies.pickupLocation),
                ("/vendors/\(vendor)/payout_accounts", VendorBodies.payoutAccount),
                ("/vendors/\(vendor)/commission_terms", ["commission_ppm": 1]),
                (
                    "/products",
                    [
                        "vendor_id": .string(vendor), "title": "T",
                        "variants": [
                            [
                                "sku": "S", "kind": "licence_key",
                                "price": ["minor_units": 1, "currency": "BDT"],
                            ]
                        ],
                    ]
                ),
                (
                    "/products/\(product)/variants",
                    ["sku": "S2", "kind": "licence_key", "price": ["minor_units": 1, "currency": "BDT"]]
                ),
                ("/product_imports", try await api.tableToImport(of: vendor)),
                ("/product_exports", ["vendor_id": .string(vendor)]),
                ("/order_exports", ["vendor_id": .string(vendor)]),
                ("/order_tags", ["name": "gift"]), ("/orders/\(order)/notes", ["body": "Call first."]),
                ("/vendor_orders/\(vendorOrder)/notes", ["body": "Call first."]),
                ("/orders/\(order)/complaints", ComplaintBodies.complaint),
                ("/orders/\(order)/complaints/\(complaint)/messages", ["body": "More"]),
                ("/complaints/\(complaint)/messages", ["body": "More"]), ("/complaint_clocks", ComplaintBodies.clock),
                ("/categories", ["name": "Software"]),
                ("/search/synonyms", ["terms": ["mobile", "cell phone"]]),
                ("/collections", ["title": "Monsoon"]),
                ("/tax_rates", PricingBodies.taxRate), ("/tax_classes", PricingBodies.taxClass),
                ("/promotions", PricingBodies.promotion(of: vendor)),
                ("/promotions/\(promotion)/codes", ["code": "EID"]),
                ("/promotions/\(promotion)/code_batches", ["size": 2]),
                ("/price_lists", PricingBodies.priceList(of: vendor)),
                ("/attributes", ["code": "platform", "name": "Platform", "kind": "text"]),
                ("/api_keys", ["name": "N", "role": "admin"]),
                ("/invitations", ["email": "n@example.org", "role": "admin"]),
                ("/permission_sets", ["name": "N", "scope": "staff", "permissions": ["orders.read"]]),
                ("/support_sessions", ["vendor_id": .string(vendor), "reason": "so"]),
                ("/me/addresses", CustomerBodies.address),
                ("/me/wish_list", ["product_id": .string(product)]),
                ("/consent_notices", CustomerBodies.notice),
                ("/customer_imports", CustomerBodies.importing(try await api.uploadOwnTable())),
                ("/variants/\(book)/stock_adjustments", ["delta": 5]),
                ("/variants/\(book)/stock_batches", ["code": "B-1"]),
                (
                    "/stock_transfers",
                    ["to_location_id": .string(place), "lines": [["variant_id": .string(book), "quantity": 2]]]
                ),
                ("/variants/\(key)/licence_keys", ["keys": ["B", "C"]]),
                ("/variants/\(key)/licence_key_batches", KeyBodies.batch),
                ("/vendor_orders/\(part)/pack", [:]),
                ("/documents/\(document)/credit_notes", ["reason": "returned"]),
                ("/vendor_orders/\(shippable)/shipments", ShipmentBodies.shipment),
                ("/shipping_zones", ShippingBodies.zone(of: vendor)),
                ("/shipping_zones/\(zone)/methods", ShippingBodies.method), ("/cod_rules", ShippingBodies.rule),
                ("/payment_option_rules", PaymentBodies.rule),
                ("/webhook_endpoints", WebhookBodies.endpoint(of: vendor)),
                ("/carts", nil), ("/carts/\(cart)/lines", ["variant_id": .string(book)]),
                (
                    "/carts/\(ordering)/order",
                    ["email": "a@example.org", "expected_total": Self.money(120_000)]
                ),
                ("/payments/\(payment)/refunds", ["amount": Self.money(500), "reason": "broken"]),
                ("/orders/\(bought.order)/refunds", LiveAPI.refund(of: bought.line)),
                ("/orders/\(bought.order)/cancellations", LiveAPI.cancellation(of: bought.line)),
                ("/vendor_orders/\(bought.part)/cancellations", LiveAPI.cancellation(of: bought.line)),
                ("/orders", ["email": "a@example.org", "lines": [["variant_id": .string(key), "quantity": 1]]]),
            ]
            // Only a person who has signed in can act in another's place, or has anything of their own.
            let admin = try await api.addMember(.builtIn(.admin))
            for (path, body) in bodies {
                let headers = ["Idempotency-Key": "key-of-\(path)"]
                let isPersonal = path == "/support_sessions" || path.hasPrefix("/me/")
                let token = isPersonal ? admin.token : LiveAPI.operatorToken
                let first = try await api.call(.post, path, body, token: token, headers: headers)
                #expect(first.status == 201, "\(path)")
                let rows = try await api.rows()
                let again = try await api.call(.post, path, body, token: token, headers: headers)
                #expect(again.bytes == first.bytes && again.status == 201, "\(path)")
                #expect(try await api.rows() == rows, "\(path)")
            }
            let uploads = [
                ("/media?purpose=vendor_image&vendor_id=\(vendor)", Picture.gif, "image/gif"),
                ("/stock_takes?vendor_id=\(vendor)", StockBodies.table, "text/csv"),
                ("/licence_key_batches/\(batch)/imports?dry_run=true", KeyBodies.table, "text/csv"),
                ("/orders/\(order)/complaint_attachments", Picture.pdf, "application/pdf"),
                ("/complaints/\(complaint)/attachments", Picture.pdf, "application/pdf"),
            ]
            for (path, bytes, type) in uploads {
                let first = try await api.upload(path, bytes, as: type, key: "key-of-\(path)")
                #expect(first.status == 201, "\(path)")
                let rows = try await api.rows()
                let again = try await api.upload(path, bytes, as: type, key: "key-of-\(path)")
                #expect(again.bytes == first.bytes && again.status == 201, "\(path)")
                #expect(try await api.rows() == rows, "\(path)")
            }
            let tried = bodies.map(\.0) + uploads.map { String($0.0.prefix { $0 != "?" }) }
            let creating = try HaatAPI.make(settings: APISettings(publicURL: "https://api.example")).operations
                .filter { $0.answer.status == .created && $0.path.description.hasSuffix("/checkout") == false }
            for endpoint in creating {
                #expect(tried.contains { endpoint.path.matches($0) }, "\(endpoint.path) is not tried")
            }
        }
    }

    @Test("An order that costs nothing has no checkout")
    func checkoutOfFreeOrder() async throws {
        try await LiveAPI.run { api in
            let (_, key) = try await api.offer(kind: "licence_key", price: 0)
            _ = try await api.importKeys(["A"], into: key)
            let placed = try await api.place(key).json
            let order = try #require(placed["order"]?["id"]?.stringValue)
            let token = try #require(placed["access_token"]?.stringValue)
            let body: JSONValue = [
                "gateway": "stripe", "success_url": "https://shop.example/t", "cancel_url": "https://shop.example/c",
            ]
            let reply = try await api.call(.post, "/orders/\(order)/checkout", body, token: token)
            #expect(reply.status == 409)
            #expect(try reply.problem == "order-not-payable")
        }
    }

    @Test("What does not exist is 404 everywhere, never 500")
    func nothingThere() async throws {
        try await LiveAPI.run { api in
            let tail = "_01j9x8tqf1e6s8d2n4v7b0kzmw"
            let checkout: JSONValue = [
                "gateway": "stripe", "success_url": "https://a.example", "cancel_url": "https://a.example",
            ]
            let calls: [(HTTPRequest.Method, String, JSONValue?)] = [
                (.get, "/vendors/ven\(tail)", nil), (.get, "/products/prd\(tail)", nil),
                (.patch, "/vendors/ven\(tail)", ["name": "x"]), (.get, "/vendors/ven\(tail)/checklist", nil),
                (.get, "/vendors/ven\(tail)/registrations", nil), (.get, "/vendors/ven\(tail)/documents", nil),
                (.get, "/vendors/ven\(tail)/pickup_locations", nil), (.get, "/vendors/ven\(tail)/payout_accounts", nil),
                (.get, "/vendors/ven\(tail)/commission_terms", nil), (.get, "/vendors/ven\(tail)/decisions", nil),
                (.post, "/vendors/ven\(tail)/registrations", VendorBodies.registration),
                (.post, "/vendors/ven\(tail)/documents", VendorBodies.document("med\(tail)")),
                (.post, "/vendors/ven\(tail)/pickup_locations", VendorBodies.pickupLocation),
                (.post, "/vendors/ven\(tail)/payout_accounts", VendorBodies.payoutAccount),
                (.post, "/vendors/ven\(tail)/commission_terms", ["commission_ppm": 1]),
                (.post, "/vendors/ven\(tail)/submit", nil), (.post, "/vendors/ven\(tail)/close", ["reason": "x"]),
                (.get, "/vendor_profiles/nobody", nil),
                (.get, "/products/nonsense", nil), (.get, "/product_imports/imp\(tail)", nil),
                (.get, "/product_imports/imp\(tail)/rows", nil), (.post, "/product_imports/imp\(tail)/cancel", nil),
                (.get, "/product_exports/exp\(tail)", nil),
                (.get, "/order_exports/oex\(tail)", nil),
                (.patch, "/products/prd\(tail)", ["title": "x"]), (.delete, "/products/prd\(tail)", nil),
                (.get, "/products/by_slug/nonsense", nil), (.get, "/products/by_slug/No%20Slug", nil),
                (.post, "/products/prd\(tail)/submit", nil), (.patch, "/variants/var\(tail)", ["title": "x"]),
                (.delete, "/variants/var\(tail)/prices/XXX", nil), (.get, "/categories/cat\(tail)", nil),
                (.post, "/tax_rates/txr\(tail)/end", ["valid_to": "2999-01-01"]),
                (.get, "/promotions/prm\(tail)", nil), (.post, "/promotions/prm\(tail)/pause", nil),
                (.get, "/promotions/prm\(tail)/codes", nil), (.get, "/promotions/prm\(tail)/code_batches", nil),
                (.get, "/promotions/prm\(tail)/code_batches/pcb\(tail)", nil),
                (.post, "/promotions/prm\(tail)/codes", ["code": "EID"]),
                (.post, "/promotions/prm\(tail)/codes/prc\(tail)/revoke", nil),
                (.get, "/price_lists/plt\(tail)", nil), (.get, "/price_lists/plt\(tail)/prices", nil),
                (.post, "/customer_groups/nobody/members", ["add": []]),
                (.post, "/tax_classes/nothing/end", ["valid_to": "2999-01-01"]),
                (.get, "/collections/col\(tail)", nil), (.get, "/attributes/att\(tail)", nil),
                (.get, "/variants/var\(tail)/stock", nil), (.get, "/variants/var\(tail)/stock_movements", nil),
                (.get, "/variants/var\(tail)/stock_batches", nil), (.get, "/stock_takes/stk\(tail)/rows", nil),
                (.patch, "/variants/var\(tail)/stock", ["backorder_limit": 0]),
                (.post, "/variants/var\(tail)/stock_batches", ["code": "B"]),
                (.put, "/stock_batches/bat\(tail)/days", [:]), (.get, "/stock_transfers/trf\(tail)", nil),
                (.post, "/stock_transfers/trf\(tail)/send", nil), (.post, "/stock_transfers/trf\(tail)/receive", [:]),
                (.post, "/stock_transfers/trf\(tail)/cancel", nil), (.get, "/stock_takes/stk\(tail)", nil),
                (.post, "/variants/var\(tail)/stock_adjustments", ["delta": 1]),
                (.post, "/variants/var\(tail)/licence_keys", ["keys": ["a"]]), (.get, "/orders/ord\(tail)", nil),
                (.get, "/payments/pay\(tail)", nil), (.get, "/payments/pay\(tail)/refunds", nil),
                (.get, "/payments/pay\(tail)/disputes", nil), (.get, "/orders/ord\(tail)/payments", nil),
                (.post, "/payments/pay\(tail)/refunds", ["amount": Self.money(1), "reason": "x"]),
                (.get, "/refunds/ref\(tail)", nil), (.get, "/settlements/stl\(tail)", nil),
                (.get, "/settlements/stl\(tail)/lines", nil), (.get, "/reconciliation_findings/fnd\(tail)", nil),
                (.post, "/reconciliation_findings/fnd\(tail)/write_off", nil),
                (.post, "/reconciliation_findings/fnd\(tail)/explain", ["explanation": "x"]),
                (.post, "/reconciliation_findings/fnd\(tail)/propose_write_off", ["explanation": "x"]),
                (.get, "/orders/ord\(tail)/payment_options", nil),
                (.post, "/payments/pay\(tail)/resolve", ["resolution": "accept", "reason": "x"]),
                (.patch, "/payment_option_rules/por\(tail)", ["position": 1]),
                (.delete, "/payment_option_rules/por\(tail)", nil),
                (.get, "/media/med\(tail)", nil), (.delete, "/media/med\(tail)", nil),
                (.post, "/media/med\(tail)/links", [:]),
                (.post, "/orders/ord\(tail)/cancel", nil), (.post, "/orders/ord\(tail)/checkout", checkout),
            ]
            for (method, path, body) in calls {
                let reply = try await api.call(method, path, body, headers: method == .patch ? ["If-Match": "*"] : [:])
                #expect(reply.status == 404, "\(method) \(path)")
            }
        }
    }
}

extension LiveAPI {
    /// How many rows each table of commerce has.
    fileprivate func rows() async throws -> [String] {
        try await platform.postgres.queryValues(
            """
            SELECT 'vendors ' || count(*) FROM vendors UNION ALL SELECT 'products ' || count(*) FROM products
            UNION ALL SELECT 'registrations ' || count(*) FROM vendor_registrations
            UNION ALL SELECT 'documents ' || count(*) FROM vendor_documents
            UNION ALL SELECT 'invitations ' || count(*) FROM invitations
            UNION ALL SELECT 'sets ' || count(*) FROM permission_sets
            UNION ALL SELECT 'support ' || count(*) FROM support_sessions
            UNION ALL SELECT 'locations ' || count(*) FROM pickup_locations
            UNION ALL SELECT 'addresses ' || count(*) FROM customer_addresses
            UNION ALL SELECT 'wishes ' || count(*) FROM wish_list_items
            UNION ALL SELECT 'notices ' || count(*) FROM consent_notices
            UNION ALL SELECT 'customer imports ' || count(*) FROM customer_imports
            UNION ALL SELECT 'accounts ' || count(*) FROM payout_accounts
            UNION ALL SELECT 'terms ' || count(*) FROM commission_terms
            UNION ALL SELECT 'variants ' || count(*) FROM variants UNION ALL SELECT 'prices ' || count(*) FROM prices
            UNION ALL SELECT 'categories ' || count(*) FROM categories
            UNION ALL SELECT 'synonyms ' || count(*) FROM search_synonyms
            UNION ALL SELECT 'collections ' || count(*) FROM collections
            UNION ALL SELECT 'rates ' || count(*) FROM tax_rates
            UNION ALL SELECT 'classes ' || count(*) FROM tax_classes
            UNION ALL SELECT 'promotions ' || count(*) FROM promotions
            UNION ALL SELECT 'codes ' || count(*) FROM promotion_codes
            UNION ALL SELECT 'lists ' || count(*) FROM price_lists
            UNION ALL SELECT 'imports ' || count(*) FROM product_imports
            UNION ALL SELECT 'exports ' || count(*) FROM product_exports
            UNION ALL SELECT 'order exports ' || count(*) FROM order_exports
            UNION ALL SELECT 'attributes ' || count(*) FROM attributes
            UNION ALL SELECT 'movements ' || count(*) FROM stock_movements
            UNION ALL SELECT 'batches ' || count(*) FROM stock_batches
            UNION ALL SELECT 'transfers ' || count(*) FROM stock_transfers
            UNION ALL SELECT 'takes ' || count(*) FROM stock_takes
            UNION ALL SELECT 'key batches ' || count(*) FROM licence_key_batches
            UNION ALL SELECT 'key imports ' || count(*) FROM licence_key_imports
            UNION ALL SELECT 'keys ' || count(*) FROM licence_keys UNION ALL SELECT 'orders ' || count(*) FROM orders
            UNION ALL SELECT 'option rules ' || count(*) FROM payment_option_rules
            UNION ALL SELECT 'refunds ' || count(*) FROM refunds UNION ALL SELECT 'media ' || count(*) FROM media
            UNION ALL SELECT 'events ' || count(*) FROM audit_events
            """, as: String.self)
    }
}

extension PathTemplate {
    /// Whether a path has the template's fixed segments and any others in the place of its parameters.
    func matches(_ path: String) -> Bool {
        let (pattern, segments) = (description.split(separator: "/"), path.split(separator: "/"))
        return pattern.count == segments.count && zip(pattern, segments).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}
