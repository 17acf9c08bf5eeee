import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Vendors

extension ProblemType {
    static let checklistIncomplete = ProblemType(
        "checklist-incomplete", 409, "Something is missing", "`missing` lists what of the checklist is.")
}

/// How somebody becomes a vendor, and what becomes of vendors.
enum VendorApplicationEndpoints {
    static let all: [Endpoint] = [
        apply, checklist, submit, approve, reject, suspend, reinstate, close, decisions,
    ]

    static let apply = Endpoint(
        .post, "/vendor_applications", tag: .vendors, summary: "Apply to sell",
        description: """
            Anybody may. The token in the answer is shown here alone: with it the application is read, completed and handed in. \
            Nothing is for sale before the marketplace has approved it.
            """,
        policy: .anyone(.perClient(20, per: .hour)), idempotency: .required, body: VendorApplicationCreateInput.self,
        returns: .created(VendorApplicationView.self, location: { "/vendors/\($0.vendor.details.vendor.id)" }),
        problems: [.slugTaken, .registrationKnown], bodyLimit: VendorUpdateInput.largestBody
    ) { request, work, services in
        VendorApplicationView(
            try await services.vendors.apply(request.body.application, by: request.principal, in: work))
    }

    static let checklist = Endpoint(
        .get, "/vendors/{vendor_id}/checklist", ID<Vendor>.self, tag: .vendors,
        summary: "Read what a vendor still has to show, and why", policy: .require(.vendorsRead, on: .vendor),
        returns: .ok(VendorChecklistView.self), problems: [.vendorUnidentified]
    ) { request, services in
        VendorChecklistView(
            checklist: try await services.vendors.checklist(
                request.path, visibleTo: request.principal.visibility, in: services.postgres))
    }

    static let submit = Endpoint(
        .post, "/vendors/{vendor_id}/submit", ID<Vendor>.self, tag: .vendors, summary: "Hand an application in",
        description: "Handing it in again changes nothing; one that was rejected can be handed in once more.",
        policy: .require(.vendorsUpdate, on: .vendor), returns: .ok(VendorView.self),
        problems: [.vendorState, .checklistIncomplete, .vendorUnidentified]
    ) { request, work, services in
        VendorView(
            vendor: try await services.vendors.decide.submit(request.path, by: request.principal, in: work))
    }

    static let approve = Endpoint(
        .post, "/vendors/{vendor_id}/approve", ID<Vendor>.self, tag: .vendors, summary: "Let a vendor sell",
        description: """
            Registrations and documents that nobody has looked at alone count as looked at: review beforehand what is not right.
            """,
        policy: .require(.vendorsApprove), body: VendorApprovalInput.self, returns: .ok(VendorView.self),
        problems: [.vendorState, .checklistIncomplete, .vendorUnidentified]
    ) { request, work, services in
        VendorView(
            vendor: try await services.vendors.decide.approve(
                request.path, under: request.body.commission, by: request.principal, in: work))
    }

    static let reject = judge(
        .reject, .vendorsApprove, "Send an application back", "It can be handed in again once it is better.")
    static let suspend = judge(.suspend, .vendorsSuspend, "Let a vendor sell nothing for now", "")
    static let reinstate = judge(.reinstate, .vendorsSuspend, "Let a suspended vendor sell again", "")
    static let close = judge(.close, .vendorsSuspend, "Close a vendor", "For good.")

    private static func judge(
        _ judgement: Judgement, _ permission: Permission, _ summary: String, _ description: String
    ) -> Endpoint {
        Endpoint(
            .post, "/vendors/{vendor_id}/\(judgement.rawValue)", ID<Vendor>.self, tag: .vendors, summary: summary,
            description: description, policy: .require(permission), body: VendorJudgementInput.self,
            returns: .ok(VendorView.self), problems: [.vendorState]
        ) { request, work, services in
            VendorView(
                vendor: try await services.vendors.decide(
                    judgement, on: request.path, reason: request.body.reason, by: request.principal, in: work))
        }
    }

    static let decisions = Endpoint(
        .get, "/vendors/{vendor_id}/decisions", ID<Vendor>.self, tag: .vendors,
        summary: "List what was decided about a vendor, newest first", policy: .require(.vendorsRead, on: .vendor),
        query: PageQuery.self, returns: .page(of: VendorDecisionView.self)
    ) { request, services in
        let reach = request.principal.visibility
        try await services.vendors.require(request.path, visibleTo: reach, in: services.postgres)
        let page = try await VendorDecisionStore().decisions(
            on: request.path, page: request.query.page, visibleTo: reach, in: services.postgres)
        return PageOutput(page.map(VendorDecisionView.init))
    }
}

struct VendorApplicationCreateInput: APIInput {
    let application: NewApplication

