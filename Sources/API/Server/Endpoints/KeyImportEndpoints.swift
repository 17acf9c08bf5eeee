import Core
import Crypto
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Inventory
import NIOCore
import Postgres

/// Files of licence keys.
enum KeyImportEndpoints {
    static let all: [Endpoint] = [list, read, rows, cancel]
    static let uploads: [UploadEndpoint] = [start]

    static let start = UploadEndpoint(
        .post, "/licence_key_batches/{batch_id}/imports", ID<LicenceKeyBatch>.self, tag: .stock,
        summary: "Import licence keys from a file",
        description: """
            The body is the file. `csv` is a table with a column `key` and, where keys end, `expires_on`; in quotes a key can have several \
            lines. `lines` has one key on each line, `blocks` keys of several lines with an empty one behind each. It is sealed until it is \
            read, which is after the answer. A dry run writes nothing but the report.
            """,
        policy: .require(.licenceKeysImport, on: .variant, .perClient(60, per: .minute)), idempotency: .required,
        query: KeyImportQuery.self,
        upload: UploadRules(contentTypes: ["text/csv", "text/plain"], limit: KeyFileImport.largestFile),
        returns: .created(KeyFileImportView.self, location: { "/licence_key_imports/\($0.one.id)" }),
        problems: [.keyBatchQuarantined]
    ) { _, upload, _ in
        try await ReceivedKeys(upload.body)
    } effect: { request, received, work, services in
        KeyFileImportView(
            one: try await services.commerce.inventory.startKeyImport(
                received.parts, as: request.query.format, isDryRun: request.query.isDryRun, into: request.path,
                by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/licence_key_imports", tag: .stock, summary: "List imports of licence keys, newest first",
        policy: .require(.licenceKeysRead, on: .variant), query: KeyImportsQuery.self,
        returns: .page(of: KeyFileImportView.self)
    ) { request, services in
        let page = try await services.commerce.inventory.keyImports.imports(
            into: request.query.batch, page: request.query.page, visibleTo: request.principal.visibility,
            in: services.postgres)
        return PageOutput(page.map(KeyFileImportView.init))
    }

    static let read = Endpoint(
        .get, "/licence_key_imports/{import_id}", ID<KeyFileImport>.self, tag: .stock,
        summary: "Read how far an import of licence keys has come", policy: .require(.licenceKeysRead, on: .variant),
        returns: .ok(KeyFileImportView.self)
    ) { request, services in
        KeyFileImportView(one: try await services.keyImport(request.path, visibleTo: request.principal.visibility))
    }

    static let rows = Endpoint(
        .get, "/licence_key_imports/{import_id}/rows", ID<KeyFileImport>.self, tag: .stock,
        summary: "Read the report on an import of licence keys, in the order of the file",
        description: "One row for each key, without the key.", policy: .require(.licenceKeysRead, on: .variant),
        query: KeyImportRowsQuery.self, returns: .page(of: KeyImportRowView.self)
    ) { request, services in
        let one = try await services.keyImport(request.path, visibleTo: request.principal.visibility)
        let page = try await services.commerce.inventory.keyImports.rows(
            of: one.id, request.query.outcome, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(KeyImportRowView.init))
    }

    static let cancel = Endpoint(
        .post, "/licence_key_imports/{import_id}/cancel", ID<KeyFileImport>.self, tag: .stock,
        summary: "Stop an import of licence keys", description: "The keys that it has read so far stay.",
        policy: .require(.licenceKeysImport, on: .variant), returns: .ok(KeyFileImportView.self),
        problems: [.importOver]
    ) { request, work, services in
        KeyFileImportView(
            one: try await services.commerce.inventory.startKeyImport.cancel(
                request.path, by: request.principal, in: work))
    }
}

extension Services {
    /// - Throws: a 404 `Problem` where it is out of reach; `PostgresError`.
    fileprivate func keyImport(
        _ id: ID<KeyFileImport>, visibleTo visibility: Visibility
    ) async throws -> KeyFileImport {
        guard let one = try await commerce.inventory.keyImports.find(id, visibleTo: visibility, in: postgres) else {
            throw Problem.notFound("import")
        }
        return one
    }
}

/// A file of keys as the pipeline sees it: in parts that are sealed one by one, and nothing of it stays where it is refused. Keys in the
/// clear are never put on a disk.
private struct ReceivedKeys: ReceivedUpload {
    let parts: [[UInt8]]
    let digest: [UInt8]

    init(_ body: UploadBody) async throws {
        var (parts, part, digest) = ([[UInt8]](), [UInt8](), SHA256())
        for try await piece in body {
            piece.withUnsafeReadableBytes { digest.update(bufferPointer: $0) }
            part += piece.readableBytesView
            while part.count >= StartKeyFileImport.part {
                parts.append(Array(part.prefix(StartKeyFileImport.part)))
                part.removeFirst(StartKeyFileImport.part)
            }
        }
        if !part.isEmpty { parts.append(part) }
        self.parts = parts
        self.digest = Array(digest.finalize())
    }

    func settle(_ outcome: UploadOutcome) async {}
}

struct KeyImportQuery: APIInput {
    let format: KeyFileFormat
    let isDryRun: Bool

    init(_ fields: inout Fields) {
        format = fields.optional("format", .oneOf(KeyFileFormat.self), "How keys stand in the file", default: .csv)
        isDryRun = fields.optional("dry_run", .boolean, "Whether nothing is written but the report", default: false)
    }
}

struct KeyImportsQuery: APIInput {
    let batch: ID<LicenceKeyBatch>?
    let page: PageRequest

    init(_ fields: inout Fields) {
        batch = fields.optional("batch_id", .id(LicenceKeyBatch.self), "Only those into this batch")
        page = fields.page()
    }
}

struct KeyImportRowsQuery: APIInput {
    let outcome: KeyOutcome?
    let page: PageRequest

    init(_ fields: inout Fields) {
        outcome = fields.optional("outcome", .oneOf(KeyOutcome.self), "Only what became of this")
        page = fields.page()
    }
}

struct KeyFileImportView: APIOutput {
    let one: KeyFileImport

    static let schemaName = "LicenceKeyFileImport"
    static let example = KeyFileImportView(
        one: KeyFileImport(
            id: .example, vendor: .example, variant: .example, batch: .example, format: .csv, isDryRun: false,
            state: .done, counts: KeyImportCounts([.imported: 498, .known: 1, .refused: 1]), createdBy: .system,
            createdAt: .example, finishedAt: .example + 2))

    func write(to out: inout ObjectWriter) {
        out.field("id", one.id)
        out.field("vendor_id", one.vendor)
        out.field("variant_id", one.variant)
        out.field("batch_id", one.batch)
        out.field("format", one.format)
        out.field("dry_run", one.isDryRun, "Whether nothing is written but the report")
        out.field("state", one.state)
        out.field("imported", one.counts[.imported], "Keys that joined the pool so far; in a dry run, that would")
        out.field("repeated", one.counts[.repeated], "Those that stand further up in the file")
        out.field("known", one.counts[.known], "Those that the vendor has already")
        out.field("elsewhere", one.counts[.elsewhere], "Those that another vendor has")
        out.field("expired", one.counts[.expired], "Those of whose lives too little is left")
        out.field("refused", one.counts[.refused], "Those that are not acceptable")
        out.field("problem", one.problem, "Why it ended early")
        out.field("created_by", one.createdBy.rawValue, "As the audit record names them")
        out.field("created_at", one.createdAt)
        out.field("finished_at", one.finishedAt)
    }
}

struct KeyImportRowView: APIOutput {
    let row: KeyImportRow

    static let schemaName = "LicenceKeyImportRow"
    static let example = KeyImportRowView(
        row: KeyImportRow(line: 17, outcome: .refused, code: "too_long", message: "must have at most 4000 characters"))

    func write(to out: inout ObjectWriter) {
        out.field("line", row.line, "Where it begins in the file, the first line being 1")
        out.field("outcome", row.outcome)
        out.field("licence_key_id", row.key, "The key that it has become")
        out.field("repeated_line", row.repeatedLine, "Where the same key stands further up, as far as that is known")
        out.field("code", row.code)
        out.field("message", row.message)
    }
}
