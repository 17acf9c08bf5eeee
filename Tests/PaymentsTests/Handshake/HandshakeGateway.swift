import Core
import Foundation
import Orders
import Outbound

@testable import Payments

/// Calls, in JSON, and their mapping.
struct HandshakeGateway: ReturnConfirmingGateway {
    let name: GatewayName
    let merchantAccount = "shop"
    let sessionLifetime: ClosedRange<TimeInterval> = 60...3_600
    let lacking: [GatewayCapability: String] = [
        .captureAndVoid: "Money is taken at once",
        .refund: "Refunds are made in the provider's panel",
        .listRefunds: "Refunds are made in the provider's panel",
        .listDisputes: "There are no disputes",
        .findPayment: "Payments are known by our own numbers only",
        .listRecords: "There are no lists",
        .listBalance: "There are no lists",
        .listSettlements: "There are no lists",
        .closeCheckout: "A checkout closes by time only",
        .answerChallenge: "Addresses are not challenged",
    ]

    private let client: ProviderClient

    init(baseURL: String, token: Secret, context: GatewayContext) {
        name = context.name
        client = ProviderClient(
            profile: ProviderProfile(
                name: context.name.rawValue, baseURL: baseURL,
                headers: [OutboundHeader("Authorization", token.reveal())], mask: SecretMask(fields: ["phone"])),
            transport: context.transport, timing: context.timing,
            record: { evidence, subject in await context.calls?.record(evidence, subject: subject) },
            logger: context.logger)
    }

    func open(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession {
        let invoice = "\(request.paymentID)/\(request.attempt)"
        let order: JSONValue = [
            "invoice": .string(invoice), "amount": .integer(request.amount.minorUnits),
            "currency": .string(request.amount.currency.code), "callback": .string(request.callbackURL),
            "name": request.customer.name.map(JSONValue.string) ?? .null,
            "phone": request.customer.phone.map { .string($0.rawValue) } ?? .null,
        ]
        let (answer, evidence) = try await call(
            "payments.create", "POST", "/payments", body: order.canonicalBytes, safety: .keyed(invoice),
            about: request.paymentID)
        guard let id = answer["id"]?.textValue?.string, let page = answer["page"]?.textValue?.string,
            page.hasPrefix("https://"), answer["amount"]?.integerValue == request.amount.minorUnits,
            answer["currency"]?.textValue?.string == request.amount.currency.code
        else { throw .integrity("the payment is not the one that was asked for") }
        return CheckoutSession(sessionReference: id, reference: nil, redirectURL: page, call: evidence)
    }

    func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        try await find(payment, "payments.read", "GET", "", for: actor)
    }

    /// Whatever the browser says: only what the customer has agreed to is taken, and once.
    func confirmReturn(
        of payment: Payment, fields: [String: String], for actor: AuditActor
    ) async throws(GatewayError) -> Report? {
        try await find(payment, "payments.execute", "POST", "/execute", for: actor)
    }

    func interpret(_ push: GatewayPush) throws(MalformedEvent) -> PushMeaning {
        let fields = String(decoding: push.body, as: UTF8.self).split(separator: "&").map { $0.split(separator: "=") }
        guard let id = fields.first(where: { $0.first == "payment" && $0.count == 2 })?[1] else {
            throw MalformedEvent("the push names no payment")
        }
        return .trigger(PaymentPointer(paymentID: nil, sessionReference: String(id)))
    }

    private func find(
        _ payment: Payment, _ operation: String, _ method: String, _ action: String, for actor: AuditActor
    ) async throws(GatewayError) -> Report? {
        guard let session = payment.sessionReference else { return nil }
        do {
            let (answer, _) = try await call(
                operation, method, "/payments/\(session)\(action)", safety: .read, about: payment.id)
            return try report(answer, source: .read(actor))
        } catch .refused(code: "unknown_payment", _, _) {
            return nil
        }
    }

    private func report(_ answer: JSONValue, source: ReportSource) throws(GatewayError) -> Report {
        guard let id = answer["id"]?.textValue?.string, let word = answer["status"]?.textValue?.string,
            let units = answer["amount"]?.integerValue, let code = answer["currency"]?.textValue?.string
        else { throw .integrity("the payment lacks id, status, amount or currency") }
        let status: ReportStatus
        switch word {
        case "initiated", "agreed": status = .pending
        case "completed": status = .captured
        case "cancelled": status = .cancelled
        default: throw .integrity("the status \(word) is unknown")
        }
        do {
            return Report(
                gateway: name, paymentID: nil, sessionReference: id,
                reference: answer["transaction"]?.textValue?.string, status: status,
                amount: Money(minorUnits: units, currency: try Currency(code)), merchantAccount: merchantAccount,
                source: source, statement: word)
        } catch {
            throw .integrity("\(error)")
        }
    }

    private func call(
        _ operation: String, _ method: String, _ path: String, body: [UInt8] = [], safety: CallSafety,
        about payment: ID<Payment>
    ) async throws(GatewayError) -> (JSONValue, OutboundEvidence) {
        let answer: OutboundAnswer
        do {
            answer = try await client.call(
                OutboundRequest(
                    operation: operation, method: method, path: path, body: body, safety: safety, subject: "\(payment)")
            )
        } catch {
            throw GatewayError(error) { answer in
                let text = String(decoding: answer.response.body, as: UTF8.self)
                return (text, text)
            }
        }
        do {
            return (try JSONValue(parsing: answer.response.body), answer.evidence)
        } catch {
            throw .integrity("the answer is not JSON: \(error)")
        }
    }
}
