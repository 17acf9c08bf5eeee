import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Payments
import Postgres

extension ProblemType {
    static let findingClosed = ProblemType(
        "finding-closed", 409, "The finding is dealt with", "It was mended or written off before.")
    static let writeOffNotProposed = ProblemType(
        "write-off-not-proposed", 409, "Nobody has proposed to write it off", "Propose it; another person agrees.")
    static let secondPersonNeeded = ProblemType(
        "second-person-needed", 409, "Another person has to agree",
        "Nobody agrees to what they have proposed themselves.")
}

/// Where gateways’ records and ours part, and what people do about it.
enum FindingEndpoints {
    static let all: [Endpoint] = [list, read, explain, proposeWriteOff, writeOff]

    static let list = Endpoint(
        .get, "/reconciliation_findings", tag: .payments,
        summary: "List where gateways’ records and ours part, newest first",
        description: "One that agrees by now is `mended` by the next comparison.",
        policy: .require(.settlementsRead), query: FindingsQuery.self, returns: .page(of: FindingView.self)
    ) { request, services in
        let query = request.query
        let findings = try await FindingStore().findings(
            of: query.gateway.map { GatewayName(rawValue: $0) }, in: query.state, page: query.page,
            from: services.postgres)
        return PageOutput(findings.map(FindingView.init))
    }

    static let read = Endpoint(
        .get, "/reconciliation_findings/{finding_id}", ID<Finding>.self, tag: .payments, summary: "Read a finding",
        policy: .require(.settlementsRead), returns: .ok(FindingView.self)
    ) { request, services in
        guard let finding = try await FindingStore().finding(request.path, in: services.postgres) else {
            throw Problem.notFound("finding")
        }
        return FindingView(finding: finding)
    }

    static let explain = Endpoint(
        .post, "/reconciliation_findings/{finding_id}/explain", ID<Finding>.self, tag: .payments,
        summary: "Explain a finding", description: "It stays to be dealt with.", policy: .require(.findingsResolve),
        body: FindingExplanationInput.self, returns: .ok(FindingView.self), problems: [.findingClosed]
    ) { request, work, services in
        FindingView(
            finding: try await services.commerce.resolveFinding.explain(
                request.path, request.body.explanation, by: request.principal.actor, in: work))
    }

    static let proposeWriteOff = Endpoint(
        .post, "/reconciliation_findings/{finding_id}/propose_write_off", ID<Finding>.self, tag: .payments,
        summary: "Propose to write a finding off", description: "Nothing is booked until another person agrees.",
        policy: .require(.findingsResolve), body: FindingExplanationInput.self, returns: .ok(FindingView.self),
        problems: [.findingClosed]
    ) { request, work, services in
        FindingView(
            finding: try await services.commerce.resolveFinding.proposeWriteOff(
                request.path, request.body.explanation, by: request.principal.actor, in: work))
    }

    static let writeOff = Endpoint(
        .post, "/reconciliation_findings/{finding_id}/write_off", ID<Finding>.self, tag: .payments,
        summary: "Agree to write a finding off",
        description: "By another person than who has proposed it. Its `amount` is booked.",
        policy: .require(.findingsResolve), returns: .ok(FindingView.self),
        problems: [.findingClosed, .writeOffNotProposed, .secondPersonNeeded]
    ) { request, work, services in
        FindingView(
            finding: try await services.commerce.resolveFinding.writeOff(
                request.path, by: request.principal.actor, in: work))
    }
}

struct FindingsQuery: APIInput {
    let gateway: String?
    let state: Finding.State?
    let page: PageRequest

    init(_ fields: inout Fields) {
        gateway = fields.optional(
            "gateway", .string(1...64, of: "a-z0-9_/"), "Only those of this gateway", example: "stripe")
        state = fields.optional("state", .oneOf(Finding.State.self), "Only those that stand so", example: .open)
        page = fields.page()
    }
}

struct FindingExplanationInput: APIInput {
    let explanation: String

    init(_ fields: inout Fields) {
        explanation = fields.required(
            "explanation", .text(Finding.explanation), "Why it is so", example: "A sale in the shop’s own terminal")
    }
}

struct FindingView: APIOutput {
    let finding: Finding

    static let example = FindingView(
        finding: Finding(
            id: .example, gateway: GatewayName(rawValue: "stripe"), kind: "line_unknown",
            subject: "po_1OaFDbEcg9tTZuTg/txn_1NfJvN", detail: "payment of pi_3N: the gateway says 129900",
            state: .writeOffProposed, amount: .example, paymentID: nil, orderID: nil, settlementID: .example,
            explanation: "A sale in the shop’s own terminal", proposedBy: "account:0190", foundAt: .example,
            seenAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", finding.id)
        out.field("gateway", finding.gateway.rawValue)
        out.field("kind", finding.kind, "In which way both part")
        out.field("subject", finding.subject, "What it is about: our id where there is one, else the gateway’s")
        out.field("detail", finding.detail, "Both sides, for people")
        out.field("state", finding.state)
        out.field(
            "amount", finding.amount,
            "What our account of the gateway lacks because of it; writing it off books so much. null where that is not known"
        )
        out.field("payment_id", finding.paymentID)
        out.field("order_id", finding.orderID)
        out.field("settlement_id", finding.settlementID)
        out.field("explanation", finding.explanation)
        out.field("explained_by", finding.explainedBy)
        out.field("proposed_by", finding.proposedBy, "Who wants it written off; another person agrees")
        out.field("written_off_by", finding.writtenOffBy)
        out.field("found_at", finding.foundAt)
        out.field("seen_at", finding.seenAt, "When it was last found to be so")
    }
}
