package import Core
package import Foundation
import Outbound

/// SSLCommerz's hosted page as a gateway.
package struct SSLCommerzGateway: PaymentGateway {
    private static let query = "/validator/api/merchantTransIDvalidationAPI.php"
    private static let validation = "/validator/api/validationserverAPI.php"
    /// A transaction has an element for each time that its customer tried.
    private static let elementLimit = 200
    /// How long after its time a session that nobody tried to pay is asked about.
    private static let afterlife: TimeInterval = 86_400

    package let name: GatewayName
    package let merchantAccount: String
    /// UNCONFIRMED: SSLCommerz closes a session after half an hour, and does not let us choose.
    package let sessionLifetime: ClosedRange<TimeInterval> = (30 * 60)...(2 * 3_600)

    package let lacking: [GatewayCapability: String] = [
        .confirmReturn: "A payment is complete before the customer comes back",
        .captureAndVoid: "Money is taken at once",
        .listDisputes: "SSLCommerz tells of disputes in its panel alone",
        .findPayment: "Payments are found by our own numbers alone",
        .listRecords: "SSLCommerz lists payments in its panel alone",
        .listBalance: "SSLCommerz lists the balance in its panel alone",
        .listSettlements: "SSLCommerz lists settlements in its panel alone",
        .closeCheckout: "A session closes by its time alone",
        .answerChallenge: "SSLCommerz does not ask whether an address is ours",
    ]

    let memory: GatewayMemory?
    let timing: OutboundTiming
    private let client: ProviderClient
    private let storeID: Secret
    private let storePassword: Secret

    init(_ provider: SSLCommerzProvider, in context: GatewayContext) {
        name = context.name
        merchantAccount = provider.isLive ? "live" : "test"
        memory = context.memory
        timing = context.timing
        storeID = provider.storeID
        storePassword = provider.storePassword
        client = context.client(
            ProviderProfile(
                name: context.name.rawValue, baseURL: provider.baseURL,
                mask: SecretMask(fields: [
                    "store_passwd", "cus_name", "cus_email", "cus_phone", "cus_add1", "cus_city", "cus_postcode",
                    "card_no",
                ])), callsPerSecond: provider.callsPerSecond)
    }

    /// UNCONFIRMED beyond BDT: 10 to 500,000 of them, and whatever comes to as much in another currency.
    package func objection(to amount: Money) -> String? {
        guard amount.currency == .bdt else { return nil }
        return (1_000...50_000_000).contains(amount.minorUnits) ? nil : "SSLCommerz takes 10.00 to 500000.00 BDT"
    }

    package func open(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession {
        if let objection = objection(to: request.amount) {
            throw .refused(code: "unsupported_amount", message: objection, evidence: nil)
        }
        guard (1...999).contains(request.attempt) else {
            throw .refused(code: "too_many_attempts", message: "its number has no room for more", evidence: nil)
        }
        // Asked for again it is a further session of the same transaction; of the one before nobody knows the address.
        let (answer, call) = try await call(
            "sessions.create", "POST", "/gwprocess/v4/api.php",
            SSLCommerzForm.session(request), safety: .once, about: request.paymentID)
        guard answer.note("status").map({ UTF8Text($0) }) == "SUCCESS" else {
            throw Self.refusal(answer.note("failedreason") ?? "no reason", call)
        }
        return try GatewayError.reading { () throws(MalformedEvent) in
            CheckoutSession(
                sessionReference: try answer.id("sessionkey"), reference: nil,
                redirectURL: try answer.webAddress("GatewayPageURL"), call: call)
        }
    }

    /// UNCONFIRMED wording: that it is the credentials is said in a sentence.
    private static func refusal(_ reason: String, _ call: OutboundEvidence) -> GatewayError {
        reason.utf8.starts(with: "Store Credential Error".utf8)
            ? .credentialsRefused(reason) : .refused(code: "FAILED", message: reason, evidence: call)
    }

    package func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        let transactions = try await transactions(of: payment)
        let paid = transactions.filter { $0.status == .paid }
        guard let chosen = Self.chosen(paid, for: payment) else {
            if let last = transactions.first(where: { $0.status == .pending }) ?? transactions.last {
                return report(payment, last.status.unpaid, last, last.word, actor)
            }
            return try await session(of: payment, for: actor)
        }
        let validated = try await validated(chosen, of: payment)
        if validated.status != .paid { return report(payment, .pending, chosen, validated.word, actor) }
        if validated.isRisky {
            return report(payment, .authorised, chosen, "\(validated.word), held: \(validated.risk)", actor)
        }
        guard paid.count > 1 else { return report(payment, .captured, chosen, validated.word, actor) }
        // The first one pays. That there is more than was asked for is told once it is ours, and then doesn't fit.
        let statement = "\(validated.word), paid \(paid.count) times"
        guard payment.state.isCaptured, let total = paid.total else {
            return report(payment, .captured, chosen, statement, actor)
        }
        return report(payment, .captured, chosen, statement, actor, amount: total)
    }

    private static func chosen(_ paid: [SSLCommerzTransaction], for payment: Payment) -> SSLCommerzTransaction? {
        let known = payment.reference.map { UTF8Text($0) }
        return paid.first { known != nil && $0.bankTransaction.map { UTF8Text($0) } == known } ?? paid.first
    }

    private func report(
        _ payment: Payment, _ status: ReportStatus, _ transaction: SSLCommerzTransaction, _ statement: String,
        _ actor: AuditActor, amount: Money? = nil
    ) -> Report {
        let hasMoney = status == .captured || status == .authorised
        return Report(
            gateway: name, paymentID: payment.id, sessionReference: nil,
            reference: hasMoney ? transaction.bankTransaction : nil, status: status,
            amount: amount ?? transaction.amount, merchantAccount: merchantAccount, source: .read(actor),
            statement: statement)
    }

    func transactions(of payment: Payment) async throws(GatewayError) -> [SSLCommerzTransaction] {
        let number = SSLCommerzForm.transaction(payment.id, attempt: payment.attempt)
        let answer = try await ask("transactions.query", Self.query, [("tran_id", number)], about: payment.id).answer
        return try GatewayError.reading { () throws(MalformedEvent) in
            let elements = try answer.optionalObjects("element")
            guard elements.count <= Self.elementLimit else { throw MalformedEvent("there are too many elements") }
            var transactions: [SSLCommerzTransaction] = []
            for element in elements { transactions.append(try SSLCommerzTransaction(element, of: number)) }
            return transactions
        }
    }

    /// What SSLCommerz calls the proof of a payment; asked for once more it is VALIDATED instead of VALID.
    private func validated(
        _ transaction: SSLCommerzTransaction, of payment: Payment
    ) async throws(GatewayError) -> SSLCommerzTransaction {
        let answer = try await ask(
            "payments.validate", Self.validation, [("val_id", transaction.validation ?? "")], about: payment.id
        ).answer
        return try GatewayError.reading { () throws(MalformedEvent) in
            let validated = try SSLCommerzTransaction(
                answer, of: SSLCommerzForm.transaction(payment.id, attempt: payment.attempt))
            guard validated.isSame(as: transaction) else {
                throw MalformedEvent("what is validated is not what the transaction tells")
            }
            return validated
        }
    }

    /// Where nobody has tried to pay yet.
    private func session(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        guard let session = payment.sessionReference else { return nil }
        let answer = try await ask("sessions.query", Self.query, [("sessionkey", session)], about: payment.id).answer
        return try GatewayError.reading { () throws(MalformedEvent) in
            let word = try answer.word("status")
            guard word != "INVALID_TRANSACTION" else { return nil }
            guard
                try answer.text("tran_id") == UTF8Text(SSLCommerzForm.transaction(payment.id, attempt: payment.attempt))
            else { throw MalformedEvent("the session is another payment's") }
            let isOver = payment.sessionExpiresAt.addingTimeInterval(Self.afterlife) < timing.now()
            return Report(
                gateway: name, paymentID: payment.id, sessionReference: session, reference: nil,
                status: isOver ? .expired : .pending, amount: nil, merchantAccount: merchantAccount,
                source: .read(actor), statement: word)
        }
    }

    /// Signed or not, SSLCommerz is asked.
    package func interpret(_ push: GatewayPush) throws(MalformedEvent) -> PushMeaning {
        guard let transaction = try PercentEncoding.fields(of: push.body)["tran_id"] else {
            throw MalformedEvent("the notification names no transaction")
        }
        guard let id = SSLCommerzForm.paymentID(of: transaction) else {
            return .authentic([.irrelevant(type: "transaction of others")])
        }
        return .trigger(PaymentPointer(paymentID: id))
    }

    func ask(
        _ operation: String, _ path: String, _ fields: [(name: String, value: String)], safety: CallSafety = .read,
        about payment: ID<Payment>
    ) async throws(GatewayError) -> (answer: ProviderObject, call: OutboundEvidence) {
        let (answer, call) = try await call(
            operation, "GET", path, fields + [("v", "1"), ("format", "json")], safety: safety, about: payment)
        switch answer.note("APIConnect").map({ UTF8Text($0) }) {
        case "DONE": return (answer, call)
        case "FAILED", "INACTIVE": throw .credentialsRefused("APIConnect \(answer.note("APIConnect") ?? "")")
        case let word?: throw .refused(code: word.excerpt(), message: "the question is not understood", evidence: call)
        case nil: throw .integrity("\(operation) was answered without APIConnect")
        }
    }

    private func call(
        _ operation: String, _ method: String, _ path: String, _ fields: [(name: String, value: String)],
        safety: CallSafety, about payment: ID<Payment>
    ) async throws(GatewayError) -> (answer: ProviderObject, call: OutboundEvidence) {
        let form = PercentEncoding.form(
            fields + [("store_id", storeID.reveal()), ("store_passwd", storePassword.reveal())])
        let isQuery = method == "GET"
        let answer: OutboundAnswer
        do {
            answer = try await client.call(
                OutboundRequest(
                    operation: operation, method: method, path: isQuery ? "\(path)?\(form)" : path,
                    headers: isQuery ? [] : [OutboundHeader("Content-Type", "application/x-www-form-urlencoded")],
                    body: isQuery ? [] : Array(form.utf8), safety: safety, subject: "\(payment)"))
        } catch {
            throw GatewayError(error)
        }
        let object = try GatewayError.reading { () throws(MalformedEvent) in
            try ProviderObject(parsing: answer.response.body, path: operation)
        }
        return (object, answer.evidence)
    }
}

extension SSLCommerzTransaction.Status {
    /// What an attempt without money means. Whoever was declined may have paid since in the same session: then that counts.
    fileprivate var unpaid: ReportStatus {
        switch self {
        case .paid, .pending: .pending
        case .failed: .failed
        case .cancelled: .cancelled
        case .expired: .expired
        }
    }
}

extension [SSLCommerzTransaction] {
    /// nil where they can't be added.
    fileprivate var total: Money? {
        guard let first else { return nil }
        var units: Int64 = 0
        for transaction in self {
            let (sum, overflow) = units.addingReportingOverflow(transaction.amount.minorUnits)
            guard !overflow, transaction.amount.currency == first.amount.currency else { return nil }
            units = sum
        }
        return Money(minorUnits: units, currency: first.amount.currency)
    }
}
