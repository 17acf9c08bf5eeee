import Configuration
import Core
import Endpoints
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identity
import Logging
import Media
import NIOCore
import Payments
import Platform
import Postgres
import ProductSubscriptions
import ServiceLifecycle
import Shipments
import Synchronization
import Telemetry
import TestSupport

@testable import APIServer

/// The product's whole API over a database of its own, called through HTTP without a socket.
struct LiveAPI {
    static let operatorToken = TestSecrets.adminToken

    let client: any TestClientProtocol
    let platform: Platform
    /// For what no process may.
    let owner: PostgresClient
    let answers: AnswerLog
    /// Besides those of the product, whom tests play.
    let principals: PlayedPrincipals
    /// What is kept of answers, while streams are told what happens.
    let kept: AnswerCache

    /// Runs the body with a running API. No gateway answers: Stripe's address leads nowhere.
    /// - Parameters:
    ///   - isLimited: false for those who call more often than anybody may, and with more wrong credentials.
    ///   - setup: `.live` for a socket, at the client's port.
    ///   - isWatching: whether streams are told what happens.
    ///   - settings: beside the usual ones, or in their place.
    static func run(
        isLimited: Bool = true, over setup: TestingSetup = .router, isWatching: Bool = false,
        settings: [String: String] = [:],
        _ body: @escaping @Sendable (LiveAPI) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase { database in
            let media = FileManager.default.temporaryDirectory.appending(path: "haat-media-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: media) }
            let (configuration, providers) = try configuration(database, media: media.path, settings)
            let platform = try Platform(
                process: "haat-api", configuration: configuration, metrics: MetricsRegistry(),
                connections: 8, subscriptions: .product)
            let services = Services(on: platform, providers: providers)
            try services.media.verifyDirectory()
            let api = try HaatAPI.make(settings: APISettings(platform.configuration))
            var dependencies = services.dependencies(on: platform)
            let principals = PlayedPrincipals(before: dependencies.principals)
            dependencies.principals = principals
            if !isLimited { dependencies.rateLimiter = NoLimits() }
            let application = Application(
                router: api.router(services: services, dependencies: dependencies), server: HTTPServing.server(),
                configuration: .init(address: .hostname("127.0.0.1", port: 0)), logger: platform.logger)
            let purge = StorefrontPurge(live: services.live, answers: services.answers, logger: platform.logger)
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: platform.services + (isWatching ? [services.live, purge] : []), logger: platform.logger))
            try await withThrowingTaskGroup { tasks in
                tasks.addTask { try await group.run() }
                tasks.addTask {
                    _ = try await platform.postgres.queryValue("SELECT 1", as: Int.self)
                    try await application.test(setup) { client in
                        try await body(
                            LiveAPI(
                                client: client, platform: platform, owner: database.owner, answers: AnswerLog(),
                                principals: principals, kept: services.answers))
                    }
                    await group.triggerGracefulShutdown()
                }
                try await tasks.waitForAll()
            }
        }
    }

    private static func configuration(
        _ database: TestDatabase, media: String, _ settings: [String: String]
    ) throws -> (HaatConfiguration, ProviderAccounts) {
        // A logical database apart, so that nobody else's workers claim these jobs.
        var redis = URLComponents(string: try TestRedis().url)
        redis?.path = "/7"
        return try HaatConfiguration.read(
            from: ConfigReader(
                provider: EnvironmentVariablesProvider(
                    environmentVariables: [
                        "HAAT_DATABASE_URL": database.connectionString + " user='\(TestServer.api)'",
                        "HAAT_REDIS_URL": redis?.string ?? "",
                        "HAAT_ADMIN_TOKEN": operatorToken, "HAAT_STRIPE_BASE_URL": "http://127.0.0.1:1/stripe",
                        "HAAT_ENCRYPTION_KEY": TestSecrets.encryptionKey, "HAAT_AUDIT_KEY": TestSecrets.auditKey,
                        "HAAT_STRIPE_SECRET_KEY": "sk_test_1", "HAAT_STRIPE_WEBHOOK_SECRETS": TestSecrets.webhookSecret,
                        "HAAT_STRIPE_EU_SECRET_KEY": "sk_test_2",
                        "HAAT_STRIPE_EU_WEBHOOK_SECRETS": TestSecrets.otherWebhookSecret,
                        "HAAT_STEADFAST_BASE_URL": "http://127.0.0.1:1", "HAAT_STEADFAST_API_KEY": "key",
                        "HAAT_STEADFAST_SECRET_KEY": "secret",
                        "HAAT_STEADFAST_WEBHOOK_TOKEN": TestSecrets.webhookSecret,
                        "HAAT_GATEWAYS": "stripe,stripe/eu", "HAAT_SMTP_URL": "smtp://127.0.0.1:1",
                        "HAAT_SMS_URL": "http://127.0.0.1:1/sms?to={to}&text={text}",
                        "HAAT_RETURN_HOSTS": "shop.example,a.example,b.example",
                        "HAAT_PUBLIC_URL": "https://shop.example", "HAAT_MEDIA_DIRECTORY": media,
                        "HAAT_MEDIA_QUOTA_MIB": "1",
                    ].merging(settings) { $1 })), with: ProviderAccounts.read)
    }

    /// One request below /api/v1. `token` nil: without credentials.
    @discardableResult
    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil, token: String? = LiveAPI.operatorToken,
        headers: [String: String] = [:]
    ) async throws -> Reply {
        var fields = HTTPFields()
        if let token { fields[.authorization] = "Bearer \(token)" }
        if method == .post { fields[HTTPField.Name("Idempotency-Key")!] = UUID().uuidString }
        if body != nil { fields[.contentType] = "application/json" }
        for (name, value) in headers { fields[HTTPField.Name(name)!] = value }
        return try await send(method, path, body?.canonicalBytes, fields)
    }

    /// The same with a file as the body.
    @discardableResult
    func upload(
        _ path: String, _ bytes: [UInt8], as contentType: String, token: String? = LiveAPI.operatorToken,
        key: String = UUID().uuidString
    ) async throws -> Reply {
        var fields: HTTPFields = [.contentType: contentType, HTTPField.Name("Idempotency-Key")!: key]
        if let token { fields[.authorization] = "Bearer \(token)" }
        return try await send(.post, path, bytes, fields)
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]?, _ fields: HTTPFields
    ) async throws -> Reply {
        let buffer = body.map { ByteBuffer(bytes: $0) }
        let reply = try await client.execute(uri: "/api/v1" + path, method: method, headers: fields, body: buffer) {
            Reply(status: $0.status.code, headers: $0.headers, bytes: Array($0.body.readableBytesView))
        }
        await answers.note(method, path, reply.status)
        return reply
    }
}

