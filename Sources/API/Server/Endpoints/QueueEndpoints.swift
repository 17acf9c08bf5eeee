import Core
import Endpoints
import HTTPTypes
import Identity
import Jobs
import Platform
import Postgres
import Redis

/// What operators see of queues and do to them.
enum QueueEndpoints {
    static let all: [Endpoint] = [list, pause, resume]

    static let list = Endpoint(
        .get, "/queues", tag: .operations, summary: "List queues with their depth", policy: .require(.jobsRead),
        returns: .ok(QueuesView.self)
    ) { _, services in
        QueuesView(queues: try await services.queueViews())
    }

    static let pause = Endpoint(
        .post, "/queues/{queue}/pause", PathName.self, tag: .operations, summary: "Stop claiming jobs of a queue",
        description: "Running jobs finish; new ones wait.", policy: .require(.queuesManage),
        returns: .ok(QueueView.self)
    ) { request, services in
        let name = try QueueName(known: request.path)
        try await services.steerJobs.pause(name, by: request.principal.actor, in: services.queue)
        return try await services.queueView(name)
    }

    static let resume = Endpoint(
        .post, "/queues/{queue}/resume", PathName.self, tag: .operations, summary: "Claim jobs of a queue again",
        policy: .require(.queuesManage), returns: .ok(QueueView.self)
    ) { request, services in
        let name = try QueueName(known: request.path)
        try await services.steerJobs.resume(name, by: request.principal.actor, in: services.queue)
        return try await services.queueView(name)
    }
}

extension QueueName {
    fileprivate init(known path: PathName) throws(Problem) {
        guard let name = QueueName(rawValue: path.value), QueueName.all.contains(name) else {
            throw Problem.notFound("queue")
        }
        self = name
    }
}

extension Services {
    fileprivate func queueViews() async throws -> [QueueView] {
        let backlog = try await jobs.backlog()
        var views: [QueueView] = []
        for name in QueueName.all {
            views.append(
                QueueView(depth: try await jobs.depth(name), backlog: backlog.first { $0.queue == name.rawValue }))
        }
        return views
    }

    fileprivate func queueView(_ name: QueueName) async throws -> QueueView {
        QueueView(
            depth: try await jobs.depth(name), backlog: try await jobs.backlog().first { $0.queue == name.rawValue })
    }
}

struct QueuesView: APIOutput {
    let queues: [QueueView]

    static let example = QueuesView(queues: [.example])

    func write(to out: inout ObjectWriter) {
        out.field("data", queues)
    }
}

struct QueueView: APIOutput {
    let name: String
    let isPaused: Bool
    let ready: Int
    let active: Int
    let unfinished: Int
    let dead: Int
    let oldestPendingSeconds: Double

    init(depth: QueueDepth, backlog: QueueBacklog?) {
        name = depth.queue.rawValue
        isPaused = depth.isPaused
        ready = depth.ready
        active = depth.active
        unfinished = backlog?.unfinished ?? 0
        dead = backlog?.dead ?? 0
        oldestPendingSeconds = backlog?.oldestPendingSeconds ?? 0
    }

    private init() {
        name = "delivery"
        isPaused = false
        ready = 12
        active = 4
        unfinished = 16
        dead = 0
        oldestPendingSeconds = 0.25
    }

    static let example = QueueView()

    func write(to out: inout ObjectWriter) {
        out.field("name", name)
        out.field("is_paused", isPaused)
        out.field("ready", ready, "Waiting in Redis")
        out.field("active", active, "Held by workers")
        out.field("unfinished", unfinished, "Recorded in PostgreSQL and not finished, scheduled ones included")
        out.field("dead", dead, "Failed for good")
        out.field("oldest_pending_seconds", oldestPendingSeconds, "How long the longest-waiting due job has waited")
    }
}
