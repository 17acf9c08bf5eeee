import Catalog
package import Core
import Foundation
import Identity
package import Jobs
import Postgres
package import Vault

/// Reads a file of licence keys into its batch, some of them in each transaction, with their report and how far it has come: whoever goes
/// on after an interruption begins behind them.
package struct RunKeyFileImport: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "inventory.import_licence_keys"
        package static let queue = QueueName.imports

        package let importID: ID<KeyFileImport>

        package init(importID: ID<KeyFileImport>) { self.importID = importID }
    }

    /// How many keys a transaction takes.
    package static let batch = 1_000

    private let store = KeyFileImportStore()
    private let batches = LicenceKeyBatchStore()
    private let products = ProductStore()
    private let vault: Vault
    private let writer: LicenceKeyWriter
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(vault: Vault, audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.vault = vault
        self.audit = audit
        self.ids = ids
        self.clock = clock
        writer = LicenceKeyWriter(vault: vault, ids: ids, clock: clock)
    }

    /// - Throws: `VaultError`; `PostgresError`; `JobOwnershipLost`.
    package func callAsFunction(_ job: Job, in claim: some Claim) async throws {
        let begun = try await claim.withUnitOfWork { work -> KeyFileImport? in
            guard var one = try await store.lock(job.importID, in: work), !one.state.isOver else { return nil }
            one.state = .running
            try await store.update(one, in: work)
            return one
        }
        guard let begun else { return try await claim.finish { _ in } }
        do {
            guard try await run(begun, in: claim) else { return try await claim.finish { _ in } }
            try await claim.finish { try await end(job.importID, .done, nil, in: $0) }
        } catch let fault as KeyFileFault {
            try await claim.finish { try await end(job.importID, .failed, fault.message, in: $0) }
        }
    }

    /// Notes how it has ended; what was sealed of the file goes.
    func end(
        _ id: ID<KeyFileImport>, _ state: KeyFileImport.State, _ problem: String?, in work: UnitOfWork
    ) async throws {
        guard var one = try await store.lock(id, in: work), !one.state.isOver else { return }
        (one.state, one.problem, one.finishedAt) = (state, problem, clock.now.roundedToMicroseconds)
        try await store.update(one, in: work)
        try await store.dropParts(of: id, in: work)
        try await audit.append(
            AuditEntry(
                actor: one.createdBy, action: "licence_key_import.\(state.rawValue)", subject: id,
                payload: [
                    "batch_id": .string(one.batch.description), "is_dry_run": .bool(one.isDryRun),
                    "imported": .integer(one.counts[.imported]), "keys": .integer(one.counts.all),
                ]), in: work)
    }

    /// - Returns: whether it came to the end of the file; false where somebody has cancelled it.
    private func run(_ begun: KeyFileImport, in claim: some Claim) async throws -> Bool {
        var progress = KeyImportProgress(of: begun)
        var number = 0
        while let part = try await part(number, of: begun, in: claim) {
            number += 1
            let rows = try progress.reading.take(part)
            for batch in progress.add(rows) {
                guard try await write(batch, of: begun, &progress.seen, in: claim) else { return false }
            }
        }
        guard number > 0 else { throw KeyFileFault(message: "the file is lost") }
        let rows = try progress.reading.finish()
        for batch in progress.add(rows) + [progress.takeRest()] where !batch.rows.isEmpty {
            guard try await write(batch, of: begun, &progress.seen, in: claim) else { return false }
        }
        return true
    }

    private func part(_ number: Int, of begun: KeyFileImport, in claim: some Claim) async throws -> [UInt8]? {
        try await claim.withUnitOfWork { work in
            guard let sealed = try await store.part(number, of: begun.id, in: work) else { return nil }
            return try await vault.open(sealed, at: .importPart(number, of: begun.id), in: work)
        }
    }

    /// - Returns: false where the import was cancelled, or somebody else goes on with it.
    private func write(
        _ batch: KeyImportBatch, of begun: KeyFileImport, _ seen: inout SeenKeys, in claim: some Claim
    ) async throws -> Bool {
        let before = seen
        let written = try await claim.withUnitOfWork { work in
            try await write(batch, of: begun, seen: before, in: work)
        }
        guard let written else { return false }
        if begun.isDryRun { seen.insert(written) }
        return true
    }

    /// - Returns: the keys; nil where the import was cancelled, or somebody else goes on with it.
    private func write(
        _ batch: KeyImportBatch, of begun: KeyFileImport, seen: SeenKeys, in work: UnitOfWork
    ) async throws -> [LicenceKey]? {
        guard var one = try await store.lock(begun.id, in: work), one.state == .running else { return nil }
        guard let variant = try await products.variant(one.variant, visibleTo: .everything, in: work),
            let known = try await batches.kept(one.batch, in: work)
        else { throw KeyFileFault(message: "the variant is gone") }
        guard known.quarantine == nil else { throw KeyFileFault(message: "the batch was put in quarantine") }
        let readable = batch.rows.filter { $0.fault == nil }
        let sealed = try await writer.sealed(
            readable.map { GivenKey(line: $0.line, text: $0.text, expiresOn: $0.expiresOn) },
            by: ImportLicenceKeys.longKey, of: variant, in: known, work: work)
        // Those of a dry run before an interruption were looked at, and have to be seen again.
        guard !batch.isDone else { return sealed.keys }
        guard one.counts.all == batch.position else { return nil }
        let verdicts =
            one.isDryRun
            ? try await writer.look(sealed, of: variant, seen: seen, in: work)
            : try await writer.write(
                sealed, of: variant, from: KeyOrigin(batch: one.batch, file: one.id), in: work)
        var rest = verdicts.makeIterator()
        let rows = batch.rows.map { row -> KeyImportRow in
            guard let fault = row.fault else {
                return KeyImportRow(line: row.line, rest.next() ?? KeyVerdict(outcome: .refused))
            }
            return KeyImportRow(line: row.line, KeyVerdict(outcome: .refused, violation: fault))
        }
        for row in rows { one.counts.count(row.outcome) }
        let told = one.isDryRun ? rows : rows.filter { $0.outcome != .imported }
        try await store.add(told.map { (ids.next(), $0) }, to: one.id, in: work)
        try await store.update(one, in: work)
        if !one.isDryRun, told.count < rows.count { try work.publish(StockChanged(items: [variant.stockItem])) }
        return sealed.keys
    }
}

