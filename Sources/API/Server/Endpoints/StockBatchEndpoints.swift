import Catalog
import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Inventory
import Postgres
import Values

extension ProblemType {
    static let stockBatchTaken = ProblemType(.stockBatchTaken)
}

/// Batches of variants, which food has to have.
enum StockBatchEndpoints {
    static let all: [Endpoint] = [add, list, update]

    static let add = Endpoint(
        .post, "/variants/{variant_id}/stock_batches", ID<Variant>.self, tag: .stock, summary: "Add a batch",
        description: "Its units are counted in by stock adjustments that name it.",
        policy: .require(.stockAdjust, on: .variant), idempotency: .required, body: StockBatchCreateInput.self,
        returns: .created(StockBatchView.self), problems: [.stockBatchTaken]
    ) { request, work, services in
        StockBatchView(
            counted: try await services.commerce.inventory.keepBatches.add(
                request.body.code, request.body.days, to: request.path, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/variants/{variant_id}/stock_batches", ID<Variant>.self, tag: .stock,
        summary: "List a variant’s batches, newest first", policy: .require(.stockRead, on: .variant),
        query: PageQuery.self, returns: .page(of: StockBatchView.self)
    ) { request, services in
        try await services.require(request.path, visibleTo: request.principal.visibility)
        let page = try await services.commerce.inventory.batches.batches(
            of: request.path, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(StockBatchView.init))
    }

    static let update = Endpoint(
        .put, "/stock_batches/{batch_id}/days", ID<StockBatch>.self, tag: .stock, summary: "Correct a batch’s days",
        description: "Units that were withdrawn by the old ones are counted in again by hand.",
        policy: .require(.stockAdjust, on: .variant), body: StockBatchDaysUpdateInput.self,
        returns: .ok(BatchDaysView.self)
    ) { request, work, services in
        BatchDaysView(
            batch: try await services.commerce.inventory.keepBatches.setDays(
                of: request.path, to: request.body.days, by: request.principal, in: work))
    }
}

struct StockBatchCreateInput: APIInput {
    let code: String
    let days: BatchDays

    init(_ fields: inout Fields) {
        code = fields.required(
            "code", .text(StockBatch.code), "As it is printed on the package", example: "B-2026-117")
        days = BatchDays(&fields)
    }
}

struct StockBatchDaysUpdateInput: APIInput {
    let days: BatchDays

    init(_ fields: inout Fields) { days = BatchDays(&fields) }
}

extension BatchDays {
    fileprivate init(_ fields: inout Fields) {
        self.init(
            manufacturedOn: fields.optional("manufactured_on", .day, "The day on which it was made"),
            bestBefore: fields.optional("best_before", .day, "Until when it is at its best"),
            expiresOn: fields.optional(
                "expires_on", .day, "The last day on which it may be eaten", example: CivilDate(daysSinceEpoch: 21_000)),
            sellUntil: fields.optional(
                "sell_until", .day, "The last day on which it is sold; left out: its last day",
                example: CivilDate(daysSinceEpoch: 20_955)))
    }

    fileprivate func write(to out: inout ObjectWriter) {
        out.field("manufactured_on", manufacturedOn)
        out.field("best_before", bestBefore)
        out.field("expires_on", expiresOn)
        out.field("sell_until", sellUntil, "Afterwards its units are taken out of stock")
    }
}

extension StockBatch {
    fileprivate static let example = StockBatch(
        id: .example, variant: .example, vendor: .example, code: "B-2026-117",
        days: BatchDays(
            expiresOn: CivilDate(daysSinceEpoch: 21_000), sellUntil: CivilDate(daysSinceEpoch: 20_955)),
        createdAt: .example)

    fileprivate func write(to out: inout ObjectWriter) {
        out.field("id", id)
        out.field("variant_id", variant)
        out.field("code", code)
        days.write(to: &out)
        out.field("created_at", createdAt)
    }
}

struct StockBatchView: APIOutput {
    let counted: CountedBatch

    static let example = StockBatchView(counted: CountedBatch(batch: .example, onHand: 30))

    func write(to out: inout ObjectWriter) {
        counted.batch.write(to: &out)
        out.field("on_hand", counted.onHand, "Units of it at all places together")
    }
}

struct BatchDaysView: APIOutput {
    let batch: StockBatch

    static let schemaName = "StockBatchDays"
    static let example = BatchDaysView(batch: .example)

    func write(to out: inout ObjectWriter) { batch.write(to: &out) }
}
