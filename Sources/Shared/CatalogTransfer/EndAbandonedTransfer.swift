package import Core
import Foundation
import Identity
package import Jobs
import Media
package import Platform

/// Ends an import or an export whose job will not be done: whoever waits for it is told.
package struct EndAbandonedTransfer: Sendable {
    /// For one job that was given up.
    package struct Job: JobPayload, Hashable {
        package static let kind = "catalogue.end_abandoned_transfer"
        package static let queue = QueueName.imports

        package let jobID: ID<JobRecord>

        package init(jobID: ID<JobRecord>) { self.jobID = jobID }

        /// nil for jobs of other kinds.
        package init?(_ abandoned: JobAbandoned) {
            guard [RunProductImport.Job.kind, RunProductExport.Job.kind].contains(abandoned.kind) else { return nil }
            jobID = abandoned.jobID
        }
    }

    private let jobs: JobOperations
    private let audit: AuditStore
    private let clock: any WallClock

    package init(jobs: JobOperations, audit: AuditStore, clock: some WallClock) {
        self.jobs = jobs
        self.audit = audit
        self.clock = clock
    }

    package func callAsFunction(_ job: Job, in work: UnitOfWork) async throws {
        guard let record = try await jobs.find(job.jobID.uuid, in: work), let reason = Self.reason(of: record) else {
            return
        }
        let payload = JSONValue(recorded: record.payload)
        if let id = payload["importID"]?.textValue.flatMap({ ID<ProductImport>($0.string) }) {
            try await end(id, because: reason, in: work)
        } else if let id = payload["exportID"]?.textValue.flatMap({ ID<ProductExport>($0.string) }) {
            try await end(id, because: reason, in: work)
        }
    }

    /// What the vendor reads: the error itself is for operators, under the job's id. nil where somebody has it tried again.
    private static func reason(of record: JobRecord) -> String? {
        let id = ID<JobRecord>(uuid: record.id)
        return switch record.state {
        case .dead: "it failed again and again and was given up (\(id))"
        case .cancelled: "an operator has stopped it (\(id))"
        default: nil
        }
    }

    private func end(_ id: ID<ProductImport>, because reason: String, in work: UnitOfWork) async throws {
        let store = ProductImportStore()
        guard var one = try await store.lock(id, in: work), !one.state.isOver else { return }
        (one.state, one.problem, one.finishedAt) = (.failed, reason, clock.now.roundedToMicroseconds)
        try await store.update(one, in: work)
        try await MediaReferences().end(from: id, in: work)
        try await audit.append(
            AuditEntry(
                actor: .system, action: "product_import.abandoned", subject: id, payload: ["reason": .string(reason)]),
            in: work)
    }

    private func end(_ id: ID<ProductExport>, because reason: String, in work: UnitOfWork) async throws {
        let store = ProductExportStore()
        guard var one = try await store.find(id, visibleTo: .everything, in: work), one.state == .queued else { return }
        (one.state, one.problem, one.finishedAt) = (.failed, reason, clock.now.roundedToMicroseconds)
        try await store.update(one, in: work)
        try await audit.append(
            AuditEntry(
                actor: .system, action: "product_export.abandoned", subject: id, payload: ["reason": .string(reason)]),
            in: work)
    }
}
