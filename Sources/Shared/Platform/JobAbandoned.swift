package import Core
package import Jobs

/// A job will not be done: it has died, or an operator has discarded it. Somebody may still have it tried again.
package struct JobAbandoned: Event, Hashable {
    package static let name = "job.abandoned"

    package let jobID: ID<JobRecord>
    package let kind: String

    package init(jobID: ID<JobRecord>, kind: String) {
        self.jobID = jobID
        self.kind = kind
    }
}
