package import Configuration
import Foundation
package import Logging

/// What every process needs to reach its stores.
package struct StoreSettings: Sendable {
    /// HAAT_DATABASE_URL: any libpq connection string.
    package let databaseURL: Secret
    /// HAAT_REDIS_URL: redis://… or rediss://….
    package let redisURL: Secret

    /// - Throws: `ConfigurationError` that names each missing or malformed setting.
    package init(from reader: ConfigReader) throws(ConfigurationError) {
        var settings = SettingsReader(reader)
        self.init(&settings)
        try settings.finish()
    }

    init(_ settings: inout SettingsReader) {
        databaseURL = Self.databaseURL(&settings)
        redisURL = settings.secret(
            "HAAT_REDIS_URL", placeholder: Secret(""), expected: "a redis:// or rediss:// URL"
        ) { SettingForm.url($0, schemes: ["redis", "rediss"]) ? Secret($0) : nil }
    }

    /// HAAT_DATABASE_URL alone, for commands that touch nothing else.
    /// - Throws: `ConfigurationError` when it is missing.
    package static func databaseURL(from reader: ConfigReader) throws(ConfigurationError) -> Secret {
        var settings = SettingsReader(reader)
        let url = databaseURL(&settings)
        try settings.finish()
        return url
    }

    private static func databaseURL(_ settings: inout SettingsReader) -> Secret {
        settings.secret(
            "HAAT_DATABASE_URL", placeholder: Secret(""), expected: "a PostgreSQL connection string", Secret.init)
    }
}

/// The settings of the processes that belong to no provider, read once at the start.
package struct HaatConfiguration: Sendable {
    package let stores: StoreSettings
    /// HAAT_API_HOST, default 127.0.0.1
    package let apiHost: String
    /// HAAT_API_PORT, default 8080; 0 lets the system choose.
    package let apiPort: Int
    /// HAAT_MANAGEMENT_HOST: where health and metrics are served, default 127.0.0.1
    package let managementHost: String
    /// HAAT_API_MANAGEMENT_PORT, default 8081; nil for 0: the API shows neither health nor metrics.
    package let apiManagementPort: Int?
    /// HAAT_WORKER_MANAGEMENT_PORT; nil, as by default: the worker serves no HTTP.
    package let workerManagementPort: Int?
    /// HAAT_ADMIN_TOKEN
    package let adminToken: Secret
    /// HAAT_SMTP_URL: smtp://… or smtps://…
    package let smtpURL: Secret
    /// HAAT_MAIL_FROM, default "Haat <no-reply@localhost>"
    package let mailFrom: String
    /// How texts are sent to telephones; nil: they are not.
    package let sms: SMSSettings?
    /// HAAT_PUBLIC_URL without a final slash; default http://HOST:PORT of the API.
    package let publicURL: String
    /// The host of that, by which people know the marketplace.
    package var publicHost: String { URL(string: publicURL)?.host() ?? "localhost" }
    /// HAAT_RETURN_HOSTS; by default that of the public URL.
    package let returnHosts: ReturnHosts
    /// HAAT_ALLOWED_ORIGINS: the sites whose pages may call the API, or `*` for every site; none by default.
    package let allowedOrigins: [String]
    /// HAAT_TRUSTED_PROXIES: how many proxies of ours stand before the API, default 0.
    package let trustedProxies: Int
    /// What is held for orders that are not paid.
    package let reservations: ReservationSettings
    /// What is done about payments by rule.
    package let payments: PaymentSettings
    /// How long carts are kept.
    package let carts: CartSettings
    /// Where uploaded files are kept.
    package let media: MediaSettings
    /// The cache before the API; nil: nobody is told what to drop.
    package let purge: PurgeSettings?
    /// Where outgoing webhooks may go.
    package let outgoingWebhooks: OutgoingWebhookSettings
    /// How people sign in.
    package let accounts: AccountSettings
    /// How vendors get their money.
    package let payouts: PayoutSettings
    /// HAAT_LOG_LEVEL, default info
    package let logLevel: Logger.Level
    /// HAAT_ENCRYPTION_KEY and HAAT_ENCRYPTION_KEYS_RETIRED
    package let encryptionKeys: RootKeys
    /// HAAT_AUDIT_KEY and HAAT_AUDIT_KEYS_RETIRED
    package let auditKeys: RootKeys
    /// Every secret among the settings, those of providers included: none of them may stand in a log.
    package let secrets: [Secret]
    /// What the log of every start should say about the settings, each text starting with a setting's name.
    package let warnings: [String]

    /// - Throws: `ConfigurationError` that names each missing or malformed setting.
    package init(from reader: ConfigReader) throws(ConfigurationError) {
        (self, _) = try Self.read(from: reader) { _ in }
    }

    /// The same together with the settings of a domain, so that everything that is wrong with either is told at once.
    /// - Parameter own: reads the domain's.
    package static func read<Own>(
        from reader: ConfigReader, with own: (inout SettingsReader) -> Own
    ) throws(ConfigurationError) -> (HaatConfiguration, Own) {
        var settings = SettingsReader(reader)
        let owned = own(&settings)
        let configuration = HaatConfiguration(&settings)
        try settings.finish()
        return (configuration, owned)
    }

    private init(_ settings: inout SettingsReader) {
        stores = StoreSettings(&settings)
        apiHost = settings.text("HAAT_API_HOST") ?? "127.0.0.1"
        apiPort = settings.value(
            "HAAT_API_PORT", default: 8080, expected: "a port number from 0 to 65535", SettingForm.port)
        managementHost = settings.text("HAAT_MANAGEMENT_HOST") ?? "127.0.0.1"
        apiManagementPort = settings.managementPort("HAAT_API_MANAGEMENT_PORT", default: 8081)
        workerManagementPort = settings.managementPort("HAAT_WORKER_MANAGEMENT_PORT", default: nil)
        if let port = apiManagementPort, port == apiPort, managementHost == apiHost {
            settings.refuse("HAAT_API_MANAGEMENT_PORT must not be HAAT_API_PORT: health and metrics are not public")
        }
        adminToken = settings.secret(
            "HAAT_ADMIN_TOKEN", placeholder: Secret(""),
            expected: "the operator's bearer token: \(SecretStrength.advice)", objection: SecretStrength.objection(to:),
            SettingForm.token)
        smtpURL = settings.secret(
            "HAAT_SMTP_URL", placeholder: Secret(""), expected: "an smtp:// or smtps:// URL"
        ) { SettingForm.url($0, schemes: ["smtp", "smtps"]) ? Secret($0) : nil }
        mailFrom = settings.text("HAAT_MAIL_FROM") ?? "Haat <no-reply@localhost>"
        sms = SMSSettings.read(&settings)
        publicURL = settings.value(
            "HAAT_PUBLIC_URL", default: "http://\(apiHost):\(apiPort)", expected: "an http:// or https:// URL",
            SettingForm.webURL)
        returnHosts = settings.value(
            "HAAT_RETURN_HOSTS", default: ReturnHosts(publicURL: publicURL),
            expected: "hosts such as shop.example, without scheme, port and path, separated by commas",
            SettingForm.returnHosts)
        allowedOrigins = settings.value(
            "HAAT_ALLOWED_ORIGINS", default: [],
            expected: "* or origins such as https://shop.example, without a path, separated by commas",
            SettingForm.origins)
        trustedProxies = settings.value(
            "HAAT_TRUSTED_PROXIES", default: 0, expected: "a number of proxies from 0 to 16"
        ) { text in Int(text).flatMap { (0...16).contains($0) ? $0 : nil } }
        reservations = ReservationSettings(&settings)
        payments = PaymentSettings(&settings)
        carts = CartSettings(&settings)
        media = MediaSettings(&settings)
        purge = PurgeSettings.read(&settings)
        outgoingWebhooks = OutgoingWebhookSettings(&settings)
        accounts = AccountSettings(&settings)
        payouts = PayoutSettings(&settings)
        logLevel = settings.value(
            "HAAT_LOG_LEVEL", default: .info,
            expected: "one of " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        ) { Logger.Level(rawValue: $0.lowercased()) }
        encryptionKeys = settings.rootKeys("HAAT_ENCRYPTION_KEY", retired: "HAAT_ENCRYPTION_KEYS_RETIRED")
        auditKeys = settings.rootKeys("HAAT_AUDIT_KEY", retired: "HAAT_AUDIT_KEYS_RETIRED")
        if !Set(auditKeys.all.map(\.fingerprint)).isDisjoint(with: encryptionKeys.all.map(\.fingerprint)) {
            settings.refuse("HAAT_AUDIT_KEY must not be an encryption key: each is to be rotated without the other")
        }
        secrets = settings.secrets
        warnings = settings.warnings
    }
}

