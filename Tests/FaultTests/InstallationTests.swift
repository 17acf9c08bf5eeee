import Foundation
import Testing

/// The directory in which the scripts keep servers, secrets and logs.
@Suite("An installation")
struct InstallationTests {
    private struct Modes {
        let directory: URL

        subscript(_ name: String) -> Int {
            get throws {
                let path = directory.appending(path: name).path
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                return try #require(mode)
            }
        }
    }

    @Test("Nobody else reads it, whatever the umask, also where it was open before")
    func modes() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "installation-\(UUID().uuidString)")
        let log = directory.appending(path: "log")
        try FileManager.default.createDirectory(
            at: log, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.path)
        defer { try? FileManager.default.removeItem(at: directory) }
        let script = """
            set -euo pipefail
            umask 022
            source deploy/local/servers.sh
            open_installation "$1" 4000
            start_process sleeper sleep 600
            stop_process sleeper
            start_redis word
            stop_process redis
            """
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", script, "bash", directory.path]
        process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": "/tmp"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let modes = Modes(directory: directory)
        // Whoever runs PostgreSQL for root has to pass through.
        #expect(try modes["."] & (geteuid() == 0 ? 0o066 : 0o077) == 0)
        for name in ["log", "run", "redis", "env", "log/sleeper.json", "log/redis.log", "redis/redis.conf"] {
            let mode = try modes[name]
            #expect(mode & 0o077 == 0, "\(name) is \(String(mode, radix: 8))")
        }
        let files = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
        #expect(try files.filter { $0.hasPrefix("redis/") }.allSatisfy { try modes[$0] & 0o077 == 0 })
    }
}
