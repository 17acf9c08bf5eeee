import Catalog
import Core
import Endpoints
import HTTPTypes
import Identity
import Inventory
import Orders
import Postgres

extension ProblemType {
    static let keyBatchQuarantined = ProblemType(.keyBatchQuarantined)
    static let keyBatchTrusted = ProblemType(.keyBatchTrusted)
    static let keyNotReplaceable = ProblemType(.keyNotReplaceable)
    static let licenceKeysLacking = ProblemType(
        "licence-keys-lacking", 409, "The pool lacks keys", "`left` says how many of it are nobody's.")
}

/// Pools of licence keys, and single keys of them.
enum LicenceKeyEndpoints {
    static let all: [Endpoint] = [importKeys, pool, revoke, replace]

    static let importKeys = Endpoint(
        .post, "/variants/{variant_id}/licence_keys", ID<Variant>.self, tag: .stock, summary: "Import licence keys",
        description: """
            Keys are encrypted at rest. A key that the marketplace has already, whosever it is, is left out and reported. More than a thousand \
            come as a file.
            """,
        policy: .require(.licenceKeysImport, on: .variant), idempotency: .required, body: LicenceKeysCreateInput.self,
        returns: .created(LicenceKeyImportView.self), problems: [.keyBatchQuarantined],
        bodyLimit: LicenceKeysCreateInput.largestBody
    ) { request, work, services in
        LicenceKeyImportView(
            outcome: try await services.commerce.inventory.importKeys(
                request.body.keys, into: request.path, of: request.body.batch, by: request.principal, in: work))
    }

    static let pool = Endpoint(
        .get, "/variants/{variant_id}/licence_key_pool", ID<Variant>.self, tag: .stock,
        summary: "Read what became of a variant’s licence keys",
        description: "Those that can be sold are the variant’s stock: what is available here and not reserved there.",
        policy: .require(.licenceKeysRead, on: .variant), returns: .ok(LicenceKeyPoolView.self)
    ) { request, services in
        try await services.require(request.path, visibleTo: request.principal.visibility)
        return LicenceKeyPoolView(
            variant: request.path,
            figures: try await services.commerce.inventory.keyBatches.figures(of: request.path, in: services.postgres),
            level: try await services.commerce.stock.levels(of: [request.path], in: services.postgres)[0])
    }

    static let revoke = Endpoint(
        .post, "/licence_keys/{licence_key_id}/revoke", ID<LicenceKey>.self, tag: .stock,
        summary: "Take a licence key from its buyer",
        description: "It is shown no more. Revoking again changes nothing.",
        policy: .require(.licenceKeysReplace, on: .variant), body: KeyReasonInput.self, returns: .ok(SoldKeyView.self),
        problems: [.keyNotReplaceable]
    ) { request, work, services in
        SoldKeyView(
            key: try await services.commerce.orderService.replaceKeys.revoke(
                request.path, because: request.body.reason, by: request.principal, in: work))
    }

    static let replace = Endpoint(
        .post, "/licence_keys/{licence_key_id}/replace", ID<LicenceKey>.self, tag: .stock,
        summary: "Give a buyer another licence key",
        description: """
            The new one is of the same pool and taken out of stock; the old one never returns to it. The buyer is mailed. The answer is the \
            new key, without its text.
            """,
        policy: .require(.licenceKeysReplace, on: .variant), idempotency: .optional, body: KeyReasonInput.self,
        returns: .ok(SoldKeyView.self), problems: [.keyNotReplaceable, .licenceKeysLacking]
    ) { request, work, services in
        SoldKeyView(
            key: try await services.commerce.orderService.replaceKeys.replace(
                request.path, because: request.body.reason, by: request.principal, in: work))
    }
}

struct KeyReasonInput: APIInput {
    let reason: String

    init(_ fields: inout Fields) {
        reason = fields.required(
            "reason", .text(SoldKey.reason), "Why, for the record", example: "Used before it was sold")
    }
}

struct LicenceKeyPoolView: APIOutput {
    let variant: ID<Variant>
    let figures: KeyFigures
    let level: StockLevel

    static let example = LicenceKeyPoolView(
        variant: .example, figures: .example, level: StockLevel(variant: .example, onHand: 48, reserved: 2))

    func write(to out: inout ObjectWriter) {
        out.field("variant_id", variant)
        out.field("figures", KeyFiguresView(figures: figures))
        out.field("stock", StockView(level: level))
    }
}

extension KeyFigures {
    static let example = KeyFigures(
        [.available: 50, .assigned: 140, .revoked: 2, .expired: 4, .replaced: 1], revealed: 121)
}

struct KeyFiguresView: APIOutput {
    let figures: KeyFigures

    static let schemaName = "LicenceKeyFigures"
    static let example = KeyFiguresView(figures: .example)

    func write(to out: inout ObjectWriter) {
        out.field("total", figures.total)
        out.field("available", figures[.available], "In the pool, those included that paid orders wait for")
        out.field("assigned", figures[.assigned], "Buyers’ keys")
        out.field("revealed", figures.revealed, "Of them, those that their buyers have looked at")
        out.field("quarantined", figures[.quarantined], "Out of the pool, for their batch is not trusted")
        out.field("revoked", figures[.revoked], "Shown to nobody any more")
        out.field("expired", figures[.expired], "Out of the pool, for too little was left of their lives")
        out.field("replaced", figures[.replaced], "Others have taken their places")
    }
}

struct LicenceKeysCreateInput: APIInput {
    /// Holds the largest batch of the longest keys with every character escaped as a surrogate pair.
    static let largestBody = ImportLicenceKeys.batch.upperBound * (ImportLicenceKeys.key.length.upperBound * 12 + 8)

    let keys: [String]
    let batch: ID<LicenceKeyBatch>?

    init(_ fields: inout Fields) {
        keys = fields.required(
            "keys",
            .array(of: .text(ImportLicenceKeys.key), count: ImportLicenceKeys.batch),
            "The keys; white space around a key is not part of it", example: ["AV26-0001-7F3K", "AV26-0002-9QX2"])
        batch = fields.optional("batch_id", .id(LicenceKeyBatch.self), "Of which of the variant’s batches they are")
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
