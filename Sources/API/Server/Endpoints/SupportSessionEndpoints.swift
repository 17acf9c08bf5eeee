import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Vendors

/// How support acts in the place of customers and vendors.
enum SupportSessionEndpoints {
    static let all: [Endpoint] = [start, list, end]

    static let start = Endpoint(
        .post, "/support_sessions", tag: .teams, summary: "Act in the place of a customer or a vendor",
        description: """
            The token in the answer is shown here alone; it sees what they see, and changes nothing unless `may_write` is set, which \
            needs support.write. What is for them alone stays closed: keys, credentials, payout accounts, members. The audit record \
            names both. It ends after an hour at most, and with the membership that it was begun by.
            """,
        policy: .require(.supportActAs, .perClient(60, per: .hour)).freshSecondFactor, idempotency: .required,
        body: SupportSessionCreateInput.self, returns: .created(StartedSupportSessionView.self),
        problems: [.beyondOwnPermissions]
    ) { request, work, services in
        StartedSupportSessionView(
            try await services.teams.actAs.start(
                request.body.session, by: request.principal, from: request.client, in: work))
    }

    static let list = Endpoint(
        .get, "/support_sessions", tag: .teams, summary: "List who acted in whose place and why, newest first",
        policy: .require(.supportActAs), query: PageQuery.self, returns: .page(of: SupportSessionView.self)
    ) { request, services in
        let page = try await services.teams.supportSessions.sessions(page: request.query.page, in: services.postgres)
        return PageOutput(page.map(SupportSessionView.init))
    }

    static let end = Endpoint(
        .post, "/support_sessions/{support_session_id}/end", ID<SupportSession>.self, tag: .teams,
        summary: "Act in nobody’s place any more", description: "At once. Ending it again changes nothing.",
        policy: .require(.supportActAs), returns: .ok(SupportSessionView.self)
    ) { request, work, services in
        SupportSessionView(
            session: try await services.teams.actAs.end(request.path, by: request.principal, in: work))
    }
}

struct SupportSessionCreateInput: APIInput {
    let session: NewSupportSession

    init(_ fields: inout Fields) {
        let customer = fields.optional(
            "customer_id", .id(Account.self), "In whose place; or else give vendor_id", example: .example)
        let vendor = fields.optional("vendor_id", .id(Vendor.self), "In whose place")
        fields.check(
            (customer == nil) != (vendor == nil), "customer_id", code: "one_of",
            "must be given where vendor_id is not, and only there")
        session = NewSupportSession(
            place: vendor.map { .vendor($0.uuid) } ?? .customer(customer ?? .example),
            reason: fields.required(
                "reason", .text(SupportSession.reasonRule), "Why, for the record",
                example: "Asked on the telephone where order H100001 is"),
            mayWrite: fields.optional("may_write", .boolean, "Whether to do more than look", default: false),
            minutes: fields.optional("minutes", .integer(SupportSession.minutes), "For how long", default: 30))
    }
}

struct SupportSessionView: APIOutput {
    let session: SupportSession

    static let example = SupportSessionView(
        session: SupportSession(
            id: .example, member: .example, place: .customer(.example),
            reason: "Asked on the telephone where order H100001 is", mayWrite: false, createdAt: .example,
            expiresAt: .example + 1_800))

    func write(to out: inout ObjectWriter) {
        out.field("id", session.id)
        out.field("member_id", session.member, "Who")
        out.field("customer_id", customer, "In whose place")
        out.field("vendor_id", vendor, "In whose place")
        out.field("reason", session.reason)
        out.field("may_write", session.mayWrite, "Whether it does more than look")
        out.field("created_at", session.createdAt)
        out.field("expires_at", session.expiresAt)
        out.field("ended_at", session.endedAt, "When it was ended before that")
    }

    private var customer: ID<Account>? { if case .customer(let id) = session.place { id } else { nil } }

    private var vendor: ID<Vendor>? { if case .vendor(let id) = session.place { ID(uuid: id) } else { nil } }
}

struct StartedSupportSessionView: APIOutput {
    let session: SupportSessionView
    let token: String

    init(_ started: StartedSupportSession) {
        session = SupportSessionView(session: started.session)
        token = started.token.text.reveal()
    }

    private init() {
        session = .example
        token = "hs_Zx81kQpTjP3nq0XhE5lVbW2mT8sYcR4uKd6oA1gZf7i"
    }

    static let example = StartedSupportSessionView()

    func write(to out: inout ObjectWriter) {
        out.field("support_session", session)
        out.field("token", token, "Its bearer token; shown here alone")
    }
}
