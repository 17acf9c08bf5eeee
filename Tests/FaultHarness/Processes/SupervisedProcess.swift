package import Foundation

/// A program that is started again whenever it ends, the way a service supervisor does: without the planned fault.
package actor SupervisedProcess {
    package nonisolated let name: String
    package nonisolated let log: URL
    private let executable: URL
    private let arguments: [String]
    private let environment: [String: String]
    private let directory: URL
    private let readiness: URL?
    private let http: HTTPExchange
    private let reaper: Reaper

    private var current: ChildProcess?
    private var isWanted = false
    /// How each run ended that was not asked to stop.
    package private(set) var deaths: [ProcessEnding] = []

    /// - Parameters:
    ///   - readiness: answers 200 once the process works; `nil` where there is nothing to ask.
    package init(
        name: String, executable: URL, arguments: [String], environment: [String: String], directory: URL, log: URL,
        readiness: URL?, http: HTTPExchange, reaper: Reaper
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
    package func start(fault: String? = nil) async throws {
        isWanted = true
        let process = try launch(fault: fault)
        try await untilReady(orDead: fault == nil ? nil : process)
    }

    /// Kills what runs and starts it with a fault planned.
    package func replace(fault: String? = nil) async throws {
        isWanted = false
        current?.send(signal: SIGKILL)
        _ = await current?.untilEnd()
        try await start(fault: fault)
    }

    /// `kill -9`; the supervisor starts it again.
    package func kill() {
        current?.send(signal: SIGKILL)
    }

    /// SIGSTOP.
    package func freeze() { current?.send(signal: SIGSTOP) }

    /// SIGCONT.
    package func thaw() { current?.send(signal: SIGCONT) }

    package var pid: Int32? { current?.pid }

    /// SIGTERM.
    ///
    /// - Throws: `HarnessError.timedOut` where the process has not drained within half a minute; it is killed then.
    package func stop() async throws {
        isWanted = false
        guard let process = current, process.ending == nil else { return }
        process.send(signal: SIGTERM)
        let inTime = await eventually(within: .seconds(30)) { process.ending != nil }
        guard !inTime else { return }
        process.send(signal: SIGKILL)
        _ = await process.untilEnd()
        throw HarnessError.timedOut("\(name) stops on SIGTERM\n\(ChildProcess.tail(of: log))")
    }

    /// Waits until the process has died once more than `count` times.
    package func untilDeaths(exceed count: Int, within limit: Duration = .seconds(30)) async throws {
        let died = await eventually(within: limit) { self.deaths.count > count }
        guard died else {
            throw HarnessError.timedOut("\(name) reaches its fault point\n\(ChildProcess.tail(of: log))")
        }
    }

    /// Waits until the process answers that it is ready.
    package func untilReady(within limit: Duration = .seconds(30)) async throws {
        try await untilReady(orDead: nil, within: limit)
    }

    private func untilReady(orDead process: ChildProcess?, within limit: Duration = .seconds(30)) async throws {
        guard let readiness else { return }
        let http = http
        let isReady = await eventually(within: limit) {
            if process?.ending != nil { return true }
            return await http.isOK(readiness)
        }
        guard isReady else {
            throw HarnessError.timedOut("\(name) is ready at \(readiness)\n\(ChildProcess.tail(of: log))")
        }
    }

    @discardableResult
    private func launch(fault: String?) throws -> ChildProcess {
        var environment = environment
        environment["HAAT_FAULT"] = fault
        let process = try ChildProcess(
            executable, arguments, environment: environment, directory: directory, log: log, reaper: reaper)
        current = process
        Task { await self.watch(process) }
        return process
    }

    private func watch(_ process: ChildProcess) async {
        let ending = await process.untilEnd()
        guard isWanted, current === process else { return }
        deaths.append(ending)
        // A supervisor waits a moment too; a process that can't start must not eat the machine.
        await pause(.milliseconds(100))
        guard isWanted, current === process else { return }
        do {
            try launch(fault: nil)
        } catch {
            deaths.append(.exited(127))
        }
    }
}
