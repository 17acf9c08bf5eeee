import Core
import Endpoints
import Foundation
import HTTPTypes
import Hummingbird
import Identity
import NIOCore

/// A small shop that exercises everything an endpoint can declare.
struct Bazaar: Sendable {
    let stalls = Stalls()
}

typealias Endpoint = Endpoints.Endpoint<Bazaar>

enum Order: IdentifiedByTypeID { static let typePrefix = "ord" }
enum Vendor: IdentifiedByTypeID { static let typePrefix = "ven" }

extension ID {
    static var example: ID { ID(uuid: UUID(uuidString: "01890a5d-ac96-774b-bcce-b302099a8057")!) }
}

enum Gateway: String, CaseIterable, Sendable { case stripe, bkash }

extension EndpointTag {
    static let orders = EndpointTag("Orders", "What customers buy.")
}

extension ProblemType {
    static let insufficientStock = ProblemType(
        "insufficient-stock", 409, "Insufficient stock", "Fewer are left than ordered.")
}

/// Counts what was really done.
actor Stalls {
    private(set) var placed = 0
    private var isHeld = false
    private(set) var version: Int64 = 7
    var failuresLeft = 0
    private var failure: any Error = Wreck()
    var delay: Duration = .zero

    func place() async throws -> Int {
        if failuresLeft > 0 {
            failuresLeft -= 1
            throw failure
        }
        placed += 1
        let number = placed
        try await Task.sleep(for: delay)
        while isHeld { try await Task.sleep(for: .milliseconds(10)) }
        return number
    }

    /// Nobody's order is finished until `letGo`.
    func hold() { isHeld = true }
    func letGo() { isHeld = false }

    func slowDown(by delay: Duration) { self.delay = delay }
    func fail(times: Int, with failure: any Error = Wreck()) {
        failuresLeft = times
        self.failure = failure
    }

    func rename(expecting expected: Int64?) throws -> Int64 {
        if let expected, expected != version { throw Problem.versionMismatch(current: version) }
        version += 1
        return version
    }
}

struct Wreck: Error, CustomStringConvertible { var description: String { "secret internals" } }

struct PlaceOrder: APIInput {
    struct Line: APIInput {
        let sku: String
        let quantity: Int

        init(_ fields: inout Fields) {
            sku = fields.required("sku", .string(1...40, of: "A-Z0-9-"), "The variant's code", example: "TEA-100")
            quantity = fields.required("quantity", .integer(1...99), "How many", example: 2)
        }
    }

    let email: String
    let lines: [Line]
    let gateway: Gateway
    let note: String?
    let price: Money?
    let deliverAfter: Date?
    let vendor: ID<Vendor>?
    let labels: [UTF8Text: String]
    let gift: Bool

    init(_ fields: inout Fields) {
        email = fields.required("email", .email, "Where keys and receipts go", example: "ada@example.org")
        lines = fields.required("lines", .array(of: .object(Line.self), count: 1...100), "What is ordered")
        gateway = fields.optional("gateway", .oneOf(Gateway.self), "How it is paid", default: .stripe)
        note = fields.optional("note", .string(0...10), "A word to the vendor")
        price = fields.optional("price", .money(1...1_000_000), "The price that the customer saw")
        deliverAfter = fields.optional("deliver_after", .date, "Not before this")
        vendor = fields.optional("vendor", .id(Vendor.self), "Only from this vendor")
        labels = fields.optional("labels", .map(of: .string(1...5), count: 0...3), "Free labels", default: [:])
        gift = fields.optional("gift", .boolean, "Wrap it", default: false)
    }
}

struct PlacedOrder: APIOutput {
    let id: ID<Order>
    let number: Int
    let email: String
    let gateway: Gateway
    let note: String?
    let total: Money
    let placedAt: Date
    var labels: [UTF8Text: String] = [:]

    static let example = PlacedOrder(
        id: .example, number: 1, email: "ada@example.org", gateway: .stripe, note: nil,
        total: .example, placedAt: Date(timeIntervalSince1970: 1_767_225_600))

    func write(to out: inout ObjectWriter) {
        out.field("id", id, "The order")
        out.field("number", number, "Counts up")
        out.field("email", email, "Where receipts go")
        out.field("gateway", gateway, "How it is paid")
        out.field("note", note, "What the customer wrote")
        out.field("total", total, "What it costs")
        out.field("placed_at", placedAt, "When it was placed")
        out.field("labels", labels, "Free labels")
    }
}

struct Name: APIInput {
    let name: Change<String>
    let motto: Change<String?>

    init(_ fields: inout Fields) {
        name = fields.change("name", .string(1...20), "The new name", example: "Tea & more")
        motto = fields.change("motto", .nullable(.string(1...20)), "A motto; null removes it")
    }
}

struct StallView: APIOutput {
    let name: String
    let version: Int64
    static let example = StallView(name: "Tea & more", version: 7)

    func write(to out: inout ObjectWriter) {
        out.field("name", name, "What it is called")
        out.field("version", version, "Counts changes")
    }
}

struct OrderFilter: APIInput {
    let page: PageRequest
    let gateways: [Gateway]
    let since: Date?

