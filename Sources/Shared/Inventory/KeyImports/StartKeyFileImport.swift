package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
package import Vault

/// Puts a file of licence keys away, sealed; a job reads it into its batch.
package struct StartKeyFileImport: Sendable {
    /// The bytes of a part of the file.
    package static let part = 256 << 10

    private let store = KeyFileImportStore()
    private let batches = LicenceKeyBatchStore()
    private let vault: Vault
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(vault: Vault, audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.vault = vault
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Parameters:
    ///   - parts: the file, none longer than ``part``.
    ///   - isDryRun: whether nothing is written but the report.
    /// - Throws: `Problem`: 404; 409 ("key-batch-quarantined"); 422 for an empty file; `VaultError`; `PostgresError`.
    package func callAsFunction(
        _ parts: [[UInt8]], as format: KeyFileFormat, isDryRun: Bool, into batch: ID<LicenceKeyBatch>,
        by principal: Principal, in work: UnitOfWork
    ) async throws -> KeyFileImport {
        guard let batch = try await batches.kept(batch, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("batch")
        }
        guard batch.quarantine == nil else { throw Problem.keyBatchQuarantined }
        guard parts.contains(where: { !$0.isEmpty }) else {
            throw Problem.invalidInput([FieldProblem(pointer: "", code: "empty", message: "the file is empty")])
        }
        let one = KeyFileImport(
            id: ID(uuid: ids.next()), vendor: batch.vendor, variant: batch.variant, batch: batch.id, format: format,
            isDryRun: isDryRun, createdBy: principal.actor, createdAt: clock.now.roundedToMicroseconds)
        try await store.insert(one, in: work)
        for (number, part) in parts.enumerated() {
            let sealed = try await vault.seal(
                part, at: .importPart(number, of: one.id), under: .licenceKeyImports, in: work)
            try await store.add(part: sealed, number: number, to: one.id, in: work)
        }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "licence_key_import.created", subject: one.id,
                payload: [
                    "batch_id": .string(batch.id.description), "format": .string(format.rawValue),
                    "is_dry_run": .bool(isDryRun),
                ]), in: work)
        try work.enqueue(RunKeyFileImport.Job(importID: one.id))
        return one
    }

    /// Stops it behind the keys that are done; these stay. Once more does nothing.
    /// - Throws: `Problem`: 404, 409 ("import-over") for one that has ended otherwise; `PostgresError`.
    package func cancel(
        _ id: ID<KeyFileImport>, by principal: Principal, in work: UnitOfWork
    ) async throws -> KeyFileImport {
        guard var one = try await store.lock(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("import")
        }
        guard one.state != .cancelled else { return one }
        guard !one.state.isOver else {
            throw Problem.conflict("import-over", title: "The import is over", detail: "It has ended already")
        }
        (one.state, one.finishedAt) = (.cancelled, clock.now.roundedToMicroseconds)
        try await store.update(one, in: work)
        try await store.dropParts(of: id, in: work)
        try await audit.append(
            AuditEntry(actor: principal.actor, action: "licence_key_import.cancelled", subject: id), in: work)
        return one
    }
}

extension KeyScope {
    /// What files of keys are sealed under until they are read.
    static let licenceKeyImports = KeyScope("licence_key_imports")
}

extension SealedPlace {
    static func importPart(_ number: Int, of id: ID<KeyFileImport>) -> SealedPlace {
        SealedPlace(table: "licence_key_import_parts", column: "ciphertext", row: "\(id)/\(number)")
    }
}
