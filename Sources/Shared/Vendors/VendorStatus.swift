package import Core
import Postgres

/// Where a vendor stands.
package enum VendorStatus: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    /// Being filled in by the applicant.
    case applied
    /// Waits for the marketplace's decision.
    case inReview = "in_review"
    /// May sell.
    case active
    /// Sells nothing for now.
    case suspended
    /// The application was sent back with a reason; it can be handed in again.
    case rejected
    /// For good.
    case closed

    /// Whether the applicant may still say who they are.
    var isApplication: Bool { self == .applied || self == .rejected }

    /// Whether customers may read about the vendor: what was bought from a suspended one is still theirs.
    package var isPublic: Bool { self == .active || self == .suspended }
}

/// What changes where a vendor stands.
package enum VendorAct: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    /// How a vendor comes about: by applying, or by being admitted by an operator.
    case apply, admit
    case submit, approve, reject, suspend, reinstate, close

    /// As the audit record names it.
    var audited: String {
        switch self {
        case .apply: "vendor.applied"
        case .admit: "vendor.created"
        case .submit: "vendor.submitted"
        case .approve: "vendor.approved"
        case .reject: "vendor.rejected"
        case .suspend: "vendor.suspended"
        case .reinstate: "vendor.reinstated"
        case .close: "vendor.closed"
        }
    }

    /// Whether it has to be explained to the vendor.
    var needsReason: Bool {
        switch self {
        case .reject, .suspend, .close: true
        case .apply, .admit, .submit, .approve, .reinstate: false
        }
    }
}

/// What an act on a vendor comes to.
package enum VendorTransition: Hashable, Sendable {
    case moves(to: VendorStatus)
    /// It was done before: nothing happens.
    case isDone
    case isRefused

    /// What `act` comes to for a vendor that stands at `status`.
    package static func of(_ act: VendorAct, at status: VendorStatus) -> VendorTransition {
        switch (act, status) {
        case (.submit, .applied), (.submit, .rejected): .moves(to: .inReview)
        case (.approve, .inReview): .moves(to: .active)
        case (.reject, .inReview): .moves(to: .rejected)
        case (.suspend, .active): .moves(to: .suspended)
        case (.reinstate, .suspended): .moves(to: .active)
        case (.close, .applied), (.close, .inReview), (.close, .rejected), (.close, .active), (.close, .suspended):
            .moves(to: .closed)
        case (.submit, .inReview), (.approve, .active), (.reject, .rejected), (.suspend, .suspended),
            (.reinstate, .active), (.close, .closed):
            .isDone
        default: .isRefused
        }
    }
}

extension Problem {
    /// The vendor's status does not allow the act.
    static func vendorActRefused(_ act: VendorAct, at status: VendorStatus) -> Problem {
        vendorState("A vendor that is \(status.rawValue) is not there to \(act.rawValue)", status)
    }

    static func vendorState(_ detail: String, _ status: VendorStatus) -> Problem {
        Problem(
            type: "vendor-state", title: "The vendor’s status does not allow this", status: 409, detail: detail,
            extensions: ["status": .string(status.rawValue)])
    }
}
