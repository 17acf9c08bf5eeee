package import Foundation
import TestSupport

/// A program that is started again whenever it ends, the way a service supervisor does: without the planned fault. One that
/// ends a second time though nobody made it is given up.
package actor SupervisedProcess {
    /// Where the program listens once it works.
    struct Readiness: Sendable {
        let port: Int
        /// Answers 200 then.
        let path: String

        var url: String { "http://127.0.0.1:\(port)\(path)" }
    }

    /// One life of the program.
    private struct Run {
        let process: ChildProcess
        let fault: String?
        var isKilled = false
    }

    package nonisolated let name: String
    package nonisolated let log: URL
    private let executable: URL
    private let arguments: [String]
    private var environment: [String: String]
    private let directory: URL
    private let readiness: Readiness
    private let http: HTTPExchange
    private let reaper: Reaper

    private var current: Run?
    private var isWanted = false
    /// How each run ended that was not asked to stop.
    package private(set) var deaths: [ProcessEnding] = []
    /// Those of them that nobody brought about.
    package private(set) var crashes: [ProcessEnding] = []
    /// Why the program is not started any more, with the end of its log.
    package private(set) var surrender: String?

    init(
        name: String, executable: URL, arguments: [String], environment: [String: String], directory: URL, log: URL,
        readiness: Readiness, http: HTTPExchange, reaper: Reaper
    ) {
        self.name = name
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.log = log
        self.readiness = readiness
        self.http = http
        self.reaper = reaper
    }

    /// Starts the process and returns when it is ready, or has died of its fault.
    ///
    /// - Parameter fault: a value of `HAAT_FAULT`; only the first run has it.
    package func start(fault: String? = nil, within limit: Duration = .seconds(60)) async throws {
        isWanted = true
        let process = try launch(fault: fault)
        try await untilReady(orDead: fault == nil ? nil : process, within: limit)
    }

    /// Kills what runs and starts it with a fault planned.
    package func replace(fault: String? = nil) async throws {
        isWanted = false
        current?.process.send(signal: SIGKILL)
        _ = await current?.process.untilEnd()
        try await start(fault: fault)
    }

    /// Lets it drain and starts it with these settings in place of its own.
    ///
    /// - Throws: where it does not stop on SIGTERM in time, or does not become ready.
    package func restart(with settings: [String: String]) async throws {
        try await stop()
        environment.merge(settings) { $1 }
        try await start()
    }

    /// `kill -9`; the supervisor starts it again, unless it is for good.
    package func kill(forGood: Bool = false) {
        if forGood { isWanted = false }
        current?.isKilled = true
        current?.process.send(signal: SIGKILL)
    }

    /// The process that runs now.
    package var pid: Int32? { current?.process.pid }

    /// SIGSTOP.
    package func freeze() { current?.process.send(signal: SIGSTOP) }

    /// SIGCONT.
    package func thaw() { current?.process.send(signal: SIGCONT) }

    /// SIGTERM.
    ///
    /// - Throws: `HarnessError.timedOut` where the process has not drained within a minute; it is killed then.
    package func stop() async throws {
        isWanted = false
        guard let process = current?.process, process.ending == nil else { return }
        process.send(signal: SIGTERM)
        let inTime = await eventually(within: .seconds(60)) { process.ending != nil }
        guard !inTime else { return }
        process.send(signal: SIGKILL)
        _ = await process.untilEnd()
        throw HarnessError.timedOut("\(name) stops on SIGTERM\n\(ChildProcess.tail(of: log))")
    }

    /// Waits until the process has died once more than `count` times.
    package func untilDeaths(exceed count: Int, within limit: Duration = .seconds(60)) async throws {
        let died = await eventually(within: limit) { self.deaths.count > count }
        guard died else {
            throw HarnessError.timedOut("\(name) reaches its fault point\n\(ChildProcess.tail(of: log))")
        }
    }

    /// Waits until the process answers that it is ready.
    package func untilReady(within limit: Duration = .seconds(60)) async throws {
        try await untilReady(orDead: nil, within: limit)
    }

    private func untilReady(orDead process: ChildProcess?, within limit: Duration = .seconds(60)) async throws {
        let isSettled = try await eventually(within: limit) {
            if self.surrender != nil || process?.ending != nil { return true }
            return try await self.isReady()
        }
        if let surrender { throw HarnessError.failed(surrender) }
        guard isSettled else {
            throw HarnessError.timedOut("\(name) is ready at \(readiness.url)\n\(ChildProcess.tail(of: log))")
        }
    }

    /// Whether our process, and no stranger at its port, answers that it is ready.
    private func isReady() async throws -> Bool {
        guard await http.isOK(readiness.url), let process = current?.process, process.ending == nil else {
            return false
        }
        return try ListeningSockets.isListening(process.pid, on: readiness.port)
    }

    @discardableResult
    private func launch(fault: String?) throws -> ChildProcess {
        var environment = environment
        environment["HAAT_FAULT"] = fault
        let process = try ChildProcess(
            executable, arguments, environment: environment, directory: directory, log: log, reaper: reaper)
        current = Run(process: process, fault: fault)
        Task { await self.watch(process) }
        return process
    }

    private func watch(_ process: ChildProcess) async {
        let ending = await process.untilEnd()
        guard isWanted, let run = current, run.process === process else { return }
        deaths.append(ending)
        if ending != .killed(signal: SIGKILL) || !run.isKilled && run.fault == nil { crashes.append(ending) }
        guard crashes.count < 2 else {
            isWanted = false
            let report = "\(name) has ended by itself twice, the second time with \(ending); its log is \(log.path)"
            surrender = report + "\n" + ChildProcess.tail(of: log)
            return
        }
        await pause(crashes.isEmpty ? .milliseconds(100) : .seconds(1))
        guard isWanted, current?.process === process else { return }
        do {
            try launch(fault: nil)
        } catch {
            surrender = "\(name) can't be started again: \(error)"
        }
    }
}
