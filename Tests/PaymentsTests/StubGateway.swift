import Core
import Foundation
import Outbound
import Synchronization

@testable import Payments

/// A gateway whose truth a test decides; it remembers what it was asked.
final class StubGateway: RefundingGateway, RefundListingGateway, DisputeListingGateway, PaymentFindingGateway,
    RecordListingGateway, BalanceListingGateway, CheckoutClosingGateway
{
    struct State: Sendable {
        var opening: [Result<Void, GatewayError>] = []
        var opened: [CheckoutRequest] = []
        var truth: (@Sendable (Payment) -> Report?)?
        var reads = 0
        /// Questions and demands of every kind.
        var calls = 0
        /// What every question is answered with while it is set.
        var silence: GatewayError?
        var refundAnswers: [Result<Void, GatewayError>] = []
        var refundKeys: [String] = []
        var owners: [String: ID<Payment>] = [:]
        var refunds: [RefundReport] = []
        var disputes: [DisputeReport] = []
        var records: [GatewayRecordKind: [GatewayRecord]] = [:]
        var balanceRows: [String: [BalanceRow]] = [:]

        /// What is set, else what the dispute's own words come to.
        func rows(of reference: String) -> [BalanceRow] {
            if let rows = balanceRows[reference] { return rows }
            let listed = (records[.disputes] ?? []).compactMap {
                if case .dispute(let report) = $0 { report } else { nil }
            }
            guard let dispute = (disputes + listed).first(where: { $0.disputeReference == reference }) else {
                return []
            }
            return [-dispute.funds.taken, dispute.funds.returned].map {
                BalanceRow(
                    amount: Money(minorUnits: $0, currency: dispute.amount.currency), createdAt: .distantPast)
            }
        }
    }

    let name: GatewayName
    let merchantAccount = "test"
    let sessionLifetime: ClosedRange<TimeInterval> = 1_860...82_800
    let lacking: [GatewayCapability: String] = [:]
    private let state = Mutex(State())

    init(name: GatewayName = .stripe) {
        self.name = name
    }

    func set(_ change: (inout State) -> Void) {
        state.withLock { change(&$0) }
    }

    var opened: [CheckoutRequest] { state.withLock { $0.opened } }
    var calls: Int { state.withLock { $0.calls } }
    var reads: Int { state.withLock { $0.reads } }
    var refundKeys: [String] { state.withLock { $0.refundKeys } }

    func open(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession {
        let answer = state.withLock { state in
            state.calls += 1
            state.opened.append(request)
            return state.opening.isEmpty ? .success(()) : state.opening.removeFirst()
        }
        try answer.get()
        let reference = "cs_\(request.paymentID)_\(request.attempt)"
        return CheckoutSession(
            sessionReference: reference, reference: nil, redirectURL: "http://pay.test/\(reference)", call: Self.call)
    }

    func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        let (truth, silence) = state.withLock { state in
            state.calls += 1
            state.reads += 1
            return (state.truth, state.silence)
        }
        if let silence { throw silence }
        return truth?(payment)
    }

    func paymentID(of reference: String) async throws(GatewayError) -> ID<Payment>? {
        state.withLock { state in
            state.calls += 1
            return state.owners[reference]
        }
    }

    func refund(_ refund: Refund, of payment: Payment) async throws(GatewayError) -> RefundReport {
        let answer = state.withLock { state in
            state.calls += 1
            state.refundKeys.append(refund.requestKey)
            return state.refundAnswers.isEmpty ? .success(()) : state.refundAnswers.removeFirst()
        }
        try answer.get()
        return RefundReport(
            gateway: name, refundID: refund.id, reference: "re_\(refund.id)",
            paymentReference: payment.reference ?? "pi_1", status: .succeeded, amount: refund.amount,
            source: .read(.system), statement: "stub")
    }

    func refunds(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [RefundReport] {
        state.withLock { state in
            state.calls += 1
            return state.refunds
        }
    }

    func disputes(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [DisputeReport] {
        state.withLock { state in
            state.calls += 1
            return state.disputes
        }
    }

    func balanceRows(of reference: String) async throws(GatewayError) -> [BalanceRow] {
        state.withLock { state in
            state.calls += 1
            return state.rows(of: reference)
        }
    }

    func closeCheckout(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        try await read(payment, for: actor)
    }

    func records(
        of kind: GatewayRecordKind, in period: GatewayPeriod, after cursor: String?
    ) async throws(GatewayError) -> GatewayRecordPage {
        let (records, silence) = state.withLock { state in
            state.calls += 1
            return (state.records[kind] ?? [], state.silence)
        }
        if let silence { throw silence }
        // Pages of one, so that every list is more than a page.
        let position = cursor.flatMap { Int($0) } ?? 0
        return GatewayRecordPage(
            records: Array(records.dropFirst(position).prefix(1)),
            next: position + 1 < records.count ? "\(position + 1)" : nil)
    }

    func interpret(_ push: GatewayPush) throws(MalformedEvent) -> PushMeaning {
        .authentic([try StripeEvents.interpret(push, for: .stripe)])
    }

    func mentions(in push: GatewayPush) -> [PaymentPointer] { StripeEvents.mentions(in: push) }

    static let call = OutboundEvidence(
        provider: "stub", operation: "open", method: "POST", url: "", requestHeaders: [:], requestBody: "", status: 200,
        responseHeaders: [:], responseBody: "", startedAt: Date(timeIntervalSince1970: 0), durationMilliseconds: 0,
        attempts: 1)
}
