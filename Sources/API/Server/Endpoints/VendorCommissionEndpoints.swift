import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Vendors

/// What the marketplace takes of vendors' sales.
enum VendorCommissionEndpoints {
    static let all: [Endpoint] = [set, list]

    static let set = Endpoint(
        .post, "/vendors/{vendor_id}/commission_terms", ID<Vendor>.self, tag: .vendors,
        summary: "Let another commission hold from a moment on",
        description: "It holds until the next one begins. What was sold before keeps the commission of its time.",
        policy: .require(.commissionsManage), idempotency: .required, body: CommissionTermCreateInput.self,
        returns: .created(CommissionTermView.self)
    ) { request, work, services in
        CommissionTermView(
            term: try await services.vendors.setCommission(
                request.body.commission, of: request.path, from: request.body.start, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/vendors/{vendor_id}/commission_terms", ID<Vendor>.self, tag: .vendors,
        summary: "List a vendor’s commissions, the one that begins last first",
        policy: .require(.vendorsRead, on: .vendor), returns: .ok(ListOutput<CommissionTermView>.self)
    ) { request, services in
        let reach = request.principal.visibility
        try await services.vendors.require(request.path, visibleTo: reach, in: services.postgres)
        let all = try await CommissionStore().terms(of: request.path, visibleTo: reach, in: services.postgres)
        return ListOutput(all.map(CommissionTermView.init))
    }
}

struct CommissionTermCreateInput: APIInput {
    let commission: Commission
    let start: Date?

    init(_ fields: inout Fields) {
        commission = Commission(
            rate: Rate(
                partsPerMillion: fields.required(
                    "commission_ppm", .integer(Commission.ratePPM),
                    "The marketplace’s share of a sale in parts per million", example: 100_000)),
            fixed: fields.optional(
                "commission_fixed", .money(Commission.fixedAmount), "For each line beside the share"))
        start = fields.optional("valid_from", .date, "Its first moment, which may not be past; by default now")
    }
}

struct CommissionTermView: APIOutput {
    let term: CommissionTerm

    static let example = CommissionTermView(
        term: CommissionTerm(
            id: .example, vendor: .example, commission: Commission(rate: .percent(10), fixed: .example),
            validFrom: .example, validTo: .example + 90 * 86_400, recordedAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", term.id)
        out.field("commission_ppm", term.commission.rate.partsPerMillion, "In parts per million")
        out.field("commission_fixed", term.commission.fixed, "For each line beside the share")
        out.field("valid_from", term.validFrom)
        out.field("valid_to", term.validTo, "When the next one begins; null for the last")
        out.field("recorded_at", term.recordedAt)
    }
}
