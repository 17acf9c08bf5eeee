package import Foundation
import NIOConcurrencyHelpers

/// A server process of a test's own. It does not outlive the process of the tests, however that ends.
package final class ServerProcess: Sendable {
    /// Waits for a word, and ends the server where the pipe is closed instead: then the tests have died.
    private static let watchdog = """
        trap '' INT TERM HUP
        read -r word && exit 0
        kill -CONT "$0"
        kill -"$1" "$0"
        """

    package let pid: Int32
    private let ended = NIOLockedValueBox(false)
    private let pipe: Pipe

    /// - Parameters:
    ///   - log: gets what the server writes.
    ///   - signal: the name of the one that makes the server end at once, with its children.
    package init(_ executable: URL, _ arguments: [String], log: URL, endedBy signal: String = "KILL") throws {
        let (process, output) = try Self.prepare(executable, arguments, log: log)
        let (ended, pipe) = (ended, Pipe())
        process.terminationHandler = { _ in
            ended.withLockedValue { $0 = true }
            pipe.fileHandleForWriting.write(Data("over\n".utf8))
        }
        try process.runAlone()
        try output.close()
        pid = process.processIdentifier
        self.pipe = pipe
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", Self.watchdog, "\(pid)", signal]
        shell.standardInput = pipe
        try shell.runAlone()
    }

    /// Whether the process is no more.
    package var hasEnded: Bool { ended.withLockedValue { $0 } }

    package func send(_ signal: Int32) {
        if !hasEnded { kill(pid, signal) }
    }

    /// Sends a signal and returns when the process has ended.
    package func end(_ signal: Int32) {
        send(signal)
        while !hasEnded { usleep(1000) }
    }

    /// Runs a program to its end.
    /// - Throws: `ServerFailure` with the end of its output, unless it exits with 0.
    package static func run(_ executable: URL, _ arguments: [String], log: URL) async throws {
        let (process, output) = try Self.prepare(executable, arguments, log: log)
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.runAlone()
            } catch {
                continuation.resume(throwing: error)
            }
        }
        try output.close()
        guard status == 0 else {
            throw ServerFailure(reason: "\(executable.lastPathComponent) \(arguments): status \(status)", log: log)
        }
    }

    /// A program that is yet to run, and its log.
    private static func prepare(
        _ executable: URL, _ arguments: [String], log: URL
    ) throws -> (Process, output: FileHandle) {
        if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = log.deletingLastPathComponent()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        return (process, output)
    }
}

/// A server of a test's own does not do what the test needs.
package struct ServerFailure: Error, CustomStringConvertible {
    package let description: String

    package init(reason: String, log: URL) {
        let content = FileManager.default.contents(atPath: log.path) ?? Data()
        description = "\(reason)\n\(String(decoding: content.suffix(2000), as: UTF8.self))"
    }
}
