import Foundation
import Logging
package import Postgres

/// One running marketplace, as black boxes: an API, a worker and a sandbox against a database and a Redis of its own, with a
/// proxy before each server.
package final class Marketplace: Sendable {
    package let name: String
    package let postgres: PostgresServer
    package let redis: RedisServer
    package let postgresProxy: TCPProxy
    package let redisProxy: TCPProxy
    package let smtpProxy: TCPProxy
    package let api: SupervisedProcess
    package let worker: SupervisedProcess
    package let sandbox: SupervisedProcess
    package let webhooks: WebhookSender
    package let shop: ShopClient
    package let stripe: StripeSandboxClient
    /// The database, past the proxy.
    package let database: PostgresClient
    package let apiPort: Int
    private let databaseTask: Task<Void, any Error>
    private let databaseName: String

    /// Opens a marketplace with an empty catalogue. API, worker and sandbox are ready when it returns.
    ///
    /// - Parameters:
    ///   - server: a server of its own for marketplaces that ruin it; otherwise the calm one is shared.
    ///   - startsWorker: `false` leaves the worker to the caller.
    package static func open(
        _ name: String, on machinery: Machinery, server: PostgresServer? = nil, startsWorker: Bool = true
    ) async throws -> Marketplace {
        let postgres: PostgresServer
        if let server { postgres = server } else { postgres = try await machinery.calmPostgres() }
        return try await machinery.inTurn {
            let marketplace = try await prepare(name, on: machinery, postgres: postgres)
            try await marketplace.sandbox.start()
            // Stripe waits a minute before it tries again; nobody here does.
            try await marketplace.stripe.hurry(speed: 120)
            try await marketplace.api.start()
            if startsWorker { try await marketplace.worker.start() }
            return marketplace
        }
    }

    private static func prepare(
        _ name: String, on machinery: Machinery, postgres: PostgresServer
    ) async throws -> Marketplace {
        let number = await machinery.nextNumber()
        let databaseName = "market_\(number)"
        try await postgres.createDatabase(databaseName, copyOf: "haat")
        let redis = try RedisServer(machinery.programs, name: "redis-\(number)", reaper: machinery.reaper)
        try await redis.start()
        let marketplace = try Marketplace(
            name: name, number: number, databaseName: databaseName, postgres: postgres, redis: redis,
            machinery: machinery)
        for proxy in [marketplace.postgresProxy, marketplace.redisProxy, marketplace.smtpProxy] {
            try await proxy.start()
        }
        return marketplace
    }

    private init(
        name: String, number: Int, databaseName: String, postgres: PostgresServer, redis: RedisServer,
        machinery: Machinery
    ) throws {
        self.name = name
        self.databaseName = databaseName
        self.postgres = postgres
        self.redis = redis
        postgresProxy = try TCPProxy(to: postgres.port, speech: .postgres)
        redisProxy = try TCPProxy(to: redis.port, speech: .bytes)
        let plan = try ProcessPlan(
            databaseURL: postgres.url(database: databaseName, port: postgresProxy.port),
            redisURL: redis.url(port: redisProxy.port))
        smtpProxy = try TCPProxy(to: plan.smtpPort, speech: .bytes)
        apiPort = plan.apiPort
        let smtpPort = smtpProxy.port
        func supervised(_ program: String, _ arguments: [String], readiness: String) -> SupervisedProcess {
            SupervisedProcess(
                name: program, executable: machinery.programs.products.appending(path: program), arguments: arguments,
                environment: plan.environment(smtpPort: smtpPort), directory: machinery.programs.workingDirectory,
                log: machinery.programs.directory.appending(path: "\(program)-\(number).log"),
                readiness: URL(string: readiness),
                http: machinery.http, reaper: machinery.reaper)
        }
        api = supervised("haat-api", ["serve"], readiness: "\(plan.apiURL)/health/ready")
        worker = supervised(
            "haat-worker", ["run", "--queues", ProcessPlan.queues],
            readiness: "http://127.0.0.1:\(plan.workerPort)/health/ready")
        sandbox = supervised("haat-sandbox", ["serve"], readiness: "\(plan.sandboxURL)/")
        webhooks = WebhookSender(base: plan.apiURL, secret: ProcessPlan.webhookSecret, http: machinery.http)
        shop = ShopClient(base: plan.apiURL, adminToken: ProcessPlan.adminToken, http: machinery.http)
        stripe = StripeSandboxClient(base: plan.sandboxURL, http: machinery.http)
        var logger = Logger(label: "harness")
        logger.logLevel = .critical
        let database = PostgresClient(
            configuration: try PostgresConfiguration(connectionString: postgres.url(database: databaseName)),
            logger: logger)
        self.database = database
        databaseTask = Task { try await database.run() }
    }

    /// Asks the database, again where a fault has just taken our own connection or the server is coming up.
    package func look<Result: Sendable>(
        _ body: @Sendable (PostgresClient) async throws -> Result
    ) async throws -> Result {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            do {
                return try await body(database)
            } catch let error as PostgresError {
                switch error {
                case .unavailable, .connectionLost: break
                default: throw error
                }
                guard ContinuousClock.now < deadline else { throw error }
                await pause(.milliseconds(200))
            }
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

    /// Stops the processes and drops what was theirs.
    ///
    /// - Throws: where a process does not stop on SIGTERM within half a minute.
    package func close() async throws {
        databaseTask.cancel()
        var failure: (any Error)?
        for process in [worker, api, sandbox] {
            do { try await process.stop() } catch { failure = error }
        }
        await redis.stop()
        for proxy in [postgresProxy, redisProxy, smtpProxy] { try await proxy.stop() }
        try await postgres.dropDatabase(databaseName)
        if let failure { throw failure }
    }
}

/// Ports and settings of one marketplace's processes.
struct ProcessPlan {
    static let adminToken = "fault-suite-operator"
    static let stripeKey = "sk_test_fault_suite"
    static let webhookSecret = "whsec_fault_suite"
    static let queues = "webhooks:8,delivery:8,email:4,payments:4,orders:4,maintenance:1"

    let apiPort: Int
    let workerPort: Int
    let sandboxPort: Int
    let smtpPort: Int
    private let databaseURL: String
    private let redisURL: String

    var apiURL: String { "http://127.0.0.1:\(apiPort)" }
    var sandboxURL: String { "http://127.0.0.1:\(sandboxPort)" }

    init(databaseURL: String, redisURL: String) throws {
        self.databaseURL = databaseURL
        self.redisURL = redisURL
        apiPort = try freePort()
        workerPort = try freePort()
        sandboxPort = try freePort()
        smtpPort = try freePort()
    }

    /// - Parameter smtpPort: where the worker finds the mail server.
    func environment(smtpPort: Int) -> [String: String] {
        let settings = [
            "HAAT_DATABASE_URL": databaseURL,
            "HAAT_REDIS_URL": redisURL,
            "HAAT_API_HOST": "127.0.0.1",
            "HAAT_API_PORT": "\(apiPort)",
            "HAAT_WORKER_PORT": "\(workerPort)",
            "HAAT_ADMIN_TOKEN": Self.adminToken,
            "HAAT_STRIPE_BASE_URL": "\(sandboxURL)/stripe",
            "HAAT_STRIPE_SECRET_KEY": Self.stripeKey,
            "HAAT_STRIPE_WEBHOOK_SECRETS": Self.webhookSecret,
            "HAAT_SMTP_URL": "smtp://127.0.0.1:\(smtpPort)",
            "HAAT_LOG_LEVEL": "info",
            "HAAT_SANDBOX_HOST": "127.0.0.1",
            "HAAT_SANDBOX_PORT": "\(sandboxPort)",
            "HAAT_SANDBOX_SMTP_PORT": "\(self.smtpPort)",
            "HAAT_SANDBOX_STRIPE_WEBHOOK_URL": "\(apiURL)/webhooks/stripe",
        ]
        return ProcessInfo.processInfo.environment.merging(settings) { $1 }
    }
}
