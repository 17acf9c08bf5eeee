import CatalogTransfer
import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Vendors

/// Products that go out as tables.
enum ProductExportEndpoints {
    static let all: [Endpoint] = [create, list, read]

    static let create = Endpoint(
        .post, "/product_exports", tag: .catalogue, summary: "Export a vendor’s products into a file",
        description: """
            All that are not deleted, with their variants, prices in their currency, pictures and own columns, in the layout that imports \
            again as it is. The file is private: ask for a link to it once it is done.
            """,
        policy: .require(.productsUpdate, on: .product), idempotency: .required, body: ProductExportCreateInput.self,
        returns: .created(ProductExportView.self, location: { "/product_exports/\($0.one.id)" })
    ) { request, work, services in
        ProductExportView(
            one: try await services.transfer.manageExports.create(
                of: request.body.vendor, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/product_exports", tag: .catalogue, summary: "List exports, newest first",
        policy: .require(.productsUpdate, on: .product), query: PageQuery.self,
        returns: .page(of: ProductExportView.self)
    ) { request, services in
        let page = try await services.transfer.exports.list(
            page: request.query.page, visibleTo: request.principal.visibility, in: services.postgres)
        return PageOutput(page.map(ProductExportView.init))
    }

    static let read = Endpoint(
        .get, "/product_exports/{export_id}", ID<ProductExport>.self, tag: .catalogue, summary: "Read an export",
        policy: .require(.productsUpdate, on: .product), returns: .ok(ProductExportView.self)
    ) { request, services in
        let one = try await services.transfer.exports.find(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let one else { throw Problem.notFound("export") }
        return ProductExportView(one: one)
    }
}

struct ProductExportCreateInput: APIInput {
    let vendor: ID<Vendor>

    init(_ fields: inout Fields) {
        vendor = fields.required("vendor_id", .id(Vendor.self), "Whose products", example: .example)
    }
}

struct ProductExportView: APIOutput {
    let one: ProductExport

    static let example = ProductExportView(
        one: ProductExport(
            id: .example, vendor: .example, state: .done, media: .example, products: 118, createdBy: .system,
            createdAt: .example, finishedAt: .example + 4))

    func write(to out: inout ObjectWriter) {
        out.field("id", one.id)
        out.field("vendor_id", one.vendor)
        out.field("state", one.state)
        out.field("media_id", one.media, "The file, once it is written")
        out.field("products", one.products, "How many are in it")
        out.field("problem", one.problem, "Why there is no file")
        out.field("created_by", one.createdBy.rawValue, "As the audit record names them")
        out.field("created_at", one.createdAt)
        out.field("finished_at", one.finishedAt)
    }
}
