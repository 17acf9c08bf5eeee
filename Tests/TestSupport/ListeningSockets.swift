import Foundation

/// Whose sockets listen on this machine, as the kernel tells: an answer from a port does not say who gave it.
package enum ListeningSockets {
    /// Whether the process itself listens on the port.
    ///
    /// - Throws: where the kernel's tables can't be read.
    package static func isListening(_ pid: Int32, on port: Int) throws -> Bool {
        let inodes = try Set(Table.all.flatMap { try $0.listeners(on: port) })
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

    /// One of the kernel's tables of sockets.
    private struct Table {
        let path: String
        /// How it writes the other end of a socket that listens, and the state LISTEN.
        let listening: String

        static let all = [
            Table(path: "/proc/net/tcp", addressDigits: 8), Table(path: "/proc/net/tcp6", addressDigits: 32),
        ]

        private init(path: String, addressDigits: Int) {
            self.path = path
            listening = " " + String(repeating: "0", count: addressDigits) + ":0000 0A "
        }

        /// The inodes of the sockets that listen on the port. Only their lines are read: a table has thousands.
        func listeners(on port: Int) throws -> [Substring] {
            guard FileManager.default.fileExists(atPath: path) else { return [] }
            // FileManager takes the first piece that the kernel hands out for the whole.
            let content = try FileHandle(forReadingFrom: URL(filePath: path)).readToEnd() ?? Data()
            let listener = Data((":" + String(format: "%04X", port) + listening).utf8)
            var inodes: [Substring] = []
            var rest = content[...]
            while let found = rest.range(of: listener) {
                rest = rest[found.upperBound...]
                let line = rest.prefix(120).prefix { $0 != UInt8(ascii: "\n") }
                let fields = String(decoding: line, as: UTF8.self).split(separator: " ")
                if fields.count > 5 { inodes.append(fields[5]) }
            }
            return inodes
        }
    }
}