    init(_ fields: inout Fields) {
        page = fields.page()
        gateways = fields.optional("gateway", .array(of: .oneOf(Gateway.self)), "Only these", default: [])
        since = fields.optional("since", .date, "Not before")
    }
}

enum BazaarEndpoints {
    static let placeOrder = Endpoint(
        .post, "/orders", tag: .orders, summary: "Place an order",
        policy: .anyone(.perClient(1000, per: .minute)), lease: .required,
        body: PlaceOrder.self, returns: .created(PlacedOrder.self, location: { "/orders/\($0.id)" }),
        problems: [.insufficientStock]
    ) { request, claim, bazaar in
        try await claim.hold()
        if request.body.lines.contains(where: { $0.quantity == 99 }) {
            throw ProblemType.insufficientStock.problem("Only 3 are left", extensions: ["left": 3])
        }
        return PlacedOrder(
            id: .example, number: try await bazaar.stalls.place(), email: request.body.email,
            gateway: request.body.gateway, note: request.body.note, total: request.body.price ?? .example,
            placedAt: Date(timeIntervalSince1970: 0), labels: request.body.labels)
    }

    static let readOrder = Endpoint(
        .get, "/orders/{order_id}", ID<Order>.self, tag: .orders, summary: "Read an order",
        policy: .require(.ordersRead, on: .order), returns: .ok(PlacedOrder.self)
    ) { request, _ in
        PlacedOrder(
            id: request.path, number: 1, email: "\(request.principal.scope)@example.org", gateway: .stripe, note: nil,
            total: .example,
            placedAt: Date(timeIntervalSince1970: 0))
    }

    static let listOrders = Endpoint(
        .get, "/orders", tag: .orders, summary: "List orders", policy: .require(.jobsManage), query: OrderFilter.self,
        returns: .page(of: PlacedOrder.self)
    ) { request, _ in
        let after = try request.query.page.cursor.map { try Cursor(decoding: $0, listing: "orders").keys[0] }
        let start = after.flatMap(Int.init) ?? 0
        let rows = (start..<min(start + request.query.page.limit + 1, 45)).map { number in
            PlacedOrder(
                id: .example, number: number, email: "ada@example.org",
                gateway: request.query.gateways.first ?? .stripe,
                note: nil, total: .example, placedAt: Date(timeIntervalSince1970: 0))
        }
        return PageOutput(
            Page(fetched: rows, limit: request.query.page.limit) {
                Cursor(listing: "orders", keys: ["\($0.number + 1)"])
            })
    }

    static let readStall = Endpoint(
        .get, "/vendors/{vendor_id}/stalls/{stall}", ID<Vendor>.self, PathName.self, tag: .orders,
        summary: "Read a stall", policy: .anyone(.perClient(1000, per: .minute)),
        returns: .ok(StallView.self, version: \.version)
    ) { request, bazaar in
        StallView(name: request.path.1.value, version: await bazaar.stalls.version)
    }

    static let renameStall = Endpoint(
        .patch, "/vendors/{vendor_id}/stalls/{stall}", ID<Vendor>.self, PathName.self, tag: .orders,
        summary: "Rename a stall", policy: .require(.jobsManage), edit: .ifMatch, body: Name.self,
        returns: .ok(StallView.self, version: \.version)
    ) { request, bazaar in
        StallView(
            name: request.body.name.applied(to: "old"),
            version: try await bazaar.stalls.rename(expecting: request.expectedVersion))
    }

    static let clear = Endpoint(
        .post, "/clear", tag: .orders, summary: "Forget everything", policy: .require(.jobsManage),
        lease: .optional,
        returns: .noContent
    ) { _, claim, bazaar in
        try await claim.hold()
        _ = try await bazaar.stalls.place()
        return NoContent()
    }

    static let scarce = Endpoint(
        .get, "/scarce", tag: .orders, summary: "Rarely allowed", policy: .anyone(.perClient(2, per: .minute)),
        returns: .ok(StallView.self)
    ) { _, _ in .example }

    static let all = [placeOrder, readOrder, listOrders, readStall, renameStall, clear, scarce]
}

extension Endpoints.RawEndpoint<Bazaar> {
    static let ping = Self(
        .post, "/webhooks/ping", tag: .orders, summary: "Answers pong", policy: .anyone(.unlimited),
        request: "application/json", responses: [.init(200, "Pong", contentType: "text/plain")]
    ) { request, _, _ in
        _ = try await request.body.collect(upTo: 1 << 20)
        return Response(
            status: .ok, headers: [.contentType: "text/plain"], body: .init(byteBuffer: ByteBuffer(string: "pong")))
    }

    static let metrics = Self(
        .get, "/metrics", tag: .orders, summary: "Numbers", policy: .require(.jobsManage),
        responses: [.init(200, "Numbers", contentType: "text/plain")]
    ) { _, _, _ in Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "1"))) }

    static let broken = Self(
        .get, "/broken", tag: .orders, summary: "Fails", policy: .anyone(.unlimited), responses: []
    ) { _, _, _ in throw Wreck() }
}
