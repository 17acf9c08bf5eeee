import Catalog
import Core
import Endpoints
import HTTPTypes
import Identity
import Inventory
import Postgres

extension EndpointTag {
    static let stock = EndpointTag("Stock", "Units and licence keys of variants.")
}

extension ProblemType {
    static let stockReserved = ProblemType(
        "stock-reserved", 409, "Units are reserved", "Fewer units would be left than are reserved for orders.")
}

/// What operators do to stock.
enum StockEndpoints {
    static let all: [Endpoint] = [read, adjust, importKeys]

    static let read = Endpoint(
        .get, "/variants/{variant_id}/stock", ID<Variant>.self, tag: .stock, summary: "Read a variant’s stock",
        policy: .require(.stockRead, on: .variant), returns: .ok(StockView.self)
    ) { request, services in
        let variant = try await services.commerce.products.variant(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard variant != nil else { throw Problem.notFound("variant") }
        return StockView(
            level: try await services.commerce.stock.levels(of: [request.path], in: services.postgres)[0])
    }

    static let adjust = Endpoint(
        .post, "/variants/{variant_id}/stock_adjustments", ID<Variant>.self, tag: .stock,
        summary: "Count physical units in or out", policy: .require(.stockAdjust, on: .variant), idempotency: .required,
        body: StockAdjustmentInput.self, returns: .created(StockView.self), problems: [.stockReserved]
    ) { request, work, services in
        StockView(
            level: try await services.commerce.adjustStock(
                request.path, by: request.body.delta, reason: request.body.reason, by: request.principal, in: work))
    }

    static let importKeys = Endpoint(
        .post, "/variants/{variant_id}/licence_keys", ID<Variant>.self, tag: .stock, summary: "Import licence keys",
        description: "Keys are encrypted at rest. A key that the vendor has already is left out and reported.",
        policy: .require(.licenceKeysImport, on: .variant), idempotency: .required, body: LicenceKeysCreateInput.self,
        returns: .created(LicenceKeyImportView.self), bodyLimit: LicenceKeysCreateInput.largestBody
    ) { request, work, services in
        LicenceKeyImportView(
            outcome: try await services.commerce.importKeys(
                request.body.keys, into: request.path, by: request.principal, in: work))
    }
}

struct StockAdjustmentInput: APIInput {
    let delta: Int64
    let reason: String

    init(_ fields: inout Fields) {
        delta = fields.required(
            "delta", .integer(AdjustStock.delta), "Units to add; negative to take away, never 0",
            example: 50)
        reason = fields.optional(
            "reason", .text(AdjustStock.reason), "For the record", default: "", example: "Delivery of May")
    }
}

struct LicenceKeysCreateInput: APIInput {
    /// Holds the largest batch of the longest keys with every character escaped as a surrogate pair.
    static let largestBody = ImportLicenceKeys.batch.upperBound * (ImportLicenceKeys.key.length.upperBound * 12 + 8)

    let keys: [String]

    init(_ fields: inout Fields) {
        keys = fields.required(
            "keys",
            .array(of: .text(ImportLicenceKeys.key), count: ImportLicenceKeys.batch),
            "The keys; white space around a key is not part of it", example: ["AV26-0001-7F3K", "AV26-0002-9QX2"])
    }
}

struct StockView: APIOutput {
    let level: StockLevel

    static let example = StockView(level: StockLevel(variant: .example, onHand: 50, reserved: 2))

    func write(to out: inout ObjectWriter) {
        out.field("variant_id", level.variant)
        out.field("on_hand", level.onHand, "Units that are there, reserved ones included")
        out.field("reserved", level.reserved, "Units held for orders that are not paid yet")
        out.field("available", level.available, "Units that can be bought")
    }
}

struct LicenceKeyImportView: APIOutput {
    let outcome: LicenceKeyImport

    static let example = LicenceKeyImportView(
        outcome: LicenceKeyImport(imported: 2, duplicates: [1], level: StockView.example.level))

    func write(to out: inout ObjectWriter) {
        out.field("imported", outcome.imported, "Keys that joined the pool")
        out.field("duplicates", outcome.duplicates, "Positions, from 0, of keys that were left out")
        out.field("stock", StockView(level: outcome.level))
    }
}