extension SettingsReader {
    /// Nil for 0.
    fileprivate mutating func managementPort(_ name: String, default fallback: Int?) -> Int? {
        let port = value(
            name, default: fallback ?? 0, expected: "a port number from 1 to 65535, or 0 for none", SettingForm.port)
        return port == 0 ? nil : port
    }
}

/// How the texts of settings are read; each returns nil for a malformed text.
enum SettingForm {
    static func port(_ text: String) -> Int? {
        Int(text).flatMap { (0...65535).contains($0) ? $0 : nil }
    }

    /// A text that can stand in an HTTP header: visible ASCII.
    static func token(_ text: String) -> Secret? {
        text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? Secret(text) : nil
    }

    static func tokens(_ text: String) -> [Secret]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: true)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        let secrets = parts.compactMap(token)
        return secrets.isEmpty || secrets.count < parts.count ? nil : secrets
    }

    static func url(_ text: String, schemes: Set<String>) -> Bool {
        guard let components = URLComponents(string: text), let scheme = components.scheme else { return false }
        return schemes.contains(scheme.lowercased()) && components.host?.isEmpty == false
    }

    /// The URL without its final slashes.
    static func webURL(_ text: String) -> String? {
        guard url(text, schemes: ["http", "https"]) else { return nil }
        return String(text.reversed().drop { $0 == "/" }.reversed())
    }

    /// Origins as browsers write them (RFC 6454 section 6.2): scheme, host and, unless it is the scheme's own, port.
    static func origins(_ text: String) -> [String]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
        if parts == ["*"] { return parts }
        return parts.allSatisfy(isOrigin) ? parts : nil
    }

    private static func isOrigin(_ text: String) -> Bool {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, let host = parts.host, !host.isEmpty
        else { return false }
        let port = parts.port.map { ":\($0)" } ?? ""
        let isDefaultPort = parts.port == (scheme == "https" ? 443 : 80)
        return ["http", "https"].contains(scheme) && !isDefaultPort && text == "\(scheme)://\(host)\(port)"
    }

    static func returnHosts(_ text: String) -> ReturnHosts? {
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        // What is a host alone is one in a URL, too.
        let areHosts = names.allSatisfy { !$0.isEmpty && ReturnHosts([$0]).admit("https://\($0)") }
        return areHosts ? ReturnHosts(names) : nil
    }
}
