import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Media
import Postgres
import Values
import Vendors

/// What vendors prove what they say with.
enum VendorDocumentEndpoints {
    static let all: [Endpoint] = [add, list, review]

    static let add = Endpoint(
        .post, "/vendors/{vendor_id}/documents", ID<Vendor>.self, tag: .vendors, summary: "Add a document",
        description: """
            Of the number of an identity card only the last four digits are kept. An Aadhaar number is refused: it must not be kept.
            """,
        policy: .require(.vendorsUpdate, on: .vendor), idempotency: .required, body: VendorDocumentCreateInput.self,
        returns: .created(VendorDocumentView.self), problems: [.vendorUnidentified]
    ) { request, work, services in
        VendorDocumentView(
            document: try await services.vendors.addDocument(
                request.body.document, to: request.path, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/vendors/{vendor_id}/documents", ID<Vendor>.self, tag: .vendors,
        summary: "List a vendor’s documents, oldest first", policy: .require(.vendorsRead, on: .vendor),
        returns: .ok(ListOutput<VendorDocumentView>.self)
    ) { request, services in
        let reach = request.principal.visibility
        try await services.vendors.require(request.path, visibleTo: reach, in: services.postgres)
        let all = try await DocumentStore().documents(of: request.path, visibleTo: reach, in: services.postgres)
        return ListOutput(all.map(VendorDocumentView.init))
    }

    static let review = Endpoint(
        .post, "/vendors/{vendor_id}/documents/{document_id}/review", ID<Vendor>.self, ID<VendorDocument>.self,
        tag: .vendors, summary: "Say whether a document will do", policy: .require(.vendorsApprove),
        body: VendorReviewInput.self, returns: .ok(VendorDocumentView.self)
    ) { request, work, services in
        VendorDocumentView(
            document: try await services.vendors.reviewDocument(
                request.path.1, of: request.path.0, request.body.verdict, by: request.principal, in: work))
    }
}

struct VendorDocumentCreateInput: APIInput {
    let document: NewDocument

    init(_ fields: inout Fields) {
        document = NewDocument(
            kind: fields.required("kind", .oneOf(DocumentKind.self), "What it proves", example: .tradeLicence),
            file: fields.required("media_id", .id(MediaFile.self), "The private file", example: .example),
            number: fields.optional(
                "number", .text(NewDocument.number), "Required for a licence", example: "TRAD/DSCC/012345/2024"),
            authority: fields.optional(
                "authority", .text(NewDocument.authority), "Who has given it out",
                example: "Dhaka South City Corporation"),
            expiresOn: fields.optional("expires_on", .day, "Its last day", example: CivilDate(daysSinceEpoch: 47_000)))
    }
}

struct VendorDocumentView: APIOutput {
    let document: VendorDocument

    static let example = VendorDocumentView(
        document: VendorDocument(
            id: .example, vendor: .example, kind: .tradeLicence, file: .example,
            number: .whole("TRAD/DSCC/012345/2024"), authority: "Dhaka South City Corporation",
            expiresOn: CivilDate(daysSinceEpoch: 47_000), status: .accepted, createdAt: .example, reviewedAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", document.id)
        out.field("kind", document.kind)
        out.field("media_id", document.file, "The private file")
        out.field("number", document.wholeNumber, "Of a licence")
        out.field("number_last_four", document.lastFour, "Of a person’s number, of which no more is kept")
        out.field("authority", document.authority, "Who has given it out")
        out.field("expires_on", document.expiresOn, "Its last day")
        out.field("status", document.status)
        out.field("reason", document.reason, "Of a refusal")
        out.field("created_at", document.createdAt)
        out.field("reviewed_at", document.reviewedAt)
    }
}

extension VendorDocument {
    var wholeNumber: String? {
        if case .whole(let number) = number { number } else { nil }
    }

    fileprivate var lastFour: String? {
        if case .lastFour(let digits) = number { digits } else { nil }
    }
}
