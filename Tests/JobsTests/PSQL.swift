import Foundation
import TestSupport

/// PostgreSQL's own client, which anybody has who got hold of a connection string.
struct PSQL {
    let connectionString: String

    /// Tries one statement after the other in one session, and resets that in between.
    /// - Returns: the SQLSTATE that each ended with, "00000" where it succeeded.
    func states(of statements: [String]) async throws -> [String] {
        let directory = FileManager.default.temporaryDirectory.appending(path: "psql-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let (script, log) = (directory.appending(path: "script.sql"), directory.appending(path: "log"))
        let text = statements.map { "\($0);\n\\echo \(Self.mark) :SQLSTATE\nRESET ALL; RESET ROLE;\n" }.joined()
        try Data(text.utf8).write(to: script)
        try await ServerProcess.run(
            Self.program, ["--no-psqlrc", "--quiet", "--file=\(script.path)", connectionString], log: log)
        return String(decoding: try Data(contentsOf: log), as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix(Self.mark) }.map { String($0.dropFirst(Self.mark.count + 1)) }
    }

    private static let mark = "state"

    private static var program: URL {
        let directory = ProcessInfo.processInfo.environment["HAAT_PG_BIN"] ?? "/usr/lib/postgresql/15/bin"
        return URL(filePath: directory).appending(path: "psql")
    }
}
