package import Catalog
package import Core
package import Identity
package import Jobs
package import Vault
import Vendors

/// Encrypts a batch of keys into a vendor's pool and counts them as stock.
package struct ImportLicenceKeys: Sendable {
    /// How many keys one batch may have.
    package static let batch = 1...1_000
    /// What one key must be like; it is kept, and sold, as it was given.
    package static let key = TextRule(1...500, .secret)

    private let products = ProductStore()
    private let keys = LicenceKeyStore()
    private let stock = StockStore()
    private let vault: Vault
    private let audit: AuditStore
    private let ids: UUIDv7Generator

    package init(vault: Vault, audit: AuditStore, ids: UUIDv7Generator) {
        self.vault = vault
        self.audit = audit
        self.ids = ids
    }

    /// Blanks around a key are not part of it. A key that the vendor has already, however it is written, is left out and reported.
    /// - Throws: `Problem`: 404; 422 for keys that are not acceptable or a physical variant; `VaultError`; `PostgresError`.
    package func callAsFunction(
        _ texts: [String], into variant: ID<Variant>, by principal: Principal, in work: UnitOfWork
    ) async throws -> LicenceKeyImport {
        let texts = try normalized(texts)
        guard let variant = try await products.variant(variant, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("variant")
        }
        guard variant.kind == .licenceKey else { throw Self.physicalVariant }
        let scope = try await vault.keys(for: .vendor(variant.vendor), sealing: texts.count, in: work)
        let batch = try texts.map { try seal($0, of: variant, with: scope) }
        let accepted = try await keys.insert(batch, under: scope.sealing.id, variant: variant, in: work)
        if !accepted.isEmpty { try await keys.countIn(accepted.count, of: variant, in: work) }
        let level = try await stock.levels(of: [variant.id], in: work)[0]
        if !accepted.isEmpty {
            try work.publish(
                StockChanged(items: [
                    StockChanged.Item(variantID: variant.id, productID: variant.product, vendorID: variant.vendor)
                ]))
        }
        let duplicates = batch.indices.filter { !accepted.contains(batch[$0].id) }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "licence_keys.imported", subject: variant.id,
                payload: [
                    "imported": .integer(Int64(accepted.count)), "duplicates": .integer(Int64(duplicates.count)),
                ]),
            in: work)
        return LicenceKeyImport(imported: accepted.count, duplicates: duplicates, level: level)
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

    private func seal(_ text: String, of variant: Variant, with keys: ScopeKeys) throws -> LicenceKey {
        let id = ID<LicenceKey>(uuid: ids.next())
        return LicenceKey(
            id: id, vendor: variant.vendor, variant: variant.id,
            ciphertext: try keys.sealing.seal(Array(text.utf8), at: .licenceKey(id)),
            fingerprint: keys.index.digest(of: Array(Self.key.canonical(text).utf8)))
    }

    private static let physicalVariant = Problem.invalidInput([
        FieldProblem(pointer: "/keys", code: "physical", message: "a physical variant has no licence keys")
    ])
}
