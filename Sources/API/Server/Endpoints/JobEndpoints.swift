import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Jobs
import Platform
import Postgres

extension EndpointTag {
    static let operations = EndpointTag("Operations", "Queues, jobs and stored webhook events.")
}

extension ProblemType {
    static let jobNotRetryable = ProblemType(
        "job-not-retryable", 409, "The job can't be retried", "Only dead and cancelled jobs can.")
    static let jobNotDiscardable = ProblemType(
        "job-not-discardable", 409, "The job can't be discarded", "It is done or cancelled already.")
}

/// What operators do to jobs.
enum JobEndpoints {
    static let all: [Endpoint] = [list, read, retry, discard]

    static let list = Endpoint(
        .get, "/jobs", tag: .operations, summary: "List jobs, newest first", policy: .require(.jobsRead),
        query: JobsQuery.self, returns: .page(of: JobView.self)
    ) { request, services in
        let query = request.query
        let jobs = try await query.page.newestFirst("jobs", by: { ID<JobRecord>(uuid: $0.id) }) { before, limit in
            try await services.jobs.list(state: query.state, queue: query.queue, before: before?.uuid, limit: limit)
        }
        return PageOutput(jobs.map(JobView.init))
    }

    static let read = Endpoint(
        .get, "/jobs/{job_id}", ID<JobRecord>.self, tag: .operations, summary: "Read a job",
        policy: .require(.jobsRead),
        returns: .ok(JobView.self)
    ) { request, services in
        try await services.jobView(request.path, in: services.postgres)
    }

    static let retry = Endpoint(
        .post, "/jobs/{job_id}/retry", ID<JobRecord>.self, tag: .operations, summary: "Run a dead job again",
        policy: .require(.jobsManage), returns: .ok(JobView.self), problems: [.jobNotRetryable]
    ) { request, work, services in
        try await services.steerJobs.retry(request.path, by: request.principal.actor, in: work)
        return try await services.jobView(request.path, in: work)
    }

    static let discard = Endpoint(
        .post, "/jobs/{job_id}/discard", ID<JobRecord>.self, tag: .operations, summary: "Give a job up",
        description: "A run that is under way rolls back.", policy: .require(.jobsManage), returns: .ok(JobView.self),
        problems: [.jobNotDiscardable]
    ) { request, work, services in
        try await services.steerJobs.discard(request.path, by: request.principal.actor, in: work)
        return try await services.jobView(request.path, in: work)
    }
}

extension Services {
    fileprivate func jobView(_ id: ID<JobRecord>, in executor: some PostgresExecutor) async throws -> JobView {
        guard let job = try await jobs.find(id.uuid, in: executor) else { throw Problem.notFound("job") }
        return JobView(job)
    }
}

struct JobsQuery: APIInput {
    let state: JobState?
    let queue: QueueName?
    let page: PageRequest

    init(_ fields: inout Fields) {
        state = fields.optional("state", .oneOf(JobState.self), "Only jobs in this state")
        queue = fields.optional("queue", .queueName, "Only jobs of this queue")
        page = fields.page()
    }
}

extension FieldKind where Value == QueueName {
    /// The name of a queue of this version.
    static var queueName: FieldKind {
        FieldKind<String>.string(1...64, of: "a-z0-9_").map(
            "must be the name of a queue", placeholder: QueueName.webhooks, to: { QueueName(rawValue: $0) },
            from: \.rawValue)
    }
}

struct JobView: APIOutput {
    let id: ID<JobRecord>
    let queue: String
    let kind: String
    let state: JobState
    let attempt: Int
    let payload: JSONValue
    let runAt: Date
    let createdAt: Date
    let finishedAt: Date?
    let lastError: String?

    init(_ job: JobRecord) {
        id = ID(uuid: job.id)
        queue = job.queue
        kind = job.kind
        state = job.state
        attempt = job.attempt
        payload = JSONValue(recorded: job.payload)
        runAt = job.runAt
        createdAt = job.createdAt
        finishedAt = job.finishedAt
        lastError = job.lastError
    }

    private init() {
        id = ID(uuid: UUID(uuid: (1, 0x93, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1)))
        queue = "delivery"
        kind = "orders.deliver_keys"
        state = .dead
        attempt = 3
        payload = ["order_id": "ord_01j0000000e0080000000000r1"]
        runAt = Date(timeIntervalSince1970: 1_790_000_000)
        createdAt = Date(timeIntervalSince1970: 1_790_000_000)
        finishedAt = Date(timeIntervalSince1970: 1_790_000_060)
        lastError = "the pool of this variant is empty"
    }

    static let example = JobView()

    func write(to out: inout ObjectWriter) {
        out.field("id", id)
        out.field("queue", queue)
        out.field("kind", kind, "Which handler runs it")
        out.field("state", state)
        out.field("attempt", attempt, "Runs that have failed so far")
        out.field("payload", payload)
        out.field("run_at", runAt, "Not before")
        out.field("created_at", createdAt)
        out.field("finished_at", finishedAt)
        out.field("last_error", lastError)
    }
}
