package import Catalog
package import Core
package import Identity
package import Jobs
import Postgres
package import Vault
import Vendors

/// Encrypts some keys into a vendor's pool, which is the variant's stock.
package struct ImportLicenceKeys: Sendable {
    /// How many keys are taken at once; more come as a file.
    package static let batch = 1...1_000
    /// What one key must be like; it is kept, and sold, as it was given.
    package static let key = TextRule(1...500, .secret)
    /// What one key of a file must be like, where keys can have several lines.
    package static let longKey = TextRule(1...4_000, .secretLines)

    private let products = ProductStore()
    private let batches = LicenceKeyBatchStore()
    private let stock = StockStore()
    private let writer: LicenceKeyWriter
    private let audit: AuditStore

    package init(vault: Vault, audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        writer = LicenceKeyWriter(vault: vault, ids: ids, clock: clock)
        self.audit = audit
    }

    /// Blanks around a key are not part of it. A key that the marketplace has already, however it is written, is left out and reported.
    /// - Parameter batch: which of the variant's batches they are of; nil for none.
    /// - Throws: `Problem`: 404; 422 for keys that are not acceptable, a physical variant or another variant's batch; 409
    ///   ("key-batch-quarantined"); `VaultError`; `PostgresError`.
    package func callAsFunction(
        _ texts: [String], into variant: ID<Variant>, of batch: ID<LicenceKeyBatch>? = nil, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> LicenceKeyImport {
        let texts = try normalized(texts)
        let variant = try await products.keyed(
            variant, pointer: "/keys", visibleTo: principal.visibility, in: work)
        let batch = try await self.batch(batch, of: variant, in: work)
        let sealed = try await writer.sealed(
            texts.map { GivenKey(text: $0) }, by: Self.key, of: variant, in: batch, work: work)
        guard !sealed.verdicts.contains(where: { $0.outcome == .expired }) else { throw Self.batchHasEnded }
        let verdicts = try await writer.write(sealed, of: variant, from: KeyOrigin(batch: batch?.id), in: work)
        let accepted = verdicts.count { $0.outcome == .imported }
        let level = try await stock.levels(of: [variant.id], in: work)[0]
        if accepted > 0 { try work.publish(StockChanged(items: [variant.stockItem])) }
        let duplicates = verdicts.indices.filter { verdicts[$0].outcome != .imported }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "licence_keys.imported", subject: variant.id,
                payload: [
                    "imported": .integer(Int64(accepted)), "duplicates": .integer(Int64(duplicates.count)),
                    "batch_id": batch.map { .string($0.id.description) } ?? .null,
                ]),
            in: work)
        return LicenceKeyImport(imported: accepted, duplicates: duplicates, level: level)
    }

    private func normalized(_ texts: [String]) throws(Problem) -> [String] {
        var check = InputCheck()
        check.number("/keys", texts.count, in: Self.batch)
        try check.finish()
        let normalized = texts.map(Self.key.normalized)
        for (index, text) in normalized.enumerated() { check.text("/keys/\(index)", text, Self.key) }
        try check.finish()
        return normalized
    }

    private func batch(
        _ id: ID<LicenceKeyBatch>?, of variant: Variant, in work: UnitOfWork
    ) async throws -> LicenceKeyBatch? {
        guard let id else { return nil }
        guard let batch = try await batches.kept(id, in: work), batch.variant == variant.id else {
            throw Problem.invalidInput([
                FieldProblem(pointer: "/batch_id", code: "unknown", message: "is no batch of the variant")
            ])
        }
        guard batch.quarantine == nil else { throw Problem.keyBatchQuarantined }
        return batch
    }

    private static let batchHasEnded = Problem.invalidInput([
        FieldProblem(pointer: "/batch_id", code: "ended", message: "too little is left of the life of its keys")
    ])
}

extension Problem {
    package static let keyBatchQuarantined = Problem.conflict(
        "key-batch-quarantined", title: "The batch is in quarantine",
        detail: "Its keys are not trusted: release it first, or use another batch")
}

extension Variant {
    var stockItem: StockChanged.Item { StockChanged.Item(variantID: id, productID: product, vendorID: vendor) }
}
