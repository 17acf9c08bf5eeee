import Carts
import Core
import Foundation
import HTTPTypes
import Identity
import Orders
import Platform
import Postgres
import Testing
import Vendors

@testable import APIServer
@testable import Endpoints

/// One vendor with a product, a variant, and an order of a customer for it.
struct AccessShelf: Sendable {
    let vendor: String
    let product: String
    let variant: String
    let order: String
    let orderToken: String
    let vendorOrder: String
    let media: String
    let document: String
    /// A file that everybody was shown with the complaint.
    let attachment: String
    /// The customer's, with the variant in it.
    let cart: String
    /// Of what belongs to the vendor.
    private(set) var things: [String]
    let customer = UUID()
    /// Of the marketplace, whoever's shelf it is.
    let set: String

    init(in api: LiveAPI, sku: String) async throws {
        (product, variant) = try await api.offer(kind: "physical", sku: sku)
        vendor = try #require(try await api.call(.get, "/products/\(product)").json["vendor_id"]?.stringValue)
        try await api.call(.post, "/variants/\(variant)/stock_adjustments", ["delta": 9_000, "reason": "received"])
        let seller = try #require(ID<Vendor>(vendor)).uuid
        let member = try await api.addMember(.builtIn(.vendorFulfilment), of: seller)
        set = try await api.addSet(["orders.read"], scope: .staff).description
        things =
            [
                member.id.description, try await api.addInvitation(to: seller),
                try await api.add("registrations", VendorBodies.registration, to: vendor),
                try await api.add("documents", VendorBodies.document(api.upload(document: vendor)), to: vendor),
                try await api.add("pickup_locations", VendorBodies.pickupLocation, to: vendor),
                try await api.add("payout_accounts", VendorBodies.payoutAccount, to: vendor),
                try await api.collection(of: vendor),
                try await api.make("/product_imports", api.tableToImport(of: vendor)),
                try await api.make("/product_exports", ["vendor_id": .string(vendor)]),
                try await api.make("/order_exports", ["vendor_id": .string(vendor)]),
            ] + (try await api.stockThings(of: variant, vendor: vendor)) + (try await api.keyThings(of: vendor))
            + (try await api.pricingThings(of: vendor)) + (try await api.shippingThings(of: vendor))
            + (try await api.webhookThings(of: vendor))
        cart = try await api.cart(with: variant)
        let placed = try await api.call(
            .post, "/orders",
            [
                "email": "karim@example.com", "lines": [["variant_id": .string(variant), "quantity": 1]],
                "shipping_address": ["name": "Karim", "line1": "12 Lake Road", "city": "Dhaka", "country": "BD"],
            ]
        ).json
        order = try #require(placed["order"]?["id"]?.stringValue)
        orderToken = try #require(placed["access_token"]?.stringValue)
        vendorOrder = try #require(placed["order"]?["vendor_orders"]?[0]?["id"]?.stringValue)
        media = try await api.uploadImage(of: vendor)
        document = try await api.document(of: vendorOrder, in: order)
        things.append(try await api.shipment(of: vendorOrder, document, in: order))
        let complaint = try await api.complaint(about: order)
        things.append(complaint)
        attachment = try await api.attachment(about: order)
        try await api.call(
            .post, "/orders/\(order)/complaints/\(complaint)/messages",
            ["body": "See", "attachment_ids": [.string(attachment)]])
        let id = try #require(ID<Order>(order))
        try await api.owner.execute("UPDATE orders SET customer_id = \(customer) WHERE id = \(id)")
        let filled = try #require(ID<Cart>(cart))
        try await api.owner.execute(
            "UPDATE carts SET customer_id = \(customer), token_hash = NULL WHERE id = \(filled)")
        _ = try await api.signedIn(as: customer)
    }

    /// Its ids by the prefix of their kind.
    var ids: [String] {
        [
            vendor, product, variant, order, vendorOrder, media, document, set, cart,
            ID<Account>(uuid: customer).description,
        ]
            + things
    }

