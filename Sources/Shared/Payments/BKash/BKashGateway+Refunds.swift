package import Core
import Foundation
import Outbound

extension BKashGateway: RefundingGateway, RefundListingGateway {
    /// bKash's own patience, and ours: by then a call that went unanswered has had its effect or never will.
    private static let settlingTime: TimeInterval = 90

    /// bKash knows no idempotency keys and does not tell which refund is whose. So refunds of a transaction go one at a time, and before
    /// one is asked for again its list is compared with what it was before.
    package func refund(_ refund: Refund, of payment: Payment) async throws(GatewayError) -> RefundReport {
        guard let session = payment.sessionReference, let transaction = payment.reference else {
            throw .refused(code: nil, message: "the payment has no transaction to refund", evidence: nil)
        }
        let listed = try await list(session, transaction, about: payment.id)
        let request = RefundRequest(
            refundID: refund.id, transaction: transaction, amount: refund.amount.minorUnits,
            known: listed.map(\.reference), requestedAt: timing.now())
        switch try await memory.reached({ [name] memory in try await memory.begin(request, at: name) }) {
        case .busy(let other):
            throw .unavailable("\(other), another refund of \(transaction), has no end yet")
        case .again(let earlier):
            let others = try await claimed(of: transaction, besides: refund.id)
            guard earlier.state == .open || listed.contains(where: { $0.isOf(earlier) }) else {
                throw .integrity("bKash does not list the refund \(earlier.reference ?? "") that it has made")
            }
            if let made = earlier.entry(in: listed, besides: others) {
                return try await keep(made, as: refund.id, of: transaction)
            }
            guard timing.now().timeIntervalSince(earlier.requestedAt) > Self.settlingTime else {
                throw .unknown("bKash may still be working on the refund")
            }
            try await memory.reached { [name] memory in try await memory.reopen(request, at: name) }
        case .first: break
        }
        return try await ask(for: refund, of: payment, session, request)
    }

    private func ask(
        for refund: Refund, of payment: Payment, _ session: String, _ request: RefundRequest
    ) async throws(GatewayError) -> RefundReport {
        let made: BKashRefundEntry
        do {
            let answer = try await client.post(
                "refunds.create", "\(BKashClient.refunds)/transaction",
                [
                    "paymentId": .string(session), "trxId": .string(request.transaction),
                    "refundAmount": .string(MajorUnits.text(refund.amount)), "sku": .string("\(refund.orderID)"),
                    "reason": .string("\(refund.id)"),
                ], safety: .once, about: payment.id
            ).answer
            made = try GatewayError.reading { () throws(MalformedEvent) in
                guard try answer.text("originalTrxId") == UTF8Text(request.transaction) else {
                    throw MalformedEvent("\(answer.path) is of another transaction")
                }
                let made = try BKashRefundEntry(answer)
                guard made.amount == refund.amount else {
                    throw MalformedEvent("\(answer.path) is of another amount")
                }
                return made
            }
        } catch {
            switch error {
            case .refused, .unavailable, .credentialsRefused:
                try await memory.reached { [name] memory in try await memory.end(refund.id, as: nil, at: name) }
            case .unknown, .keySpent, .integrity: break
            }
            throw error
        }
        return try await keep(made, as: refund.id, of: request.transaction)
    }

    /// The report, once it is kept whose refund this is.
    private func keep(
        _ made: BKashRefundEntry, as refund: ID<Refund>, of transaction: String
    ) async throws(GatewayError) -> RefundReport {
        try await memory.reached { [name] memory in
            try await memory.end(refund, as: made.reference, at: name)
        }
        return made.report(refund, of: transaction, gateway: name, source: .read(.system))
    }

    package func refunds(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [RefundReport] {
        guard let session = payment.sessionReference, let transaction = payment.reference else { return [] }
        let listed = try await list(session, transaction, about: payment.id)
        guard !listed.isEmpty else { return [] }
        let requests = try await requests(of: transaction)
        var owners = Dictionary(
            requests.compactMap { request in request.reference.map { (UTF8Text($0), request.refundID) } },
            uniquingKeysWith: { first, _ in first })
        for request in requests where request.state == .open {
            if let made = request.entry(in: listed, besides: Set(owners.keys)) {
                owners[UTF8Text(made.reference)] = request.refundID
            }
        }
        return listed.map { entry in
            entry.report(
                owners[UTF8Text(entry.reference)], of: transaction, gateway: name, source: .read(actor))
        }
    }

    private func list(
        _ session: String, _ transaction: String, about payment: ID<Payment>
    ) async throws(GatewayError) -> [BKashRefundEntry] {
        do {
            let answer = try await client.post(
                "refunds.list", "\(BKashClient.refunds)/status",
                ["paymentId": .string(session), "trxId": .string(transaction)], safety: .read, about: payment
            ).answer
            return try GatewayError.reading { () throws(MalformedEvent) in
                var entries: [BKashRefundEntry] = []
                for entry in try answer.optionalObjects("refundTransactions") {
                    entries.append(try BKashRefundEntry(entry))
                }
                return entries
            }
        } catch .refused(code: BKashRefusal.Code.noRefunds, _, _) {
            return []
        }
    }

    private func requests(of transaction: String) async throws(GatewayError) -> [RefundRequest] {
        try await memory.reached { [name] memory in try await memory.refundRequests(of: transaction, at: name) }
    }

    /// The entries that are other refunds'.
    private func claimed(
        of transaction: String, besides refund: ID<Refund>
    ) async throws(GatewayError) -> Set<UTF8Text> {
        Set(
            try await requests(of: transaction).filter { $0.refundID != refund }
                .compactMap { $0.reference.map { UTF8Text($0) } })
    }
}

/// A refund as bKash lists it.
private struct BKashRefundEntry: Sendable {
    let reference: String
    let status: RefundState
    let amount: Money
    let statement: String

    init(_ entry: ProviderObject) throws(MalformedEvent) {
        reference = try entry.id("refundTrxId")
        let word = try entry.word("refundTransactionStatus")
        statement = "refund \(word)"
        status =
            switch word {
            case "Completed": .succeeded
            case "Failed": .failed
            case "Cancelled": .cancelled
            // A word that nobody has published says neither yes nor no.
            default: .pending
            }
        amount = try entry.decimal("refundAmount", in: .bdt)
    }

    func isOf(_ request: RefundRequest) -> Bool {
        request.reference.map { UTF8Text($0) == UTF8Text(reference) } ?? false
    }

    func report(
        _ refund: ID<Refund>?, of transaction: String, gateway: GatewayName, source: ReportSource
    ) -> RefundReport {
        RefundReport(
            gateway: gateway, refundID: refund, reference: reference, paymentReference: transaction, status: status,
            amount: amount, source: source, statement: statement)
    }
}

extension RefundRequest {
    /// What this request has led to: of what was not there before it and is nobody else's, the first of its amount.
    fileprivate func entry(in listed: [BKashRefundEntry], besides others: Set<UTF8Text>) -> BKashRefundEntry? {
        if reference != nil { return listed.first { $0.isOf(self) } }
        let taken = others.union(known.map { UTF8Text($0) })
        return listed.first { !taken.contains(UTF8Text($0.reference)) && $0.amount.minorUnits == amount }
    }
}
