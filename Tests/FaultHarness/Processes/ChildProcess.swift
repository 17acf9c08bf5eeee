package import Foundation
import Synchronization
import TestSupport

/// How a process ended.
package enum ProcessEnding: Sendable, Equatable, CustomStringConvertible {
    case exited(Int32)
    case killed(signal: Int32)

    package var description: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .killed(let signal): "signal \(signal)"
        }
    }
}

/// One run of a program, its output in a file.
package final class ChildProcess: Sendable {
    private struct State {
        var ending: ProcessEnding?
        var waiting: [CheckedContinuation<ProcessEnding, Never>] = []
    }

    package let pid: Int32
    private let state: SharedState

    private final class SharedState: Sendable {
        let state = Mutex(State())
    }

    /// Starts the program; its output is appended to `log`.
    package init(
        _ executable: URL, _ arguments: [String], environment: [String: String], directory: URL, log: URL,
        reaper: Reaper
    ) throws {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = directory
        process.standardInput = FileHandle.nullDevice
        let output = try Self.open(log)
        process.standardOutput = output
        process.standardError = output
        let shared = SharedState()
        process.terminationHandler = { process in
            let ending: ProcessEnding =
                process.terminationReason == .exit
                ? .exited(process.terminationStatus) : .killed(signal: process.terminationStatus)
            reaper.forget(process.processIdentifier)
            let waiting = shared.state.withLock { state in
                state.ending = ending
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume(returning: ending) }
        }
        try Self.withoutBlockedSignals { try process.runAlone() }
        try output.close()
        pid = process.processIdentifier
        state = shared
        reaper.end(pid)
    }

    /// Runs a program to its end.
    ///
    /// - Throws: `HarnessError.failed` with the end of its output, unless it exits with 0.
    package static func run(
        _ executable: URL, _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment,
        directory: URL, log: URL, reaper: Reaper
    ) async throws {
        let process = try ChildProcess(
            executable, arguments, environment: environment, directory: directory, log: log, reaper: reaper)
        let ending = await process.untilEnd()
        guard ending == .exited(0) else {
            throw HarnessError.failed("\(executable.lastPathComponent) \(arguments): \(ending)\n\(tail(of: log))")
        }
    }

    /// `nil` while it runs.
    package var ending: ProcessEnding? { state.state.withLock { $0.ending } }

    /// Waits for the end of the process.
    package func untilEnd() async -> ProcessEnding {
        await withCheckedContinuation { continuation in
            let ending = state.state.withLock { state in
                if state.ending == nil { state.waiting.append(continuation) }
                return state.ending
            }
            if let ending { continuation.resume(returning: ending) }
        }
    }

    /// Sends a signal, unless the process has ended.
    package func send(signal: Int32) {
        state.state.withLock { state in
            guard state.ending == nil else { return }
            _ = kill(pid, signal)
        }
    }

    /// The last lines of an output file, for reports.
    package static func tail(of log: URL, bytes: Int = 3000) -> String {
        guard let content = FileManager.default.contents(atPath: log.path) else { return "(no output)" }
        return String(decoding: content.suffix(bytes), as: UTF8.self)
    }

    /// A program inherits the signals that the thread blocks which starts it, and those of the runtime block all.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    private static func open(_ log: URL) throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: log.path) {
            guard FileManager.default.createFile(atPath: log.path, contents: nil) else {
                throw HarnessError.failed("can't write \(log.path)")
            }
        }
        let handle = try FileHandle(forWritingTo: log)
        try handle.seekToEnd()
        return handle
    }
}
