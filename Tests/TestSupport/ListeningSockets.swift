import Foundation

/// Whose sockets listen on this machine, as the kernel tells: an answer from a port does not say who gave it.
package enum ListeningSockets {
    /// Whether the process itself listens on the port.
    ///
    /// - Throws: where the kernel's tables can't be read.
    package static func isListening(_ pid: Int32, on port: Int) throws -> Bool {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].filter(FileManager.default.fileExists(atPath:))
        let inodes = try Set(tables.flatMap { try listeners(on: port, in: $0) })
        guard !inodes.isEmpty else { return false }
        let directory = "/proc/\(pid)/fd"
        // A process that has just ended has none.
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return descriptors.contains { descriptor in
            guard
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\(descriptor)"),
                target.hasPrefix("socket:[")
            else { return false }
            return inodes.contains(target.dropFirst("socket:[".count).dropLast())
        }
    }

    /// The inodes of the sockets that listen on the port; state 0A is LISTEN.
    private static func listeners(on port: Int, in table: String) throws -> [Substring] {
        let suffix = ":" + String(format: "%04X", port)
        // FileManager takes the first piece that the kernel hands out for the whole.
        let content = try FileHandle(forReadingFrom: URL(filePath: table)).readToEnd() ?? Data()
        return String(decoding: content, as: UTF8.self).split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A", fields[1].hasSuffix(suffix) else { return nil }
            return fields[9]
        }
    }
}
