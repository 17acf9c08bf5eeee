package import Core
package import Foundation

/// That somebody of the staff acts in the place of a customer or of a vendor for a while, and why.
package struct SupportSession: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "sup"
    package static let reasonRule = TextRule(1...1_000, .lines)
    /// How many minutes one can last.
    package static let minutes = 1...60

    /// In whose place.
    package enum Place: Hashable, Sendable {
        case customer(ID<Account>)
        case vendor(UUID)
    }

    package let id: ID<SupportSession>
    /// Who.
    package let member: ID<Membership>
    package let place: Place
    package let reason: String
    /// Whether they may do more than look.
    package let mayWrite: Bool
    package let createdAt: Date
    package let expiresAt: Date
    package let endedAt: Date?

    package init(
        id: ID<SupportSession>, member: ID<Membership>, place: Place, reason: String, mayWrite: Bool, createdAt: Date,
        expiresAt: Date, endedAt: Date? = nil
    ) {
        self.id = id
        self.member = member
        self.place = place
        self.reason = reason
        self.mayWrite = mayWrite
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.endedAt = endedAt
    }
}

/// In whose place to act, why and for how long.
package struct NewSupportSession: Hashable, Sendable {
    package let place: SupportSession.Place
    package let reason: String
    package let mayWrite: Bool
    package let minutes: Int

    package init(place: SupportSession.Place, reason: String, mayWrite: Bool = false, minutes: Int = 30) {
        self.place = place
        self.reason = SupportSession.reasonRule.normalized(reason)
        self.mayWrite = mayWrite
        self.minutes = minutes
    }

    func check() throws(Problem) {
        var check = InputCheck()
        check.text("/reason", reason, SupportSession.reasonRule)
        check.number("/minutes", minutes, in: SupportSession.minutes)
        try check.finish()
    }
}

/// By what a principal acts in another's place.
package struct SupportAct: Hashable, Sendable {
    package let session: ID<SupportSession>
    package let member: ID<Membership>
    package let place: SupportSession.Place
    package let mayWrite: Bool

    package init(
        session: ID<SupportSession>, member: ID<Membership>, place: SupportSession.Place, mayWrite: Bool
    ) {
        self.session = session
        self.member = member
        self.place = place
        self.mayWrite = mayWrite
    }
}

extension SupportSession.Place {
    /// As the audit record names it.
    var actor: AuditActor {
        switch self {
        case .customer(let account): .customer(account)
        case .vendor(let id): AuditActor(rawValue: "vendor:\(TypeID.encode(prefix: "ven", uuid: id))")
        }
    }

    var account: ID<Account>? { if case .customer(let account) = self { account } else { nil } }

    var vendor: UUID? { if case .vendor(let id) = self { id } else { nil } }

    /// What whose place it is may do, as far as it is not for them alone.
    func permissions(mayWrite: Bool) -> Set<Permission> {
        let role: Role =
            switch self {
            case .customer: .customer
            case .vendor: .vendorOwner
            }
        return role.permissions.filter { !$0.isPersonal && (mayWrite || $0.isReading) }
    }
}
