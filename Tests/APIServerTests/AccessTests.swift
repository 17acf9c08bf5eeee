import Core
import Foundation
import HTTPTypes
import Identity
import Media
import Orders
import Platform
import Postgres
import Testing

@testable import APIServer
@testable import Endpoints

/// Every endpoint as every kind of principal on own and foreign resources, all of it taken from the endpoints' own values.
@Suite("Who may do what", .timeLimit(.minutes(10)))
struct AccessTests {
    @Test("Every call is refused or let through as its policy says, and what is out of reach does not exist")
    func everything() async throws {
        try await LiveAPI.run(isLimited: false) { api in
            let (own, foreign) = (try await Shelf(in: api, sku: "OWN"), try await Shelf(in: api, sku: "FOREIGN"))
            let endpoints = try HaatAPI.make(settings: APISettings(publicURL: "https://api.example")).operations
            var table: [String] = []
            // What deletes comes last: the others need it to be there.
            for endpoint in endpoints.sorted(by: { $1.method == .delete && $0.method != .delete }) {
                for caller in try await Caller.all(reaching: own, in: api) {
                    for shelf in [own, foreign] {
                        let call = Call(endpoint, by: caller, on: shelf, isOwn: shelf.vendor == own.vendor)
                        #expect(call.isOnShelf, "\(call): the shelf lacks such a thing")
                        let reply = try await call.make(in: api)
                        let verdict = "\(call): \(reply.status)"
                        table.append(verdict)
                        #expect(call.expected.allows(reply.status), "\(verdict), expected \(call.expected)")
                        if [401, 403].contains(reply.status) {
                            #expect(endpoint.problems.contains { $0.status == reply.status }, "\(verdict) undocumented")
                        }
                        if reply.status == 403 {
                            let permission = endpoint.policy.permission.map { JSONValue.string($0.rawValue) }
                            #expect(try reply.json["permission"] == permission)
                        }
                    }
                }
            }
            #expect(table.count == endpoints.count * 2 * (Role.allCases.count + 4))
        }
    }

    @Test("The printed table names every endpoint, its permission and the roles that have it")
    func table() throws {
        let lines = try APIProcess.policies().split(separator: "\n")
        let endpoints = try HaatAPI.make(settings: APISettings(publicURL: "")).operations
        #expect(lines.count == endpoints.count + 1)
        #expect(
            lines.contains("POST /products\tproducts.create\tproduct\tvendor_owner, vendor_manager, operations, admin"))
        #expect(
            lines.contains(
                "GET /orders/{order_id}\torders.read\torder\tcustomer, support, operations, finance, admin, the order’s access token"
            ))
        #expect(lines.contains("GET /products\tnone\t\tanyone"))
    }

    @Test("A program acts by a key of its own: for one vendor, within its role, until it is revoked")
    func keys() async throws {
        try await LiveAPI.run { api in
            let (own, foreign) = (try await Shelf(in: api, sku: "OWN"), try await Shelf(in: api, sku: "FOREIGN"))
            let created = try await api.call(
                .post, "/api_keys", ["name": "Shop", "role": "vendor_owner", "vendor_id": .string(own.vendor)])
            #expect(created.status == 201)
            let token = try #require(try created.json["token"]?.stringValue)
            let id = try #require(try created.json["api_key"]?["id"]?.stringValue)
            let me = try await api.call(.get, "/me", token: token).json
            #expect(me["principal"] == .string("api_key:\(id)") && me["reach"] == "vendor")
            let orders = try await api.call(.get, "/vendor_orders", token: token).json
            #expect(orders["data"]?.arrayValue?.compactMap { $0["id"]?.stringValue } == [own.vendorOrder])
            let part = try await api.call(.get, "/vendor_orders/\(own.vendorOrder)", token: token).json
            #expect(part["is_paid"] == false && part["lines"]?.arrayValue?.count == 1)
            #expect(try await api.call(.get, "/vendors", token: token).json["data"]?.arrayValue?.count == 1)
            #expect(try await api.call(.get, "/vendor_orders/\(foreign.vendorOrder)", token: token).status == 404)
            #expect(try await api.call(.get, "/orders/\(own.order)", token: token).status == 403)
            let adjusted = try await api.call(
                .post, "/variants/\(own.variant)/stock_adjustments", ["delta": 1, "reason": "counted"], token: token)
            #expect(adjusted.status == 201)
            let events = try await api.call(.get, "/audit_events?subject=\(own.variant)").json
            #expect(events["data"]?[0]?["actor"] == .string("api_key:\(id)"))
            #expect(try await api.call(.post, "/api_keys/\(id)/revoke").status == 200)
            #expect(try await api.call(.get, "/me", token: token).status == 401)
        }
    }
}

