package import Foundation
import Synchronization
import TestSupport

/// Ends everything that a run started, even when the run itself is killed: a shell that outlives us by a moment, reads the
/// pids from a pipe, and acts when the pipe closes.
package final class Reaper: Sendable {
    private static let script = """
        trap '' INT TERM HUP
        while read -r verb subject; do
            case $verb in
                end) pids="$pids $subject" ;;
                forget) pids=$(for pid in $pids; do [ "$pid" = "$subject" ] || printf ' %s' "$pid"; done) ;;
                remove) directory=$subject ;;
                keep) directory= ;;
            esac
        done
        for pid in $pids; do
            kill -CONT "$pid"
            # PostgreSQL's postmaster takes its children along on QUIT. A Swift program would start to write a crash report.
            case $(cat "/proc/$pid/comm") in
                postgres) kill -QUIT "$pid" ;;
                *) kill -KILL "$pid" ;;
            esac
        done 2>/dev/null
        sleep 0.5
        for pid in $pids; do kill -KILL "$pid"; done 2>/dev/null
        [ -z "$directory" ] || rm -rf "$directory"
        """

    private let pipe: Mutex<FileHandle>

    package init() throws {
        let input = Pipe()
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", Self.script]
        shell.standardInput = input
        try shell.runAlone()
        pipe = Mutex(input.fileHandleForWriting)
    }

    /// From now on the process does not outlive the run.
    package func end(_ pid: Int32) { tell("end \(pid)") }

    /// The process has ended; its pid may come to mean another one.
    package func forget(_ pid: Int32) { tell("forget \(pid)") }

    /// Removes the directory once everything has ended.
    package func remove(_ directory: URL) { tell("remove \(directory.path)") }

    /// Leaves the directory, for whoever has to find out what happened.
    package func keep(_ directory: URL) { tell("keep \(directory.path)") }

    private func tell(_ line: String) {
        pipe.withLock { $0.write(Data((line + "\n").utf8)) }
    }
}
