package import Core
package import Logging
package import Outbound
package import Webhooks

/// The payment gateways that are switched on, with their settings.
///
/// `HAAT_GATEWAYS` lists them: `stripe`, `stripe/eu` for a further account there. Where it is not set, those are meant any secret of
/// whose main account is: to forget a second setting is then an error, not a gateway that is silently missing.
package struct GatewaySettings: Sendable {
    /// A gateway and the provider at which it is an account.
    package struct Account: Sendable {
        package let name: GatewayName
        package let provider: any GatewayProvider

        package var title: String { type(of: provider).title }

        /// What stands behind `/webhooks/` in the path of its pushes.
        package var path: String {
            let slug = type(of: provider).slug
            return name.account.map { "\(slug)/\($0)" } ?? slug
        }
    }

    package let accounts: [Account]

    package static func read(_ settings: inout SettingsReader) -> GatewaySettings {
        let gateways = GatewaySettings(&settings, of: GatewayCatalog.product)
        if gateways.accounts.isEmpty {
            settings.warn("HAAT_GATEWAYS switches no payment gateway on: what costs something can't be paid")
        }
        return gateways
    }

    init(_ settings: inout SettingsReader, of catalog: [any GatewayProvider.Type]) {
        let switchedOn = Self.names(&settings, catalog)
        accounts = switchedOn.compactMap { name in
            guard let provider = catalog.first(where: { $0.name == name.provider }) else { return nil }
            return Account(name: name, provider: settings.provider(name.settingsPrefix) { provider.init(&$0) })
        }
    }

    private static func names(_ settings: inout SettingsReader, _ catalog: [any GatewayProvider.Type]) -> [GatewayName]
    {
        let known = catalog.map { $0.name }
        guard settings.text("HAAT_GATEWAYS") != nil else {
            return known.map { GatewayName(rawValue: $0) }.filter { name in
                catalog.contains { provider in
                    provider.name == name.rawValue
                        && settings.hasSecrets(name.settingsPrefix) { _ = provider.init(&$0) }
                }
            }
        }
        return settings.value(
            "HAAT_GATEWAYS", default: [],
            expected:
                "none, or gateways separated by commas: \(known.joined(separator: ", ")), with /account for a further account"
        ) { Self.names($0, known) }
    }

    private static func names(_ text: String, _ known: [String]) -> [GatewayName]? {
        if text == "none" { return [] }
        var names: [GatewayName] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = GatewayName(rawValue: String(part.filter { $0 != " " }))
            let account = name.account ?? "main"
            guard known.contains(name.provider), (1...20).contains(account.utf8.count),
                account.utf8.allSatisfy({ isLetterOrDigit($0) }), !names.contains(name)
            else { return nil }
            names.append(name)
        }
        return names
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension GatewaySettings {
    /// The gateways themselves.
    package func registry(
        transport: any OutboundTransport, timing: OutboundTiming = .system, calls: GatewayCallLog?,
        memory: GatewayMemory? = nil, logger: Logger
    ) -> GatewayRegistry {
        GatewayRegistry(
            accounts.map { account in
                account.provider.gateway(
                    in: GatewayContext(
                        name: account.name, transport: transport, timing: timing, calls: calls, memory: memory,
                        logger: logger))
            })
    }

    /// Where their pushes come in.
    package var webhookAccounts: [WebhookAccount] {
        accounts.map { WebhookAccount(name: $0.name.rawValue, path: $0.path, verifier: $0.provider.verifier()) }
    }
}

/// What operators see of a gateway.
package struct GatewayDescription: Sendable {
    package let name: GatewayName
    package let title: String
    package let merchantAccount: String
    /// Where its pushes come in, below the public address.
    package let webhookPath: String
    package let capabilities: [GatewayCapability]
    /// What it can't do, each with the reason.
    package let lacking: [GatewayCapability: String]

    package init(
        name: GatewayName, title: String, merchantAccount: String, webhookPath: String,
        capabilities: [GatewayCapability], lacking: [GatewayCapability: String]
    ) {
        self.name = name
        self.title = title
        self.merchantAccount = merchantAccount
        self.webhookPath = webhookPath
        self.capabilities = capabilities
        self.lacking = lacking
    }
}

extension GatewaySettings {
    /// In the order in which they are listed.
    package func descriptions(_ registry: GatewayRegistry) -> [GatewayDescription] {
        accounts.compactMap { account in
            registry.find(account.name).map { gateway in
                GatewayDescription(
                    name: account.name, title: account.title, merchantAccount: gateway.merchantAccount,
                    webhookPath: "/webhooks/\(account.path)", capabilities: gateway.capabilities,
                    lacking: gateway.reasons)
            }
        }
    }
}

extension GatewayName {
    /// What the names of its settings begin with: `HAAT_STRIPE_`, `HAAT_STRIPE_EU_`.
    fileprivate var settingsPrefix: String {
        "HAAT_" + rawValue.uppercased().replacing("/", with: "_") + "_"
    }
}
