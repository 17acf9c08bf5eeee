package import Core
package import Foundation
import Outbound

/// bKash's tokenized checkout as a gateway. The customer agrees at bKash's page; the money moves when we say so.
package struct BKashGateway: PushProvingGateway {
    package let name: GatewayName
    package let merchantAccount: String
    /// bKash keeps a checkout open for 24 hours; a margin for the time the call takes.
    package let sessionLifetime: ClosedRange<TimeInterval> = 60...(23 * 3_600)

    package let lacking: [GatewayCapability: String] = [
        .captureAndVoid: "Money is taken as soon as the customer has come back",
        .listDisputes: "bKash tells of disputes in its portal alone",
        .findPayment: "What bKash tells of a transaction does not name our payment",
        .listRecords: "bKash lists payments in its portal alone",
        .listBalance: "bKash lists the balance in its portal alone",
        .listSettlements: "bKash lists settlements in its portal alone",
    ]

    let client: BKashClient
    let mapping: BKashMapping
    let memory: GatewayMemory?
    let timing: OutboundTiming
    private let topic: SNSTopic?
    private let sns: ProviderClient?
    private let certificates: SNSCertificates?

    init(_ provider: BKashProvider, in context: GatewayContext) {
        name = context.name
        merchantAccount = provider.isLive ? "live" : "test"
        client = BKashClient(provider, in: context)
        mapping = BKashMapping(gateway: name, merchantAccount: merchantAccount)
        memory = context.memory
        timing = context.timing
        topic = provider.topic
        sns = provider.topic.map { topic in
            context.client(
                ProviderProfile(
                    name: "\(context.name)/sns", baseURL: topic.origin, mask: SecretMask(fields: ["Token"]),
                    credentialRefusals: []))
        }
        certificates = provider.topic.flatMap { [sns] topic in
            sns.map { SNSCertificates(topic: topic, client: $0, timing: context.timing) }
        }
    }

    package func objection(to amount: Money) -> String? {
        amount.currency == .bdt ? nil : "bKash takes BDT alone, not \(amount.currency)"
    }

    package func open(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession {
        if let objection = objection(to: request.amount) {
            throw .refused(code: "unsupported_amount", message: objection, evidence: nil)
        }
        // A checkout whose answer was lost has no visitor, and nobody executes it.
        let (created, call) = try await client.post(
            "payments.create", "\(BKashClient.checkout)/create", BKashMapping.checkout(request), safety: .once,
            about: request.paymentID)
        let (id, url) = try GatewayError.reading { () throws(MalformedEvent) in
            try BKashMapping.session(created, for: request)
        }
        return CheckoutSession(sessionReference: id, reference: nil, redirectURL: url, call: call)
    }

    package func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        guard let session = payment.sessionReference else { return try await search(payment, for: actor) }
        do {
            let answer = try await client.post(
                "payments.query", "\(BKashClient.checkout)/payment/status", ["paymentID": .string(session)],
                safety: .read, about: payment.id
            ).answer
            return try GatewayError.reading { () throws(MalformedEvent) in
                try mapping.report(answer, of: payment, at: timing.now(), for: actor)
            }
        } catch .refused(code: BKashRefusal.Code.unknownPayment, _, _) {
            return nil
        }
    }

    private func search(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        guard let transaction = payment.reference else { return nil }
        do {
            let answer = try await client.post(
                "transactions.search", "\(BKashClient.checkout)/general/searchTransaction",
                ["trxID": .string(transaction)], safety: .read, about: payment.id
            ).answer
            return try GatewayError.reading { () throws(MalformedEvent) in
                try mapping.found(answer, as: payment, for: actor)
            }
        } catch .refused(code: BKashRefusal.Code.unknownTransaction, _, _) {
            return nil
        }
    }

    package func interpret(_ push: GatewayPush) throws(MalformedEvent) -> PushMeaning {
        let envelope = try SNSEnvelope(push.body)
        guard let topic, envelope.topic == UTF8Text(topic.arn) else {
            throw MalformedEvent("the notification is of another topic")
        }
        switch envelope.kind {
        case .notification: return try mapping.fact(of: envelope, wallet: topic)
        case .subscription:
            return .challenge(PushChallenge(address: try envelope.subscribeURL.required("SubscribeURL").string))
        case .unsubscription: return .authentic([.irrelevant(type: envelope.kind.rawValue)])
        }
    }

    package func objection(to push: GatewayPush) async throws(GatewayError) -> String? {
        guard let certificates else { return "no topic is configured" }
        let envelope: SNSEnvelope
        do {
            envelope = try SNSEnvelope(push.body)
        } catch {
            return error.description
        }
        return try await certificates.objection(to: envelope)
    }
}

extension BKashGateway: ChallengeAnsweringGateway {
    /// Confirms the subscription. The address stood in a proven notification of our topic, and even so only Amazon is visited.
    package func answer(_ challenge: PushChallenge) async throws(GatewayError) {
        guard let sns, let path = topic?.path(of: UTF8Text(challenge.address)) else {
            throw .integrity("\(UTF8Text(challenge.address).excerpt()) is not an address of the topic's")
        }
        do {
            _ = try await sns.call(
                OutboundRequest(operation: "sns.confirm", method: "GET", path: path, safety: .read))
        } catch {
            throw GatewayError(error)
        }
    }
}

extension UTF8Text? {
    fileprivate func required(_ name: String) throws(MalformedEvent) -> UTF8Text {
        guard let self else { throw MalformedEvent("notification.\(name) is missing") }
        return self
    }
}
