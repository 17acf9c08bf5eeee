import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Inventory
import Orders
import Postgres

/// What customers and the staff do with the licence keys of orders.
enum OrderKeyEndpoints {
    static let all: [Endpoint] = [reveal, list, resend]

    static let reveal = Endpoint(
        .post, "/orders/{order_id}/licence_keys/reveal", ID<Order>.self, tag: .orders,
        summary: "Show an order’s licence keys",
        description: """
            Those that were assigned so far; none before it is paid. Each showing is put on record, and of the buyer’s first one when it was \
            and from which network.
            """,
        policy: .require(.licenceKeysReveal, on: .order, .perClient(60, per: .minute)),
        returns: .ok(RevealedKeysView.self)
    ) { request, work, services in
        RevealedKeysView(
            keys: try await services.commerce.orderService.revealKeys(
                request.path, by: request.principal, from: request.client.network, in: work))
    }

    static let list = Endpoint(
        .get, "/orders/{order_id}/licence_keys", ID<Order>.self, tag: .orders,
        summary: "Read what became of an order’s licence keys",
        description: "Without the keys themselves; replaced ones come before those in their place.",
        policy: .require(.licenceKeysRead, on: .order), returns: .ok(SoldKeysView.self)
    ) { request, services in
        SoldKeysView(
            keys: try await services.commerce.orderService.readKeys(
                request.path, visibleTo: request.principal.visibility, in: services.postgres))
    }

    static let resend = Endpoint(
        .post, "/orders/{order_id}/licence_keys/resend", ID<Order>.self, tag: .orders,
        summary: "Mail an order’s licence keys to its customer again",
        description: "To the order’s own address. However often it is asked for, one mail goes out in ten minutes.",
        policy: .require(.licenceKeysResend, on: .order, .perClient(20, per: .hour)), returns: .noContent,
        problems: [.orderState]
    ) { request, work, services in
        try await services.commerce.orderService.resendKeys(request.path, by: request.principal, in: work)
        return NoContent()
    }
}

/// The licence keys of an order in the clear.
struct RevealedKeysView: APIOutput {
    let keys: [RevealedKey]

    static let example = RevealedKeysView(keys: [])

    func write(to out: inout ObjectWriter) {
        out.field("data", keys.map(RevealedKeyView.init), "In the order of lines and units")
    }
}

struct RevealedKeyView: APIOutput {
    let line: ID<OrderLine>
    let key: String

    init(_ revealed: RevealedKey) {
        line = ID(uuid: revealed.line)
        key = revealed.key.reveal()
    }

    private init() {
        line = .example
        key = "AV26-0001-7F3K"
    }

    static let example = RevealedKeyView()

    func write(to out: inout ObjectWriter) {
        out.field("line_id", line, "The line that it was bought with")
        out.field("key", key)
    }
}

struct SoldKeysView: APIOutput {
    let keys: [SoldKey]

    static let example = SoldKeysView(keys: [SoldKeyView.example.key])

    func write(to out: inout ObjectWriter) {
        out.field("data", keys.map(SoldKeyView.init), "In the order of lines and units")
    }
}

struct SoldKeyView: APIOutput {
    let key: SoldKey

    static let example = SoldKeyView(
        key: SoldKey(
            id: .example, variant: .example, vendor: .example, batch: .example, state: .assigned,
            line: ID<OrderLine>.example.uuid, unit: 1, assignedAt: .example,
            evidence: RevealEvidence(firstAt: .example + 60, from: "203.0.113.7")))

    func write(to out: inout ObjectWriter) {
        out.field("id", key.id)
        out.field("line_id", ID<OrderLine>(uuid: key.line))
        out.field("unit", key.unit, "1 for the line’s first unit")
        out.field("variant_id", key.variant)
        out.field("vendor_id", key.vendor)
        out.field("batch_id", key.batch)
        out.field("state", key.state)
        out.field("assigned_at", key.assignedAt)
        out.field("expires_on", key.expiresOn, "The last day on which it can be used")
        out.field(
            "first_revealed_at", key.evidence?.firstAt, "When its buyer first looked at it here; mails don’t count")
        out.field("first_revealed_from", key.evidence?.from, "From which network")
        out.field("closed_reason", key.closing?.reason, "Why somebody of the staff has revoked or replaced it")
        out.field("closed_at", key.closing?.at)
    }
}
