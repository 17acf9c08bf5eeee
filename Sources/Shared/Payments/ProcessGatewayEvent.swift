import Core
import Foundation
package import Jobs
package import Logging
import Orders
package import Postgres
package import Webhooks

/// Carries out `ProcessWebhookEvent` for a gateway's stored events: from the raw body to reports to state, everything written in
/// the transaction that finishes the job.
package struct ProcessGatewayEvent: Sendable {
    private let postgres: PostgresClient
    private let events: WebhookEventStore
    private let gateways: GatewayRegistry
    private let book: PaymentBook
    private let verify: VerifyPayment

    /// How long a gateway may take until it knows what it has pushed about, and how often it is asked meanwhile.
    private static let patience: TimeInterval = 120
    private static let pause: Duration = .seconds(5)

    package init(postgres: PostgresClient, gateways: GatewayRegistry, book: PaymentBook) {
        self.postgres = postgres
        events = WebhookEventStore(postgres: postgres)
        self.gateways = gateways
        self.book = book
        verify = VerifyPayment(postgres: postgres, gateways: gateways, book: book)
    }

    /// - Throws: `PermanentJobFailure` where the event or its gateway is gone; any other error means: again later.
    package func callAsFunction(_ job: ProcessWebhookEvent, in claim: some Claim, logger: Logger) async throws {
        do {
            // Most events say all there is to know: then one transaction reads, decides and writes.
            try await claim.finish { work in
                let reading = Reading(postgres: work, scope: NoQuestions())
                let (event, gateway) = try await subject(of: job, in: work)
                let plan = try await plan(for: event, from: gateway, reading, logger: logger)
                try await carryOut(plan, for: event, in: work)
            }
        } catch is GatewayHasToBeAsked {
            let reading = Reading(postgres: postgres, scope: claim)
            let (event, gateway) = try await subject(of: job, in: postgres)
            let plan = try await plan(for: event, from: gateway, reading, logger: logger)
            try await claim.finish { work in try await carryOut(plan, for: event, in: work) }
        }
    }

    private func subject(
        of job: ProcessWebhookEvent, in executor: some PostgresExecutor
    ) async throws -> (StoredWebhookEvent, any PaymentGateway) {
        guard let event = try await events.load(job.eventID, in: executor) else {
            throw PermanentJobFailure("there is no stored event \(job.eventID)")
        }
        guard let gateway = gateways.find(GatewayName(rawValue: event.account)) else {
            throw PermanentJobFailure("no gateway is configured for events of \(event.account)")
        }
        return (event, gateway)
    }

    /// Where a plan reads, and what it holds before it asks a gateway.
    private struct Reading: Sendable {
        let postgres: any PostgresExecutor
        let scope: any WorkScope
    }

    /// No transaction waits for a gateway: what is decided with one's help is decided before it begins.
    private struct GatewayHasToBeAsked: Error {}

    private struct NoQuestions: WorkScope {
        func withUnitOfWork<Result: Sendable>(
            _ body: @Sendable (UnitOfWork) async throws -> Result
        ) async throws -> Result {
            throw GatewayHasToBeAsked()
        }

        func hold() throws { throw GatewayHasToBeAsked() }
    }

    /// What there is to write.
    private enum Plan {
        case ignore(reason: String)
        case apply([(ID<Payment>, Statement)])
        /// What the gateway answered when it was asked about a payment.
        case applyAnswer(VerifyPayment.Answer)
        /// The event makes no sense: the gateway is asked about these payments; where there are none, about every open one.
        /// What was paid out is read by a job of its own.
        case readSettlements(of: GatewayName, reference: String)
        case askInstead(about: [ID<Payment>], reason: String)
    }

    private enum Statement {
        case payment(Report)
        case refund(RefundReport)
        case dispute(DisputeReport)
    }

    private func plan(
        for event: StoredWebhookEvent, from gateway: any PaymentGateway, _ reading: Reading, logger: Logger
    ) async throws -> Plan {
        let push = GatewayPush(id: event.eventID, headers: event.headers, body: event.body)
        if let proving = gateway as? any PushProvingGateway {
            try await reading.scope.hold()
            if let objection = try await proving.objection(to: push) {
                logger.error(
                    "a push is not its provider's",
                    metadata: ["event_id": "\(event.eventID)", "gateway": "\(gateway.name)", "reason": "\(objection)"])
                return .ignore(reason: "it is not proven to be \(gateway.name)'s: \(objection)")
            }
        }
        let meaning: PushMeaning
        do {
            meaning = try gateway.interpret(push)
        } catch {
            logger.error(
                "An event can't be read; the gateway is asked instead",
                metadata: ["event_id": "\(event.eventID)", "reason": "\(error)"])
            let mentioned = MentionedPayments(postgres: reading.postgres, scope: reading.scope)
            return .askInstead(about: try await mentioned(in: push, of: gateway), reason: error.description)
        }
        switch meaning {
        case .authentic(let facts):
            if case .settled(let reference)? = facts.first {
                return .readSettlements(of: gateway.name, reference: reference)
            }
            return try await plan(for: facts, from: gateway, reading, logger: logger)
        case .trigger(let pointer):
            return try await ask(gateway, about: pointer, because: event, reading, logger: logger)
        case .challenge(let challenge):
            guard let answering = gateway as? any ChallengeAnsweringGateway else {
                return .ignore(reason: gateway.lacks(.answerChallenge).detail ?? "")
            }
            try await reading.scope.hold()
            try await answering.answer(challenge)
            return .ignore(reason: "the address was shown to be ours")
        }
    }

    private func plan(
        for facts: [GatewayFact], from gateway: any PaymentGateway, _ reading: Reading, logger: Logger
    ) async throws -> Plan {
        var statements: [(ID<Payment>, Statement)] = []
        var reasons: [String] = []
        for fact in facts {
            switch try await plan(for: fact, from: gateway, reading, logger: logger) {
            case .ignore(let reason): reasons.append(reason)
            case .apply(let payment, let told): statements += told.map { (payment.id, $0) }
            }
        }
        return statements.isEmpty ? .ignore(reason: reasons.joined(separator: "; ")) : .apply(statements)
    }

    /// What one fact of a push leads to.
    private enum FactPlan {
        case ignore(reason: String)
        case apply(Payment, [Statement])
    }

    private func plan(
        for fact: GatewayFact, from gateway: any PaymentGateway, _ reading: Reading, logger: Logger
    ) async throws -> FactPlan {
        switch fact {
        case .settled(let reference):
            return .ignore(reason: "the settlement \(reference) is no payment's")
        case .irrelevant(let type):
            return .ignore(reason: "events of type \(type) change nothing here")
        case .payment(let report):
            let payment = try await PaymentStore().find(
                id: report.paymentID, gateway: gateway.name, reference: report.reference,
                sessionReference: report.sessionReference, in: reading.postgres)
            guard let payment else { return unknownPayment(report.reference ?? report.sessionReference, logger) }
            return .apply(
                payment, [.payment(try await settled(report, for: payment, by: gateway, reading, logger: logger))])
        case .refund(let report):
            guard let payment = try await find(gateway, report.paymentReference, reading) else {
                return unknownPayment(report.paymentReference, logger)
            }
            return .apply(payment, try await capture(of: payment, by: gateway, reading) + [.refund(report)])
        case .refundsChanged(let reference, _):
            guard let payment = try await find(gateway, reference, reading) else {
                return unknownPayment(reference, logger)
            }
            try await reading.scope.hold()
            let refunds = try await gateway.knownRefunds(of: payment, for: .system)
            return .apply(
                payment, try await capture(of: payment, by: gateway, reading) + refunds.map(Statement.refund))
        case .dispute(let report):
            guard let payment = try await find(gateway, report.reference, reading) else {
                return unknownPayment(report.reference, logger)
            }
            return .apply(payment, try await capture(of: payment, by: gateway, reading) + [.dispute(report)])
        }
    }

    /// Asks about the payment that an unsigned push names; its own words count for nothing.
    /// - Throws: `RetryLater` for a short while where the gateway does not know yet what it pushed about.
    private func ask(
        _ gateway: any PaymentGateway, about pointer: PaymentPointer, because event: StoredWebhookEvent,
        _ reading: Reading, logger: Logger
    ) async throws -> Plan {
        let payment = try await PaymentStore().find(
            id: pointer.paymentID, gateway: gateway.name, reference: pointer.reference,
            sessionReference: pointer.sessionReference, in: reading.postgres)
        guard let payment else {
            return .ignore(reason: unknownReason(pointer.reference ?? pointer.sessionReference, logger))
        }
        // Before anything is read on another connection: a transaction that waits for a second one may wait for itself.
        try await reading.scope.hold()
        let answer = try await verify.ask(payment.id, for: .system, in: reading.scope)
        let isOpen = payment.state.isOpen && (answer.report?.status.state.isOpen ?? true)
        if isOpen, book.clock.now.timeIntervalSince(event.receivedAt) < Self.patience {
            throw RetryLater(
                after: Self.pause, reason: "\(gateway.name) pushed about \(payment.id), and does not say why yet")
        }
        return .applyAnswer(answer)
    }

    /// Refunds and disputes name a payment by the gateway's id alone, and may arrive before the event that tells us that id:
    /// then the gateway is asked whose payment it is.
    private func find(
        _ gateway: any PaymentGateway, _ reference: String, _ reading: Reading
    ) async throws -> Payment? {
        let known = try await PaymentStore().find(
            id: nil, gateway: gateway.name, reference: reference, sessionReference: nil, in: reading.postgres)
        if let known { return known }
        try await reading.scope.hold()
        guard var payment = try await gateway.knownPayment(of: reference, in: reading.postgres) else { return nil }
        payment.reference = payment.reference ?? reference
        return payment
    }

    private func unknownPayment(_ reference: String?, _ logger: Logger) -> FactPlan {
        .ignore(reason: unknownReason(reference, logger))
    }

    private func unknownReason(_ reference: String?, _ logger: Logger) -> String {
        logger.warning("webhook about an unknown payment", metadata: ["reference": "\(reference ?? "")"])
        return "no payment here is known to the gateway as \(reference ?? "(no reference)")"
    }

    /// The report itself, or the gateway's answer to our own question where the report contradicts what we hold.
    private func settled(
        _ report: Report, for payment: Payment, by gateway: any PaymentGateway, _ reading: Reading,
        logger: Logger
    ) async throws -> Report {
        guard case .doubtful(let reason) = payment.assess(report) else { return report }
        logger.notice(
            "asking the gateway about a doubtful report",
            metadata: ["payment_id": "\(payment.id)", "reason": "\(reason)"])
        // The question is about what the event names: our own ids would only confirm ourselves.
        var named = payment
        named.sessionReference = report.sessionReference ?? payment.sessionReference
        named.reference = report.reference ?? payment.reference
        try await reading.scope.hold()
        guard let answer = try await gateway.read(named, for: .system) else {
            throw DoubtfulReport(reason: "\(reason), and the gateway does not know the payment")
        }
        return answer
    }

    /// A refund or a dispute tells that there was a capture, which may not have reached us yet.
    private func capture(
        of payment: Payment, by gateway: any PaymentGateway, _ reading: Reading
    ) async throws -> [Statement] {
        guard !payment.state.isCaptured else { return [] }
        try await reading.scope.hold()
        guard let answer = try await gateway.read(payment, for: .system), answer.status == .captured else {
            throw DoubtfulReport(reason: "a refund or dispute of a payment that the gateway does not call captured")
        }
        return [.payment(answer)]
    }

    private func carryOut(_ plan: Plan, for event: StoredWebhookEvent, in work: UnitOfWork) async throws {
        switch plan {
        case .ignore(let reason):
            try await WebhookEventStore.record(.ignored, detail: reason, for: event.id, in: work)
        case .apply(let statements):
            var outcomes: [String] = []
            let news = [OrderEvent(.webhookAccepted, reference: event.eventID, at: event.receivedAt)]
            for (id, statement) in statements {
                outcomes.append("\(id): \(try await apply(statement, to: id, news: news, in: work).summary)")
            }
            try await WebhookEventStore.record(
                .applied, detail: outcomes.joined(separator: ", "), for: event.id, in: work)
        case .askInstead(let payments, let reason):
            try await WebhookEventStore.record(
                .unreadable, detail: "\(reason); \(try enqueueQuestions(about: payments, to: event.account, in: work))",
                for: event.id, in: work)
        case .readSettlements(let gateway, let reference):
            if gateways.find(gateway)?.can(.listSettlements) == true {
                try work.enqueue(ReadSettlements.Job(gateway, before: book.clock.now))
            }
            try await WebhookEventStore.record(
                .applied, detail: "the settlement \(reference) is read", for: event.id, in: work)
        case .applyAnswer(let answer):
            let payment = try await verify.apply(answer, in: work)
            try await WebhookEventStore.record(
                .applied, detail: "\(payment.id): asked, \(payment.state.rawValue)", for: event.id, in: work)
        }
    }

    /// - Returns: whom is asked about what, for people.
    private func enqueueQuestions(
        about payments: [ID<Payment>], to account: String, in work: UnitOfWork
    ) throws -> String {
        guard !payments.isEmpty else {
            let sweep = RecheckOpenPayments(of: GatewayName(rawValue: account), afterMinuteOf: book.clock.now)
            try work.enqueue(sweep, runAt: sweep.runAt)
            return "it names no payment of ours, so that \(account) is asked about those that are open"
        }
        for payment in payments { try work.enqueue(VerifyPayment.Job(paymentID: payment)) }
        return "\(account) is asked about \(payments.map { "\($0)" }.joined(separator: ", "))"
    }

    private func apply(
        _ statement: Statement, to id: ID<Payment>, news: [OrderEvent], in work: UnitOfWork
    ) async throws -> ReportOutcome {
        switch statement {
        case .payment(let report): try await book.apply(report, to: id, news: news, in: work)
        case .refund(let report): try await book.apply(report, to: id, in: work)
        case .dispute(let report): try await book.apply(report, to: id, in: work)
        }
    }
}

extension ReportOutcome {
    fileprivate var summary: String {
        switch self {
        case .unchanged: "nothing new"
        case .moved(let state): state.rawValue
        case .captured: "captured"
        case .returned(let reason): "captured and sent back: \(reason)"
        case .kept(let reason): "captured, for a person to decide: \(reason)"
        case .conflicted(let reason): "conflicted: \(reason)"
        }
    }
}
