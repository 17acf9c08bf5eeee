import Catalog
import Core
import Endpoints
import Foundation
import HTTPTypes
import Hummingbird
import Identity
import Inventory
import Jobs
import Postgres
import Values
import Vendors

extension EndpointTag {
    static let live = EndpointTag(
        "Live", "Streams of server-sent events. Who was away names the last id in `Last-Event-ID` and misses nothing.")
}

/// What happens, as it happens.
enum LiveEndpoints {
    static let all: [RawEndpoint] = [stock, events]

    private static let stock = RawEndpoint(
        .get, "/api/v1/stock/events", tag: .live, summary: "Watch stock",
        description: """
            Of a product (`product_id`) or of the products that a collection has now (`collection_id`) anybody is told what can be bought. Of a \
            vendor (`vendor_id`) those who may read its stock are told what there is; without any of these, of all that they reach. Changes of a \
            quarter of a second come together. The event `reset` says that too much was missed: read everything anew.
            """, policy: .anyone(.perClient(120, per: .minute)), responses: responses
    ) { request, _, principal, services in
        let query = try URLEncodedFields.read(request.uri.query ?? "")
        let filter = try await WatchedStock(query, for: principal, services)
        guard await services.live.hasRoom else { throw LiveEvents.full }
        return try EventStream(services.live, for: request) { batch in
            batch.stock.filter(filter.includes).map { reading in
                .init(name: "stock", data: reading.text(isWhole: filter.isOwn))
            }
        }.response
    }

    private static let events = RawEndpoint(
        .get, "/api/v1/events/stream", tag: .live, summary: "Watch events",
        description: """
            Of the kinds in `topics`, such as `order,stock`; all without. A topic is an event’s name up to the point. What was before is told by \
            `GET /events`.
            """, policy: .require(.eventsRead, on: .marketplace, .perClient(120, per: .minute)), responses: responses
    ) { request, _, _, services in
        let query = try URLEncodedFields.read(request.uri.query ?? "")
        let topics = query["topics"].map { Set($0.utf8.split(separator: UInt8(ascii: ",")).map(Array.init)) }
        guard await services.live.hasRoom else { throw LiveEvents.full }
        return try EventStream(services.live, for: request) { batch in
            batch.events.filter { event in
                topics?.contains(Array(event.name.utf8.prefix { $0 != UInt8(ascii: ".") })) ?? true
            }.map { event in
                .init(name: event.name, data: JSONWriter.text { EventView(event).append(to: &$0) })
            }
        }.response
    }

    private static let responses = [
        RawResponseDescription(200, "What happens, until you go or come back", contentType: "text/event-stream"),
        RawResponseDescription(401, "Your credentials are not good", contentType: "application/problem+json"),
        RawResponseDescription(403, "You may not watch that", contentType: "application/problem+json"),
        RawResponseDescription(404, "There is no such thing", contentType: "application/problem+json"),
        RawResponseDescription(422, "The query can’t be read", contentType: "application/problem+json"),
        RawResponseDescription(429, "Too often", contentType: "application/problem+json"),
        RawResponseDescription(503, "Too many watch", contentType: "application/problem+json"),
    ]
}

/// Whose stock somebody watches.
private struct WatchedStock: Sendable {
    private enum Scope: Sendable {
        case products(Set<ID<Product>>)
        case vendor(UUID)
        case everything
    }

    private let scope: Scope
    /// Whether they are told what there is, not only what can be bought.
    let isOwn: Bool

    /// - Throws: `Problem`: 401, 403, 404 for what is out of reach; 422; `PostgresError`.
    init(_ query: [String: String], for principal: Principal, _ services: Services) async throws {
        let known: Set = ["product_id", "collection_id", "vendor_id"]
        let (name, text) = query.first.map { ($0.key, $0.value) } ?? ("", "")
        guard query.count <= 1, name.isEmpty || known.contains(name) else {
            throw Problem.invalidInput([
                FieldProblem(
                    pointer: "", code: "exclusive",
                    message: "one of product_id, collection_id and vendor_id can be given")
            ])
        }
        let (reach, postgres) = (principal.visibility, services.postgres)
        switch name {
        case "product_id":
            let id: ID<Product> = try Self.id(text, name)
            guard try await services.commerce.products.product(id, visibleTo: reach, in: postgres) != nil else {
                throw Problem.notFound("product")
            }
            scope = .products([id])
            isOwn = false
        case "collection_id":
            let id: ID<ProductCollection> = try Self.id(text, name)
            guard try await CollectionStore().collection(id, visibleTo: reach, in: postgres) != nil else {
                throw Problem.notFound("collection")
            }
            scope = .products(Set(try await CollectionStore().products(of: id, in: postgres)))
            isOwn = false
        default:
            guard principal.may(.stockRead) else {
                throw principal.isNobody ? ProblemType.unauthorized.problem() : ProblemType.forbidden.problem()
            }
            isOwn = true
            guard name == "vendor_id" else {
                scope = reach.subject.map(Scope.vendor) ?? .everything
                return
            }
            let id: ID<Vendor> = try Self.id(text, name)
            try await services.vendors.require(id, visibleTo: reach, in: postgres)
            scope = .vendor(id.uuid)
        }
    }

    func includes(_ reading: StockReading) -> Bool {
        switch scope {
        case .products(let products): products.contains(reading.item.productID)
        case .vendor(let vendor): reading.item.vendorID.uuid == vendor
        case .everything: true
        }
    }

    private static func id<Subject>(_ text: String, _ name: String) throws(Problem) -> ID<Subject> {
        guard let id = ID<Subject>(text) else {
            throw .invalidInput([FieldProblem(pointer: "/\(name)", code: "type", message: "must be an id")])
        }
        return id
    }
}

extension StockReading {
    fileprivate func text(isWhole: Bool) -> String {
        JSONWriter.text { json in
            json.writeObject { out in
                out.field("variant_id", level.variant)
                out.field("product_id", item.productID)
                out.field("available", level.available)
                guard isWhole else { return }
                out.field("vendor_id", item.vendorID)
                out.field("on_hand", level.onHand)
                out.field("reserved", level.reserved)
                out.field("is_low", level.isLow)
            }
        }
    }
}
