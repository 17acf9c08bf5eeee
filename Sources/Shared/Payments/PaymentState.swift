import Core
import Postgres

/// Where a payment stands. The states form a chain: a report moves a payment up or not at all, so the order in which reports
/// arrive does not matter.
package enum PaymentState: String, Sendable, CaseIterable, Codable, PostgresCodable {
    /// Recorded; the gateway may not have heard of it yet.
    case created
    /// The gateway has it and the customer may pay.
    case pending
    /// Money is reserved, not ours yet.
    case authorised
    case failed
    case expired
    case cancelled
    /// What the gateway says does not fit what was ordered; an operator or an authoritative read decides.
    case conflicted
    case captured
    case partiallyRefunded = "partially_refunded"
    case refunded

    /// Its place in the chain. Captured stands above every way to fail: money that did arrive outweighs any earlier "no".
    private var rank: Int {
        switch self {
        case .created: 0
        case .pending: 1
        case .authorised: 2
        case .failed: 3
        case .expired: 4
        case .cancelled: 5
        case .conflicted: 6
        case .captured: 7
        case .partiallyRefunded: 8
        case .refunded: 9
        }
    }

    /// The customer may still pay through it.
    package var isOpen: Bool { rank <= PaymentState.authorised.rank }

    /// It ended without money.
    package var isUnsuccessful: Bool { (PaymentState.failed.rank...PaymentState.cancelled.rank).contains(rank) }

    /// The money was captured at some time, whatever was sent back since.
    package var isCaptured: Bool { rank >= PaymentState.captured.rank }

    /// The higher of both; joining is commutative, associative and idempotent.
    package func joined(with other: PaymentState) -> PaymentState {
        rank >= other.rank ? self : other
    }
}

/// What a report says about a payment. There is no case for "don't know": not knowing is no report.
package enum ReportStatus: String, Sendable, CaseIterable, Codable {
    case pending, authorised, failed, expired, cancelled, captured

    package var state: PaymentState {
        switch self {
        case .pending: .pending
        case .authorised: .authorised
        case .failed: .failed
        case .expired: .expired
        case .cancelled: .cancelled
        case .captured: .captured
        }
    }
}