    /// `text` with the documentation's ids replaced by those of the same kind.
    func putting(into text: String) -> String {
        let example = ID<Order>.exampleSegment.dropFirst(Order.typePrefix.count)
        guard text.contains(example) else { return text }
        return ids.reduce(text) { text, id in
            text.replacingOccurrences(of: id.prefix { $0 != "_" } + example, with: id)
        }
    }
}

/// A kind of principal with credentials.
struct AccessCaller: Sendable {
    let name: String
    let principal: Principal
    let token: String?

    /// Every role, somebody who has signed in, holders of the shelf's order and cart, and nobody.
    static func all(reaching shelf: AccessShelf, in api: LiveAPI) async throws -> [AccessCaller] {
        let vendor = try #require(TypeID.decode(shelf.vendor, prefix: "ven"))
        let order = try #require(TypeID.decode(shelf.order, prefix: "ord"))
        let roles = Role.allCases.map { role in
            let principal =
                switch role.holder {
                case .customer:
                    Principal(
                        .customer(shelf.customer), permissions: role.permissions, visibility: .customer(shelf.customer))
                case .vendor:
                    Principal(.vendorMember(vendor), permissions: role.permissions, visibility: .vendor(vendor))
                case .marketplace: Principal(.staff(order), permissions: role.permissions, visibility: .everything)
                }
            return AccessCaller(name: role.rawValue, principal: principal, token: api.principals.token(for: principal))
        }
        // With every permission there is: only its reach holds it back.
        let reaching = Principal(
            .vendorMember(order), permissions: Set(Permission.allCases), visibility: .vendor(vendor))
        let signedIn = Principal(try await api.signedIn(as: shelf.customer))
        let guest = Principal.guest(ofCart: try #require(TypeID.decode(shelf.cart, prefix: "crt")))
        return roles + [
            AccessCaller(name: "signed in", principal: signedIn, token: api.principals.token(for: signedIn)),
            AccessCaller(
                name: "vendor with all permissions", principal: reaching, token: api.principals.token(for: reaching)),
            AccessCaller(name: "order token", principal: .holder(ofTokenOf: order), token: shelf.orderToken),
            AccessCaller(name: "cart token", principal: guest, token: api.principals.token(for: guest)),
            AccessCaller(name: "nobody", principal: .nobody(network: ""), token: nil),
        ]
    }
}

extension AccessCaller {
    /// Members as they act over HTTP, by sessions of their own: with each role and with permission sets, with a second factor that was
    /// shown just now and without any, and those of the staff who act in another's place.
    static func members(reaching shelf: AccessShelf, in api: LiveAPI) async throws -> [AccessCaller] {
        let vendor = try #require(ID<Vendor>(shelf.vendor))
        var callers: [AccessCaller] = []
        for role in Role.allCases where role.holder != .customer {
            let team = role.holder == .vendor ? vendor.uuid : nil
            for isEnrolled in [true, false] {
                let member = try await api.addMember(.builtIn(role), of: team, withSecondFactor: isEnrolled)
                callers.append(
                    try await caller(
                        "\(role.rawValue) \(isEnrolled ? "with" : "without") a second factor", member, in: api))
            }
        }
        callers.append(
            try await member(
                "set of the staff", set: ["members.read", "members.manage", "orders.read", "support.act_as"],
                scope: .staff,
                reaching: shelf, in: api))
        callers.append(
            try await member(
                "set of a vendor", set: ["members.manage", "stock.read", "products.update"], scope: .vendor,
                reaching: shelf, in: api))
        for (name, mayWrite) in [("looking", false), ("writing", true)] {
            for place in [SupportSession.Place.customer(ID(uuid: shelf.customer)), .vendor(vendor.uuid)] {
                let principal = Principal(
                    SupportAct(session: .example, member: .example, place: place, mayWrite: mayWrite))
                let kind = if case .vendor = place { "vendor" } else { "customer" }
                callers.append(
                    AccessCaller(
                        name: "support \(name) as a \(kind)", principal: principal,
                        token: api.principals.token(for: principal)))
            }
        }
        return callers
    }

