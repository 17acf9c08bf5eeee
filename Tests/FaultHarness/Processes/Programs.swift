package import Foundation

/// Where the programs under test and the servers' programs are, and a directory for their data and logs.
package struct Programs: Sendable {
    /// The directory of `haat-api`, `haat-worker` and `haat-sandbox`, as debug builds: release builds have no fault points.
    package let products: URL
    /// The directory of `initdb`, `postgres` and its tools.
    package let postgres: URL
    package let redisServer: URL
    /// The system user that runs PostgreSQL, because it refuses to run as root; `nil` to run it as ourselves.
    package let serverUser: String?
    /// Holds everything that a run writes.
    package let directory: URL
    /// Whether it lies in the temporary directory, because nobody named one.
    package let ownsDirectory: Bool
    /// The migrations that the programs apply.
    package let workingDirectory: URL

    /// Reads `HAAT_BIN_DIR` (else the directory of this program), `HAAT_PG_BIN`, `HAAT_PG_USER`, `HAAT_REDIS_SERVER` and
    /// `HAAT_FAULT_DIRECTORY` (else a new one under the temporary directory).
    ///
    /// - Throws: `HarnessError.missing` naming a program that is not there, and how to come by it.
    package static func locate(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> Programs {
        let products = environment["HAAT_BIN_DIR"].map { URL(filePath: $0) } ?? ownDirectory
        for name in ["haat-api", "haat-worker", "haat-sandbox"] {
            try require(products.appending(path: name), or: "build it with: swift build --product \(name)")
        }
        let postgres = URL(filePath: environment["HAAT_PG_BIN"] ?? "/usr/lib/postgresql/15/bin")
        try require(postgres.appending(path: "initdb"), or: "set HAAT_PG_BIN to PostgreSQL's directory of programs")
        let redisServer = URL(
            filePath: environment["HAAT_REDIS_SERVER"] ?? find("redis-server", in: environment["PATH"]))
        try require(redisServer, or: "set HAAT_REDIS_SERVER")
        let serverUser =
            environment["HAAT_PG_USER"].flatMap { $0.isEmpty ? nil : $0 } ?? (geteuid() == 0 ? "postgres" : nil)
        return Programs(
            products: products, postgres: postgres, redisServer: redisServer, serverUser: serverUser,
            directory: try makeDirectory(environment["HAAT_FAULT_DIRECTORY"], owner: serverUser),
            ownsDirectory: environment["HAAT_FAULT_DIRECTORY"] == nil,
            workingDirectory: URL(filePath: FileManager.default.currentDirectoryPath))
    }

    /// Reads `HAAT_HAPROXY`, else where Debian puts it.
    ///
    /// - Throws: `HarnessError.missing` where it is not there: only some plans need it.
    package func haproxy() throws -> URL {
        let program = URL(filePath: ProcessInfo.processInfo.environment["HAAT_HAPROXY"] ?? "/usr/sbin/haproxy")
        try Self.require(program, or: "install haproxy or set HAAT_HAPROXY")
        return program
    }

    /// Reads `HAAT_PGBOUNCER`, else where Debian puts it.
    ///
    /// - Throws: `HarnessError.missing` where it is not there: only some cases need it.
    func pgbouncer() throws -> URL {
        let program = URL(filePath: ProcessInfo.processInfo.environment["HAAT_PGBOUNCER"] ?? "/usr/sbin/pgbouncer")
        try Self.require(program, or: "install pgbouncer or set HAAT_PGBOUNCER")
        return program
    }

    /// How to run what refuses to run as root: `setpriv` becomes the servers' user and then the program itself, keeping the pid.
    func asServerUser(_ executable: URL, _ arguments: [String]) -> (URL, [String]) {
        guard let user = serverUser else { return (executable, arguments) }
        let identity = ["--reuid=\(user)", "--regid=\(user)", "--init-groups", "--"]
        return (URL(filePath: "/usr/bin/setpriv"), identity + [executable.path] + arguments)
    }

    private static var ownDirectory: URL {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    }

    private static func find(_ name: String, in path: String?) -> String {
        let directories = (path ?? "/usr/bin").split(separator: ":").map(String.init)
        let candidates = directories.map { "\($0)/\(name)" }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "/usr/bin/\(name)"
    }

    private static func require(_ file: URL, or advice: String) throws {
        guard FileManager.default.isExecutableFile(atPath: file.path) else {
            throw HarnessError.missing("\(file.path) is not there: \(advice)")
        }
    }

    private static func makeDirectory(_ given: String?, owner: String?) throws -> URL {
        let parent = given.map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory
        let directory = parent.appending(path: "haat-faults-\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        if let owner {
            try FileManager.default.setAttributes([.ownerAccountName: owner], ofItemAtPath: directory.path)
        }
        return directory
    }
}

/// What the harness itself could not do; never a finding about the product.
package enum HarnessError: Error, CustomStringConvertible {
    case missing(String)
    case failed(String)
    /// Something that was waited for has not come about in time.
    case timedOut(String)

    package var description: String {
        switch self {
        case .missing(let text), .failed(let text): text
        case .timedOut(let text): "not within the time allowed: \(text)"
        }
    }
}
