import Catalog
import Core
import Endpoints
import HTTPTypes
import Identity
import Media
import OrderService
import Orders
import Postgres

extension ProblemType {
    static let downloadsUsedUp = ProblemType(.downloadsUsedUp)
}

/// Files that are sold with variants.
enum DownloadEndpoints {
    static let all: [Endpoint] = [read, set, list, link]

    static let read = Endpoint(
        .get, "/variants/{variant_id}/downloads", ID<Variant>.self, tag: .catalogue,
        summary: "List the files that are sold with a variant", policy: .require(.productsUpdate, on: .variant),
        returns: .ok(VariantDownloadsView.self)
    ) { request, services in
        try await services.require(request.path, visibleTo: request.principal.visibility)
        return VariantDownloadsView(
            files: try await services.commerce.orderService.downloads.files(of: request.path, in: services.postgres))
    }

    static let set = Endpoint(
        .put, "/variants/{variant_id}/downloads", ID<Variant>.self, tag: .catalogue,
        summary: "Say which files are sold with a variant",
        description:
            "Files that were uploaded for `download`. Whoever has bought the variant before gets those that it has now.",
        policy: .require(.productsUpdate, on: .variant), body: VariantDownloadsInput.self,
        returns: .ok(VariantDownloadsView.self)
    ) { request, work, services in
        VariantDownloadsView(
            files: try await services.commerce.orderService.setDownloads(
                request.body.files, of: request.path, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/orders/{order_id}/downloads", ID<Order>.self, tag: .orders,
        summary: "List the files that came with an order",
        description: "None before it is paid, nor after its money went back.",
        policy: .require(.ordersRead, on: .order, .storefront), returns: .ok(OrderDownloadsView.self)
    ) { request, services in
        OrderDownloadsView(
            downloads: try await services.commerce.orderService.fetchDownloads.list(
                request.path, visibleTo: request.principal.visibility, in: services.postgres))
    }

    static let link = Endpoint(
        .post, "/orders/{order_id}/downloads/{media_id}/link", ID<Order>.self, ID<MediaFile>.self, tag: .orders,
        summary: "Make a link to a file that came with an order",
        description: """
            Each link counts as a download, and is good for six hours: within them an interrupted download is resumed by `Range`. Each order \
            has so many of each file as its vendor gives.
            """,
        policy: .require(.downloadsFetch, on: .order, .perClient(60, per: .minute)),
        returns: .ok(DownloadLinkView.self),
        problems: [.orderState, .downloadsUsedUp]
    ) { request, work, services in
        DownloadLinkView(
            link: try await services.commerce.orderService.fetchDownloads.link(
                to: request.path.1, of: request.path.0, by: request.principal, in: work))
    }
}

struct VariantDownloadsInput: APIInput {
    let files: [VariantDownload]

    init(_ fields: inout Fields) {
        files = fields.required(
            "files",
            .array(of: .object(VariantDownloadInput.self), count: 0...VariantDownload.mostPerVariant),
            "In the order in which buyers are told"
        ).map(\.file)
    }
}

struct VariantDownloadInput: APIInput {
    let file: VariantDownload

    init(_ fields: inout Fields) {
        file = VariantDownload(
            media: fields.required(
                "media_id", .id(MediaFile.self), "The file, uploaded for downloads as the vendor’s", example: .example),
            title: fields.required(
                "title", .text(VariantDownload.title), "As buyers are told", example: "Installer for Windows"),
            limit: fields.optional(
                "download_limit", .integer(VariantDownload.limit), "How often each order may fetch it", default: 5))
    }
}

struct VariantDownloadsView: APIOutput {
    let files: [VariantDownload]

    static let schemaName = "VariantDownloadList"
    static let example = VariantDownloadsView(files: [VariantDownloadView.example.file])

    func write(to out: inout ObjectWriter) {
        out.field("data", files.map(VariantDownloadView.init), "In the order in which buyers are told")
    }
}

struct VariantDownloadView: APIOutput {
    let file: VariantDownload

    static let schemaName = "VariantDownloadFile"
    static let example = VariantDownloadView(
        file: VariantDownload(media: .example, title: "Installer for Windows", limit: 5))

    func write(to out: inout ObjectWriter) {
        out.field("media_id", file.media)
        out.field("title", file.title)
        out.field("download_limit", file.limit, "How often each order may fetch it")
    }
}

struct OrderDownloadsView: APIOutput {
    let downloads: [OrderDownload]

    static let example = OrderDownloadsView(downloads: [OrderDownloadView.example.download])

    func write(to out: inout ObjectWriter) {
        out.field("data", downloads.map(OrderDownloadView.init), "In the order of the lines")
    }
}

struct OrderDownloadView: APIOutput {
    let download: OrderDownload

    static let example = OrderDownloadView(
        download: OrderDownload(
            line: .example, file: VariantDownloadView.example.file, sizeBytes: 41_200_311,
            fileName: "lekha-antivirus-7.exe", links: 1))

    func write(to out: inout ObjectWriter) {
        out.field("line_id", download.line, "The line that it came with")
        out.field("media_id", download.file.media)
        out.field("title", download.file.title)
        out.field("file_name", download.fileName)
        out.field("size_bytes", download.sizeBytes)
        out.field("downloads_left", download.left, "How many links to it can still be made")
    }
}

struct DownloadLinkView: APIOutput {
    let link: MediaLink

    static let example = DownloadLinkView(link: MediaLinkView.example.link)

    func write(to out: inout ObjectWriter) {
        out.field("url", link.url.reveal(), "Give it only to whom the file is meant for")
        out.field("expires_at", link.expiresAt)
    }
}
