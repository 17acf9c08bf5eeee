import Foundation
import TestSupport

/// PgBouncer before a PostgreSQL server.
package actor Pooler {
    /// For how long a client has a server connection of the pool.
    package enum Mode: String, Sendable {
        case session, transaction, statement
    }

    private let held: HeldPort
    private let machinery: Machinery
    private let configuration: URL
    private let log: URL
    private var process: ChildProcess?

    package nonisolated var port: Int { held.number }

    package init(_ mode: Mode, on machinery: Machinery, before server: PostgresServer) throws {
        self.machinery = machinery
        held = try HeldPort()
        configuration = machinery.programs.directory.appending(path: "pgbouncer-\(held.number).ini")
        log = machinery.programs.directory.appending(path: "pgbouncer-\(held.number).log")
        let text = """
            [databases]
            * = host=127.0.0.1 port=\(server.port) user=\(TestServer.worker)
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(held.number)
            unix_socket_dir =
            auth_type = any
            pool_mode = \(mode.rawValue)
            default_pool_size = 60

            """
        try Data(text.utf8).write(to: configuration)
    }

    package func start() async throws {
        let (program, arguments) = machinery.programs.asServerUser(
            try machinery.programs.pgbouncer(), [configuration.path])
        let process = try ChildProcess(
            program, arguments, environment: ProcessInfo.processInfo.environment,
            directory: machinery.programs.directory, log: log, reaper: machinery.reaper)
        self.process = process
        let isUp = try await eventually(within: .seconds(60)) {
            if process.ending != nil { return true }
            return try ListeningSockets.isListening(process.pid, on: held.number)
        }
        guard isUp, process.ending == nil else {
            throw HarnessError.failed("PgBouncer does not start\n\(ChildProcess.tail(of: log))")
        }
    }

    package func stop() async {
        process?.send(signal: SIGKILL)
        _ = await process?.untilEnd()
        process = nil
    }
}
