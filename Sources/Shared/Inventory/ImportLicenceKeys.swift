package import Catalog
package import Core
package import Identity
package import Jobs
package import Vendors

/// Encrypts a batch of keys into a vendor's pool and counts them as stock.
package struct ImportLicenceKeys: Sendable {
    /// How many keys one batch may have.
    package static let batch = 1...1_000
    /// What one key must be like, without white space around it.
    package static let key = TextRule(1...500, .line)

    private let products = ProductStore()
    private let keys = LicenceKeyStore()
    private let stock = StockStore()
    private let keyring: VendorKeyring
    private let audit: AuditStore
    private let ids: UUIDv7Generator

    package init(keyring: VendorKeyring, audit: AuditStore, ids: UUIDv7Generator) {
        self.keyring = keyring
        self.audit = audit
        self.ids = ids
    }

    /// White space around a key is not part of it. A key that the vendor has already is left out and reported.
    /// - Throws: `Problem`: 404; 422 for keys that are not acceptable or a physical variant; `VendorKeyError`; `PostgresError`.
    package func callAsFunction(
        _ texts: [String], into variant: ID<Variant>, by principal: Principal, in work: UnitOfWork
    ) async throws -> LicenceKeyImport {
        let plaintexts = try normalized(texts)
        guard let variant = try await products.variant(variant, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("variant")
        }
        guard variant.kind == .licenceKey else { throw Self.physicalVariant }
        let dataKey = try await keyring.dataKey(of: variant.vendor, in: work)
        let batch = try plaintexts.map { try seal($0, of: variant, with: dataKey) }
        let accepted = try await keys.insert(
            batch, fingerprints: plaintexts.map(dataKey.fingerprint), variant: variant, in: work)
        if !accepted.isEmpty { try await keys.countIn(accepted.count, of: variant, in: work) }
        let level = try await stock.levels(of: [variant.id], in: work)[0]
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

    private func normalized(_ texts: [String]) throws(Problem) -> [[UInt8]] {
        var check = InputCheck()
        check.number("/keys", texts.count, in: Self.batch)
        try check.finish()
        let trimmed = texts.map { text in
            String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }
        for (index, text) in trimmed.enumerated() { check.text("/keys/\(index)", text, Self.key) }
        try check.finish()
        return trimmed.map { Array($0.utf8) }
    }

    private func seal(_ plaintext: [UInt8], of variant: Variant, with dataKey: VendorDataKey) throws -> LicenceKey {
        let id = ID<LicenceKey>(uuid: ids.next())
        return LicenceKey(
            id: id, vendor: variant.vendor, variant: variant.id,
            ciphertext: try dataKey.seal(plaintext, context: id.uuid))
    }

    private static let physicalVariant = Problem.invalidInput([
        FieldProblem(pointer: "/keys", code: "physical", message: "a physical variant has no licence keys")
    ])
}
