import Foundation
import TestSupport

/// Ports and settings of one marketplace's processes.
struct ProcessPlan {
    static let adminToken = TestSecrets.adminToken
    static let stripeKey = "sk_test_fault_suite"
    static let webhookSecret = TestSecrets.webhookSecret
    static let queues =
        "webhooks:8,delivery:8,email:4,payments:4,orders:4,shipping:2,sms:1,documents:1,search:1,imports:1,pictures:1,caches:1,"
        + "callbacks:4,callback_retries:1,maintenance:1"

    private let api: HeldPort
    private let apiManagement: HeldPort
    private let workerManagement: HeldPort
    private let sandbox: HeldPort
    private let smtp: HeldPort
    /// By login.
    private let databaseURLs: [String: String]
    private let redisURL: String
    private let mediaDirectory: String

    var apiPort: Int { api.number }
    var apiManagementPort: Int { apiManagement.number }
    var workerManagementPort: Int { workerManagement.number }
    var sandboxPort: Int { sandbox.number }
    /// Where the sandbox takes mail.
    var smtpPort: Int { smtp.number }

    var apiURL: String { "http://127.0.0.1:\(apiPort)" }
    var sandboxURL: String { "http://127.0.0.1:\(sandboxPort)" }

    /// - Parameters:
    ///   - mediaDirectory: where API and worker keep uploaded files.
    ///   - databaseURL: how a login reaches the database.
    init(redisURL: String, mediaDirectory: String, databaseURL: (_ login: String) -> String) throws {
        databaseURLs = [TestServer.api: databaseURL(TestServer.api), TestServer.worker: databaseURL(TestServer.worker)]
        self.redisURL = redisURL
        self.mediaDirectory = mediaDirectory
        api = try HeldPort()
        apiManagement = try HeldPort()
        workerManagement = try HeldPort()
        sandbox = try HeldPort()
        smtp = try HeldPort()
    }

    /// As a program reaches the database: each has the login that is meant for it.
    func databaseURL(of program: String) -> String {
        databaseURLs[program == "haat-api" ? TestServer.api : TestServer.worker] ?? ""
    }

    /// - Parameter smtpPort: where the worker finds the mail server.
    func environment(of program: String, smtpPort: Int) -> [String: String] {
        let settings = [
            "HAAT_DATABASE_URL": databaseURL(of: program),
            "HAAT_REDIS_URL": redisURL,
            "HAAT_API_HOST": "127.0.0.1",
            "HAAT_API_PORT": "\(apiPort)",
            "HAAT_MANAGEMENT_HOST": "127.0.0.1",
            "HAAT_API_MANAGEMENT_PORT": "\(apiManagementPort)",
            "HAAT_WORKER_MANAGEMENT_PORT": "\(workerManagementPort)",
            "HAAT_ADMIN_TOKEN": Self.adminToken,
            "HAAT_ENCRYPTION_KEY": TestSecrets.encryptionKey, "HAAT_AUDIT_KEY": TestSecrets.auditKey,
            "HAAT_STRIPE_BASE_URL": "\(sandboxURL)/stripe",
            // The installation has secrets of others, too, whose stand-ins are not played here.
            "HAAT_GATEWAYS": "stripe",
            "HAAT_STRIPE_SECRET_KEY": Self.stripeKey,
            "HAAT_STRIPE_WEBHOOK_SECRETS": Self.webhookSecret,
            "HAAT_SMTP_URL": "smtp://127.0.0.1:\(smtpPort)?starttls=none",
            "HAAT_RETURN_HOSTS": "shop.test,127.0.0.1",
            "HAAT_MEDIA_DIRECTORY": mediaDirectory,
            // One address is all customers here.
            "HAAT_ORDERS_PER_MINUTE": "0", "HAAT_UNPAID_UNITS_PER_CLIENT": "0", "HAAT_UNPAID_UNITS_PER_EMAIL": "0",
            "HAAT_UNPAID_STOCK_SHARE": "0",
            // Receivers are here.
            "HAAT_WEBHOOKS_TO_THIS_MACHINE": "1",
            "HAAT_LOG_LEVEL": "info",
            "HAAT_SANDBOX_HOST": "127.0.0.1",
            "HAAT_SANDBOX_PORT": "\(sandboxPort)",
            "HAAT_SANDBOX_SMTP_PORT": "\(self.smtpPort)",
            "HAAT_SANDBOX_STRIPE_WEBHOOK_URL": "\(apiURL)/webhooks/stripe",
        ]
        return ProcessInfo.processInfo.environment.merging(settings) { $1 }
    }
}
