import Configuration
import Core
import Logging
import TestSupport
import Testing

@Suite("Configuration")
struct ConfigurationTests {
    static let complete = [
        "HAAT_DATABASE_URL": "postgresql://localhost/haat", "HAAT_REDIS_URL": "redis://127.0.0.1:6379",
        "HAAT_ADMIN_TOKEN": TestSecrets.adminToken, "HAAT_ENCRYPTION_KEY": TestSecrets.encryptionKey,
        "HAAT_AUDIT_KEY": TestSecrets.auditKey,
        "HAAT_SMTP_URL": "smtp://127.0.0.1:8025",
    ]

    private func read(_ variables: [String: String]) throws -> HaatConfiguration {
        try HaatConfiguration(
            from: ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables)))
    }

    @Test("What is not set has its default")
    func defaults() throws {
        let configuration = try read(Self.complete)
        #expect(configuration.apiHost == "127.0.0.1")
        #expect(configuration.apiPort == 8080)
        #expect(configuration.managementHost == "127.0.0.1")
        #expect(configuration.apiManagementPort == 8081)
        #expect(configuration.workerManagementPort == nil)
        #expect(configuration.publicURL == "http://127.0.0.1:8080")
        #expect(configuration.logLevel == .info)
        #expect(configuration.allowedOrigins.isEmpty && configuration.trustedProxies == 0)
    }

    @Test("What is set is read")
    func settings() throws {
        let own = [
            "HAAT_API_HOST": "0.0.0.0", "HAAT_API_PORT": "9000", "HAAT_MANAGEMENT_HOST": "10.0.0.1",
            "HAAT_API_MANAGEMENT_PORT": "0", "HAAT_WORKER_MANAGEMENT_PORT": "9001",
            "HAAT_PUBLIC_URL": "https://haat.example/", "HAAT_LOG_LEVEL": "debug",
            "HAAT_ALLOWED_ORIGINS": "https://shop.example, http://LOCALHOST:3000", "HAAT_TRUSTED_PROXIES": "2",
        ]
        let configuration = try read(Self.complete.merging(own) { $1 })
        #expect(configuration.apiPort == 9000)
        #expect(configuration.managementHost == "10.0.0.1")
        #expect(configuration.apiManagementPort == nil)
        #expect(configuration.workerManagementPort == 9001)
        #expect(configuration.publicURL == "https://haat.example")
        #expect(configuration.logLevel == .debug)
        #expect(configuration.allowedOrigins == ["https://shop.example", "http://localhost:3000"])
        #expect(configuration.trustedProxies == 2)
        #expect(try read(Self.complete.merging(["HAAT_ALLOWED_ORIGINS": "*"]) { $1 }).allowedOrigins == ["*"])
    }

    @Test("What may be held unpaid has limits unless they are 0")
    func reservations() throws {
        #expect(try read(Self.complete).reservations == ReservationSettings())
        let names = ["UNPAID_UNITS_PER_CLIENT", "UNPAID_UNITS_PER_EMAIL", "UNPAID_STOCK_SHARE", "ORDERS_PER_MINUTE"]
        let none = Dictionary(uniqueKeysWithValues: names.map { ("HAAT_\($0)", "0") })
        let unlimited = try read(Self.complete.merging(none) { $1 }).reservations
        #expect(unlimited.unitsPerClient == nil && unlimited.unitsPerEmail == nil)
        #expect(unlimited.stockShare == nil && unlimited.ordersPerMinute == nil)
        let brief = try read(Self.complete.merging(["HAAT_RESERVATION_MINUTES": "3"]) { $1 }).reservations
        #expect(brief.firstTime == 180 && brief.longestTime == 33 * 60)
    }

    @Test("Carts are kept and count as left behind for as long as is said")
    func carts() throws {
        #expect(try read(Self.complete).carts == CartSettings())
        let own = ["HAAT_CART_SILENCE_HOURS": "1", "HAAT_CART_DAYS": "7"]
        let carts = try read(Self.complete.merging(own) { $1 }).carts
        #expect(carts.silence == 3600 && carts.lifetime == 7 * 86_400)
    }

    @Test("Uploaded files have a folder and a quota of their own")
    func media() throws {
        #expect(try read(Self.complete).media == MediaSettings())
        let own = ["HAAT_MEDIA_DIRECTORY": "/srv/media//", "HAAT_MEDIA_QUOTA_MIB": "3"]
        let media = try read(Self.complete.merging(own) { $1 }).media
        #expect(media.directory == "/srv/media" && media.vendorQuota == 3 << 20)
    }

    @Test(
        "A malformed origin or number is one line that names it",
        arguments: [
            ("HAAT_ALLOWED_ORIGINS", "shop.example"), ("HAAT_ALLOWED_ORIGINS", "https://shop.example/"),
            ("HAAT_ALLOWED_ORIGINS", "https://shop.example,*"), ("HAAT_ALLOWED_ORIGINS", "ftp://shop.example"),
            ("HAAT_ALLOWED_ORIGINS", "https://shop.example,,https://b.example"),
            ("HAAT_ALLOWED_ORIGINS", "https://user@shop.example"), ("HAAT_ALLOWED_ORIGINS", "https://shop.example:443"),
            ("HAAT_RETURN_HOSTS", "https://shop.example"), ("HAAT_RETURN_HOSTS", "shop.example:443"),
            ("HAAT_RETURN_HOSTS", "shop.example/x"), ("HAAT_RETURN_HOSTS", "shop.example,,b.example"),
            ("HAAT_RETURN_HOSTS", "*.shop.example"), ("HAAT_RETURN_HOSTS", "user@shop.example"),
            ("HAAT_RETURN_HOSTS", "*"), ("HAAT_TRUSTED_PROXIES", "-1"), ("HAAT_TRUSTED_PROXIES", "many"),
            ("HAAT_TRUSTED_PROXIES", "17"), ("HAAT_RESERVATION_MINUTES", "0"), ("HAAT_RESERVATION_MINUTES", "1441"),
            ("HAAT_UNPAID_UNITS_PER_CLIENT", "-1"), ("HAAT_UNPAID_UNITS_PER_EMAIL", "many"),
            ("HAAT_UNPAID_STOCK_SHARE", "101"), ("HAAT_ORDERS_PER_MINUTE", "1.5"),
            ("HAAT_CONFIRMATION_HOURS", "0"), ("HAAT_CART_SILENCE_HOURS", "0"), ("HAAT_CART_DAYS", "731"),
            ("HAAT_MEDIA_DIRECTORY", "media"),
            ("HAAT_MEDIA_DIRECTORY", "/"), ("HAAT_MEDIA_QUOTA_MIB", "0"),
            ("HAAT_MEDIA_QUOTA_MIB", "1048577"),
        ])
    func malformed(setting: String, text: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try read(Self.complete.merging([setting: text]) { $1 }) }
        #expect(error?.failures.count == 1)
        #expect(error?.failures.first?.hasPrefix("\(setting) must be ") == true)
    }

    @Test(
        "Customers are sent back to the host of the public address, to those that are named instead, or to this machine"
    )
    func returnHosts() throws {
        func hosts(_ own: [String: String]) throws -> ReturnHosts {
            try read(Self.complete.merging(own) { $1 }).returnHosts
        }
        let local = try hosts([:])
        for host in ["127.0.0.1:8090", "localhost", "[::1]:3000"] { #expect(local.admit("http://\(host)/thanks")) }
        #expect(!local.admit("http://127.0.0.2/thanks"))
        let shop = try hosts(["HAAT_PUBLIC_URL": "https://Haat.example:8443/api"])
        #expect(shop.admit("https://haat.example/thanks") && !shop.admit("http://127.0.0.1/thanks"))
        #expect(try hosts(["HAAT_PUBLIC_URL": "http://[2001:db8::1]:8080"]).admit("http://[2001:DB8::1]/thanks"))
        let named = try hosts(["HAAT_RETURN_HOSTS": "shop.example, M.shop.example,[::1]"])
        for host in ["shop.example", "m.SHOP.example:443", "[::1]"] { #expect(named.admit("https://\(host)/")) }
        for host in ["127.0.0.1", "x.shop.example", "example", "shop.example.", "shop.example:0", "[::1", "[::1]x", ""]
        {
            #expect(!named.admit("https://\(host)/"))
        }
    }

    @Test("Health and metrics can't be put on the public address")
    func managementIsNotPublic() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try read(Self.complete.merging(["HAAT_API_PORT": "8081"]) { $1 })
        }
        #expect(error?.failures.count == 1 && error?.description.contains("HAAT_API_MANAGEMENT_PORT") == true)
        let own = ["HAAT_API_PORT": "8081", "HAAT_API_HOST": "10.0.0.1"]
        #expect(try read(Self.complete.merging(own) { $1 }).apiManagementPort == 8081)
    }

    @Test("One line names every missing and malformed setting and shows no value")
    func allFailuresAtOnce() throws {
        let wrong = [
            "HAAT_API_PORT": "80a", "HAAT_REDIS_URL": "http://hidden", "HAAT_LOG_LEVEL": "loud",
            "HAAT_ENCRYPTION_KEY": "c2hvcnQ=", "HAAT_SMTP_URL": "", "HAAT_ADMIN_TOKEN": "with space",
        ]
        let error = #expect(throws: ConfigurationError.self) { try read(wrong) }
        let text = try #require(error?.description)
        let names = [
            "DATABASE_URL", "REDIS_URL", "API_PORT", "ADMIN_TOKEN",
            "SMTP_URL", "LOG_LEVEL", "ENCRYPTION_KEY", "AUDIT_KEY",
        ]
        for name in names { #expect(text.contains("HAAT_" + name)) }
        #expect(error?.failures.count == names.count)
        for value in ["80a", "hidden", "loud", "c2hvcnQ", "with space", "\n"] { #expect(!text.contains(value)) }
    }

    @Test("Settings can be injected in memory")
    func inMemory() throws {
        let provider = InMemoryProvider(values: [
            "haat.database.url": "host=localhost", "haat.redis.url": "rediss://user:pass@cache:6380/1",
        ])
        let stores = try StoreSettings(from: ConfigReader(provider: provider))
        #expect(stores.databaseURL.reveal() == "host=localhost")
    }

    @Test("A secret shows itself nowhere")
    func secrets() {
        let secret = Secret("hidden")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])"] {
            #expect(!text.contains("hidden"))
        }
        #expect(secret.matches("hidden"))
        #expect(!secret.matches("hidde"))
    }
}
