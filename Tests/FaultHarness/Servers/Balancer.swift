import Foundation
import TestSupport

/// HAProxy before a pair of PostgreSQL servers and a pair of Redis servers, as operators run it: it asks each server whether
/// it takes writes, and gives connections to the one that does.
package actor Balancer {
    private let postgresFrontend: HeldPort
    private let redisFrontend: HeldPort
    private let statistics: HeldPort
    private let machinery: Machinery
    private let configuration: URL
    private let log: URL
    private var process: ChildProcess?

    package nonisolated var postgresPort: Int { postgresFrontend.number }
    package nonisolated var redisPort: Int { redisFrontend.number }

    package init(on machinery: Machinery, postgres: PostgresPair, redis: RedisPair) throws {
        self.machinery = machinery
        postgresFrontend = try HeldPort()
        redisFrontend = try HeldPort()
        statistics = try HeldPort()
        configuration = machinery.programs.directory.appending(path: "haproxy.cfg")
        log = machinery.programs.directory.appending(path: "haproxy.log")
        let text = BalancerConfiguration(
            postgresPort: postgresFrontend.number, postgresServers: postgres.servers.map(\.port),
            redisPort: redisFrontend.number, redisServers: redis.servers.map(\.port), statisticsPort: statistics.number
        ).text
        try Data(text.utf8).write(to: configuration)
    }

    /// Returns when it knows of each pair which server takes writes.
    package func start() async throws {
        let process = try ChildProcess(
            machinery.programs.haproxy(), ["-db", "-f", configuration.path],
            environment: ProcessInfo.processInfo.environment, directory: machinery.programs.directory, log: log,
            reaper: machinery.reaper)
        self.process = process
        let isSettled = try await eventually(within: .seconds(60)) {
            if process.ending != nil { return true }
            guard try ListeningSockets.isListening(process.pid, on: statistics.number) else { return false }
            return await self.isSettled()
        }
        guard isSettled, process.ending == nil else {
            throw HarnessError.failed("HAProxy does not start\n\(ChildProcess.tail(of: log))")
        }
    }

    /// Whether one server of each pair is up and the other one down. Before its first checks HAProxy believes all to be up.
    private func isSettled() async -> Bool {
        do {
            let answer = try await machinery.http.send("GET", "http://127.0.0.1:\(statistics.number)/;csv")
            let states = answer.text.split(separator: "\n").map {
                $0.split(separator: ",", omittingEmptySubsequences: false)
            }
            return BalancerConfiguration.backends.allSatisfy { backend in
                let servers = states.filter { $0.count > 17 && $0[0] == backend && $0[1].hasPrefix("server") }
                return Set(servers.map { $0[17] }) == ["UP", "DOWN"]
            }
        } catch {
            return false
        }
    }
}

/// What HAProxy is told.
struct BalancerConfiguration {
    static let backends = ["postgres", "redis"]

    let postgresPort: Int
    let postgresServers: [Int]
    let redisPort: Int
    let redisServers: [Int]
    let statisticsPort: Int

    /// A PostgreSQL that is lost takes its connections along. Those to a Redis that was demoted stay open, because not every
    /// address that moves closes them: the client has to find out by itself.
    var text: String {
        """
        global
            log stdout format raw local0
        defaults
            mode tcp
            log global
            option redispatch
            retries 3
            timeout connect 1s
            timeout client 1h
            timeout server 1h
            timeout check 2s
            default-server inter 500ms fall 2 rise 1
        listen postgres
            bind 127.0.0.1:\(postgresPort)
            balance first
            option tcp-check
            tcp-check connect
            tcp-check send-binary \(Self.hexadecimal(Self.startup))
            tcp-check expect binary \(Self.hexadecimal(Self.readyForQuery))
            tcp-check send-binary \(Self.hexadecimal(Self.query))
            tcp-check expect binary \(Self.hexadecimal(Self.isPrimary))
            tcp-check send-binary \(Self.hexadecimal(Self.terminate))
            default-server on-marked-down shutdown-sessions
        \(Self.lines(postgresServers))
        listen redis
            bind 127.0.0.1:\(redisPort)
            balance first
            option tcp-check
            tcp-check connect
            tcp-check send info\\ replication\\r\\n
            tcp-check expect string role:master
            tcp-check send quit\\r\\n
            tcp-check expect string +OK
        \(Self.lines(redisServers))
        listen statistics
            mode http
            bind 127.0.0.1:\(statisticsPort)
            stats enable
            stats uri /

        """
    }

    private static func lines(_ ports: [Int]) -> String {
        ports.enumerated().map { "    server server\($0.offset) 127.0.0.1:\($0.element) check" }.joined(separator: "\n")
    }

    /// Version 3.0, user and database.
    private static let startup = message(nil, [0, 3, 0, 0] + Array("user\0haat\0database\0postgres\0\0".utf8))
    private static let query = message("Q", Array("SELECT pg_is_in_recovery()\0".utf8))
    private static let terminate = message("X", [])
    private static let readyForQuery = message("Z", Array("I".utf8))
    /// A row of one column, one byte long: `f`.
    private static let isPrimary = message("D", [0, 1, 0, 0, 0, 1] + Array("f".utf8))

    private static func message(_ type: Character?, _ content: [UInt8]) -> [UInt8] {
        let length = withUnsafeBytes(of: UInt32(content.count + 4).bigEndian) { Array($0) }
        return Array(String(type.map { [$0] } ?? []).utf8) + length + content
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }
}