/// Tokens of principals that nobody can be yet over HTTP, such as members of staff.
final class PlayedPrincipals: PrincipalResolver {
    private let others: any PrincipalResolver
    private let played = Mutex<[String: Principal]>([:])

    init(before others: any PrincipalResolver) { self.others = others }

    func token(for principal: Principal) -> String {
        let token = "played-\(UUID().uuidString)"
        played.withLock { $0[token] = principal }
        return token
    }

    func principal(bearing token: UTF8Text, order: UTF8Text?) async throws -> Principal? {
        if let principal = played.withLock({ $0[token.string] }) { return principal }
        return try await others.principal(bearing: token, order: order)
    }

    func principal(ofSession token: UTF8Text) async throws -> Principal? {
        try await others.principal(ofSession: token)
    }
}

private struct NoLimits: RateLimiter {
    func take(_ bucket: String, limit: RateLimit) async -> RateDecision {
        RateDecision(isAllowed: true, remaining: 1, retryAfter: .zero, reset: .zero)
    }
}

/// What the API answered.
struct Reply: Sendable {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var json: JSONValue {
        get throws { try JSONValue(parsing: bytes) }
    }

    /// The slug of a problem document.
    var problem: String? {
        get throws { try json["type"]?.stringValue?.split(separator: ":").last.map(String.init) }
    }

    /// The pointers of the fields that a problem document names.
    var pointers: [String] {
        get throws { try json["errors"]?.arrayValue?.compactMap { $0["pointer"]?.stringValue } ?? [] }
    }

    func header(_ name: String) -> String? { headers[HTTPField.Name(name)!] }
}

/// Which operations were called with success.
actor AnswerLog {
    private(set) var successes: [(method: HTTPRequest.Method, path: String)] = []

    func note(_ method: HTTPRequest.Method, _ path: String, _ status: Int) {
        if (200..<300).contains(status) { successes.append((method, String(path.prefix { $0 != "?" }))) }
    }
}

extension JSONValue {
    var stringValue: String? { textValue?.string }
}
