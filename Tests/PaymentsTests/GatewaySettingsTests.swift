import Configuration
import Core
import TestSupport
import Testing
import Webhooks

@testable import Payments

@Suite("Settings of gateways")
struct GatewaySettingsTests {
    private static let base = [
        "HAAT_DATABASE_URL": "postgresql://localhost/haat", "HAAT_REDIS_URL": "redis://127.0.0.1:6379",
        "HAAT_ADMIN_TOKEN": TestSecrets.adminToken, "HAAT_ENCRYPTION_KEY": TestSecrets.encryptionKey,
        "HAAT_AUDIT_KEY": TestSecrets.auditKey,
        "HAAT_SMTP_URL": "smtp://127.0.0.1:8025",
    ]
    private static let stripe = [
        "HAAT_STRIPE_SECRET_KEY": "sk_test_1",
        "HAAT_STRIPE_WEBHOOK_SECRETS": "\(TestSecrets.webhookSecret), \(TestSecrets.otherWebhookSecret)",
    ]

    private func read(_ variables: [String: String]) throws -> (HaatConfiguration, GatewaySettings) {
        try HaatConfiguration.read(
            from: ConfigReader(
                provider: EnvironmentVariablesProvider(
                    environmentVariables: variables.merging(Self.base) { own, _ in own })),
            with: GatewaySettings.read)
    }

    private func failures(_ variables: [String: String]) -> [String] {
        #expect(throws: ConfigurationError.self) { try read(variables) }?.failures ?? []
    }

    @Test("A marketplace without Stripe needs none of its settings")
    func none() throws {
        let (configuration, gateways) = try read([:])
        #expect(gateways.accounts.isEmpty && configuration.warnings.contains { $0.hasPrefix("HAAT_GATEWAYS") })
        #expect(try read(["HAAT_STRIPE_BASE_URL": "http://127.0.0.1:1"]).1.accounts.isEmpty)
        #expect(try read(Self.stripe.merging(["HAAT_GATEWAYS": "none"]) { $1 }).1.accounts.isEmpty)
    }

    @Test("A gateway of which any secret is set is switched on, with its defaults")
    func present() throws {
        let accounts = try read(Self.stripe).1.accounts
        #expect(accounts.map(\.name) == [.stripe] && accounts.map(\.path) == ["stripe"])
        let provider = try #require(accounts.first?.provider as? StripeProvider)
        #expect(provider.baseURL == "https://api.stripe.com" && provider.callsPerSecond == 80)
        #expect(
            provider.webhookSecrets.map { $0.reveal() } == [TestSecrets.webhookSecret, TestSecrets.otherWebhookSecret])
    }

    @Test("Half of a gateway's secrets is an error that names the other half, not a gateway that is off")
    func half() {
        #expect(
            failures(["HAAT_STRIPE_SECRET_KEY": "sk_test_1"]).contains {
                $0.hasPrefix("HAAT_STRIPE_WEBHOOK_SECRETS is missing")
            })
        #expect(
            failures(["HAAT_STRIPE_WEBHOOK_SECRETS_FILE": "/nowhere/at/all"]).contains {
                $0.hasPrefix("HAAT_STRIPE_WEBHOOK_SECRETS_FILE")
            })
    }

    @Test("What is listed is required, and told together with what else is missing")
    func listed() {
        let failures = failures(["HAAT_GATEWAYS": "stripe", "HAAT_SMTP_URL": ""])
        for name in ["HAAT_STRIPE_SECRET_KEY", "HAAT_STRIPE_WEBHOOK_SECRETS", "HAAT_SMTP_URL"] {
            #expect(failures.contains { $0.hasPrefix("\(name) is missing") })
        }
    }

    @Test("A further account at a provider has settings and a path of its own")
    func accounts() throws {
        let eu = [
            "HAAT_GATEWAYS": "stripe, stripe/eu", "HAAT_STRIPE_EU_SECRET_KEY": "sk_test_eu",
            "HAAT_STRIPE_EU_WEBHOOK_SECRETS": TestSecrets.otherWebhookSecret, "HAAT_STRIPE_EU_CALLS_PER_SECOND": "25",
            "HAAT_STRIPE_EU_BASE_URL": "http://127.0.0.1:8090/stripe/",
        ]
        let settings = try read(Self.stripe.merging(eu) { $1 }).1
        #expect(settings.accounts.map(\.name.rawValue) == ["stripe", "stripe/eu"])
        #expect(settings.webhookAccounts.map(\.path) == ["stripe", "stripe/eu"])
        let provider = try #require(settings.accounts.last?.provider as? StripeProvider)
        #expect(provider.secretKey.reveal() == "sk_test_eu" && provider.callsPerSecond == 25)
        #expect(provider.baseURL == "http://127.0.0.1:8090/stripe")
    }

    @Test(
        "What is malformed is named",
        arguments: [
            ("HAAT_GATEWAYS", "strype"), ("HAAT_GATEWAYS", "stripe,"), ("HAAT_GATEWAYS", "stripe,stripe"),
            ("HAAT_GATEWAYS", "stripe/"), ("HAAT_GATEWAYS", "stripe/E_U"), ("HAAT_STRIPE_CALLS_PER_SECOND", "0"),
            ("HAAT_STRIPE_CALLS_PER_SECOND", "fast"), ("HAAT_STRIPE_BASE_URL", "stripe.com"),
            ("HAAT_STRIPE_SECRET_KEY", "a b"),
        ])
    func malformed(setting: String, text: String) {
        let failures = failures(Self.stripe.merging([setting: text]) { $1 })
        #expect(failures.count == 1 && failures.first?.hasPrefix("\(setting) must be") == true)
    }

    @Test("Secrets of gateways are among those that logs leave out, each by itself")
    func secrets() throws {
        let secrets = try read(Self.stripe).0.secrets.map { $0.reveal() }
        #expect(
            Set(secrets).isSuperset(of: [
                "sk_test_1", TestSecrets.webhookSecret, TestSecrets.otherWebhookSecret, TestSecrets.adminToken,
            ]))
    }
}
