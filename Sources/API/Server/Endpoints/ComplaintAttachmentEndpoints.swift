import Complaints
import Core
import Endpoints
import HTTPTypes
import Identity
import Media
import Orders
import Postgres

/// Private files that customers, vendors and staff show about an order.
enum ComplaintAttachmentEndpoints {
    static let all: [Endpoint] = [linkOfOrder, link]
    static let uploads: [UploadEndpoint] = [uploadForOrder, upload]

    private static let rules = UploadRules(
        contentTypes: MediaPurpose.complaintAttachment.contentTypes.map(\.rawValue).sorted(),
        limit: MediaPurpose.complaintAttachment.maximumBytes)
    private static let problems: [ProblemType] = [.mediaEmpty, .mediaContentMismatch, .mediaTooLarge]

    static let uploadForOrder = UploadEndpoint(
        .post, "/orders/{order_id}/complaint_attachments", ID<Order>.self, tag: .complaints,
        summary: "Upload a file to complain with",
        description: "JPEG, PNG, WebP or PDF. It is read by others once a message names it.",
        policy: .require(.complaintsFile, on: .order, .perClient(60, per: .minute)), idempotency: .required,
        query: ComplaintAttachmentQuery.self, upload: rules, returns: .created(ComplaintAttachmentView.self),
        problems: problems
    ) { request, upload, services in
        try await services.receive(upload, request.query.fileName, by: request.principal)
    } effect: { request, received, work, services in
        ComplaintAttachmentView(
            media: try await services.complaints.attachments.add(
                received.staged, about: request.path, by: request.principal, in: work))
    }

    static let upload = UploadEndpoint(
        .post, "/complaints/{complaint_id}/attachments", ID<Complaint>.self, tag: .complaints,
        summary: "Upload a file to answer a complaint with",
        description: "JPEG, PNG, WebP or PDF. It is read by others once a message names it.",
        policy: .require(.complaintsAnswer, on: .complaint, .perClient(60, per: .minute)), idempotency: .required,
        query: ComplaintAttachmentQuery.self, upload: rules, returns: .created(ComplaintAttachmentView.self),
        problems: problems
    ) { request, upload, services in
        try await services.receive(upload, request.query.fileName, by: request.principal)
    } effect: { request, received, work, services in
        ComplaintAttachmentView(
            media: try await services.complaints.attachments.add(
                received.staged, to: request.path, by: request.principal, in: work))
    }

    static let linkOfOrder = Endpoint(
        .post, "/orders/{order_id}/complaint_attachments/{media_id}/links", ID<Order>.self, ID<MediaFile>.self,
        tag: .complaints, summary: "Make a link to a file of a complaint about an order",
        description: "Whoever holds the link can fetch the file until it expires.",
        policy: .require(.complaintsRead, on: .order), body: MediaLinkCreateInput.self, returns: .ok(MediaLinkView.self)
    ) { request, work, services in
        MediaLinkView(
            link: try await services.complaints.attachments.link(
                to: request.path.1, about: request.path.0, lasting: request.body.lifetime, by: request.principal,
                in: work))
    }

    static let link = Endpoint(
        .post, "/complaints/{complaint_id}/attachments/{media_id}/links", ID<Complaint>.self, ID<MediaFile>.self,
        tag: .complaints, summary: "Make a link to a file of a complaint",
        description: "Whoever holds the link can fetch the file until it expires.",
        policy: .require(.complaintsRead, on: .complaint), body: MediaLinkCreateInput.self,
        returns: .ok(MediaLinkView.self)
    ) { request, work, services in
        MediaLinkView(
            link: try await services.complaints.attachments.link(
                to: request.path.1, of: request.path.0, lasting: request.body.lifetime, by: request.principal,
                in: work))
    }
}

extension Services {
    fileprivate func receive(
        _ upload: InboundUpload, _ name: String?, by principal: Principal
    ) async throws -> ReceivedMedia {
        guard let contentType = MediaType(rawValue: upload.contentType) else {
            throw ProblemType.unsupportedMediaType.problem()
        }
        return ReceivedMedia(
            staged: try await complaints.attachments.stage(contentType, called: name, upload.body, by: principal))
    }
}

struct ComplaintAttachmentQuery: APIInput {
    let fileName: String?

    init(_ fields: inout Fields) {
        fileName = fields.optional("file_name", .text(NewMedia.fileName), "As you call it", example: "box.jpg")
    }
}

struct ComplaintAttachmentView: APIOutput {
    let media: MediaFile

    static let example = ComplaintAttachmentView(
        media: MediaFile(
            id: .example, vendor: nil, purpose: .complaintAttachment, visibility: .private, contentType: .jpeg,
            sizeBytes: 182_044, sha256: [], fileName: "box.jpg", createdBy: .system, createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", media.id, "Name it in a message")
        out.field("content_type", media.contentType.rawValue)
        out.field("size_bytes", media.sizeBytes)
        out.field("file_name", media.fileName, "As the uploader calls it")
        out.field("created_at", media.createdAt)
    }
}
