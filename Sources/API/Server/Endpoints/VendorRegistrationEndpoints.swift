import Addresses
import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Values
import Vendors

extension ProblemType {
    static let registrationKnown = ProblemType(
        "registration-known", 409, "The registration is on record", "The vendor has it already.")
}

/// What vendors are known by to tax offices.
enum VendorRegistrationEndpoints {
    static let all: [Endpoint] = [add, list, review]

    static let add = Endpoint(
        .post, "/vendors/{vendor_id}/registrations", ID<Vendor>.self, tag: .vendors,
        summary: "Add a tax registration",
        description: "Its form and check characters are looked at here; whose it is by the marketplace.",
        policy: .require(.vendorsUpdate, on: .vendor), idempotency: .required,
        body: VendorRegistrationCreateInput.self, returns: .created(VendorRegistrationView.self),
        problems: [.vendorUnidentified, .registrationKnown]
    ) { request, work, services in
        VendorRegistrationView(
            registration: try await services.vendors.addRegistration(
                request.body.registration, to: request.path, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/vendors/{vendor_id}/registrations", ID<Vendor>.self, tag: .vendors,
        summary: "List a vendor’s tax registrations, oldest first", policy: .require(.vendorsRead, on: .vendor),
        returns: .ok(ListOutput<VendorRegistrationView>.self)
    ) { request, services in
        let reach = request.principal.visibility
        try await services.vendors.require(request.path, visibleTo: reach, in: services.postgres)
        let all = try await RegistrationStore().registrations(
            of: request.path, visibleTo: reach, in: services.postgres)
        return ListOutput(all.map(VendorRegistrationView.init))
    }

    static let review = Endpoint(
        .post, "/vendors/{vendor_id}/registrations/{registration_id}/review", ID<Vendor>.self,
        ID<TaxRegistration>.self, tag: .vendors, summary: "Say whether a tax registration is the vendor’s",
        policy: .require(.vendorsApprove), body: VendorReviewInput.self, returns: .ok(VendorRegistrationView.self),
        problems: [.registrationKnown]
    ) { request, work, services in
        VendorRegistrationView(
            registration: try await services.vendors.reviewRegistration(
                request.path.1, of: request.path.0, request.body.verdict, by: request.principal, in: work))
    }
}

struct VendorRegistrationCreateInput: APIInput {
    let registration: NewRegistration

    init(_ fields: inout Fields) {
        registration = NewRegistration(
            kind: fields.required("kind", .oneOf(RegistrationKind.self), "With which office", example: .bin),
            number: fields.required(
                "number", .text(NewRegistration.number), "As it is written; blanks do not matter",
                example: "0001234560101"),
            state: fields.optional(
                "state", .text(NewPostalAddress.region), "Of an enrolment, whose number does not tell it"),
            legalName: fields.required(
                "legal_name", .text(VendorIdentity.legalName), "As the office writes it",
                example: "Lekha Software Limited"),
            validFrom: fields.optional("valid_from", .day, "Its first day"),
            validTo: fields.optional("valid_to", .day, "Its last day"))
    }
}

struct VendorReviewInput: APIInput {
    enum Outcome: String, CaseIterable, Sendable { case accepted, refused }

    let verdict: Verdict

    init(_ fields: inout Fields) {
        let outcome = fields.required("verdict", .oneOf(Outcome.self), "What was found", example: .accepted)
        let reason = fields.optional("reason", .text(VendorDecision.reason), "For the vendor; required for a refusal")
        verdict = outcome == .accepted ? .accepted : .refused(reason: reason ?? "")
        fields.check(outcome == .accepted || reason != nil, "reason", code: "required", "is required for a refusal")
    }
}

struct VendorRegistrationView: APIOutput {
    let registration: TaxRegistration

    static let example = VendorRegistrationView(
        registration: TaxRegistration(
            id: .example, vendor: .example, kind: .bin, number: "0001234560101", region: nil,
            legalName: "Lekha Software Limited", validFrom: CivilDate(daysSinceEpoch: 19_000), status: .verified,
            createdAt: .example, verifiedAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", registration.id)
        out.field("kind", registration.kind)
        out.field("number", registration.number)
        out.field("state", registration.region, "The State of one that is one State’s")
        out.field("legal_name", registration.legalName)
        out.field("valid_from", registration.validFrom)
        out.field("valid_to", registration.validTo)
        out.field("status", registration.status)
        out.field("reason", registration.reason, "Of a refusal")
        out.field("created_at", registration.createdAt)
        out.field("verified_at", registration.verifiedAt)
    }
}
