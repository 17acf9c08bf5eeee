package import Core
package import Foundation
package import Jobs
import Postgres

/// Ends an import of licence keys whose job will not be done: whoever waits for it is told, and the file does not stay.
package struct EndAbandonedKeyImport: Sendable {
    /// For one job that was given up.
    package struct Job: JobPayload, Hashable {
        package static let kind = "inventory.end_abandoned_key_import"
        package static let queue = QueueName.imports

        package let jobID: UUID

        /// nil for jobs of other kinds.
        package init?(jobID: ID<JobRecord>, kind: String) {
            guard kind == RunKeyFileImport.Job.kind else { return nil }
            self.jobID = jobID.uuid
        }
    }

    private let jobs: JobOperations
    private let run: RunKeyFileImport

    package init(jobs: JobOperations, run: RunKeyFileImport) {
        self.jobs = jobs
        self.run = run
    }

    package func callAsFunction(_ job: Job, in work: UnitOfWork) async throws {
        guard let record = try await jobs.find(job.jobID, in: work),
            record.state == .dead || record.state == .cancelled,
            let id = JSONValue(recorded: record.payload)["importID"]?.textValue
                .flatMap({ ID<KeyFileImport>($0.string) })
        else { return }
        let reason = record.state == .dead ? "it failed again and again and was given up" : "an operator has stopped it"
        try await run.end(id, .failed, reason, in: work)
    }
}