    init(_ fields: inout Fields) {
        let name = fields.required("name", .text(Vendor.name), "As customers will know it", example: "Lekha Software")
        let slug = fields.optional("slug", .text(Slug.vendorRule), "By default one is made of the name")
        let email = fields.required("email", .email, "Where sales will be announced", example: "sales@lekha.example")
        let identity = VendorIdentity(
            legalName: fields.required(
                "legal_name", .text(VendorIdentity.legalName), "Who contracts", example: "Lekha Software Limited"),
            country: fields.required(
                "country", .text(VendorIdentity.country), "ISO 3166-1 alpha-2", example: "BD"),
            kind: fields.required("kind", .oneOf(VendorKind.self), "What kind of person or body", example: .company))
        var profile = VendorChanges()
        profile.readProfile(&fields)
        application = NewApplication(
            name: name, slug: slug, email: email, identity: identity, profile: profile,
            registrations: fields.optional(
                "registrations",
                .array(of: .object(VendorRegistrationCreateInput.self), count: NewApplication.attachments),
                "Tax registrations, as far as they are at hand", default: []
            ).map(\.registration),
            locations: fields.optional(
                "pickup_locations",
                .array(of: .object(PickupLocationCreateInput.self), count: NewApplication.attachments),
                "Where parcels are fetched", default: []
            ).map(\.location))
    }
}

struct VendorApprovalInput: APIInput {
    let commission: Commission?

    init(_ fields: inout Fields) {
        let rate = fields.optional(
            "commission_ppm", .integer(Commission.ratePPM),
            "The marketplace’s share of a sale in parts per million; required unless the vendor has one",
            example: 125_000)
        let fixed = fields.optional(
            "commission_fixed", .money(Commission.fixedAmount), "For each line beside the share")
        commission = rate.map { Commission(rate: Rate(partsPerMillion: $0), fixed: fixed) }
        fields.check(fixed == nil || rate != nil, "commission_ppm", code: "required", "comes with commission_fixed")
    }
}

struct VendorJudgementInput: APIInput {
    let reason: String

    init(_ fields: inout Fields) {
        reason = fields.required(
            "reason", .text(VendorDecision.reason), "For the vendor", example: "The trade licence can’t be read")
    }
}

struct VendorApplicationView: APIOutput {
    let vendor: VendorDetailsView
    let token: String

    init(_ received: ReceivedApplication) {
        vendor = VendorDetailsView(details: received.details)
        token = received.token.text.reveal()
    }

    private init() {
        vendor = .example
        token = "hk_Zx81kQpTjP3nq0XhE5lVbW2mT8sYcR4uKd6oA1gZf7i"
    }

    static let example = VendorApplicationView()

    func write(to out: inout ObjectWriter) {
        out.field("vendor", vendor)
        out.field("access_token", token, "Bearer token for this application; shown here alone")
    }
}

struct VendorChecklistView: APIOutput {
    let checklist: Checklist

    static let example = VendorChecklistView(
        checklist: Checklist(items: [ChecklistItemView.example.item]))

    func write(to out: inout ObjectWriter) {
        out.field("is_complete", checklist.isComplete, "Whether the application may be handed in")
        out.field("items", checklist.items.map(ChecklistItemView.init))
    }
}

struct ChecklistItemView: APIOutput {
    let item: ChecklistItem

    static let example = ChecklistItemView(
        item: ChecklistItem(
            requirement: VendorRequirement(code: "trade_licence", subject: .document, kinds: ["trade_licence"]),
            state: .expired, reason: "it has expired"))

    func write(to out: inout ObjectWriter) {
        out.field("code", item.requirement.code, "A stable word for what is asked for")
        out.field("subject", item.requirement.subject)
        out.field("kinds", item.requirement.kinds, "Any one of these will do; empty where there is one kind only")
        out.field("is_required", item.requirement.isRequired, "false: only where it applies")
        out.field("state", item.state)
        out.field("reason", item.reason, "Why it will not do; may be empty")
    }
}

struct VendorDecisionView: APIOutput {
    let decision: VendorDecision

    static let example = VendorDecisionView(
        decision: VendorDecision(
            id: .example, vendor: .example, act: .reject, from: .inReview, to: .rejected,
            actor: AuditActor(rawValue: "api_key:key_01kxdgrfj0f8h9rb9fbxg731m3"),
            reason: "The trade licence can’t be read",
            decidedAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", decision.id)
        out.field("act", decision.act)
        out.field("from", decision.from, "null for the first")
        out.field("to", decision.to)
        out.field("actor", decision.actor.rawValue, "As the audit record names it")
        out.field("reason", decision.reason, "Empty where none was asked for")
        out.field("decided_at", decision.decidedAt)
    }
}
