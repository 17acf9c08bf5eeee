import Foundation
import NIOConcurrencyHelpers

/// A PostgreSQL server of a test's own, for what can't be done to the one that all tests share.
///
/// Its superuser is `haat`, trusted on loopback. Data survives the death of its processes, which is all that tests bring about.
package final class PrivatePostgres: Sendable {
    /// Where it listens, on 127.0.0.1.
    package var port: UInt16 { UInt16(clamping: held.number) }
    private let held: HeldPort
    private let directory: URL
    private let settings: [String]
    private let process = NIOLockedValueBox<ServerProcess?>(nil)

    private var data: URL { directory.appending(path: "data") }
    private var log: URL { directory.appending(path: "log") }

    private init(directory: URL, settings: [String]) throws {
        held = try HeldPort()
        self.directory = directory
        self.settings = settings
    }

    /// Runs the body with a new server, and removes it whatever happens.
    /// - Parameter settings: such as "synchronous_standby_names=*".
    package static func withServer<R>(
        settings: [String] = [], _ body: (PrivatePostgres) async throws -> R
    ) async throws -> R {
        let directory = try PostgresPrograms.makeDirectory()
        defer { PostgresPrograms.remove(directory) }
        try await PostgresPrograms.run(
            "initdb",
            [
                "--pgdata=\(directory.appending(path: "data").path)", "--username=haat", "--auth=trust",
                "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions", "--no-sync",
            ], log: directory.appending(path: "tools.log"))
        return try await running(in: directory, settings: settings, body)
    }

    /// Runs the body with a standby of this server, which streams from it, and removes it whatever happens.
    package func withStandby<R>(
        settings: [String] = [], _ body: (PrivatePostgres) async throws -> R
    ) async throws -> R {
        let directory = try PostgresPrograms.makeDirectory()
        defer { PostgresPrograms.remove(directory) }
        try await PostgresPrograms.run(
            "pg_basebackup",
            [
                "--pgdata=\(directory.appending(path: "data").path)", "--host=127.0.0.1", "--port=\(port)",
                "--username=haat", "--write-recovery-conf", "--checkpoint=fast", "--no-sync",
            ], log: directory.appending(path: "tools.log"))
        return try await Self.running(in: directory, settings: settings, body)
    }

    /// A libpq connection string.
    package func connectionString(port: UInt16? = nil) -> String {
        "postgresql://haat@127.0.0.1:\(port ?? self.port)/postgres"
    }

    /// Ends without a checkpoint, as after a power cut.
    package func stop() {
        process.withLockedValue { $0.take() }?.end(SIGQUIT)
    }

    /// Makes a standby a primary.
    package func promote() async throws {
        try await PostgresPrograms.run(
            "pg_ctl", ["promote", "--wait", "--pgdata=\(data.path)"], log: directory.appending(path: "tools.log"))
    }

    private static func running<R>(
        in directory: URL, settings: [String], _ body: (PrivatePostgres) async throws -> R
    ) async throws -> R {
        let server = try PrivatePostgres(directory: directory, settings: settings)
        defer { server.stop() }
        try await server.start()
        return try await body(server)
    }

    /// Returns when the server is up. That it is this one and no other at the same port is told by its own lock file.
    private func start() async throws {
        let settings =
            [
                "port=\(port)", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off",
                "shared_buffers=32MB", "max_connections=60",
            ] + settings
        let (program, arguments) = PostgresPrograms.command(
            "postgres", ["-D", data.path] + settings.flatMap { ["-c", $0] })
        let process = try ServerProcess(program, arguments, log: log, endedBy: "QUIT")
        self.process.withLockedValue { $0 = process }
        let deadline = ContinuousClock.now + .seconds(120)
        while !isUp(process) {
            guard !process.hasEnded else { throw ServerFailure(reason: "PostgreSQL does not start", log: log) }
            guard ContinuousClock.now < deadline else {
                stop()
                throw ServerFailure(reason: "PostgreSQL does not come up", log: log)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The first line of the lock file is the server's pid, the eighth its state; "standby" is one that takes no connections.
    private func isUp(_ process: ServerProcess) -> Bool {
        let file = data.appending(path: "postmaster.pid").path
        let text = String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 8, lines[0] == "\(process.pid)" else { return false }
        return lines[7].hasPrefix("ready") || lines[7].hasPrefix("standby")
    }
}

/// The server's programs, run as a user that PostgreSQL accepts: it refuses to run as root.
private enum PostgresPrograms {
    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    private static var user: String? {
        if let named = environment["HAAT_PG_USER"], !named.isEmpty { return named }
        return geteuid() == 0 ? "postgres" : nil
    }

    static func makeDirectory() throws -> URL {
        let parent =
            environment["HAAT_FAULT_DIRECTORY"].map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory
        let directory = parent.appending(path: "haat-postgres-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        if let user {
            try FileManager.default.setAttributes([.ownerAccountName: user], ofItemAtPath: directory.path)
        }
        return directory
    }

    static func remove(_ directory: URL) {
        // Left where it can't be removed: the installation of the tests goes as a whole.
        try? FileManager.default.removeItem(at: directory)
    }

    static func run(_ tool: String, _ arguments: [String], log: URL) async throws {
        let (program, full) = command(tool, arguments)
        try await ServerProcess.run(program, full, log: log)
    }

    /// `setpriv` becomes the user and then the program itself, keeping the pid.
    static func command(_ tool: String, _ arguments: [String]) -> (URL, [String]) {
        let executable = (environment["HAAT_PG_BIN"] ?? "/usr/lib/postgresql/15/bin") + "/\(tool)"
        guard let user else { return (URL(filePath: executable), arguments) }
        let identity = ["--reuid=\(user)", "--regid=\(user)", "--init-groups", "--"]
        return (URL(filePath: "/usr/bin/setpriv"), identity + [executable] + arguments)
    }
}
