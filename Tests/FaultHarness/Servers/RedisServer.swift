import Foundation

/// A private Redis server that keeps nothing on disk: stopping it loses everything, which is the worst it can do.
package actor RedisServer {
    package nonisolated let port: Int
    private let programs: Programs
    private let reaper: Reaper
    private let log: URL
    private var process: ChildProcess?

    package init(_ programs: Programs, name: String, reaper: Reaper) throws {
        self.programs = programs
        self.reaper = reaper
        port = try freePort()
        log = programs.directory.appending(path: "\(name).log")
    }

    package func start() async throws {
        process = try ChildProcess(
            programs.redisServer,
            [
                "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--maxmemory-policy",
                "noeviction",
            ],
            environment: ProcessInfo.processInfo.environment, directory: programs.directory, log: log, reaper: reaper)
        let answers = await eventually(within: .seconds(10)) { await self.answersPing() }
        guard answers else { throw HarnessError.timedOut("Redis starts\n\(ChildProcess.tail(of: log))") }
    }

    /// `kill -9`: everything that it knew is gone.
    package func stop() async {
        process?.send(signal: SIGKILL)
        _ = await process?.untilEnd()
        process = nil
    }

    package func freeze() { process?.send(signal: SIGSTOP) }

    package func thaw() { process?.send(signal: SIGCONT) }

    package func flushAll() async throws { try await command("FLUSHALL") }

    /// Every client waits so long for its answers.
    package func pauseClients(for duration: Duration) async throws {
        try await command("CLIENT", "PAUSE", "\(duration.components.seconds * 1000)", "ALL")
    }

    /// No write that needs memory is accepted until `makeRoom`.
    package func fill() async throws { try await command("CONFIG", "SET", "maxmemory", "1") }

    package func makeRoom() async throws { try await command("CONFIG", "SET", "maxmemory", "0") }

    /// Where clients find it; through a proxy where its port is given.
    package nonisolated func url(port: Int? = nil) -> String { "redis://127.0.0.1:\(port ?? self.port)/0" }

    /// What is in each list of a queue, by key.
    package func listLengths() async throws -> [String: Int] {
        var lengths: [String: Int] = [:]
        for key in try await command("KEYS", "haat:*").lines where key.hasSuffix(":ready") || key.contains(":active:") {
            let reply = try await command("LLEN", key)
            lengths[key] = Int(reply.text.dropFirst()) ?? 0
        }
        return lengths
    }

    private func answersPing() async -> Bool {
        do {
            return try await command("PING").text.hasPrefix("+PONG")
        } catch {
            return false
        }
    }

    /// A connection of its own for each command, outside of the client under test.
    @discardableResult
    private func command(_ words: String...) async throws -> Reply {
        let request = Self.encode(words) + Self.encode(["QUIT"])
        let reply = Reply(text: String(decoding: try await RawConnection.exchange(request, port: port), as: UTF8.self))
        guard !reply.text.hasPrefix("-"), !reply.text.isEmpty else {
            throw HarnessError.failed("Redis answers \(words) with \(reply.text)")
        }
        return reply
    }

    private static func encode(_ words: [String]) -> [UInt8] {
        Array(("*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()).utf8)
    }

    private struct Reply {
        let text: String

        /// The lines that are neither lengths nor the farewell.
        var lines: [String] {
            text.split(separator: "\r\n").map(String.init).filter {
                !$0.hasPrefix("$") && !$0.hasPrefix("*") && $0 != "+OK"
            }
        }
    }
}
