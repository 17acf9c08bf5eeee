import Foundation
import Logging
package import Postgres
import TestSupport

/// One running marketplace, as black boxes: an API, a worker and a sandbox against a database and a Redis of its own, with a
/// proxy before each server.
package final class Marketplace: Sendable {
    package let name: String
    package let postgres: PostgresServer
    package let redis: RedisServer
    /// Whichever Redis the marketplace uses at the moment, past the proxy.
    package let redisConsole: RedisConsole
    package let postgresProxy: TCPProxy
    package let redisProxy: TCPProxy
    package let smtpProxy: TCPProxy
    package let api: SupervisedProcess
    package let worker: SupervisedProcess
    package let sandbox: SupervisedProcess
    package let webhooks: WebhookSender
    package let shop: ShopClient
    package let stripe: StripeSandboxClient
    /// The database as its superuser, past the proxy.
    package let database: PostgresClient
    private let plan: ProcessPlan
    private let databaseTask: Task<Void, any Error>
    package let databaseName: String
    private let machinery: Machinery

    /// As the worker reaches it, through the proxy.
    package var databaseURL: String { plan.databaseURL(of: "haat-worker") }
    package var apiPort: Int { plan.apiPort }
    package var apiManagementPort: Int { plan.apiManagementPort }
    package var workerManagementPort: Int { plan.workerManagementPort }

    /// Opens a marketplace with an empty catalogue. API, worker and sandbox are ready when it returns.
    ///
    /// - Parameters:
    ///   - stores: what marketplaces ruin that need some of their own; otherwise a Redis server and the shared calm PostgreSQL.
    ///   - startsWorker: `false` leaves the worker to the caller.
    ///   - descriptors: how many the API may have, where not as many as this process.
    package static func open(
        _ name: String, on machinery: Machinery, stores: Stores = Stores(), startsWorker: Bool = true,
        descriptors: Int? = nil
    ) async throws -> Marketplace {
        let postgres: PostgresServer
        if let own = stores.postgres { postgres = own } else { postgres = try await machinery.calmPostgres() }
        return try await machinery.inTurn {
            let marketplace = try await prepare(
                name, on: machinery, postgres: postgres, stores: stores, descriptors: descriptors)
            try await marketplace.sandbox.start()
            // Stripe waits a minute before it tries again; nobody here does.
            try await marketplace.stripe.hurry(speed: 120)
            try await marketplace.api.start()
            if startsWorker { try await marketplace.worker.start() }
            return marketplace
        }
    }

    private static func prepare(
        _ name: String, on machinery: Machinery, postgres: PostgresServer, stores: Stores, descriptors: Int?
    ) async throws -> Marketplace {
        let number = await machinery.nextNumber()
        let databaseName = "market_\(number)"
        try await postgres.createDatabase(databaseName, copyOf: "haat")
        let redis: RedisServer
        if let own = stores.redis {
            redis = own
        } else {
            redis = try RedisServer(machinery.programs, name: "redis-\(number)", reaper: machinery.reaper)
            try await redis.start()
        }
        let marketplace = try Marketplace(
            name: name, number: number, databaseName: databaseName, postgres: postgres, redis: redis,
            ports: (stores.postgresPort ?? postgres.port, stores.redisPort ?? redis.port), machinery: machinery,
            descriptors: descriptors)
        for proxy in [marketplace.postgresProxy, marketplace.redisProxy, marketplace.smtpProxy] {
            try await proxy.start()
        }
        return marketplace
    }

    private init(
        name: String, number: Int, databaseName: String, postgres: PostgresServer, redis: RedisServer,
        ports: (postgres: Int, redis: Int), machinery: Machinery, descriptors: Int?
    ) throws {
        self.name = name
        self.databaseName = databaseName
        self.machinery = machinery
        self.postgres = postgres
        self.redis = redis
        redisConsole = RedisConsole(port: ports.redis)
        postgresProxy = try TCPProxy(to: ports.postgres, speech: .postgres)
        redisProxy = try TCPProxy(to: ports.redis, speech: .bytes)
        let proxy = postgresProxy.port
        let media = machinery.programs.directory.appending(path: "media-\(number)").path
        let plan = try ProcessPlan(redisURL: redis.url(port: redisProxy.port), mediaDirectory: media) { login in
            postgres.url(database: databaseName, port: proxy, as: login)
        }
        smtpProxy = try TCPProxy(to: plan.smtpPort, speech: .bytes)
        self.plan = plan
        let smtpPort = smtpProxy.port
        func supervised(
            _ program: String, _ arguments: [String], at port: Int, _ path: String, descriptors: Int? = nil
        ) -> SupervisedProcess {
            let executable = machinery.programs.products.appending(path: program).path
            let limited = descriptors.map { ["-c", "ulimit -n \($0) && exec \"$0\" \"$@\"", executable] + arguments }
            return machinery.supervise(
                limited == nil ? executable : "/bin/sh", limited ?? arguments,
                environment: plan.environment(of: program, smtpPort: smtpPort), name: "\(number)-\(name)-\(program)",
                port: port, path: path)
        }
        api = supervised(
            "haat-api", ["serve"], at: plan.apiManagementPort, "/health/ready", descriptors: descriptors)
        worker = supervised(
            "haat-worker", ["run", "--queues", ProcessPlan.queues], at: plan.workerManagementPort, "/health/ready")
        sandbox = supervised("haat-sandbox", ["serve"], at: plan.sandboxPort, "/")
        webhooks = WebhookSender(base: plan.apiURL, secret: ProcessPlan.webhookSecret, http: machinery.http)
        shop = ShopClient(base: plan.apiURL, adminToken: ProcessPlan.adminToken, http: machinery.http)
        stripe = StripeSandboxClient(base: plan.sandboxURL, http: machinery.http)
        var logger = Logger(label: "harness")
        logger.logLevel = .critical
        let database = PostgresClient(
            configuration: try PostgresConfiguration(
                connectionString: postgres.url(database: databaseName, port: ports.postgres)),
            logger: logger)
        self.database = database
        databaseTask = Task { try await database.run() }
    }

    /// Runs the body, and ends it with an error as soon as one of the processes is given up: nothing that the body waits for
    /// could come about any more.
    package func whileAlive<Result: Sendable>(
        _ body: @escaping @Sendable (Marketplace) async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask { try await body(self) }
            group.addTask { throw HarnessError.failed(try await self.untilSurrender()) }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }

    private func untilSurrender() async throws -> String {
        while true {
            for process in [api, worker, sandbox] {
                if let surrender = await process.surrender { return surrender }
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Asks the database, again where a fault has just taken our own connection or the server is coming up.
    package func look<Result: Sendable>(
        _ body: @Sendable (PostgresClient) async throws -> Result
    ) async throws -> Result {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                return try await body(database)
            } catch let error as PostgresError {
                switch error {
                case .unavailable, .connectionLost: break
                default: throw error
                }
                guard ContinuousClock.now < deadline, !Task.isCancelled else { throw error }
                await pause(.milliseconds(200))
            }
        }
    }

    /// What one of the processes' ports answers.
    package func status(_ method: String, _ path: String, at port: Int) async throws -> Int {
        try await machinery.http.send(method, "http://127.0.0.1:\(port)\(path)").status
    }

    /// The text that one of the management ports shows.
    package func metrics(at port: Int) async throws -> String {
        try await machinery.http.send("GET", "http://127.0.0.1:\(port)/metrics").text
    }

    /// Runs a further process to its end, with the marketplace's settings but for those that are given.
    ///
    /// - Parameter command: a program of the product and its arguments.
    /// - Returns: how it ended and what it printed; it is killed where it does not end within a minute.
    package func runFurther(
        _ command: String, settings: [String: String] = [:]
    ) async throws -> (ending: ProcessEnding, output: String) {
        let words = command.split(separator: " ").map(String.init)
        let programs = machinery.programs
        let log = programs.directory.appending(path: "\(name)-further-\(UInt32.random(in: 0...UInt32.max)).log")
        let process = try ChildProcess(
            programs.products.appending(path: words[0]), Array(words.dropFirst()),
            environment: plan.environment(of: words[0], smtpPort: smtpProxy.port).merging(settings) { $1 },
            directory: programs.workingDirectory, log: log, reaper: machinery.reaper)
        _ = await eventually(within: .seconds(60)) { process.ending != nil }
        process.send(signal: SIGKILL)
        return (await process.untilEnd(), ChildProcess.tail(of: log))
    }

    /// Runs the body with a second API beside the first, over the same stores.
    package func withSecondAPI<Result: Sendable>(
        _ body: (ShopClient) async throws -> Result
    ) async throws -> Result {
        let (port, management) = (try HeldPort(), try HeldPort())
        defer { withExtendedLifetime((port, management)) {} }
        let settings = ["HAAT_API_PORT": "\(port.number)", "HAAT_API_MANAGEMENT_PORT": "\(management.number)"]
        let second = machinery.supervise(
            machinery.programs.products.appending(path: "haat-api").path, ["serve"],
            environment: plan.environment(of: "haat-api", smtpPort: smtpProxy.port).merging(settings) { $1 },
            name: "\(name)-second-api", port: management.number, path: "/health/ready")
        try await second.start()
        let shop = ShopClient(
            base: "http://127.0.0.1:\(port.number)", adminToken: ProcessPlan.adminToken, http: machinery.http)
        do {
            let result = try await body(shop)
            try await second.stop()
            return result
        } catch {
            try await second.stop()
            throw error
        }
    }

    /// Ends every connection that the processes have, the way an administrator does.
    package func terminateBackends() async throws {
        _ = try await look { database in
            try await database.execute(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name <> 'fault harness' AND pid <> pg_backend_pid()
                """)
        }
    }

    /// Stops the processes and the proxies.
    ///
    /// - Throws: where a process does not stop on SIGTERM in time.
    package func stop() async throws {
        databaseTask.cancel()
        var failure: (any Error)?
        for process in [worker, api, sandbox] {
            do { try await process.stop() } catch { failure = error }
        }
        for proxy in [postgresProxy, redisProxy, smtpProxy] { try await proxy.stop() }
        if let failure { throw failure }
    }

    /// Stops everything and drops what was the marketplace's own.
    ///
    /// - Throws: where a process does not stop on SIGTERM in time.
    package func close() async throws {
        let stopping = await Result { try await stop() }
        await redis.stop()
        try await postgres.dropDatabase(databaseName)
        try stopping.get()
    }
}
