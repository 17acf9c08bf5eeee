import Core
import Crypto
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Inventory
import NIOCore
import Postgres
import Vendors

/// Counts of what stands on the shelves, by table.
enum StockTakeEndpoints {
    static let all: [Endpoint] = [list, read, rows]
    static let uploads: [UploadEndpoint] = [start]

    static let start = UploadEndpoint(
        .post, "/stock_takes", tag: .stock, summary: "Count stock by a table",
        description: """
            The body is a CSV file with the columns `sku`, `location` (its name or id; empty for the usual place), `batch` (its code; \
            empty for none), `expected` (what was on record) and `count`. It is gone through row by row after the answer; a row whose \
            `expected` is not on record any more changes nothing and is reported.
            """,
        policy: .require(.stockAdjust, on: .variant, .perClient(60, per: .minute)), idempotency: .required,
        query: StockTakeQuery.self,
        upload: UploadRules(contentTypes: ["text/csv"], limit: StockTakeTable.largestBody),
        returns: .created(StockTakeView.self, location: { "/stock_takes/\($0.take.id)" })
    ) { _, upload, _ in
        try await ReceivedTable(upload.body)
    } effect: { request, received, work, services in
        StockTakeView(
            take: try await services.commerce.inventory.startTake(
                received.table, of: request.query.vendor, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/stock_takes", tag: .stock, summary: "List stock takes, newest first",
        policy: .require(.stockRead, on: .variant), query: PageQuery.self, returns: .page(of: StockTakeView.self)
    ) { request, services in
        let page = try await services.commerce.inventory.takes.takes(
            page: request.query.page, visibleTo: request.principal.visibility, in: services.postgres)
        return PageOutput(page.map(StockTakeView.init))
    }

    static let read = Endpoint(
        .get, "/stock_takes/{stock_take_id}", ID<StockTake>.self, tag: .stock,
        summary: "Read a stock take and what has come of it", policy: .require(.stockRead, on: .variant),
        returns: .ok(StockTakeView.self)
    ) { request, services in
        StockTakeView(take: try await services.stockTake(request.path, visibleTo: request.principal.visibility))
    }

    static let rows = Endpoint(
        .get, "/stock_takes/{stock_take_id}/rows", ID<StockTake>.self, tag: .stock,
        summary: "List a stock take’s rows, in the order of the table", policy: .require(.stockRead, on: .variant),
        query: StockTakeRowsQuery.self, returns: .page(of: StockTakeRowView.self)
    ) { request, services in
        _ = try await services.stockTake(request.path, visibleTo: request.principal.visibility)
        let page = try await services.commerce.inventory.takes.rows(
            of: request.path, outcome: request.query.outcome, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(StockTakeRowView.init))
    }
}

extension Services {
    /// - Throws: a 404 `Problem` where it is out of reach; `PostgresError`.
    fileprivate func stockTake(_ id: ID<StockTake>, visibleTo visibility: Visibility) async throws -> StockTake {
        guard let take = try await commerce.inventory.takes.take(id, visibleTo: visibility, in: postgres) else {
            throw Problem.notFound("stock take")
        }
        return take
    }
}

/// A table as the pipeline sees it: small enough to be read as a whole, and nothing of it stays where it is refused.
private struct ReceivedTable: ReceivedUpload {
    let table: StockTakeTable
    let digest: [UInt8]

    init(_ body: UploadBody) async throws {
        var bytes: [UInt8] = []
        for try await piece in body { bytes += piece.readableBytesView }
        table = try StockTakeTable(csv: bytes)
        digest = Array(SHA256.hash(data: bytes))
    }

    func settle(_ outcome: UploadOutcome) async {}
}

struct StockTakeQuery: APIInput {
    let vendor: ID<Vendor>?

    init(_ fields: inout Fields) {
        vendor = fields.optional("vendor_id", .id(Vendor.self), "Whose shelves these are; left out: your own")
    }
}

struct StockTakeRowsQuery: APIInput {
    let outcome: StockTakeOutcome?
    let page: PageRequest

    init(_ fields: inout Fields) {
        outcome = fields.optional("outcome", .oneOf(StockTakeOutcome.self), "Only rows of which that has come")
        page = fields.page()
    }
}

struct StockTakeView: APIOutput {
    let take: StockTake

    static let example = StockTakeView(
        take: StockTake(
            id: .example, vendor: .example, state: .done, rowCount: 3, outcomes: [.counted: 2, .stale: 1],
            createdBy: .system, createdAt: .example, finishedAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", take.id)
        out.field("vendor_id", take.vendor)
        out.field("state", take.state)
        out.field("row_count", take.rowCount)
        out.field(
            "outcomes",
            take.outcomes.sorted { $0.key.rawValue < $1.key.rawValue }.map(StockTakeTallyView.init),
            "How many rows have come to what so far")
        out.field("created_by", take.createdBy.rawValue, "As the audit record names them")
        out.field("created_at", take.createdAt)
        out.field("finished_at", take.finishedAt)
    }
}

struct StockTakeTallyView: APIOutput {
    let outcome: StockTakeOutcome
    let count: Int

    static let example = StockTakeTallyView((key: .counted, value: 2))

    init(_ tally: (key: StockTakeOutcome, value: Int)) { (outcome, count) = tally }

    func write(to out: inout ObjectWriter) {
        out.field("outcome", outcome)
        out.field("count", count)
    }
}

struct StockTakeRowView: APIOutput {
    let row: StockTakeRow

    static let example = StockTakeRowView(
        row: StockTakeRow(line: 3, sku: "TEA-500", expected: 40, counted: 38, outcome: .stale, found: 39))

    func write(to out: inout ObjectWriter) {
        out.field("line", row.line, "Of the table, its head included")
        out.field("sku", row.sku)
        out.field("location", row.location)
        out.field("batch", row.batch)
        out.field("expected", row.expected)
        out.field("count", row.counted)
        out.field("outcome", row.outcome, "Null until it was its turn")
        out.field("found", row.found, "What was there, where that is not what was expected")
    }
}