/// One vendor with a product, a variant, and an order of a customer for it.
private struct Shelf: Sendable {
    let vendor: String
    let product: String
    let variant: String
    let order: String
    let orderToken: String
    let vendorOrder: String
    let media: String
    /// Of what belongs to the vendor.
    let things: [String]
    let customer = UUID()

    init(in api: LiveAPI, sku: String) async throws {
        (product, variant) = try await api.offer(kind: "physical", sku: sku)
        vendor = try #require(try await api.call(.get, "/products/\(product)").json["vendor_id"]?.stringValue)
        try await api.call(.post, "/variants/\(variant)/stock_adjustments", ["delta": 9_000, "reason": "received"])
        things = [
            try await api.add("registrations", VendorBodies.registration, to: vendor),
            try await api.add("documents", VendorBodies.document(api.upload(document: vendor)), to: vendor),
            try await api.add("pickup_locations", VendorBodies.pickupLocation, to: vendor),
            try await api.add("payout_accounts", VendorBodies.payoutAccount, to: vendor),
            try await api.collection(of: vendor),
        ]
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
        let id = try #require(ID<Order>(order))
        try await api.owner.execute("UPDATE orders SET customer_id = \(customer) WHERE id = \(id)")
    }

    /// Its ids by the prefix of their kind.
    var ids: [String] { [vendor, product, variant, order, vendorOrder, media] + things }

    /// `text` with the documentation's ids replaced by those of the same kind.
    func putting(into text: String) -> String {
        ids.reduce(text) { text, id in
            let prefix = String(id.prefix { $0 != "_" })
            return text.replacing(TypeID.encode(prefix: prefix, uuid: ID<Order>.example.uuid), with: id)
        }
    }
}

/// A kind of principal with credentials.
private struct Caller: Sendable {
    let name: String
    let principal: Principal
    let token: String?

    /// Every role, somebody who has signed in, a holder of the shelf's order and nobody.
    static func all(reaching shelf: Shelf, in api: LiveAPI) async throws -> [Caller] {
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
            return Caller(name: role.rawValue, principal: principal, token: api.principals.token(for: principal))
        }
        // With every permission there is: only its reach holds it back.
        let reaching = Principal(
            .vendorMember(order), permissions: Set(Permission.allCases), visibility: .vendor(vendor))
        let signedIn = Principal(try await api.signedIn(as: shelf.customer))
        return roles + [
            Caller(name: "signed in", principal: signedIn, token: api.principals.token(for: signedIn)),
            Caller(
                name: "vendor with all permissions", principal: reaching, token: api.principals.token(for: reaching)),
            Caller(name: "order token", principal: .holder(ofTokenOf: order), token: shelf.orderToken),
            Caller(name: "nobody", principal: .nobody(network: ""), token: nil),
        ]
    }
}

/// One call and what has to come of it.
private struct Call: CustomStringConvertible {
    enum Expectation {
        case passed, unauthorized, forbidden, missing

        /// Whether an answer is what was expected; a call that passes may still fail for reasons of its own.
        func allows(_ status: Int) -> Bool {
            switch self {
            case .passed: ![401, 403, 404, 500].contains(status)
            case .unauthorized: status == 401
            case .forbidden: status == 403
            case .missing: status == 404
            }
        }
    }

