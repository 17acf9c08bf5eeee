import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Payments
import Postgres

/// What gateways have paid out to our bank.
enum SettlementEndpoints {
    static let all: [Endpoint] = [list, read, lines]

    static let list = Endpoint(
        .get, "/settlements", tag: .payments, summary: "List settlements, those heard of last first",
        description: "What gateways have paid out to the bank, read once a day.",
        policy: .require(.settlementsRead), query: SettlementsQuery.self, returns: .page(of: SettlementView.self)
    ) { request, services in
        let settlements = try await SettlementStore().settlements(
            of: request.query.gateway.map { GatewayName(rawValue: $0) }, page: request.query.page, in: services.postgres
        )
        return PageOutput(settlements.map(SettlementView.init))
    }

    static let read = Endpoint(
        .get, "/settlements/{settlement_id}", ID<Settlement>.self, tag: .payments, summary: "Read a settlement",
        policy: .require(.settlementsRead), returns: .ok(SettlementView.self)
    ) { request, services in
        SettlementView(settlement: try await settlement(request.path, services))
    }

    static let lines = Endpoint(
        .get, "/settlements/{settlement_id}/lines", ID<Settlement>.self, tag: .payments,
        summary: "List what a settlement consists of", description: "With what of ours each line is about.",
        policy: .require(.settlementsRead), query: PageQuery.self, returns: .page(of: SettledLineView.self)
    ) { request, services in
        let settlement = try await settlement(request.path, services)
        let lines = try await SettlementStore().lines(
            of: settlement.id, page: request.query.page, in: services.postgres)
        return PageOutput(lines.map(SettledLineView.init))
    }

    private static func settlement(_ id: ID<Settlement>, _ services: Services) async throws -> Settlement {
        guard let settlement = try await SettlementStore().settlement(id, in: services.postgres) else {
            throw Problem.notFound("settlement")
        }
        return settlement
    }
}

struct SettlementsQuery: APIInput {
    let gateway: String?
    let page: PageRequest

    init(_ fields: inout Fields) {
        gateway = fields.optional(
            "gateway", .string(1...64, of: "a-z0-9_/"), "Only those of this gateway", example: "stripe")
        page = fields.page()
    }
}

struct SettlementView: APIOutput {
    let settlement: Settlement

    static let example = SettlementView(
        settlement: Settlement(
            id: .example, gateway: GatewayName(rawValue: "stripe"), reference: "po_1OaFDbEcg9tTZuTg", amount: .example,
            bankReference: "ABC123", settledAt: .example, state: .complete, lineCount: 12, lines: .example,
            fee: Money(minorUnits: 2_900, currency: Money.example.currency), tax: .zero(Money.example.currency),
            createdAt: .example, completedAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", settlement.id)
        out.field("gateway", settlement.gateway.rawValue)
        out.field("reference", settlement.reference, "The gateway’s name of it")
        out.field("bank_reference", settlement.bankReference, "What the bank’s statement calls it")
        out.field("state", settlement.state, "Whether all of its lines are read and booked")
        out.field("amount", settlement.amount, "What arrives at the bank")
        out.field("lines_total", settlement.lines, "What the lines read so far come to")
        out.field("line_count", settlement.lineCount)
        out.field("fee", settlement.fee, "What the gateway kept, taxes included")
        out.field("tax", settlement.tax, "The taxes in that")
        out.field("settled_at", settlement.settledAt)
        out.field("completed_at", settlement.completedAt)
        out.field("created_at", settlement.createdAt)
    }
}

struct SettledLineView: APIOutput {
    let line: SettledLine

    static let example = SettledLineView(
        line: SettledLine(
            id: .example, reference: "txn_1NfJvN", kind: .payment, debit: .zero(Money.example.currency),
            credit: .example, fee: Money(minorUnits: 2_900, currency: Money.example.currency),
            tax: .zero(Money.example.currency), occurredAt: .example, paymentID: .example, orderID: .example,
            refundID: nil, disputeID: nil))

    func write(to out: inout ObjectWriter) {
        out.field("id", line.id)
        out.field("reference", line.reference, "The gateway’s name of it")
        out.field("kind", line.kind)
        out.field("debit", line.debit, "What it takes from the settlement, its fee included")
        out.field("credit", line.credit, "What it brings, without its fee")
        out.field("fee", line.fee, "What the gateway kept of it, taxes included")
        out.field("tax", line.tax, "The taxes in that")
        out.field("payment_id", line.paymentID, "null where it is none of ours, or not known yet")
        out.field("order_id", line.orderID)
        out.field("refund_id", line.refundID)
        out.field("dispute_id", line.disputeID)
        out.field("occurred_at", line.occurredAt)
    }
}
