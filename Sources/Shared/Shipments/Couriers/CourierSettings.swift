package import Core
package import Logging
package import Outbound
package import Payments
package import Webhooks

/// The couriers that are switched on, with their settings.
///
/// `HAAT_COURIERS` lists them: `steadfast`, `steadfast/dhaka` for a further account there. Where it is not set, those are meant any
/// secret of whose main account is: to forget a second setting is then an error, not a courier that is silently missing.
package struct CourierSettings: Sendable {
    /// A courier and the provider at which it is an account.
    package struct Account: Sendable {
        package let name: CourierName
        package let provider: any CourierProvider

        package var title: String { type(of: provider).title }

        /// What stands behind `/webhooks/` in the path of its pushes.
        package var path: String {
            let slug = type(of: provider).slug
            return name.account.map { "\(slug)/\($0)" } ?? slug
        }
    }

    package let accounts: [Account]

    package static func read(_ settings: inout SettingsReader) -> CourierSettings {
        CourierSettings(&settings, of: CourierCatalog.product)
    }

    init(_ settings: inout SettingsReader, of catalog: [any CourierProvider.Type]) {
        let switchedOn = Self.names(&settings, catalog)
        accounts = switchedOn.compactMap { name in
            guard let provider = catalog.first(where: { $0.name == name.provider }) else { return nil }
            return Account(name: name, provider: settings.provider(name.settingsPrefix) { provider.init(&$0) })
        }
        for account in accounts {
            guard let word = type(of: account.provider).forbiddenInPath.first(where: account.path.contains) else {
                continue
            }
            settings.refuse(
                "HAAT_COURIERS names \(account.name): \(account.title) sends no pushes to an address with \"\(word)\" in it"
            )
        }
    }

    private static func names(_ settings: inout SettingsReader, _ catalog: [any CourierProvider.Type]) -> [CourierName]
    {
        let known = catalog.map { $0.name }
        guard settings.text("HAAT_COURIERS") != nil else {
            return known.map { CourierName(rawValue: $0) }.filter { name in
                catalog.contains { provider in
                    provider.name == name.rawValue
                        && settings.hasSecrets(name.settingsPrefix) { _ = provider.init(&$0) }
                }
            }
        }
        return settings.value(
            "HAAT_COURIERS", default: [],
            expected:
                "none, or couriers separated by commas: \(known.joined(separator: ", ")), with /account for a further account"
        ) { Self.names($0, known) }
    }

    private static func names(_ text: String, _ known: [String]) -> [CourierName]? {
        if text == "none" { return [] }
        var names: [CourierName] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = CourierName(rawValue: String(part.filter { $0 != " " }))
            let account = name.account ?? "main"
            guard known.contains(name.provider), (1...20).contains(account.utf8.count),
                account.utf8.allSatisfy(Self.isLetterOrDigit), !names.contains(name)
            else { return nil }
            names.append(name)
        }
        return names
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension CourierSettings {
    /// The couriers themselves.
    package func registry(
        transport: any OutboundTransport, timing: OutboundTiming = .system, calls: GatewayCallLog?,
        memory: GatewayMemory? = nil, turns: CourierTurns? = nil, logger: Logger
    ) -> CourierRegistry {
        CourierRegistry(
            accounts.map { account in
                account.provider.courier(
                    in: CourierContext(
                        name: account.name, transport: transport, timing: timing, calls: calls, memory: memory,
                        turns: turns, logger: logger))
            })
    }

    /// Where their pushes come in.
    package var webhookAccounts: [WebhookAccount] {
        accounts.map { WebhookAccount(name: $0.name.rawValue, path: $0.path, verifier: $0.provider.verifier()) }
    }
}

/// The accounts at all providers whose pushes this installation takes in.
package struct ProviderAccounts: Sendable {
    package let gateways: GatewaySettings
    package let couriers: CourierSettings

    package init(gateways: GatewaySettings, couriers: CourierSettings) {
        self.gateways = gateways
        self.couriers = couriers
    }

    package static func read(_ settings: inout SettingsReader) -> ProviderAccounts {
        ProviderAccounts(gateways: .read(&settings), couriers: .read(&settings))
    }

    package var webhookAccounts: [WebhookAccount] { gateways.webhookAccounts + couriers.webhookAccounts }
}

/// What operators see of a courier.
package struct CourierDescription: Sendable, Hashable {
    package let name: CourierName
    package let title: String
    /// Where its pushes come in, below the public address.
    package let webhookPath: String
    package let capabilities: [CourierCapability]
    /// What it can't do, each with the reason.
    package let lacking: [CourierCapability: String]

    package init(
        name: CourierName, title: String, webhookPath: String, capabilities: [CourierCapability],
        lacking: [CourierCapability: String]
    ) {
        self.name = name
        self.title = title
        self.webhookPath = webhookPath
        self.capabilities = capabilities
        self.lacking = lacking
    }
}

extension CourierSettings {
    /// In the order in which they are listed.
    package func descriptions(_ registry: CourierRegistry) -> [CourierDescription] {
        accounts.compactMap { account in
            registry.find(account.name).map { courier in
                CourierDescription(
                    name: account.name, title: account.title, webhookPath: "/webhooks/\(account.path)",
                    capabilities: courier.capabilities, lacking: courier.reasons)
            }
        }
    }
}

extension CourierName {
    /// What the names of its settings begin with: `HAAT_STEADFAST_`, `HAAT_STEADFAST_DHAKA_`.
    fileprivate var settingsPrefix: String {
        "HAAT_" + rawValue.uppercased().replacing("/", with: "_") + "_"
    }
}
