package import Core
import Foundation
import Outbound

extension BKashGateway: ReturnConfirmingGateway, CheckoutClosingGateway {
    /// The browser's word decides what we do, never what we believe: who says "success" has the payment executed, which bKash refuses
    /// unless its customer has agreed; who says anything else gives it up.
    package func confirmReturn(
        of payment: Payment, fields: [String: String], for actor: AuditActor
    ) async throws(GatewayError) -> Report? {
        guard let session = payment.sessionReference else { return nil }
        guard fields["paymentID"].map({ UTF8Text($0) == UTF8Text(session) }) ?? true else {
            return try await read(payment, for: actor)
        }
        switch fields["status"].map({ UTF8Text($0) }) {
        case "success": return try await execute(payment, session, for: actor)
        case "failure": return try await leave(payment, session, as: .failed, for: actor)
        case "cancel": return try await leave(payment, session, as: .cancelled, for: actor)
        default: return try await read(payment, for: actor)
        }
    }

    /// Whoever agrees to it afterwards loses nothing: without us no money moves.
    package func closeCheckout(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        guard let session = payment.sessionReference else { return nil }
        return try await leave(payment, session, as: .cancelled, for: actor)
    }

    /// Gives a payment up that nobody has begun to execute. From then on nobody will.
    private func leave(
        _ payment: Payment, _ session: String, as status: ReportStatus, for actor: AuditActor
    ) async throws(GatewayError) -> Report? {
        let decision = try await decide(.leave, on: session)
        guard let standing = try await read(payment, for: actor) else { return nil }
        guard decision.stands == .leave, standing.status == .pending else { return standing }
        return standing.with(status, "\(standing.statement), given up")
    }

    /// Executes once. Where no clear answer comes, bKash is asked what it came to; it is never told again.
    private func execute(
        _ payment: Payment, _ session: String, for actor: AuditActor
    ) async throws(GatewayError) -> Report? {
        let decision = try await decide(.execute, on: session)
        guard decision.isNew else { return try await read(payment, for: actor) }
        do {
            let answer = try await client.post(
                "payments.execute", "\(BKashClient.checkout)/execute", ["paymentID": .string(session)], safety: .once,
                about: payment.id
            ).answer
            return try GatewayError.reading { () throws(MalformedEvent) in
                try mapping.report(answer, of: payment, at: timing.now(), for: actor)
            }
        } catch {
            return try await afterExecution(of: payment, session, without: error, for: actor)
        }
    }

    private func afterExecution(
        of payment: Payment, _ session: String, without error: GatewayError, for actor: AuditActor
    ) async throws(GatewayError) -> Report? {
        switch error {
        case .unavailable, .credentialsRefused:
            try await withdraw(session)
            throw error
        case .refused(let code, let message, _):
            let word = UTF8Text(code ?? "")
            guard !BKashRefusal.Code.notReady.contains(word) else {
                try await withdraw(session)
                return try await read(payment, for: actor)
            }
            guard let standing = try await read(payment, for: actor) else { return nil }
            let isDone = BKashRefusal.Code.alreadyExecuted.contains(word)
            guard standing.status == .pending, !isDone else { return standing }
            return standing.with(.failed, "\(word): \(message)")
        case .unknown, .keySpent, .integrity:
            guard let standing = try await read(payment, for: actor), standing.status != .pending else {
                // It may still be under way there, so that this is no news.
                throw error
            }
            return standing
        }
    }

    private func decide(
        _ decision: CheckoutDecision, on session: String
    ) async throws(GatewayError) -> (stands: CheckoutDecision, isNew: Bool) {
        let now = timing.now()
        return try await memory.reached { [name] memory in
            try await memory.decide(decision, on: session, at: name, now: now)
        }
    }

    private func withdraw(_ session: String) async throws(GatewayError) {
        try await memory.reached { [name] memory in try await memory.withdraw(.execute, on: session, at: name) }
    }
}

extension Report {
    fileprivate func with(_ status: ReportStatus, _ statement: String) -> Report {
        Report(
            gateway: gateway, paymentID: paymentID, sessionReference: sessionReference, reference: reference,
            status: status, amount: amount, merchantAccount: merchantAccount, source: source, statement: statement)
    }
}
