/// A Redis server and its replica, and what an operator's sentinel does with the two.
package actor RedisPair {
    package private(set) var primary: RedisServer
    package private(set) var replica: RedisServer
    package nonisolated let servers: [RedisServer]

    /// Two running servers, of which one copies the other.
    package init(on machinery: Machinery, named name: String) async throws {
        let first = try RedisServer(machinery.programs, name: "\(name)-a", reaper: machinery.reaper)
        let second = try RedisServer(machinery.programs, name: "\(name)-b", reaper: machinery.reaper)
        primary = first
        replica = second
        servers = [first, second]
        for server in servers { try await server.start() }
        try await second.follow(first)
    }

    /// The replica becomes the primary, and the primary its replica: connections to it stay open and can't write any more.
    package func switchOver() async throws {
        try await replica.promote()
        swap(&primary, &replica)
        try await replica.follow(primary)
    }
}
