package import Redis
import Values

/// A job that a worker holds in its active list.
struct ClaimedJob: Sendable {
    let key: DispatchKey
    /// `nil` where Redis has none that proves itself: PostgreSQL knows it.
    let envelope: JobEnvelope?
    /// Whether it was taken back from a silent worker, by the word of Redis.
    let wasRecovered: Bool
}

/// The queue's side in Redis: a hint and a transport. Whatever is lost here comes back from PostgreSQL, and what others put
/// here is not believed.
package struct JobTransport: Sendable {
    private let redis: RedisClient
    private let seal: EnvelopeSeal

    init(redis: RedisClient, seal: EnvelopeSeal) {
        self.redis = redis
        self.seal = seal
    }

    /// Pushes each attempt that is not in Redis yet; safe to repeat. One with runs that never ended is pushed without its
    /// contents, so that its row is looked at before it runs again.
    package func push(_ envelopes: [JobEnvelope]) async throws(RedisError) {
        var byQueue: [QueueName: [any RedisArgument]] = [:]
        for envelope in envelopes {
            let contents = envelope.hasUnendedRuns ? [] : seal.seal(envelope)
            byQueue[envelope.queue, default: []] += [envelope.key.text, contents]
        }
        for (queue, arguments) in byQueue {
            let keys = QueueKeys(queue)
            _ = try await redis.evaluate(JobScripts.push, keys: [keys.ready, keys.envelopes], arguments: arguments)
        }
    }

    /// Moves up to `count` jobs into the worker's active list.
    func claim(
        _ queue: QueueName, worker: String, count: Int, alreadyMoved: String? = nil
    ) async throws(RedisError) -> [ClaimedJob] {
        let keys = QueueKeys(queue)
        let reply = try await redis.evaluate(
            JobScripts.claim,
            keys: [keys.ready, keys.envelopes, keys.active(worker), keys.paused, keys.recovered, keys.workers],
            arguments: [worker, count, alreadyMoved ?? ""])
        return parseClaims(reply, queue: queue)
    }

    /// A connection of its own, for waiting until a job arrives.
    func withWaitingConnection(_ body: (RedisDedicatedConnection) async throws -> Void) async throws {
        try await redis.withDedicatedConnection(body)
    }

    /// Blocks until a job could be moved into the worker's active list, or patience ends. The move is atomic: the job is
    /// always in one of the two lists.
    func waitForOne(
        _ queue: QueueName, worker: String, patience: Duration, on connection: RedisDedicatedConnection
    ) async throws(RedisError) -> String? {
        let keys = QueueKeys(queue)
        let seconds = Double(patience.milliseconds) / 1000
        return try await connection.send(
            RedisCommand("BLMOVE", keys.ready, keys.active(worker), "RIGHT", "LEFT", String(seconds)),
            timeout: patience + .seconds(2)
        ).text
    }

    private func parseClaims(_ reply: RedisValue, queue: QueueName) -> [ClaimedJob] {
        let fields = reply.elements ?? []
        var claims: [ClaimedJob] = []
        claims.reserveCapacity(fields.count / 3)
        for index in stride(from: 0, to: fields.count - 2, by: 3) {
            guard let text = fields[index].text, let key = DispatchKey(text) else { continue }
            let envelope = fields[index + 1].bytes.flatMap { seal.open($0, key: key, queue: queue) }
            claims.append(ClaimedJob(key: key, envelope: envelope, wasRecovered: fields[index + 2].int != 0))
        }
        return claims
    }

    /// Takes finished or rescheduled attempts out of Redis.
    func release(_ claims: [DispatchKey], queue: QueueName, worker: String) async throws(RedisError) {
        guard !claims.isEmpty else { return }
        let keys = QueueKeys(queue)
        _ = try await redis.evaluate(
            JobScripts.release, keys: [keys.active(worker), keys.envelopes, keys.recovered],
            arguments: claims.map(\.text))
    }

    /// Puts what the worker still holds back at the head of the queue, and forgets the worker.
    func leave(_ queue: QueueName, worker: String) async throws(RedisError) {
        let keys = QueueKeys(queue)
        _ = try await redis.evaluate(JobScripts.handBack, keys: [keys.active(worker), keys.ready], arguments: [])
        _ = try await redis.send(RedisCommand("ZREM", keys.workers, worker))
    }

    /// What stands in the worker's active list, more than it ever claims.
    func claimed(_ queue: QueueName, worker: String) async throws(RedisError) -> [String] {
        let reply = try await redis.send(RedisCommand("LRANGE", QueueKeys(queue).active(worker), "0", "9999"))
        return (reply.elements ?? []).compactMap(\.text)
    }

    /// Puts some of what the worker holds back at the head of the queue; answers how many stood in its list. What is no
    /// dispatch key was put there by nobody of ours and is dropped.
    func handBack(_ entries: [String], queue: QueueName, worker: String) async throws(RedisError) -> Int {
        let keys = QueueKeys(queue)
        let nonsense = entries.filter { DispatchKey($0) == nil }
        if !nonsense.isEmpty {
            let removals = nonsense.map { RedisCommand("LREM", keys.active(worker), 0, $0) }
            for answer in try await redis.pipeline(removals) { _ = try answer.get() }
        }
        let claimed = entries.filter { DispatchKey($0) != nil }
        guard !claimed.isEmpty else { return 0 }
        let reply = try await redis.evaluate(
            JobScripts.handBackSome, keys: [keys.active(worker), keys.ready], arguments: claimed)
        return reply.count
    }

    func heartbeat(_ queue: QueueName, worker: String) async throws(RedisError) {
        _ = try await redis.evaluate(JobScripts.heartbeat, keys: [QueueKeys(queue).workers], arguments: [worker])
    }

    /// Takes jobs back from workers that have been silent for `expiry`; answers how many.
    func recover(_ queue: QueueName, expiry: Duration) async throws(RedisError) -> Int {
        let keys = QueueKeys(queue)
        let seconds = Int(expiry.components.seconds)
        let stale = try await redis.evaluate(JobScripts.staleWorkers, keys: [keys.workers], arguments: [seconds])
        var recovered = 0
        for worker in (stale.elements ?? []).compactMap(\.text) {
            recovered += try await recover(worker, keys: keys, expirySeconds: seconds)
        }
        return recovered
    }

    private func recover(_ worker: String, keys: QueueKeys, expirySeconds: Int) async throws(RedisError) -> Int {
        let reply = try await redis.evaluate(
            JobScripts.recover, keys: [keys.workers, keys.active(worker), keys.ready, keys.recovered],
            arguments: [worker, expirySeconds])
        return reply.count
    }

    /// Finds envelopes that stand in no list, and active lists whose worker is not registered: traces of a partial loss.
    /// Cheap while the counts agree; answers how many jobs were put back.
    func reconcile(_ queue: QueueName, expiry: Duration) async throws(RedisError) -> Int {
        let keys = QueueKeys(queue)
        let workers = try await redis.send(RedisCommand("ZRANGE", keys.workers, "0", "-1")).elements ?? []
        let names = workers.compactMap(\.text)
        let counts = try await redis.pipeline(
            [RedisCommand("HLEN", keys.envelopes), RedisCommand("LLEN", keys.ready)]
                + names.map { RedisCommand("LLEN", keys.active($0)) })
        let lengths = try counts.map { reply throws(RedisError) in try reply.get().count }
        guard lengths[0] > lengths.dropFirst().reduce(0, +) else { return 0 }
        return try await putBackStrays(keys, registered: Set(names), expiry: expiry)
    }

    private func putBackStrays(
        _ keys: QueueKeys, registered: Set<String>, expiry: Duration
    ) async throws(RedisError) -> Int {
        var listed = Set(
            try await redis.send(RedisCommand("LRANGE", keys.ready, "0", "-1")).elements?.compactMap(\.text) ?? [])
        for active in try await scan(keys.activePattern) {
            let worker = keys.worker(ofActive: active)
            if !registered.contains(worker) {
                _ = try await recover(worker, keys: keys, expirySeconds: Int(expiry.components.seconds))
            }
            listed.formUnion(
                try await redis.send(RedisCommand("LRANGE", active, "0", "-1")).elements?.compactMap(\.text) ?? [])
        }
        // What was recovered above has moved to `ready` meanwhile, and a finished job has left the hash: both drop out here.
        listed.formUnion(
            try await redis.send(RedisCommand("LRANGE", keys.ready, "0", "-1")).elements?.compactMap(\.text) ?? [])
        let held = try await redis.send(RedisCommand("HKEYS", keys.envelopes)).elements?.compactMap(\.text) ?? []
        let strays = held.filter { !listed.contains($0) }
        for stray in strays {
            // Forgotten, not pushed: PostgreSQL decides whether it is still to be run.
            _ = try await redis.send(RedisCommand("HDEL", keys.envelopes, stray))
        }
        return strays.count
    }

    private func scan(_ pattern: String) async throws(RedisError) -> [String] {
        var cursor = "0"
        var found: Set<String> = []
        repeat {
            let reply =
                try await redis.send(RedisCommand("SCAN", cursor, "MATCH", pattern, "COUNT", "1000")).elements ?? []
            cursor = reply.first?.text ?? "0"
            found.formUnion((reply.last?.elements ?? []).compactMap(\.text))
        } while cursor != "0"
        return found.sorted()
    }

    /// Whether this life of Redis is new to the queue: nothing in it says that we have been here.
    func hasLostMemory(_ queue: QueueName) async throws(RedisError) -> Bool {
        try await redis.send(RedisCommand("EXISTS", QueueKeys(queue).incarnation)).int == 0
    }

    func remember(_ queue: QueueName) async throws(RedisError) {
        _ = try await redis.send(RedisCommand("SET", QueueKeys(queue).incarnation, "1"))
    }

    /// How long to wait for a token of the named bucket, a minute at most; zero where one was taken.
    func takeToken(_ limit: RateLimit) async throws(RedisError) -> Duration {
        let bucket = RedisTokenBucket(
            key: "haat:rate:{\(limit.name)}", capacity: Double(limit.burst), tokensPerSecond: limit.perSecond)
        let (isTaken, level) = try await bucket.take(in: redis)
        return isTaken ? .zero : min(level.untilNext, .seconds(60))
    }
}

/// A bound on the runs of a job kind, shared by all workers.
package struct RateLimit: Sendable, Equatable {
    package let name: String
    package let perSecond: Double
    package let burst: Int

    package init(name: String, perSecond: Double, burst: Int) {
        self.name = name
        self.perSecond = perSecond
        self.burst = burst
    }
}
