import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Media
import NIOCore
import Postgres
import Vendors

extension EndpointTag {
    static let media = EndpointTag("Media", "Pictures, documents and tables that vendors and the marketplace upload.")
}

extension ProblemType {
    static let mediaEmpty = ProblemType(.mediaEmpty)
    static let mediaContentMismatch = ProblemType(
        "media-content-mismatch", 422, "The file is something else", "Its bytes are not those of its Content-Type.")
    static let mediaTooLarge = ProblemType(
        "media-too-large", 413, "The file is too large", "Each purpose has a limit of its own.")
    static let mediaQuotaExceeded = ProblemType(
        "media-quota-exceeded", 409, "There is no room left", "The vendor’s files take all that they may together.")
    static let mediaInUse = ProblemType(
        "media-in-use", 409, "The file is in use", "`references` names what refers to it, the first 20.")
}

/// What vendors and operators do with files.
enum MediaEndpoints {
    static let all: [Endpoint] = [list, read, delete, link]
    static let uploads: [UploadEndpoint] = [upload]

    static let upload = UploadEndpoint(
        .post, "/media", tag: .media, summary: "Upload a file",
        description: """
            The body is the file itself, its Content-Type what it is: JPEG, PNG, WebP or GIF for images, PDF, JPEG or PNG for documents, \
            CSV for imports, ZIP, PDF or application/octet-stream for downloads. Its bytes have to agree with that.
            """,
        policy: .require(.mediaUpload, on: .media, .perClient(300, per: .minute)), idempotency: .required,
        query: MediaUploadQuery.self,
        upload: UploadRules(contentTypes: MediaType.uploaded.map(\.rawValue), limit: MediaPurpose.largestBytes),
        returns: .created(MediaView.self, location: { "/media/\($0.media.id)" }),
        problems: [.mediaEmpty, .mediaContentMismatch, .mediaTooLarge, .mediaQuotaExceeded]
    ) { request, upload, services in
        guard let contentType = MediaType(rawValue: upload.contentType) else {
            throw ProblemType.unsupportedMediaType.problem()
        }
        return ReceivedMedia(
            staged: try await services.media.upload.stage(
                request.query.media(contentType), upload.body, by: request.principal))
    } effect: { request, received, work, services in
        MediaView(
            try await services.media.upload(received.staged, by: request.principal, in: work), [],
            services.media.links)
    }

    static let list = Endpoint(
        .get, "/media", tag: .media, summary: "List files, newest first",
        policy: .require(.mediaRead, on: .media), query: MediaQuery.self, returns: .page(of: MediaView.self)
    ) { request, services in
        let page = try await services.media.store.media(
            for: request.query.purpose, page: request.query.page, visibleTo: request.principal.visibility,
            in: services.postgres)
        let variants = try await services.media.store.variants(of: page.items.map(\.id), in: services.postgres)
        return PageOutput(page.map { MediaView($0, variants[$0.id] ?? [], services.media.links) })
    }

    static let read = Endpoint(
        .get, "/media/{media_id}", ID<MediaFile>.self, tag: .media, summary: "Read what is known of a file",
        policy: .require(.mediaRead, on: .media), returns: .ok(MediaView.self)
    ) { request, services in
        let media = try await services.media.store.media(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let media else { throw Problem.notFound("file") }
        let variants = try await services.media.store.variants(of: [media.id], in: services.postgres)
        return MediaView(media, variants[media.id] ?? [], services.media.links)
    }

    static let delete = Endpoint(
        .delete, "/media/{media_id}", ID<MediaFile>.self, tag: .media, summary: "Delete a file",
        description: "Refused while anything refers to it. Links to it end, and its bytes are removed shortly after.",
        policy: .require(.mediaDelete, on: .media), returns: .noContent, problems: [.mediaInUse]
    ) { request, work, services in
        try await services.media.delete(request.path, by: request.principal, in: work)
        return NoContent()
    }

    static let link = Endpoint(
        .post, "/media/{media_id}/links", ID<MediaFile>.self, tag: .media, summary: "Make a link to a private file",
        description:
            "Whoever holds the link can fetch the file until it expires. Nothing but the file’s deletion ends it before.",
        policy: .require(.mediaRead, on: .media), body: MediaLinkCreateInput.self, returns: .ok(MediaLinkView.self)
    ) { request, work, services in
        MediaLinkView(
            link: try await services.media.issueLink(
                request.path, lasting: request.body.lifetime, by: request.principal, in: work))
    }
}

struct MediaUploadQuery: APIInput {
    private let vendor: ID<Vendor>?
    private let purpose: MediaPurpose
    private let visibility: MediaVisibility
    private let fileName: String?

