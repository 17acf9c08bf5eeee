import Core
import Foundation
import Outbound
import Synchronization

@testable import Payments

/// A gateway whose truth a test decides; it remembers what it was asked.
final class StubGateway: PaymentGateway {
    struct State: Sendable {
        var opening: [Result<Void, GatewayError>] = []
        var opened: [CheckoutRequest] = []
        var truth: (@Sendable (Payment) -> Evidence?)?
        var reads = 0
        var refundAnswers: [Result<Void, GatewayError>] = []
        var refundKeys: [ID<Refund>] = []
        var refunds: [RefundEvidence] = []
    }

    let name = GatewayName.stripe
    let merchantAccount = "test"
    let sessionLifetime: ClosedRange<TimeInterval> = 1_860...82_800
    private let state = Mutex(State())

    func set(_ change: (inout State) -> Void) {
        state.withLock { change(&$0) }
    }

    var opened: [CheckoutRequest] { state.withLock { $0.opened } }
    var reads: Int { state.withLock { $0.reads } }
    var refundKeys: [ID<Refund>] { state.withLock { $0.refundKeys } }

    func openCheckout(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession {
        let answer = state.withLock { state in
            state.opened.append(request)
            return state.opening.isEmpty ? .success(()) : state.opening.removeFirst()
        }
        try answer.get()
        let reference = "cs_\(request.paymentID)_\(request.attempt)"
        return CheckoutSession(
            sessionReference: reference, reference: nil, redirectURL: "http://pay.test/\(reference)", call: Self.call)
    }

    func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Evidence? {
        let truth = state.withLock { state in
            state.reads += 1
            return state.truth
        }
        return truth?(payment)
    }

    func refund(_ refund: Refund, of payment: Payment) async throws(GatewayError) -> RefundEvidence {
        let answer = state.withLock { state in
            state.refundKeys.append(refund.id)
            return state.refundAnswers.isEmpty ? .success(()) : state.refundAnswers.removeFirst()
        }
        try answer.get()
        return RefundEvidence(
            gateway: name, refundID: refund.id, reference: "re_\(refund.id)",
            paymentReference: payment.reference ?? "pi_1", status: .succeeded, amount: refund.amount,
            source: .read(.system), statement: "stub")
    }

    func refunds(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [RefundEvidence] {
        state.withLock { $0.refunds }
    }

    func interpret(_ body: [UInt8]) throws(MalformedEvent) -> GatewayFact {
        try StripeEvents.interpret(body)
    }

    private static let call = OutboundEvidence(
        provider: "stub", operation: "open", method: "POST", url: "", requestHeaders: [:], requestBody: "", status: 200,
        responseHeaders: [:], responseBody: "", startedAt: Date(timeIntervalSince1970: 0), durationMilliseconds: 0,
        attempts: 1)
}
