import Core
import HTTPTypes
import Identity
import Testing

@testable import APIServer
@testable import Endpoints

/// Every endpoint as every kind of principal on own and foreign resources, all of it taken from the endpoints' own values.
@Suite("Who may do what", .timeLimit(.minutes(5)))
struct AccessTests {
    @Test("Every call is refused or let through as its policy says, and what is out of reach does not exist")
    func everything() async throws {
        try await LiveAPI.run(isLimited: false) { api in
            let (own, foreign) = (
                try await AccessShelf(in: api, sku: "OWN"), try await AccessShelf(in: api, sku: "FOREIGN")
            )
            let endpoints = try HaatAPI.make(settings: APISettings(publicURL: "https://api.example")).operations
            var table = AccessTable()
            let members = try await AccessCaller.members(reaching: own, in: api)
            // What deletes comes last: the others need it to be there.
            for endpoint in endpoints.sorted(by: { $1.method == .delete && $0.method != .delete }) {
                let targets = [own, foreign].map { AccessTarget(endpoint, on: $0, isOwn: $0.vendor == own.vendor) }
                for caller in try await AccessCaller.all(reaching: own, in: api) + members {
                    for target in targets {
                        let call = AccessCall(target, by: caller)
                        #expect(target.isOnShelf, "\(call): the shelf lacks such a thing")
                        let reply = try await call.make(in: api)
                        let verdict = "\(call): \(reply.status)"
                        table.note(endpoint, caller, reply.status)
                        #expect(try call.expected.allows(reply), "\(verdict), expected \(call.expected)")
                        if [401, 403].contains(reply.status) {
                            #expect(endpoint.problems.contains { $0.status == reply.status }, "\(verdict) undocumented")
                        }
                        if try reply.status == 403 && reply.problem == "forbidden" {
                            let permission = endpoint.policy.permission.map { JSONValue.string($0.rawValue) }
                            #expect(try reply.json["permission"] == permission)
                        }
                    }
                }
            }
            #expect(table.count == endpoints.count * 2 * (Role.allCases.count + 5 + members.count))
            table.print()
        }
    }

    @Test("Over random roles, every endpoint lets in whom an evaluator lets in that knows names alone")
    func randomRoles() async throws {
        try await LiveAPI.run { api in
            let shelf = try await AccessShelf(in: api, sku: "OWN")
            let rows = try HaatAPI.make(settings: APISettings(publicURL: "https://api.example")).operations
            let table = try APIProcess.policies().split(separator: "\n").dropFirst()
                .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
            #expect(rows.count == table.count)
            var (admitted, refused) = (0, 0)
            for number in 0..<40 {
                let scope: MemberScope = number.isMultiple(of: 2) ? .staff : .vendor
                let names = Set(scope.permissions.map(\.rawValue).shuffled().prefix(Int.random(in: 1...12)))
                let caller = try await AccessCaller.member(
                    "random \(number)", set: names, scope: scope, reaching: shelf, in: api)
                // What the database holds of it is all that the evaluator knows.
                #expect(Set(caller.principal.permissions.map(\.rawValue)) == names)
                for (endpoint, row) in zip(rows, table) {
                    let isNamed = row[1] == "none" || names.contains(row[1])
                    let isReached = scope == .staff || row[2] != "marketplace"
                    let isLetIn = endpoint.policy.admits(caller.principal)
                    #expect(isLetIn == (isNamed && isReached), "\(row[0]) by \(scope) with \(names.sorted())")
                    if isLetIn { admitted += 1 } else { refused += 1 }
                }
            }
            #expect(admitted > 1_000 && refused > 1_000)
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
            let (own, foreign) = (
                try await AccessShelf(in: api, sku: "OWN"), try await AccessShelf(in: api, sku: "FOREIGN")
            )
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
