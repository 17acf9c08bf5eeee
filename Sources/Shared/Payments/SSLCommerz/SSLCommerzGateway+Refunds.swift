package import Core
import Foundation
import Outbound

extension SSLCommerzGateway: RefundingGateway, RefundListingGateway {
    private static let refundPath = "/validator/api/merchantTransIDvalidationAPI.php"

    /// Our refund's id is `refund_trans_id`. UNCONFIRMED whether a repetition of it is answered as the first one was or refused, and there
    /// is no question about a refund but by SSLCommerz's own id of it: so it is kept that it was asked for.
    package func refund(_ refund: Refund, of payment: Payment) async throws(GatewayError) -> RefundReport {
        guard let transaction = payment.reference else {
            throw .refused(code: nil, message: "the payment has no transaction to refund", evidence: nil)
        }
        let amount = try await settlement(of: refund, from: transaction, of: payment)
        let request = RefundRequest(
            refundID: refund.id, transaction: transaction, amount: refund.amount.minorUnits, known: [],
            requestedAt: timing.now())
        var isRepetition = false
        switch try await memory.reached({ [name] memory in try await memory.begin(request, at: name) }) {
        case .busy(let other):
            throw .unavailable("\(other), another refund of \(transaction), has no end yet")
        case .again(let earlier):
            if let reference = earlier.reference {
                return try await state(of: earlier, reference, for: .system, of: payment)
            }
            isRepetition = true
        case .first: break
        }
        let reference = try await ask(for: refund, amount, of: payment, transaction, isRepetition: isRepetition)
        try await memory.reached { [name] memory in try await memory.end(refund.id, as: reference, at: name) }
        return try await state(of: request, reference, for: .system, of: payment)
    }

    private func settlement(
        of refund: Refund, from transaction: String, of payment: Payment
    ) async throws(GatewayError) -> Money {
        if refund.amount.currency == .bdt { return refund.amount }
        let paid = try await transactions(of: payment).first {
            $0.bankTransaction.map { UTF8Text($0) } == UTF8Text(transaction)
        }
        guard let amount = paid?.settlement(of: refund.amount) else {
            throw .integrity("what \(refund.amount) of \(transaction) comes to in BDT is not known")
        }
        return amount
    }

    /// - Returns: SSLCommerz's id of the refund.
    private func ask(
        for refund: Refund, _ amount: Money, of payment: Payment, _ transaction: String, isRepetition: Bool
    ) async throws(GatewayError) -> String {
        do {
            let (answer, call) = try await ask(
                "refunds.create", Self.refundPath,
                [
                    ("bank_tran_id", transaction), ("refund_trans_id", "\(refund.id)"),
                    ("refund_amount", MajorUnits.text(amount)), ("refund_remarks", "order \(refund.orderID)"),
                ], safety: .once, about: payment.id)
            // "success" is that it was begun.
            let status = answer.note("status").map { UTF8Text($0) }
            guard status == "success" || status == "processing" else {
                throw GatewayError.refused(
                    code: status?.excerpt(), message: answer.note("errorReason") ?? "no reason", evidence: call)
            }
            return try GatewayError.reading { () throws(MalformedEvent) in
                guard try answer.text("bank_tran_id") == UTF8Text(transaction) else {
                    throw MalformedEvent("\(answer.path) is of another transaction")
                }
                return try answer.word("refund_ref_id")
            }
        } catch let error as GatewayError {
            throw try await conclusion(from: error, on: refund, isRepetition: isRepetition)
        } catch {
            throw .integrity("\(error)")
        }
    }

    /// What is to be told of a refund without an answer, which is closed where nothing came of it for sure.
    private func conclusion(
        from error: GatewayError, on refund: Refund, isRepetition: Bool
    ) async throws(GatewayError) -> GatewayError {
        switch error {
        case .refused(_, let message, _) where isRepetition:
            return .unknown("SSLCommerz refuses to repeat the refund, which the call before may have made: \(message)")
        case .refused, .unavailable, .credentialsRefused:
            guard !isRepetition else { return error }
            try await memory.reached { [name] memory in try await memory.end(refund.id, as: nil, at: name) }
            return error
        case .unknown, .keySpent, .integrity: return error
        }
    }

    package func refunds(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [RefundReport] {
        guard let transaction = payment.reference else { return [] }
        let requests = try await memory.reached { [name] memory in
            try await memory.refundRequests(of: transaction, at: name)
        }
        var reports: [RefundReport] = []
        for request in requests {
            guard let reference = request.reference else { continue }
            reports.append(try await state(of: request, reference, for: actor, of: payment))
        }
        return reports
    }

    private func state(
        of request: RefundRequest, _ reference: String, for actor: AuditActor, of payment: Payment
    ) async throws(GatewayError) -> RefundReport {
        let answer = try await ask(
            "refunds.query", Self.refundPath, [("refund_ref_id", reference)], about: payment.id
        ).answer
        return try GatewayError.reading { () throws(MalformedEvent) in
            guard try answer.text("refund_ref_id") == UTF8Text(reference),
                try answer.text("bank_tran_id") == UTF8Text(request.transaction)
            else { throw MalformedEvent("\(answer.path) is another refund") }
            let word = try answer.word("status")
            return RefundReport(
                gateway: name, refundID: request.refundID, reference: reference, paymentReference: request.transaction,
                status: Self.state(word),
                amount: Money(minorUnits: request.amount, currency: payment.amount.currency), source: .read(actor),
                statement: "refund \(word)")
        }
    }

    private static func state(_ word: String) -> RefundState {
        switch word {
        case "refunded": .succeeded
        case "cancelled": .cancelled
        // A word that nobody has published says neither yes nor no.
        default: .pending
        }
    }
}
