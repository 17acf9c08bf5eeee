package import Core
package import Foundation

/// The session by which a principal acts, and how sure it is that its account's owner does.
package struct SignedIn: Hashable, Sendable {
    package enum SecondFactor: Hashable, Sendable {
        /// The account has none.
        case none
        /// The account has one, and it was not shown since they signed in.
        case awaited
        case shown(at: Date)

        /// - Parameter enrolledAt: what was shown before does not count: it was another one.
        init(enrolledAt: Date?, shownAt: Date?) {
            self =
                switch (enrolledAt, shownAt) {
                case (nil, _): .none
                case (let enrolledAt?, let shownAt?) where shownAt >= enrolledAt: .shown(at: shownAt)
                case (_?, _): .awaited
                }
        }
    }

    package let session: ID<Session>
    package let account: ID<Account>
    package let device: ID<Device>?
    package let secondFactor: SecondFactor

    package init(
        session: ID<Session>, account: ID<Account>, device: ID<Device>? = nil, secondFactor: SecondFactor = .none
    ) {
        self.session = session
        self.account = account
        self.device = device
        self.secondFactor = secondFactor
    }
}

extension Principal {
    /// Somebody who has signed in. While a second factor is awaited they may do nothing but show it.
    package init(_ signedIn: SignedIn) {
        let account = signedIn.account.uuid
        let isAwaited = signedIn.secondFactor == .awaited
        self.init(
            .customer(account), permissions: isAwaited ? [] : Role.customer.permissions,
            visibility: isAwaited ? .nothing : .customer(account), signedIn: signedIn)
    }

    /// The same by one of their memberships.
    package init(_ signedIn: SignedIn, by membership: Membership) {
        let lacksSecondFactor = membership.needsSecondFactor && signedIn.secondFactor == .none
        let isOpen = signedIn.secondFactor != .awaited && !lacksSecondFactor
        let reach: (kind: Kind, visibility: Visibility) =
            if let vendor = membership.vendor {
                (.vendorMember(membership.id.uuid), .vendor(vendor))
            } else {
                (.staff(membership.id.uuid), .everything)
            }
        self.init(
            reach.kind, permissions: isOpen ? membership.permissions : [],
            visibility: isOpen ? reach.visibility : .nothing, signedIn: signedIn, lacksSecondFactor: lacksSecondFactor,
            isSecondFactorWaived: membership.role == .builtIn(.vendorApplicant))
    }

    /// Somebody of the staff in another's place. They are not signed in as them: nothing of either's account is open, nor what asks
    /// for a second factor.
    package init(_ support: SupportAct) {
        let permissions = support.place.permissions(mayWrite: support.mayWrite)
        switch support.place {
        case .customer(let account):
            self.init(
                .customer(account.uuid), permissions: permissions, visibility: .customer(account.uuid),
                support: support)
        case .vendor(let vendor):
            self.init(
                .staff(support.member.uuid), permissions: permissions, visibility: .vendor(vendor), support: support)
        }
    }

    package var awaitsSecondFactor: Bool { signedIn?.secondFactor == .awaited }

    /// When they have shown a second factor last; nil where they have not, and for all who can't.
    package var secondFactorAt: Date? {
        if case .shown(let time) = signedIn?.secondFactor { time } else { nil }
    }

    /// - Throws: a 403 `Problem` for those who have not signed in.
    package func requireSignedIn() throws(Problem) -> SignedIn {
        guard let signedIn else { throw .signInRequired }
        return signedIn
    }
}
