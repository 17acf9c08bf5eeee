import CommerceTestSupport
import Core
import Identity
import Jobs
import Logging
import Platform
import Postgres
import Redis
import Testing
import Vendors

@testable import CatalogTransfer
@testable import Media

@Suite("Imports and exports whose job is given up")
struct AbandonedTests {
    private struct Desk {
        let depot: Depot
        let jobs: JobOperations

        init(_ depot: Depot) throws {
            self.depot = depot
            let redis = RedisClient(
                configuration: try RedisConfiguration(url: "redis://127.0.0.1:1/0"), logger: Logger(label: "test"))
            jobs = JobOperations(postgres: depot.market.client, redis: redis)
        }

        func job(_ kind: String) async throws -> ID<JobRecord> {
            try #require(
                try await depot.market.client.queryValue(
                    "SELECT id FROM jobs WHERE kind = \(kind)", as: ID<JobRecord>.self))
        }

        /// As a worker buries it.
        func bury(_ job: ID<JobRecord>, kind: String) async throws {
            try await depot.market.work { work in
                try await work.execute("UPDATE jobs SET state = 'dead', finished_at = now() WHERE id = \(job)")
                try await depot.market.audit.recordDeadJob(job.uuid, kind: kind, reason: "no disk", in: work)
            }
        }

        func end(_ job: ID<JobRecord>) async throws {
            let end = EndAbandonedTransfer(jobs: jobs, audit: depot.market.audit, clock: depot.market.clock)
            for _ in 0..<2 {
                try await depot.market.work { try await end(EndAbandonedTransfer.Job(jobID: job), in: $0) }
            }
        }
    }

    @Test("An import whose job has died has failed, says why, and lets its file go")
    func importDies() async throws {
        try await Depot.open { depot in
            let desk = try Desk(depot)
            let asked = try await depot.ask(Depot.table(3))
            let job = try await desk.job(RunProductImport.Job.kind)
            try await desk.bury(job, kind: RunProductImport.Job.kind)
            #expect(try await depot.market.jobKinds().contains(EndAbandonedTransfer.Job.kind))
            try await desk.end(job)
            let ended = try await depot.read(asked.id)
            #expect(ended.state == .failed && ended.finishedAt == depot.market.clock.now)
            #expect(ended.problem == "it failed again and again and was given up (\(job))")
            #expect(try await depot.count("media_references") == 0)
            let told = try await depot.market.client.queryValue(
                "SELECT count(*) FROM audit_events WHERE action = 'product_import.abandoned'", as: Int.self)
            #expect(told == 1)
        }
    }

    @Test("What an operator has discarded has failed; what somebody has tried again goes on")
    func discarded() async throws {
        try await Depot.open { depot in
            let desk = try Desk(depot)
            let steer = SteerJobs(jobs: desk.jobs, audit: depot.market.audit)
            let first = try await depot.ask(Depot.table(3))
            let job = try await desk.job(RunProductImport.Job.kind)
            try await depot.market.work { try await steer.discard(job, by: .system, in: $0) }
            try await depot.market.work { try await steer.retry(job, by: .system, in: $0) }
            try await desk.end(job)
            #expect(try await depot.read(first.id).state == .queued)
            try await depot.market.work { try await steer.discard(job, by: .system, in: $0) }
            try await desk.end(job)
            #expect(try await depot.read(first.id).problem == "an operator has stopped it (\(job))")
        }
    }

    @Test("An export whose job has died has failed; the death of other jobs is nobody’s concern here")
    func exportDies() async throws {
        try await Depot.open { depot in
            let desk = try Desk(depot)
            let (market, vendor) = (depot.market, depot.vendor.id)
            let manage = ManageExports(audit: market.audit, ids: market.ids, clock: market.clock)
            let asked = try await market.work { try await manage.create(of: vendor, by: .system, in: $0) }
            let job = try await desk.job(RunProductExport.Job.kind)
            try await desk.bury(job, kind: RunProductExport.Job.kind)
            try await desk.end(job)
            let ended = try await ProductExportStore().find(asked.id, visibleTo: .everything, in: market.client)
            #expect(ended?.state == .failed && ended?.problem?.contains("\(job)") == true)
            #expect(EndAbandonedTransfer.Job(JobAbandoned(jobID: job, kind: "email.send")) == nil)
        }
    }
}
