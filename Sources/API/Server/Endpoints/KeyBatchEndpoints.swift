import Catalog
import Core
import Endpoints
import HTTPTypes
import Identity
import Inventory
import Orders
import Postgres
import Values
import Vendors

/// Licence keys that were received together.
enum KeyBatchEndpoints {
    static let all: [Endpoint] = [add, list, read, quarantine, release, replaceKeys]

    static let add = Endpoint(
        .post, "/variants/{variant_id}/licence_key_batches", ID<Variant>.self, tag: .stock,
        summary: "Add a batch of licence keys", description: "Its keys are imported into it afterwards.",
        policy: .require(.licenceKeysImport, on: .variant), idempotency: .required,
        body: LicenceKeyBatchCreateInput.self,
        returns: .created(LicenceKeyBatchView.self, location: { "/licence_key_batches/\($0.batch.id)" })
    ) { request, work, services in
        LicenceKeyBatchView(
            batch: try await services.commerce.inventory.keepKeyBatches.add(
                request.body.details, to: request.path, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/licence_key_batches", tag: .stock, summary: "List batches of licence keys, newest first",
        policy: .require(.licenceKeysRead, on: .variant), query: LicenceKeyBatchesQuery.self,
        returns: .page(of: LicenceKeyBatchView.self)
    ) { request, services in
        let page = try await services.commerce.inventory.keyBatches.batches(
            request.query.filter, page: request.query.page, visibleTo: request.principal.visibility,
            in: services.postgres)
        return PageOutput(page.map(LicenceKeyBatchView.init))
    }

    static let read = Endpoint(
        .get, "/licence_key_batches/{batch_id}", ID<LicenceKeyBatch>.self, tag: .stock,
        summary: "Read a batch of licence keys and what became of them",
        policy: .require(.licenceKeysRead, on: .variant), returns: .ok(CountedKeyBatchView.self)
    ) { request, services in
        let store = services.commerce.inventory.keyBatches
        guard
            let batch = try await store.batch(
                request.path, visibleTo: request.principal.visibility, in: services.postgres)
        else { throw Problem.notFound("batch") }
        return CountedKeyBatchView(
            counted: CountedKeyBatch(
                batch: batch, figures: try await store.figures(of: batch.id, in: services.postgres)))
    }

    static let quarantine = Endpoint(
        .post, "/licence_key_batches/{batch_id}/quarantine", ID<LicenceKeyBatch>.self, tag: .stock,
        summary: "Take a batch of licence keys out of the trade",
        description: """
            Its keys leave the pool at once, and each customer who has bought one is mailed once. Orders that hold units of the variant \
            keep them, and wait for other keys where there are none. Once more changes nothing.
            """,
        policy: .require(.licenceKeysQuarantine, on: .variant), body: KeyQuarantineInput.self,
        returns: .ok(CountedKeyBatchView.self)
    ) { request, work, services in
        CountedKeyBatchView(
            counted: try await services.commerce.inventory.quarantineKeys(
                request.path, because: request.body.reason, by: request.principal, in: work))
    }

    static let release = Endpoint(
        .post, "/licence_key_batches/{batch_id}/release", ID<LicenceKeyBatch>.self, tag: .stock,
        summary: "Let a batch of licence keys back into the trade",
        description: "What was replaced meanwhile stays replaced. Once more changes nothing.",
        policy: .require(.licenceKeysQuarantine, on: .variant), returns: .ok(CountedKeyBatchView.self)
    ) { request, work, services in
        CountedKeyBatchView(
            counted: try await services.commerce.inventory.quarantineKeys.release(
                request.path, by: request.principal, in: work))
    }

    static let replaceKeys = Endpoint(
        .post, "/licence_key_batches/{batch_id}/replace_keys", ID<LicenceKeyBatch>.self, tag: .stock,
        summary: "Give all buyers of a batch in quarantine other licence keys",
        description: """
            Order by order, after the answer; each customer is mailed their new keys. Orders for which the pool has not enough are left: ask \
            again once it has.
            """,
        policy: .require(.licenceKeysReplace, on: .variant), returns: .ok(CountedKeyBatchView.self),
        problems: [.keyBatchTrusted]
    ) { request, work, services in
        CountedKeyBatchView(
            counted: try await services.commerce.orderService.replaceBatchKeys.start(
                request.path, by: request.principal, in: work))
    }
}

struct LicenceKeyBatchCreateInput: APIInput {
    let details: KeyBatchDetails

    init(_ fields: inout Fields) {
        details = KeyBatchDetails(
            source: fields.required(
                "source", .text(KeyBatchDetails.source), "From whom they are", example: "Lekha Distribution"),
            supplierReference: fields.optional(
                "supplier_reference", .text(KeyBatchDetails.supplierReference), "What the supplier calls the delivery",
                default: "", example: "PO-2026-117"),
            note: fields.optional("note", .text(KeyBatchDetails.note), "For the record", default: ""),
            receivedOn: fields.optional("received_on", .day, "When they came; left out: today"),
            expiresOn: fields.optional(
                "expires_on", .day, "The last day on which they can be used, unless a key has one of its own",
                example: CivilDate(daysSinceEpoch: 21_000)),
            minimumDays: fields.optional(
                "minimum_days", .integer(KeyBatchDetails.days),
                "How many days a buyer has of a key at least: in the last of its life it is not sold", default: 0,
                example: 30))
    }
}

struct LicenceKeyBatchesQuery: APIInput {
    let filter: KeyBatchFilter
    let page: PageRequest

    init(_ fields: inout Fields) {
        filter = KeyBatchFilter(
            vendor: fields.optional("vendor_id", .id(Vendor.self), "Only this vendor’s"),
            variant: fields.optional("variant_id", .id(Variant.self), "Only this variant’s"),
            isQuarantined: fields.optional("quarantined", .boolean, "Only those in quarantine, or only the others"))
        page = fields.page()
    }
}

struct KeyQuarantineInput: APIInput {
    let reason: String

    init(_ fields: inout Fields) {
        reason = fields.required(
            "reason", .text(KeyQuarantine.reason), "Why, for the record", example: "The maker has revoked them")
    }
}

struct LicenceKeyBatchView: APIOutput {
    let batch: LicenceKeyBatch

    static let example = LicenceKeyBatchView(
        batch: LicenceKeyBatch(
            id: .example, variant: .example, vendor: .example,
            details: KeyBatchDetails(
                source: "Lekha Distribution", supplierReference: "PO-2026-117",
                receivedOn: CivilDate(daysSinceEpoch: 20_700), expiresOn: CivilDate(daysSinceEpoch: 21_000),
                minimumDays: 30), createdBy: .system, createdAt: .example))

    func write(to out: inout ObjectWriter) {
        let details = batch.details
        out.field("id", batch.id)
        out.field("variant_id", batch.variant)
        out.field("vendor_id", batch.vendor)
        out.field("source", details.source, "From whom its keys are")
        out.field("supplier_reference", details.supplierReference, "What the supplier calls the delivery")
        out.field("note", details.note)
        out.field("received_on", details.receivedOn)
        out.field("expires_on", details.expiresOn, "The last day on which they can be used, where none has its own")
        out.field("minimum_days", details.minimumDays, "How many days a buyer has of a key at least")
        out.field("quarantined_at", batch.quarantine?.since, "Since when it is out of the trade")
        out.field("quarantine_reason", batch.quarantine?.reason)
        out.field("created_by", batch.createdBy.rawValue, "As the audit record names them")
        out.field("created_at", batch.createdAt)
    }
}

struct CountedKeyBatchView: APIOutput {
    let counted: CountedKeyBatch

    static let example = CountedKeyBatchView(
        counted: CountedKeyBatch(batch: LicenceKeyBatchView.example.batch, figures: .example))

    func write(to out: inout ObjectWriter) {
        LicenceKeyBatchView(batch: counted.batch).write(to: &out)
        out.field("figures", KeyFiguresView(figures: counted.figures))
    }
}
