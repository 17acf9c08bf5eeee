import Foundation
import TestSupport

/// A private Redis server that keeps nothing on disk: stopping it loses everything, which is the worst it can do.
package actor RedisServer {
    private let held: HeldPort
    private let programs: Programs
    private let reaper: Reaper
    private let log: URL
    private var process: ChildProcess?

    package nonisolated var port: Int { held.number }
    package nonisolated var console: RedisConsole { RedisConsole(port: port) }

    package init(_ programs: Programs, name: String, reaper: Reaper) throws {
        self.programs = programs
        self.reaper = reaper
        held = try HeldPort()
        log = programs.directory.appending(path: "\(name).log")
    }

    package func start() async throws {
        let process = try ChildProcess(
            programs.redisServer,
            [
                "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--maxmemory-policy",
                "noeviction", "--repl-diskless-sync-delay", "0",
            ],
            environment: ProcessInfo.processInfo.environment, directory: programs.directory, log: log, reaper: reaper)
        self.process = process
        let isUp = try await eventually(within: .seconds(60)) {
            if process.ending != nil { return true }
            guard try ListeningSockets.isListening(process.pid, on: port) else { return false }
            return await console.answers()
        }
        guard isUp, process.ending == nil else {
            throw HarnessError.failed("Redis does not start\n\(ChildProcess.tail(of: log))")
        }
    }

    /// `kill -9`: everything that it knew is gone.
    package func stop() async {
        process?.send(signal: SIGKILL)
        _ = await process?.untilEnd()
        process = nil
    }

    package func freeze() { process?.send(signal: SIGSTOP) }

    package func thaw() { process?.send(signal: SIGCONT) }

    package func flushAll() async throws { try await console.command("FLUSHALL") }

    /// Every client waits so long for its answers.
    package func pauseClients(for duration: Duration) async throws {
        try await console.command("CLIENT", "PAUSE", "\(duration.components.seconds * 1000)", "ALL")
    }

    /// No write that needs memory is accepted until `makeRoom`.
    package func fill() async throws { try await console.command("CONFIG", "SET", "maxmemory", "1") }

    package func makeRoom() async throws { try await console.command("CONFIG", "SET", "maxmemory", "0") }

    /// Where clients find it; through a proxy where its port is given.
    package nonisolated func url(port: Int? = nil) -> String { "redis://127.0.0.1:\(port ?? self.port)/0" }

    /// Copies the other server from now on, and refuses writes. Connections that it has stay open.
    ///
    /// - Throws: `HarnessError.timedOut` where the copy is not complete in time.
    package func follow(_ other: RedisServer) async throws {
        try await console.command("REPLICAOF", "127.0.0.1", "\(other.port)")
        let isComplete = try await eventually(within: .seconds(60)) {
            try await console.command("INFO", "replication").text.contains("master_link_status:up")
        }
        guard isComplete else { throw HarnessError.timedOut("Redis has copied its primary") }
    }

    /// Follows nobody from now on, and takes writes.
    package func promote() async throws { try await console.command("REPLICAOF", "NO", "ONE") }
}
