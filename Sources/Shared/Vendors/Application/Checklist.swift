package import Values

/// What a vendor has shown so far, of all that is asked for.
package struct VendorEvidence: Sendable {
    package var registrations: [TaxRegistration] = []
    package var documents: [VendorDocument] = []
    package var locations: [PickupLocation] = []
    package var payoutAccounts: [PayoutAccount] = []
    package var profile = VendorProfile()

    package init() {}
}

/// One thing that is asked of a vendor and how it stands.
package struct ChecklistItem: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
        case missing
        /// Somebody of the marketplace has said why it will not do.
        case refused
        case expired
        /// It is there and waits to be looked at.
        case pending
        case done

        /// Whether an application may be handed in with it.
        var isPresent: Bool { self == .pending || self == .done }
    }

    package let requirement: VendorRequirement
    package let state: State
    /// Why it is refused or expired, for people; empty otherwise.
    package let reason: String

    package init(requirement: VendorRequirement, state: State, reason: String = "") {
        self.requirement = requirement
        self.state = state
        self.reason = reason
    }
}

/// All that is asked of a vendor and how each thing stands.
package struct Checklist: Hashable, Sendable {
    package let items: [ChecklistItem]

    package init(items: [ChecklistItem]) { self.items = items }

    package init(_ requirements: [VendorRequirement], _ evidence: VendorEvidence, on day: CivilDate) {
        items = requirements.map { evidence.item(for: $0, on: day) }
    }

    /// What has to be there and is not.
    package var missing: [ChecklistItem] { items.filter { $0.requirement.isRequired && !$0.state.isPresent } }
    package var isComplete: Bool { missing.isEmpty }
}

extension VendorEvidence {
    /// Of several things that answer a requirement the one that stands best counts.
    fileprivate func item(for requirement: VendorRequirement, on day: CivilDate) -> ChecklistItem {
        func isWanted(_ kind: String) -> Bool { requirement.kinds.isEmpty || requirement.kinds.contains(kind) }
        let found: [(state: ChecklistItem.State, reason: String)] =
            switch requirement.subject {
            case .registration:
                registrations.filter { isWanted($0.kind.rawValue) }.map { $0.standing(on: day) }
            case .document: documents.filter { isWanted($0.kind.rawValue) }.map { $0.standing(on: day) }
            case .pickupLocation: locations.filter(\.isActive).map { _ in (.done, "") }
            case .payoutAccount:
                payoutAccounts.filter { $0.state != .replaced && isWanted($0.kind.rawValue) }
                    .map { ($0.state == .verified ? .done : .pending, "") }
            case .registeredAddress: profile.registeredAddress == nil ? [] : [(.done, "")]
            case .supportContact:
                profile.supportEmail == nil && profile.supportPhone == nil ? [] : [(.done, "")]
            case .grievanceOfficer: profile.grievanceOfficer == nil ? [] : [(.done, "")]
            }
        let order = ChecklistItem.State.allCases
        let best = found.max { (order.firstIndex(of: $0.state) ?? 0) < (order.firstIndex(of: $1.state) ?? 0) }
        return ChecklistItem(requirement: requirement, state: best?.state ?? .missing, reason: best?.reason ?? "")
    }
}

extension TaxRegistration {
    fileprivate func standing(on day: CivilDate) -> (state: ChecklistItem.State, reason: String) {
        if status == .refused { return (.refused, reason) }
        guard isValid(on: day) else { return (.expired, "it is not valid now") }
        return (status == .verified ? .done : .pending, "")
    }
}

extension VendorDocument {
    fileprivate func standing(on day: CivilDate) -> (state: ChecklistItem.State, reason: String) {
        if status == .refused { return (.refused, reason) }
        guard !isExpired(on: day) else { return (.expired, "it has expired") }
        return (status == .accepted ? .done : .pending, "")
    }
}
