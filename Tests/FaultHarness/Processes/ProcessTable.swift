import Foundation

/// What the kernel says of processes.
enum ProcessTable {
    static func children(of parent: Int32) -> [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.filter { self.parent(of: $0) == parent }
    }

    /// The fourth field of `/proc/<pid>/stat`; the second is the name in parentheses and may hold anything.
    private static func parent(of pid: Int32) -> Int32? {
        guard let content = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
        let afterName = String(decoding: content, as: UTF8.self).split(separator: ")").last ?? ""
        let fields = afterName.split(separator: " ")
        return fields.count > 1 ? Int32(fields[1]) : nil
    }
}