    static func member(
        _ name: String, set names: Set<String>, scope: MemberScope, reaching shelf: AccessShelf, in api: LiveAPI
    ) async throws -> AccessCaller {
        let vendor = try #require(ID<Vendor>(shelf.vendor))
        let set = try await api.addSet(names, scope: scope)
        let member = try await api.addMember(.set(set), of: scope == .vendor ? vendor.uuid : nil)
        return try await caller(name, member, in: api)
    }

    /// Whom the session makes of a request, under a token that no call of the table can end.
    private static func caller(_ name: String, _ member: AddedMember, in api: LiveAPI) async throws -> AccessCaller {
        let resume = ResumeSession(settings: AccountSettings(), clock: SystemClock())
        let principal = try #require(try await resume(UTF8Text(member.token), in: api.platform.postgres))
        return AccessCaller(name: name, principal: principal, token: api.principals.token(for: principal))
    }
}

extension LiveAPI {
    /// A new one that everybody sees; its id.
    func collection(of vendor: String) async throws -> String {
        let made = try await call(
            .post, "/collections", ["title": "Best", "vendor_id": .string(vendor), "is_published": true])
        return try #require(try made.json["id"]?.stringValue)
    }

    /// A batch of a variant, a transfer of it that is planned, and a stock take; their ids.
    fileprivate func stockThings(of variant: String, vendor: String) async throws -> [String] {
        let batch = try await call(
            .post, "/variants/\(variant)/stock_batches", ["code": "B-1", "expires_on": "2099-12-31"])
        let place = try await add("pickup_locations", VendorBodies.pickupLocation, to: vendor)
        let transfer = try await call(
            .post, "/stock_transfers",
            ["to_location_id": .string(place), "lines": [["variant_id": .string(variant), "quantity": 1]]])
        let take = try await upload("/stock_takes?vendor_id=\(vendor)", StockBodies.table, as: "text/csv")
        return try [batch, transfer, take].map { try #require(try $0.json["id"]?.stringValue) }
    }

    /// A shipping zone of a vendor's with a method, a rule on cash on delivery, and one on a gateway; their ids.
    fileprivate func shippingThings(of vendor: String) async throws -> [String] {
        let zone = try await make("/shipping_zones", ShippingBodies.zone(of: vendor))
        let method = try await make("/shipping_zones/\(zone)/methods", ShippingBodies.method)
        let rule = try await call(.post, "/cod_rules", ShippingBodies.rule)
        let known = try await call(.get, "/cod_rules").json["data"]?[0]?["id"]?.stringValue
        return [
            zone, method, try rule.json["id"]?.stringValue ?? #require(known),
            try await make("/payment_option_rules", PaymentBodies.rule),
        ]
    }

    /// The session of a customer's account, which is made where there is none yet.
    func signedIn(as customer: UUID) async throws -> SignedIn {
        let session = UUID()
        try await owner.execute(
            """
            INSERT INTO accounts (id, email, locale, created_at, updated_at)
            VALUES (\(customer), \("\(customer.uuidString)@example.com"), 'en', now(), now()) ON CONFLICT (id) DO NOTHING
            """)
        try await owner.execute(
            """
            INSERT INTO sessions (id, account_id, token_hash, transport, method, network, created_at, last_used_at, expires_at,
                absolute_expires_at)
            VALUES (\(session), \(customer), sha256(\(session.uuidString)::bytea), 'bearer', 'code', '', now(), now(),
                now() + interval '1 day', now() + interval '1 day')
            """)
        return SignedIn(session: ID(uuid: session), account: ID(uuid: customer))
    }
}
