import Catalog
import CatalogTransfer
import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Media
import Postgres
import Vendors

extension ProblemType {
    static let importOver = ProblemType("import-over", 409, "The import is over", "It has ended already.")
}

/// Products that come in as tables.
enum ProductImportEndpoints {
    static let all: [Endpoint] = [create, list, read, rows, cancel]

    static let create = Endpoint(
        .post, "/product_imports", tag: .catalogue, summary: "Import products from a file",
        description: """
            The file is one that was uploaded for imports: in our own layout, which exports have, or as Shopify or WooCommerce export \
            their products. Columns that are not known are kept with the products. A dry run writes nothing but the report. Pictures \
            are fetched afterwards.
            """,
        policy: .require(.productsCreate, on: .product), idempotency: .required, body: ProductImportCreateInput.self,
        returns: .created(ProductImportView.self, location: { "/product_imports/\($0.one.id)" })
    ) { request, work, services in
        ProductImportView(
            one: try await services.transfer.manageImports.create(
                request.body.new, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/product_imports", tag: .catalogue, summary: "List imports, newest first",
        policy: .require(.productsUpdate, on: .product), query: PageQuery.self,
        returns: .page(of: ProductImportView.self)
    ) { request, services in
        let page = try await services.transfer.imports.list(
            page: request.query.page, visibleTo: request.principal.visibility, in: services.postgres)
        return PageOutput(page.map(ProductImportView.init))
    }

    static let read = Endpoint(
        .get, "/product_imports/{import_id}", ID<ProductImport>.self, tag: .catalogue,
        summary: "Read how far an import has come", policy: .require(.productsUpdate, on: .product),
        returns: .ok(ProductImportView.self)
    ) { request, services in
        ProductImportView(one: try await services.productImport(request.path, visibleTo: request.principal.visibility))
    }

    static let rows = Endpoint(
        .get, "/product_imports/{import_id}/rows", ID<ProductImport>.self, tag: .catalogue,
        summary: "Read an import’s report, in the order of the file",
        description: "One for each product. Pictures that could not be fetched are told of when that is known.",
        policy: .require(.productsUpdate, on: .product), query: ImportRowsQuery.self,
        returns: .page(of: ImportRowView.self)
    ) { request, services in
        let one = try await services.productImport(request.path, visibleTo: request.principal.visibility)
        let page = try await services.transfer.imports.rows(
            of: one.id, request.query.outcome, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(ImportRowView.init))
    }

    static let cancel = Endpoint(
        .post, "/product_imports/{import_id}/cancel", ID<ProductImport>.self, tag: .catalogue,
        summary: "Stop an import", description: "What it has written so far stays.",
        policy: .require(.productsUpdate, on: .product), returns: .ok(ProductImportView.self), problems: [.importOver]
    ) { request, work, services in
        ProductImportView(
            one: try await services.transfer.manageImports.cancel(request.path, by: request.principal, in: work))
    }
}

extension Services {
    fileprivate func productImport(
        _ id: ID<ProductImport>, visibleTo visibility: Visibility
    ) async throws -> ProductImport {
        guard let one = try await transfer.imports.find(id, visibleTo: visibility, in: postgres) else {
            throw Problem.notFound("import")
        }
        return one
    }
}

struct ProductImportCreateInput: APIInput {
    let new: NewProductImport

    init(_ fields: inout Fields) {
        new = NewProductImport(
            vendor: fields.required("vendor_id", .id(Vendor.self), "Whose products they are", example: .example),
            media: fields.required(
                "media_id", .id(MediaFile.self), "The file, uploaded for imports as the vendor’s", example: .example),
            layout: fields.optional(
                "layout", .oneOf(ImportLayout.self), "Whose columns it has; left out: told by its first line"),
            currency: fields.required(
                "currency", .currency, "What prices are in where the file doesn’t say", example: .bdt),
            isDryRun: fields.optional(
                "dry_run", .boolean, "Whether nothing is written but the report", default: false))
    }
}

struct ImportRowsQuery: APIInput {
    let outcome: ImportOutcome?
    let page: PageRequest

    init(_ fields: inout Fields) {
        outcome = fields.optional("outcome", .oneOf(ImportOutcome.self), "Only what became of this")
        page = fields.page()
    }
}

struct ProductImportView: APIOutput {
    let one: ProductImport

    static let example: ProductImportView = {
        var counts = ImportCounts()
        counts.created = 118
        counts.refused = 2
        return ProductImportView(
            one: ProductImport(
                id: .example, vendor: .example, media: .example, layout: .shopify, currency: .bdt, isDryRun: false,
                state: .done, counts: counts, keptColumns: ["Tags", "Variant Inventory Qty"],
                author: ImportAuthor(actor: .system, mayModerate: false), createdAt: .example, finishedAt: .example + 9)
        )
    }()

    func write(to out: inout ObjectWriter) {
        out.field("id", one.id)
        out.field("vendor_id", one.vendor)
        out.field("media_id", one.media, "The file")
        out.field("layout", one.layout, "Whose columns it has; null until that is known")
        out.field("currency", one.currency.code, "What prices are in where the file doesn’t say")
        out.field("dry_run", one.isDryRun, "Whether nothing is written but the report")
        out.field("state", one.state)
        out.field("created", one.counts.created, "Products so far; in a dry run, those that would be")
        out.field("updated", one.counts.updated)
        out.field("unchanged", one.counts.unchanged)
        out.field("refused", one.counts.refused)
        out.field("skipped", one.counts.skipped, "What is nothing that could be sold here")
        out.field("kept_columns", one.keptColumns, "Those that are not known, and kept with the products")
        out.field("problem", one.problem, "Why it ended early")
        out.field("created_by", one.author.actor.rawValue, "As the audit record names them")
        out.field("created_at", one.createdAt)
        out.field("finished_at", one.finishedAt)
    }
}

struct ImportRowView: APIOutput {
    let row: ImportRow

    static let example = ImportRowView(
        row: ImportRow(
            id: .example, line: 2, lastLine: 4, key: "cotton-saree", outcome: .created, product: .example,
            notes: [
                ImportNote(line: 3, place: "Variant Barcode", code: "check_digit", message: "is no GTIN")
            ], keptColumns: ["Tags"]))

    func write(to out: inout ObjectWriter) {
        out.field("line", row.line, "Where it begins in the file, the first line being 1")
        out.field("last_line", row.lastLine)
        out.field("key", row.key, "What the file calls it")
        out.field("outcome", row.outcome)
        out.field(
            "product_id", row.product, "null for what was refused or skipped, and for what a dry run would create")
        out.field("problems", row.notes.map(ImportNoteView.init), "What was refused, assumed or left out")
        out.field("kept_columns", row.keptColumns, "Those with something in them that the catalogue has no place for")
    }
}

struct ImportNoteView: APIOutput {
    let note: ImportNote

    static let example = ImportNoteView(
        note: ImportNote(line: 3, place: "Variant Barcode", code: "check_digit", message: "is no GTIN"))

    func write(to out: inout ObjectWriter) {
        out.field("line", note.line)
        out.field("place", note.place, "The column, or where in the product")
        out.field("code", note.code)
        out.field("message", note.message)
    }
}
