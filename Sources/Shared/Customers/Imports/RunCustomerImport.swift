package import Core
import Foundation
import Identity
package import Jobs
package import Media
import NIOCore
import Postgres
import Values

/// Takes a file of people in, some rows in each transaction, with their report and how far it has come: whoever goes on after an
/// interruption begins behind them. Nobody gets a password: a code that is sent to the address or number opens the account.
package struct RunCustomerImport: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "customers.import"
        package static let queue = QueueName.imports

        package let importID: ID<CustomerImport>

        package init(importID: ID<CustomerImport>) { self.importID = importID }
    }

    /// How many rows a transaction takes.
    package static let batch = 250
    /// How many rows a file may have.
    package static let maximumRows = 200_000

    private let store = CustomerImportStore()
    private let writer: CustomerImportWriter
    private let directory: MediaDirectory
    private let delete: DeleteMedia
    private let clock: any WallClock

    package init(
        directory: MediaDirectory, delete: DeleteMedia, audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock
    ) {
        self.directory = directory
        self.delete = delete
        self.clock = clock
        writer = CustomerImportWriter(audit: audit, ids: ids, clock: clock)
    }

    /// - Throws: ``MediaStorageError``; `PostgresError`; `JobOwnershipLost`.
    package func callAsFunction(_ job: Job, in claim: some Claim) async throws {
        let begun = try await claim.withUnitOfWork { work -> CustomerImport? in
            guard var one = try await store.lock(job.importID, in: work), !one.state.isOver else { return nil }
            one.state = .running
            try await store.update(one, in: work)
            return one
        }
        guard let begun else { return try await claim.finish { _ in } }
        do {
            guard try await run(begun, in: claim) else { return try await claim.finish { _ in } }
            try await end(job.importID, .done, nil, in: claim)
        } catch let fault as CustomerImportFault {
            try await end(job.importID, .failed, fault.message, in: claim)
        }
    }

    private func end(
        _ id: ID<CustomerImport>, _ state: CustomerImport.State, _ problem: String?, in claim: some Claim
    ) async throws {
        let now = clock.now.roundedToMicroseconds
        try await claim.finish { work in
            guard var one = try await store.lock(id, in: work), !one.state.isOver else { return }
            (one.state, one.problem, one.finishedAt) = (state, problem, now)
            try await store.update(one, in: work)
            try await release(one, delete, in: work)
        }
    }

    /// - Returns: whether it came to the end of the file; false where somebody has cancelled it.
    private func run(_ begun: CustomerImport, in claim: some Claim) async throws -> Bool {
        guard try await directory.size(of: begun.media) != nil else {
            throw CustomerImportFault(message: "the file is lost")
        }
        var reading = CustomerReading(of: begun, now: clock.now)
        var isGoingOn = true
        try await directory.read(begun.media) { piece in
            guard isGoingOn else { return }
            for batch in try reading.take(piece) where isGoingOn {
                isGoingOn = try await write(batch, of: begun, in: claim)
            }
        }
        guard isGoingOn else { return false }
        for batch in try reading.finish() where isGoingOn {
            isGoingOn = try await write(batch, of: begun, in: claim)
        }
        return isGoingOn
    }

    private func write(_ batch: CustomerBatch, of begun: CustomerImport, in claim: some Claim) async throws -> Bool {
        try await claim.withUnitOfWork { try await writer(batch, of: begun.id, in: $0) }
    }
}

/// Some rows of a file that are written together.
struct CustomerBatch: Sendable {
    /// How many rows of the file stand before it.
    let position: Int64
    let drafts: [CustomerDraft]
}

/// Reads a file piece by piece into batches, and notes which rows tell of somebody who stands further up.
struct CustomerReading {
    private var parser = CSVParser()
    private var reader: CustomerRowReader?
    private let begun: CustomerImport
    private let now: Date
    private var position: Int64 = 0
    private var gathered: [CustomerDraft] = []
    /// The line that had each address and number first.
    private var claimed: [UTF8Text: Int] = [:]

    init(of begun: CustomerImport, now: Date) {
        self.begun = begun
        self.now = now
    }

    mutating func take(_ piece: ByteBuffer) throws(CustomerImportFault) -> [CustomerBatch] {
        let records: [CSVParser.Record]
        do {
            records = try parser.feed(piece.readableBytesView)
        } catch {
            throw CustomerImportFault(error)
        }
        var batches: [CustomerBatch] = []
        for record in records {
            if let batch = try take(record) { batches.append(batch) }
        }
        return batches
    }

    mutating func finish() throws(CustomerImportFault) -> [CustomerBatch] {
        let last: CSVParser.Record?
        do {
            last = try parser.finish()
        } catch {
            throw CustomerImportFault(error)
        }
        var batches: [CustomerBatch] = []
        if let last, let batch = try take(last) { batches.append(batch) }
        guard reader != nil else { throw CustomerImportFault(message: "the file is empty") }
        if !gathered.isEmpty { batches.append(takeGathered()) }
        return batches
    }

    private mutating func take(_ record: CSVParser.Record) throws(CustomerImportFault) -> CustomerBatch? {
        guard let reader else {
            reader = CustomerRowReader(
                head: try CustomerTableHead(record), phoneCountry: begun.phoneCountry, locale: begun.locale, now: now)
            return nil
        }
        guard position < RunCustomerImport.maximumRows else {
            throw CustomerImportFault(message: "a file has at most \(RunCustomerImport.maximumRows) rows: split it")
        }
        var draft = reader.draft(record)
        compare(&draft)
        position += 1
        // Those before were written by an earlier run.
        guard position > begun.counts.all else { return nil }
        gathered.append(draft)
        return gathered.count == RunCustomerImport.batch ? takeGathered() : nil
    }

    private mutating func compare(_ draft: inout CustomerDraft) {
        let claims = [draft.email?.comparisonKey, draft.phone?.rawValue].compactMap { $0.map { UTF8Text($0) } }
        draft.repeats = claims.compactMap { claimed[$0] }.first
        for claim in claims where claimed[claim] == nil { claimed[claim] = draft.line }
    }

    private mutating func takeGathered() -> CustomerBatch {
        defer { gathered = [] }
        return CustomerBatch(position: position - Int64(gathered.count), drafts: gathered)
    }
}
