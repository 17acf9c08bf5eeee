import Foundation
import Glibc
import TestSupport

/// A private PostgreSQL server.
package actor PostgresServer {
    private let held: HeldPort
    private let programs: Programs
    private let reaper: Reaper
    let data: URL
    private let log: URL
    private let output: URL
    private var postmaster: ChildProcess?

    package nonisolated var port: Int { held.number }

    /// Makes a new cluster with the superuser `haat`, trusted on loopback; nothing runs yet.
    ///
    /// Writes reach the operating system before a commit is answered but are not forced to the disk: they survive the death
    /// of every process, which is all that the suite brings about.
    package init(_ programs: Programs, name: String, reaper: Reaper) async throws {
        try self.init(named: name, programs: programs, reaper: reaper)
        try await run(
            "initdb",
            [
                "--pgdata=\(data.path)", "--username=haat", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
                "--no-instructions", "--no-sync",
            ])
    }

    /// Makes a standby of a running server; nothing runs yet.
    package init(_ programs: Programs, name: String, copyOf primary: PostgresServer, reaper: Reaper) async throws {
        try self.init(named: name, programs: programs, reaper: reaper)
        try await copy(primary)
    }

    private init(named name: String, programs: Programs, reaper: Reaper) throws {
        self.programs = programs
        self.reaper = reaper
        held = try HeldPort()
        data = programs.directory.appending(path: name)
        log = programs.directory.appending(path: "\(name).log")
        output = programs.directory.appending(path: "\(name).tools.log")
    }

    /// Becomes a standby of the other server at its next start, and forgets what it had.
    func copy(_ primary: PostgresServer) async throws {
        if FileManager.default.fileExists(atPath: data.path) { try FileManager.default.removeItem(at: data) }
        try await run(
            "pg_basebackup",
            primary.address + [
                "--pgdata=\(data.path)", "--checkpoint=fast", "--no-sync", "--wal-method=stream",
                "--write-recovery-conf",
            ])
    }

    /// Returns when it accepts connections.
    package func start() async throws {
        let settings = [
            "port=\(port)", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off",
            "shared_buffers=64MB", "max_connections=300", "synchronous_commit=on",
            "shared_preload_libraries=pg_stat_statements",
        ]
        let (program, arguments) = command("postgres", ["-D", data.path] + settings.flatMap { ["-c", $0] })
        let process = try ChildProcess(
            program, arguments, environment: ProcessInfo.processInfo.environment, directory: programs.directory,
            log: log, reaper: reaper)
        postmaster = process
        let isUp = await eventually(within: .seconds(120)) { process.ending != nil || self.isReady(process) }
        guard isUp, process.ending == nil else {
            throw HarnessError.failed("PostgreSQL does not start\n\(ChildProcess.tail(of: log))")
        }
    }

    /// Ends without a checkpoint, as after a power cut: the next start recovers from the log.
    package func stopImmediately() async {
        postmaster?.send(signal: SIGQUIT)
        _ = await postmaster?.untilEnd()
        postmaster = nil
    }

    /// SIGKILL for the server and all its backends.
    package func kill() async {
        // Nobody can be born or answer between the two.
        let pids = signalAll(SIGSTOP)
        for pid in pids { _ = Glibc.kill(pid, SIGKILL) }
        _ = await postmaster?.untilEnd()
        postmaster = nil
    }

    package func restart(downFor pauseLength: Duration = .zero) async throws {
        await stopImmediately()
        await pause(pauseLength)
        try await start()
    }

    /// SIGSTOP for the server and all its backends: connections stay open and nobody answers.
    package func freeze() {
        signalAll(SIGSTOP)
    }

    /// SIGCONT.
    package func thaw() {
        signalAll(SIGCONT)
    }

    /// Where clients find the database: the superuser, unless a login is named; through a proxy where its port is given.
    package nonisolated func url(database: String = "haat", port: Int? = nil, as login: String = "haat") -> String {
        "postgresql://\(login)@127.0.0.1:\(port ?? self.port)/\(database)"
    }

    /// A copy of another database; nobody may be connected to that one.
    package func createDatabase(_ name: String, copyOf template: String = "template0") async throws {
        try await run("createdb", address + ["--template=\(template)", "--strategy=file_copy", name])
    }

    package func dropDatabase(_ name: String) async throws {
        try await run("dropdb", address + ["--force", "--if-exists", name])
    }

    nonisolated var address: [String] { ["--host=127.0.0.1", "--port=\(port)", "--username=haat"] }

    /// The postmaster writes its pid and its state into its own data; an answer at the port would not say who gave it.
    private func isReady(_ process: ChildProcess) -> Bool {
        let content = FileManager.default.contents(atPath: data.appending(path: "postmaster.pid").path) ?? Data()
        let lines = String(decoding: content, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.count > 7 && Int32(lines[0]) == process.pid && lines[7].hasPrefix("ready")
    }

    /// - Returns: whom it was sent to.
    @discardableResult
    private func signalAll(_ signal: Int32) -> [Int32] {
        guard let server = postmaster?.pid else { return [] }
        // The server first, so that it starts no backend in between.
        _ = Glibc.kill(server, signal)
        let children = ProcessTable.children(of: server)
        for child in children { _ = Glibc.kill(child, signal) }
        return [server] + children
    }

    func run(_ tool: String, _ arguments: [String]) async throws {
        let (program, full) = command(tool, arguments)
        try await ChildProcess.run(program, full, directory: programs.directory, log: output, reaper: reaper)
    }

    private func command(_ tool: String, _ arguments: [String]) -> (URL, [String]) {
        programs.asServerUser(programs.postgres.appending(path: tool), arguments)
    }
}
