package import Core
package import Foundation

/// That somebody is asked to become a member of the staff or of a vendor.
package struct Invitation: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "ivt"

    static let lifetime: TimeInterval = 7 * 86_400

    /// How it stands.
    package enum State: String, Hashable, Sendable, CaseIterable {
        case open, accepted, revoked, expired
    }

    package let id: ID<Invitation>
    package let email: EmailAddress
    /// nil for the staff of the marketplace.
    package let vendor: UUID?
    package let role: MemberRole
    package let locale: LanguageTag
    package let invitedBy: AuditActor
    package let createdAt: Date
    package let expiresAt: Date
    package let acceptedAt: Date?
    package let revokedAt: Date?

    package init(
        id: ID<Invitation>, email: EmailAddress, vendor: UUID?, role: MemberRole, locale: LanguageTag,
        invitedBy: AuditActor, createdAt: Date, acceptedAt: Date? = nil, revokedAt: Date? = nil
    ) {
        self.id = id
        self.email = email
        self.vendor = vendor
        self.role = role
        self.locale = locale
        self.invitedBy = invitedBy
        self.createdAt = createdAt
        expiresAt = createdAt + Self.lifetime
        self.acceptedAt = acceptedAt
        self.revokedAt = revokedAt
    }

    package func state(at time: Date) -> State {
        if acceptedAt != nil { return .accepted }
        if revokedAt != nil { return .revoked }
        return time < expiresAt ? .open : .expired
    }
}

/// Whom to invite, and to what.
package struct NewInvitation: Hashable, Sendable {
    package let email: EmailAddress
    /// nil for the staff of the marketplace.
    package let vendor: UUID?
    package let role: MemberRole
    package let locale: LanguageTag

    package init(email: EmailAddress, vendor: UUID?, role: MemberRole, locale: LanguageTag = .english) {
        self.email = email
        self.vendor = vendor
        self.role = role
        self.locale = locale
    }
}
