import Foundation

/// What Linux knows about a running process.
struct MeasuredProcess: Sendable {
    struct Reading: Sendable {
        let processorSeconds: Double
        let residentBytes: Int
    }

    let pid: Int32

    func reading() throws -> Reading {
        // The name before the bracket may hold spaces; after it come state, parent and so on (proc(5)).
        let stat = try fields("stat", after: ")")
        let statm = try fields("statm")
        guard stat.count > 12, let user = Double(stat[11]), let system = Double(stat[12]), statm.count > 1,
            let pages = Int(statm[1])
        else { throw Unreadable(path: "/proc/\(pid)") }
        return Reading(
            processorSeconds: (user + system) / Double(sysconf(Int32(_SC_CLK_TCK))),
            residentBytes: pages * sysconf(Int32(_SC_PAGESIZE)))
    }

    private func fields(_ file: String, after mark: Character? = nil) throws -> [Substring] {
        let text = try String(contentsOfFile: "/proc/\(pid)/\(file)", encoding: .utf8)
        let start = mark.flatMap { text.lastIndex(of: $0) }.map { text.index(after: $0) } ?? text.startIndex
        return text[start...].split(whereSeparator: \.isWhitespace)
    }

    struct Unreadable: Error, CustomStringConvertible {
        let path: String
        var description: String { "\(path) can't be understood" }
    }
}