    init(_ fields: inout Fields) {
        purpose = fields.required(
            "purpose", .oneOf(MediaPurpose.self), "What it is for: types and size follow from it",
            example: .productImage)
        fields.check(
            purpose.isUploaded, "purpose", code: "not_uploaded", "is for files of the marketplace’s own making")
        visibility = fields.optional(
            "visibility", .oneOf(MediaVisibility.self), "Only images may be public", default: .private)
        fileName = fields.optional(
            "file_name", .text(NewMedia.fileName), "As you call it; whoever fetches the file is told",
            example: "front.jpg")
        vendor = fields.optional(
            "vendor_id", .id(Vendor.self), "Whose it is; left out: your own, for staff the marketplace’s")
    }

    func media(_ contentType: MediaType) -> NewMedia {
        NewMedia(
            vendor: vendor?.uuid, purpose: purpose, visibility: visibility, contentType: contentType, fileName: fileName
        )
    }
}

struct MediaQuery: APIInput {
    let purpose: MediaPurpose?
    let page: PageRequest

    init(_ fields: inout Fields) {
        purpose = fields.optional("purpose", .oneOf(MediaPurpose.self), "Only files for this")
        page = fields.page()
    }
}

struct MediaLinkCreateInput: APIInput {
    let lifetime: Int

    init(_ fields: inout Fields) {
        lifetime = fields.optional(
            "expires_in", .integer(MediaLinks.lifetime), "For how many seconds it is good", default: 900)
    }
}

/// A staged file as the pipeline sees it.
struct ReceivedMedia: ReceivedUpload {
    let staged: StagedMedia

    var digest: [UInt8] { staged.media.sha256 }

    /// What may be committed or not is left to the sweep, which looks for the row.
    func settle(_ outcome: UploadOutcome) async {
        switch outcome {
        case .committed: await staged.place()
        case .unused: await staged.discard()
        case .unknown: break
        }
    }
}

struct MediaView: APIOutput {
    let media: MediaFile
    private let variants: [MediaVariant]
    private let links: MediaLinks

    init(_ media: MediaFile, _ variants: [MediaVariant], _ links: MediaLinks) {
        self.media = media
        self.variants = variants
        self.links = links
    }

    static let example = MediaView(
        MediaFile(
            id: .example, vendor: ID<Vendor>.example.uuid, purpose: .productImage, visibility: .public,
            contentType: .jpeg,
            sizeBytes: 182_044, sha256: Array(repeating: 0x5A, count: 32), fileName: "front.jpg", createdBy: .system,
            createdAt: .example), [MediaVariantView.example.variant], .example)

    func write(to out: inout ObjectWriter) {
        out.field("id", media.id)
        out.field("vendor_id", media.vendor.map { ID<Vendor>(uuid: $0) }, "Whose it is; null for the marketplace’s own")
        out.field("purpose", media.purpose)
        out.field("visibility", media.visibility)
        out.field("content_type", media.contentType.rawValue)
        out.field("size_bytes", media.sizeBytes)
        out.field("sha256", Hexadecimal.encode(media.sha256), "Of the bytes, in hexadecimal")
        out.field("file_name", media.fileName, "As the uploader calls it")
        let url = media.visibility == .public ? links.address(of: media.id) : nil
        out.field("url", url, "Where everybody fetches it; null for private files, which need a link")
        out.field("variants", variants.map { MediaVariantView(variant: $0, links: links) }, MediaVariantView.meaning)
        out.field("created_by", media.createdBy.rawValue, "As the audit record names them")
        out.field("created_at", media.createdAt)
    }
}

struct MediaLinkView: APIOutput {
    let link: MediaLink

    static let example = MediaLinkView(
        link: MediaLink(
            url: Secret(
                "https://shop.example/media/\(ID<MediaFile>.example)?expires=1790000900&signature=…"),
            expiresAt: .example + 900))

    func write(to out: inout ObjectWriter) {
        out.field("url", link.url.reveal(), "Give it only to whom the file is meant for")
        out.field("expires_at", link.expiresAt)
    }
}
