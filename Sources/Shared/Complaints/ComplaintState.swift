package import Core
import Postgres

/// Where a complaint is in its life.
package enum ComplaintState: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    /// Nobody of the marketplace has said yet that it has arrived.
    case open
    case acknowledged
    case awaitingCustomer = "awaiting_customer"
    case awaitingVendor = "awaiting_vendor"
    /// Somebody above those who answer has to decide.
    case escalated
    case resolved
    case rejected
    /// Closed once, and taken up again.
    case reopened

    /// Whether nothing is left to be done.
    package var isClosed: Bool { self == .resolved || self == .rejected }
}

/// What moves a complaint.
package enum ComplaintAction: Hashable, Sendable {
    case acknowledge
    case askCustomer
    case askVendor
    /// Who was asked has answered.
    case customerAnswers, vendorAnswers
    case escalate
    case resolve(Complaint.Outcome)
    case reject
    case reopen

    /// The word for it on record.
    package var name: String {
        switch self {
        case .acknowledge: "acknowledged"
        case .askCustomer: "customer_asked"
        case .askVendor: "vendor_asked"
        case .customerAnswers: "customer_answered"
        case .vendorAnswers: "vendor_answered"
        case .escalate: "escalated"
        case .resolve: "resolved"
        case .reject: "rejected"
        case .reopen: "reopened"
        }
    }

    /// Whether it shows the customer that the marketplace has taken notice.
    var acknowledges: Bool {
        switch self {
        case .acknowledge, .askCustomer, .askVendor, .escalate, .resolve, .reject: true
        case .customerAnswers, .vendorAnswers, .reopen: false
        }
    }
}

/// The complaint's state does not allow the action.
package struct ComplaintActionRefused: ProblemConvertible, Hashable, Sendable {
    package let state: ComplaintState

    package var problem: Problem {
        Problem(
            type: "complaint-state", title: "The complaint’s state does not allow this", status: 409,
            detail: "The complaint is \(state.rawValue)", extensions: ["state": .string(state.rawValue)])
    }
}

extension ComplaintState {
    /// The state after an action; the same where it changes nothing.
    /// - Throws: `ComplaintActionRefused`: only one that is closed can be reopened, and nothing else be done to it.
    package func after(_ action: ComplaintAction) throws(ComplaintActionRefused) -> ComplaintState {
        switch (action, isClosed) {
        case (.reopen, true): return .reopened
        case (.reopen, false), (_, true): throw ComplaintActionRefused(state: self)
        case (.acknowledge, false): return self == .open || self == .reopened ? .acknowledged : self
        case (.askCustomer, false): return .awaitingCustomer
        case (.askVendor, false): return .awaitingVendor
        case (.customerAnswers, false): return self == .awaitingCustomer ? .acknowledged : self
        case (.vendorAnswers, false): return self == .awaitingVendor ? .acknowledged : self
        case (.escalate, false): return .escalated
        case (.resolve, false): return .resolved
        case (.reject, false): return .rejected
        }
    }
}
