import Foundation

/// A private PostgreSQL server.
package actor PostgresServer {
    package nonisolated let port: Int
    private let programs: Programs
    private let reaper: Reaper
    private let data: URL
    private let log: URL
    private let output: URL
    private var postmaster: ChildProcess?

    /// Makes a new cluster with the superuser `haat`, trusted on loopback; nothing runs yet.
    ///
    /// Writes reach the operating system before a commit is answered but are not forced to the disk: they survive the death
    /// of every process, which is all that the suite brings about.
    package init(_ programs: Programs, name: String, reaper: Reaper) async throws {
        self.programs = programs
        self.reaper = reaper
        port = try freePort()
        data = programs.directory.appending(path: name)
        log = programs.directory.appending(path: "\(name).log")
        output = programs.directory.appending(path: "\(name).tools.log")
        try await run(
            "initdb",
            [
                "--pgdata=\(data.path)", "--username=haat", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
                "--no-instructions", "--no-sync",
            ])
    }

    /// Returns when it accepts connections.
    package func start() async throws {
        let settings = [
            "port=\(port)", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off",
            "shared_buffers=64MB",
            "max_connections=300", "synchronous_commit=on",
        ]
        let (program, arguments) = command("postgres", ["-D", data.path] + settings.flatMap { ["-c", $0] })
        let process = try ChildProcess(
            program, arguments, environment: ProcessInfo.processInfo.environment, directory: programs.directory,
            log: log,
            reaper: reaper)
        postmaster = process
        let isUp = await eventually(within: .seconds(60)) {
            guard process.ending == nil else { return true }
            return await self.isReady()
        }
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

    /// Where clients find the database; through a proxy where its port is given.
    package nonisolated func url(database: String = "haat", port: Int? = nil) -> String {
        "postgresql://haat@127.0.0.1:\(port ?? self.port)/\(database)"
    }

    /// A copy of another database; nobody may be connected to that one.
    package func createDatabase(_ name: String, copyOf template: String = "template0") async throws {
        try await run(
            "createdb",
            [
                "--host=127.0.0.1", "--port=\(port)", "--username=haat", "--template=\(template)",
                "--strategy=file_copy", name,
            ])
    }

    package func dropDatabase(_ name: String) async throws {
        try await run(
            "dropdb", ["--host=127.0.0.1", "--port=\(port)", "--username=haat", "--force", "--if-exists", name])
    }

    private func isReady() async -> Bool {
        do {
            try await run("pg_isready", ["--quiet", "--host=127.0.0.1", "--port=\(port)", "--username=haat"])
            return true
        } catch {
            return false
        }
    }

    private func signalAll(_ signal: Int32) {
        guard let pid = postmaster?.pid else { return }
        // The server first, so that it starts no backend in between.
        for pid in [pid] + ProcessTable.children(of: pid) { _ = kill(pid, signal) }
    }

    private func run(_ tool: String, _ arguments: [String]) async throws {
        let (program, full) = command(tool, arguments)
        try await ChildProcess.run(program, full, directory: programs.directory, log: output, reaper: reaper)
    }

    /// PostgreSQL refuses to run as root; `setpriv` becomes its user and then the program itself, keeping the pid.
    private func command(_ tool: String, _ arguments: [String]) -> (URL, [String]) {
        let executable = programs.postgres.appending(path: tool)
        guard let user = programs.serverUser else { return (executable, arguments) }
        let identity = ["--reuid=\(user)", "--regid=\(user)", "--init-groups", "--"]
        return (URL(filePath: "/usr/bin/setpriv"), identity + [executable.path] + arguments)
    }
}

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