/// Some keys of a file that are written together.
struct KeyImportBatch: Sendable {
    /// How many keys of the file stand before them.
    let position: Int64
    let rows: [KeyFileRow]
    /// Whether an earlier run has written them.
    let isDone: Bool
}

/// Gathers the keys of a file into batches. Those that were done before are left out, but in dry runs, which leave nothing that later keys
/// could be compared with.
private struct KeyImportProgress {
    var reading: KeyFileReading
    var seen = SeenKeys()
    private let first: Int64
    private let keepsDone: Bool
    private var position: Int64 = 0
    private var gathered: [KeyFileRow] = []

    init(of begun: KeyFileImport) {
        reading = KeyFileReading(begun.format)
        first = begun.counts.all
        keepsDone = begun.isDryRun
    }

    /// The batches that are full.
    mutating func add(_ rows: [KeyFileRow]) -> [KeyImportBatch] {
        var full: [KeyImportBatch] = []
        for row in rows {
            // A batch is either done or not: the first new key begins one.
            if position == first, !gathered.isEmpty { full.append(takeRest()) }
            if position >= first || keepsDone { gathered.append(row) }
            position += 1
            if gathered.count == RunKeyFileImport.batch { full.append(takeRest()) }
        }
        return full
    }

    mutating func takeRest() -> KeyImportBatch {
        defer { gathered = [] }
        let start = position - Int64(gathered.count)
        return KeyImportBatch(position: start, rows: gathered, isDone: start < first)
    }
}
