import Core
import Customers
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Media
import Postgres

/// People who come in as tables.
enum CustomerImportEndpoints {
    static let all: [Endpoint] = [create, list, read, rows, cancel]

    static let create = Endpoint(
        .post, "/customer_imports", tag: .customers, summary: "Import customers from a file",
        description: """
            A table that was uploaded for imports as the marketplace’s own, whose first line names its columns: `email` or `phone`, or \
            both; `name`, or `First Name` and `Last Name`; `latin_name`; `locale`. Nobody gets a password: a code opens the account. \
            Consent counts where the file tells when it was given (`marketing_email_consent_at` and so on) and where \
            (`consent_source`). A dry run writes nothing but the report; after any other run the file is deleted.
            """,
        policy: .require(.customersImport), idempotency: .required, body: CustomerImportCreateInput.self,
        returns: .created(CustomerImportView.self, location: { "/customer_imports/\($0.one.id)" })
    ) { request, work, services in
        CustomerImportView(
            one: try await services.customers.manageImports.create(request.body.new, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/customer_imports", tag: .customers, summary: "List imports of customers, newest first",
        policy: .require(.customersImport), query: PageQuery.self, returns: .page(of: CustomerImportView.self)
    ) { request, services in
        let page = try await services.customers.imports.list(page: request.query.page, in: services.postgres)
        return PageOutput(page.map(CustomerImportView.init))
    }

    static let read = Endpoint(
        .get, "/customer_imports/{customer_import_id}", ID<CustomerImport>.self, tag: .customers,
        summary: "Read how far an import has come", policy: .require(.customersImport),
        returns: .ok(CustomerImportView.self)
    ) { request, services in
        CustomerImportView(one: try await services.customerImport(request.path))
    }

    static let rows = Endpoint(
        .get, "/customer_imports/{customer_import_id}/rows", ID<CustomerImport>.self, tag: .customers,
        summary: "Read an import’s report, in the order of the file", policy: .require(.customersImport),
        query: CustomerImportRowsQuery.self, returns: .page(of: CustomerImportRowView.self)
    ) { request, services in
        let one = try await services.customerImport(request.path)
        let page = try await services.customers.imports.rows(
            of: one.id, request.query.outcome, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(CustomerImportRowView.init))
    }

    static let cancel = Endpoint(
        .post, "/customer_imports/{customer_import_id}/cancel", ID<CustomerImport>.self, tag: .customers,
        summary: "Stop an import of customers", description: "Those whom it has made so far stay.",
        policy: .require(.customersImport), returns: .ok(CustomerImportView.self), problems: [.importOver]
    ) { request, work, services in
        CustomerImportView(
            one: try await services.customers.manageImports.cancel(request.path, by: request.principal, in: work))
    }
}

extension Services {
    fileprivate func customerImport(_ id: ID<CustomerImport>) async throws -> CustomerImport {
        guard let one = try await customers.imports.find(id, in: postgres) else { throw Problem.notFound("import") }
        return one
    }
}

struct CustomerImportCreateInput: APIInput {
    let new: NewCustomerImport

    init(_ fields: inout Fields) {
        new = NewCustomerImport(
            media: fields.required(
                "media_id", .id(MediaFile.self), "The file, uploaded for imports as the marketplace’s own",
                example: .example),
            isDryRun: fields.optional(
                "dry_run", .boolean, "Whether nothing is written but the report", default: false),
            phoneCountry: fields.required(
                "phone_country", .oneOf(PhoneCountry.self),
                "Where telephone numbers without a country’s code are from", example: .bangladesh),
            locale: fields.locale())
    }
}

struct CustomerImportRowsQuery: APIInput {
    let outcome: CustomerImportRow.Outcome?
    let page: PageRequest

    init(_ fields: inout Fields) {
        outcome = fields.optional("outcome", .oneOf(CustomerImportRow.Outcome.self), "Only what became of this")
        page = fields.page()
    }
}

struct CustomerImportView: APIOutput {
    let one: CustomerImport

    static let example = CustomerImportView(
        one: CustomerImport(
            id: .example, media: .example, isDryRun: false, phoneCountry: .bangladesh, locale: .example, state: .done,
            counts: CustomerImportCounts(created: 118, duplicate: 3, refused: 2), createdBy: .system,
            createdAt: .example, finishedAt: .example + 4))

    func write(to out: inout ObjectWriter) {
        out.field("id", one.id)
        out.field("media_id", one.media, "The file")
        out.field("dry_run", one.isDryRun, "Whether nothing is written but the report")
        out.field("phone_country", one.phoneCountry)
        out.field("locale", one.locale.text, "Of those of whom the file tells none")
        out.field("state", one.state)
        out.field("created", one.counts.created, "Rows so far; in a dry run, those that would be")
        out.field(
            "duplicate", one.counts.duplicate, "Those whose address or number has an account, or was there before")
        out.field("refused", one.counts.refused, "Those by which nobody could be reached")
        out.field("problem", one.problem, "Why it ended early")
        out.field("created_by", one.createdBy.rawValue, "As the audit record names them")
        out.field("created_at", one.createdAt)
        out.field("finished_at", one.finishedAt)
    }
}

struct CustomerImportRowView: APIOutput {
    let row: CustomerImportRow

    static let example = CustomerImportRowView(
        row: CustomerImportRow(
            id: .example, line: 7, outcome: .duplicate, account: .example, notes: [CustomerImportNoteView.example.note])
    )

    func write(to out: inout ObjectWriter) {
        out.field("line", row.line, "Where it begins in the file, the first line being 1")
        out.field("outcome", row.outcome)
        out.field("customer_id", row.account, "The one that was made, or that has the address or the number")
        out.field("problems", row.notes.map(CustomerImportNoteView.init), "What was refused or left out")
    }
}

struct CustomerImportNoteView: APIOutput {
    let note: CustomerImportNote

    static let example = CustomerImportNoteView(
        note: CustomerImportNote(column: "email", code: "known", message: "there is an account with it"))

    func write(to out: inout ObjectWriter) {
        out.field("column", note.column, "As the file calls it; empty for the row as a whole")
        out.field("code", note.code)
        out.field("message", note.message)
    }
}
