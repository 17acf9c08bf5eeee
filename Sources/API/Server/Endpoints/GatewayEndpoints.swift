import Core
import Endpoints
import HTTPTypes
import Identity
import Payments

/// The payment gateways of this installation, as data.
enum GatewayEndpoints {
    static let all: [Endpoint] = [list]

    static let list = Endpoint(
        .get, "/gateways", tag: .payments, summary: "List the gateways that are switched on",
        description: "With what each can do, and why not where it can’t.", policy: .require(.gatewaysRead),
        returns: .page(of: GatewayView.self)
    ) { _, services in
        PageOutput(Page(items: services.gateways.map(GatewayView.init), next: nil))
    }
}

struct GatewayView: APIOutput {
    let gateway: GatewayDescription

    static let example = GatewayView(
        gateway: GatewayDescription(
            name: GatewayName(rawValue: "stripe"), title: "Stripe", merchantAccount: "test",
            webhookPath: "/webhooks/stripe", capabilities: [.refund],
            lacking: [.answerChallenge: "Stripe does not ask whether an address is ours"]))

    func write(to out: inout ObjectWriter) {
        out.field("name", gateway.name.rawValue, "What a checkout names it by")
        out.field("title", gateway.title, "For people")
        out.field("merchant_account", gateway.merchantAccount, "What its credentials stand for")
        out.field("webhook_path", gateway.webhookPath, "Where its pushes come in, below the public address")
        out.field(
            "capabilities",
            GatewayCapability.allCases.map { GatewayCapabilityView(capability: $0, of: gateway) })
    }
}

struct GatewayCapabilityView: APIOutput {
    let capability: GatewayCapability
    let isSupported: Bool
    let reason: String?

    init(capability: GatewayCapability, of gateway: GatewayDescription) {
        self.capability = capability
        isSupported = gateway.capabilities.contains(capability)
        reason = gateway.lacking[capability]
    }

    static let example = GatewayCapabilityView(capability: .refund, of: GatewayView.example.gateway)

    func write(to out: inout ObjectWriter) {
        out.field("name", capability)
        out.field("is_supported", isSupported)
        out.field("reason", reason, "Why not")
    }
}
