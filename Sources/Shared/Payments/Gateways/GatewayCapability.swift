package import Core
package import Foundation
import Identity
import Postgres

/// What some payment gateways can do and others can't; each is a protocol that a gateway has or has not.
package enum GatewayCapability: String, Sendable, CaseIterable, Codable {
    case confirmReturn = "confirm_return"
    case captureAndVoid = "capture_and_void"
    case refund
    case listRefunds = "list_refunds"
    case listDisputes = "list_disputes"
    case findPayment = "find_payment"
    case listRecords = "list_records"
    case listEvents = "list_events"
    case listBalance = "list_balance"
    case listSettlements = "list_settlements"
    case closeCheckout = "close_checkout"
    case answerChallenge = "answer_challenge"

    /// Why a gateway lacks it that does not say so itself: for what hardly any has.
    var usualReason: String? {
        self == .listEvents ? "It keeps no list of what it has pushed" : nil
    }
}

/// Has to be asked once more when the customer comes back, before the money is ours.
package protocol ReturnConfirmingGateway: PaymentGateway {
    /// Safe to repeat.
    /// - Parameter fields: what the customer's browser brought back: a hint, never proof.
    /// - Returns: how the payment stands afterwards; `nil` where the gateway knows nothing of it.
    func confirmReturn(
        of payment: Payment, fields: [String: String], for actor: AuditActor
    ) async throws(GatewayError) -> Report?
}

