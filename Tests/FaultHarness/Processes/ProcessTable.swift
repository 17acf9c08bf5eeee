import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// What the kernel says of processes.
package enum ProcessTable {
    static func children(of parent: Int32) -> [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.filter { self.parent(of: $0) == parent }
    }

    /// How long a process has been on a processor, itself and for the kernel; `nil` where it is gone.
    package static func processorTime(of process: Int32) -> Duration? {
        guard let fields = fields(of: process), fields.count > 12, let user = Int(fields[11]),
            let system = Int(fields[12])
        else { return nil }
        return .milliseconds((user + system) * 1000 / sysconf(Int32(_SC_CLK_TCK)))
    }

    /// How many descriptors a process has open.
    package static func descriptors(of process: Int32) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
    }

    /// Lets a process open no more than so many.
    ///
    /// - Throws: `HarnessError.failed`.
    package static func limitDescriptors(of process: Int32, to count: Int) throws {
        let command = Process()
        command.executableURL = URL(filePath: "/usr/bin/prlimit")
        command.arguments = ["--pid", "\(process)", "--nofile=\(count):\(count)"]
        try command.run()
        command.waitUntilExit()
        guard command.terminationStatus == 0 else { throw HarnessError.failed("prlimit: \(command.terminationStatus)") }
    }

    /// The fourth field of `/proc/<pid>/stat`.
    private static func parent(of pid: Int32) -> Int32? {
        fields(of: pid).flatMap { $0.count > 1 ? Int32($0[1]) : nil }
    }

    /// Those of `/proc/<pid>/stat` from the third on; the second is the name in parentheses and may hold anything.
    private static func fields(of pid: Int32) -> [Substring]? {
        guard let content = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
        let afterName = String(decoding: content, as: UTF8.self).split(separator: ")").last ?? ""
        return afterName.split(separator: " ")
    }
}