    let endpoint: EndpointDescription
    let caller: Caller
    let shelf: Shelf
    let isOwn: Bool

    init(_ endpoint: EndpointDescription, by caller: Caller, on shelf: Shelf, isOwn: Bool) {
        self.endpoint = endpoint
        self.caller = caller
        self.shelf = shelf
        self.isOwn = isOwn
    }

    var path: String {
        let example = zip(endpoint.path.parameterNames, endpoint.pathParameters).reduce(endpoint.path.description) {
            $0.replacing("{\($1.0)}", with: $1.1.example)
        }
        return shelf.putting(into: example)
    }

    func make(in api: LiveAPI) async throws -> Reply {
        if endpoint.upload?.contentTypes == ["text/csv"] {
            return try await api.upload(
                "\(path)?vendor_id=\(shelf.vendor)", StockBodies.table, as: "text/csv", token: caller.token)
        }
        if endpoint.upload != nil {
            return try await api.upload(
                "\(path)?purpose=vendor_image&vendor_id=\(shelf.vendor)", Picture.gif, as: "image/gif",
                token: caller.token)
        }
        // Deleted by an earlier caller, it is there again for this one.
        if endpoint.method == .delete, let media = ID<MediaFile>(shelf.media) {
            try await api.owner.execute("UPDATE media SET deleted_at = NULL WHERE id = \(media)")
        }
        if endpoint.method == .delete, path.contains("/translations/") {
            try await api.call(.put, path, ["title": "Told"])
        }
        if endpoint.method == .delete, path.hasPrefix("/collections/") {
            let again = try await api.collection(of: shelf.vendor)
            return try await api.call(.delete, "/collections/\(again)", token: caller.token)
        }
        return try await api.call(
            endpoint.method, path, try body(), token: caller.token,
            headers: endpoint.edit == .ifMatch ? ["If-Match": "*"] : [:])
    }

    private func body() throws -> JSONValue? {
        guard let body = endpoint.body else { return nil }
        return try JSONValue(parsing: Array(shelf.putting(into: body.example ?? "").utf8))
    }

    var description: String {
        "\(caller.name): \(endpoint.method) \(endpoint.path) on \(isOwn ? "own" : "foreign")"
    }

    var expected: Expectation {
        let policy = endpoint.policy
        // A token of another order is nobody's here; without an order in the path it opens nothing.
        if case .orderToken = caller.principal.kind, !isOwn || !path.contains(shelf.order) { return .unauthorized }
        guard policy.admits(caller.principal) else { return caller.principal.isNobody ? .unauthorized : .forbidden }
        guard namesResource || endpoint.path.parameterNames.allSatisfy({ $0 == "locale" }) else { return .missing }
        if policy.asksForFreshSecondFactor(of: caller.principal), caller.principal.secondFactorAt == nil {
            return .forbidden
        }
        guard policy.permission != nil else { return .passed }
        return namesResource && !reaches ? .missing : .passed
    }

    private var namesResource: Bool { shelf.ids.contains { path.contains($0) } }

    /// Or else nobody would be tried on anything that there is.
    var isOnShelf: Bool {
        [nil, .marketplace, .own].contains(endpoint.policy.resource) || endpoint.path.parameterNames.isEmpty
            || namesResource
    }

    private var reaches: Bool {
        switch (caller.principal.visibility, endpoint.policy.resource) {
        case (.everything, _): true
        case (.vendor, .order): false
        case (.customer, .order), (.order, .order): isOwn
        case (.vendor, _): isOwn
        default: false
        }
    }
}

extension LiveAPI {
    /// A new one that everybody sees; its id.
    fileprivate func collection(of vendor: String) async throws -> String {
        let made = try await call(
            .post, "/collections", ["title": "Best", "vendor_id": .string(vendor), "is_published": true])
        return try #require(try made.json["id"]?.stringValue)
    }

    /// The session of a customer's account, which is made where there is none yet.
    fileprivate func signedIn(as customer: UUID) async throws -> SignedIn {
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