/// Reserves money first and takes it, or lets it go, when told to.
package protocol CapturingGateway: PaymentGateway {
    /// Whether we take what is authorised as long as its order can be paid; else somebody does so at the gateway.
    var takesWhatIsAuthorised: Bool { get }
    /// Takes what was authorised, whole. Safe to repeat.
    func capture(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report
    /// Lets go what was authorised. Safe to repeat.
    func void(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report
}

/// Sends money back by API.
package protocol RefundingGateway: PaymentGateway {
    /// The same refund id and attempt have their effect once.
    func refund(_ refund: Refund, of payment: Payment) async throws(GatewayError) -> RefundReport
}

package protocol RefundListingGateway: PaymentGateway {
    /// Every refund of a payment that the gateway knows.
    func refunds(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [RefundReport]
}

package protocol DisputeListingGateway: PaymentGateway {
    /// Every dispute of a payment that the gateway knows.
    func disputes(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [DisputeReport]
}

package protocol PaymentFindingGateway: PaymentGateway {
    /// Our id of the payment that the gateway knows by `reference`; `nil` where it knows none or the payment is not ours.
    func paymentID(of reference: String) async throws(GatewayError) -> ID<Payment>?
}

/// A checkout there can be paid more than once.
package protocol RepeatedlyPayableGateway: PaymentGateway {
    /// Captures of a captured payment's checkout beside the payment's own.
    func furtherCaptures(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [Report]
}

package protocol RecordListingGateway: PaymentGateway {
    /// A page of what the gateway has on its own record, newest first.
    func records(
        of kind: GatewayRecordKind, in period: GatewayPeriod, after cursor: String?
    ) async throws(GatewayError) -> GatewayRecordPage
}

/// Keeps what it has told us, or tried to.
package protocol EventListingGateway: PaymentGateway {
    /// A page of what it has pushed, newest first.
    func events(in period: GatewayPeriod, after cursor: String?) async throws(GatewayError) -> GatewayEventPage
}

package protocol BalanceListingGateway: PaymentGateway {
    /// What has moved our balance there because of one of its objects, such as a dispute.
    func balanceRows(of reference: String) async throws(GatewayError) -> [BalanceRow]
}

package protocol SettlementListingGateway: PaymentGateway {
    /// A page of what the gateway has paid out to our bank, newest first; without what is still on its way or has failed.
    func settlements(in period: GatewayPeriod, after cursor: String?) async throws(GatewayError) -> SettlementPage
    /// A page of what a settlement consists of, in an order that stays; the payout itself is none of its lines.
    func lines(of settlement: GatewaySettlement, after cursor: String?) async throws(GatewayError) -> SettlementLinePage
}

package protocol CheckoutClosingGateway: PaymentGateway {
    /// Closes an open checkout, so that nobody can begin to pay there any more; what was paid or closed before stays so.
    /// - Returns: how the payment stands afterwards; `nil` where the gateway knows nothing of it.
    func closeCheckout(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report?
}

package protocol ChallengeAnsweringGateway: PaymentGateway {
    /// Shows the provider that the address is ours. Safe to repeat.
    func answer(_ challenge: PushChallenge) async throws(GatewayError)
}

/// Has pushes whose proof has to be fetched first. The receiver takes them in where nothing speaks against them, because no stranger may
/// make it visit an address while a request waits; what they say counts once they are proven here.
package protocol PushProvingGateway: PaymentGateway {
    /// - Returns: why the push is not the provider's; nil where it is.
    func objection(to push: GatewayPush) async throws(GatewayError) -> String?
}

/// A movement of our balance at a gateway.
package struct BalanceRow: Sendable, Hashable {
    /// Without the gateway's fee; negative for what left us.
    package let amount: Money
    package let createdAt: Date

    package init(amount: Money, createdAt: Date) {
        self.amount = amount
        self.createdAt = createdAt
    }
}

extension CapturingGateway {
    package var takesWhatIsAuthorised: Bool { false }
}

extension PaymentGateway {
    /// In the order of their declaration.
    package var capabilities: [GatewayCapability] { GatewayCapability.allCases.filter(can) }

    package func can(_ capability: GatewayCapability) -> Bool {
        switch capability {
        case .confirmReturn: self is any ReturnConfirmingGateway
        case .captureAndVoid: self is any CapturingGateway
        case .refund: self is any RefundingGateway
        case .listRefunds: self is any RefundListingGateway
        case .listDisputes: self is any DisputeListingGateway
        case .findPayment: self is any PaymentFindingGateway
        case .listRecords: self is any RecordListingGateway
        case .listEvents: self is any EventListingGateway
        case .listBalance: self is any BalanceListingGateway
        case .listSettlements: self is any SettlementListingGateway
        case .closeCheckout: self is any CheckoutClosingGateway
        case .answerChallenge: self is any ChallengeAnsweringGateway
        }
    }

    /// Why it can't do something, for people; nil where it can.
    package func reason(lacking capability: GatewayCapability) -> String? {
        can(capability) ? nil : lacking[capability] ?? capability.usualReason
    }

    /// What it can't do, each with the reason.
    var reasons: [GatewayCapability: String] {
        GatewayCapability.allCases.reduce(into: [:]) { $0[$1] = reason(lacking: $1) }
    }

    /// Every refund of a payment that the gateway can tell of.
    func knownRefunds(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [RefundReport] {
        guard let gateway = self as? any RefundListingGateway else { return [] }
        return try await gateway.refunds(of: payment, for: actor)
    }

    /// Every dispute of a payment that the gateway can tell of.
    func knownDisputes(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [DisputeReport] {
        guard let gateway = self as? any DisputeListingGateway else { return [] }
        return try await gateway.disputes(of: payment, for: actor)
    }

    /// Whatever else the payment's checkout has brought, where the gateway can tell.
    func knownFurtherCaptures(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [Report] {
        guard let gateway = self as? any RepeatedlyPayableGateway else { return [] }
        return try await gateway.furtherCaptures(of: payment, for: actor)
    }

    /// Our id of a payment, where the gateway can tell.
    func knownPaymentID(of reference: String) async throws(GatewayError) -> ID<Payment>? {
        guard let gateway = self as? any PaymentFindingGateway else { return nil }
        return try await gateway.paymentID(of: reference)
    }

    /// Our payment of this gateway behind a reference, where the gateway can tell.
    func knownPayment(of reference: String, in executor: some PostgresExecutor) async throws -> Payment? {
        guard let id = try await knownPaymentID(of: reference),
            let payment = try await PaymentStore().payment(id, visibleTo: .everything, in: executor),
            payment.gateway == name
        else { return nil }
        return payment
    }

    /// A 409 ``Problem`` for what asks for something that this gateway can't do.
    func lacks(_ capability: GatewayCapability) -> Problem {
        Problem(
            type: "gateway-capability-lacking", title: "The gateway can't do this", status: 409,
            detail: "\(name): \(reason(lacking: capability) ?? "it has no \(capability.rawValue)")",
            extensions: ["gateway": .string(name.rawValue), "capability": .string(capability.rawValue)])
    }
}
