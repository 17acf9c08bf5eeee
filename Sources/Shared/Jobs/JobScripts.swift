import Redis

/// Every transition of a job inside Redis is one script, so that a process can die between two commands without leaving half a step.
/// A queue's keys share the hash tag `{queue}` and so live in one slot of a cluster.
///
/// What leads to a job's end is `allow-oom`: in a Redis that our own jobs have filled, nothing could be claimed, and so
/// nothing released, ever again. Pushing is not; the relay tries again once there is room.
enum JobScripts {
    /// KEYS ready, envelopes. ARGV: key, envelope, key, envelope … Pushes what is not there yet; answers how many were new.
    static let push = RedisScript(
        """
        local pushed = 0
        for i = 1, #ARGV, 2 do
            if redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 1]) == 1 then
                redis.call('LPUSH', KEYS[1], ARGV[i])
                pushed = pushed + 1
            end
        end
        return pushed
        """)

    /// KEYS ready, envelopes, active, paused, recovered, workers. ARGV: worker, how many, a key that a blocking move already claimed or ''.
    /// Answers key, envelope ('' where lost), 1 where it was recovered, key, …; a paused queue gives nothing and takes the claimed key back.
    static let claim = RedisScript(
        """
        #!lua flags=allow-oom
        local time = redis.call('TIME')
        redis.call('ZADD', KEYS[6], time[1], ARGV[1])
        local claimed = {}
        local function add(key)
            claimed[#claimed + 1] = key
            claimed[#claimed + 1] = redis.call('HGET', KEYS[2], key) or ''
            claimed[#claimed + 1] = redis.call('HEXISTS', KEYS[5], key)
        end
        if redis.call('EXISTS', KEYS[4]) == 1 then
            if ARGV[3] ~= '' and redis.call('LREM', KEYS[3], 1, ARGV[3]) > 0 then
                redis.call('RPUSH', KEYS[1], ARGV[3])
            end
            return claimed
        end
        if ARGV[3] ~= '' then add(ARGV[3]) end
        for _ = 1, tonumber(ARGV[2]) do
            local key = redis.call('LMOVE', KEYS[1], KEYS[3], 'RIGHT', 'LEFT')
            if not key then break end
            add(key)
        end
        return claimed
        """)

    /// KEYS active, envelopes, recovered. ARGV: keys that are finished, or back in PostgreSQL until they are due.
    static let release = RedisScript(
        """
        for i = 1, #ARGV do
            redis.call('LREM', KEYS[1], 1, ARGV[i])
            redis.call('HDEL', KEYS[2], ARGV[i])
            redis.call('HDEL', KEYS[3], ARGV[i])
        end
        return #ARGV
        """)

    /// KEYS active, ready. Hands back everything that this worker still holds, without marking it as recovered.
    static let handBack = RedisScript(
        """
        #!lua flags=allow-oom
        local moved = 0
        while redis.call('LMOVE', KEYS[1], KEYS[2], 'LEFT', 'RIGHT') do moved = moved + 1 end
        return moved
        """)

    /// KEYS active, ready. ARGV: keys. Hands back those that this worker lists without running them; answers how many.
    static let handBackSome = RedisScript(
        """
        #!lua flags=allow-oom
        local moved = 0
        for i = 1, #ARGV do
            if redis.call('LREM', KEYS[1], 1, ARGV[i]) > 0 then
                redis.call('RPUSH', KEYS[2], ARGV[i])
                moved = moved + 1
            end
        end
        return moved
        """)

    /// KEYS workers. ARGV: expiry in seconds. Answers the workers without a heartbeat for that long, by the clock of Redis.
    static let staleWorkers = RedisScript(
        """
        local time = redis.call('TIME')
        return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', time[1] - ARGV[1], 'LIMIT', 0, 50)
        """)

    /// KEYS workers, active, ready, recovered. ARGV: worker, expiry in seconds. Moves a silent worker's jobs back, marking
    /// each as recovered; answers how many. A worker that has spoken since keeps its jobs.
    static let recover = RedisScript(
        """
        #!lua flags=allow-oom
        local time = redis.call('TIME')
        local beat = redis.call('ZSCORE', KEYS[1], ARGV[1])
        if beat and tonumber(beat) > time[1] - ARGV[2] then return 0 end
        local moved = 0
        while moved < 500 do
            local key = redis.call('LMOVE', KEYS[2], KEYS[3], 'RIGHT', 'RIGHT')
            if not key then break end
            redis.call('HSET', KEYS[4], key, 1)
            moved = moved + 1
        end
        if moved < 500 then redis.call('ZREM', KEYS[1], ARGV[1]) end
        return moved
        """)

    /// KEYS workers. ARGV: worker. The heartbeat, by the clock of Redis.
    static let heartbeat = RedisScript(
        """
        #!lua flags=allow-oom
        local time = redis.call('TIME')
        return redis.call('ZADD', KEYS[1], time[1], ARGV[1])
        """)
}

/// The names of a queue's keys in Redis. `haat:{queue}:ready` is a plain list, so that autoscalers can read its length.
struct QueueKeys: Sendable {
    let ready: String
    /// Hash: dispatch key → sealed envelope.
    let envelopes: String
    let paused: String
    /// Hash: dispatch keys that were taken back from a silent worker.
    let recovered: String
    /// Sorted set: worker → its last heartbeat.
    let workers: String
    /// Marks this life of Redis: its absence tells that the data was lost.
    let incarnation: String
    private let activePrefix: String

    init(_ queue: QueueName) {
        let prefix = "haat:{\(queue.rawValue)}:"
        ready = prefix + "ready"
        envelopes = prefix + "envelopes"
        paused = prefix + "paused"
        recovered = prefix + "recovered"
        workers = prefix + "workers"
        incarnation = prefix + "incarnation"
        activePrefix = prefix + "active:"
    }

    func active(_ worker: String) -> String { activePrefix + worker }

    var activePattern: String {
        // The braces are plain characters to Redis' glob matching.
        activePrefix + "*"
    }

    func worker(ofActive key: String) -> String { String(key.dropFirst(activePrefix.count)) }
}
