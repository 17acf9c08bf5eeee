import Core
import Foundation
import Postgres

/// What a request needs of the session that it shows.
struct ResumedSession: Sendable, PostgresRowDecodable {
    let id: ID<Session>
    let account: ID<Account>
    let device: ID<Device>?
    let lastUsedAt: Date
    let secondFactor: SignedIn.SecondFactor
    /// By which it acts; nil as the account's owner, and for those who are members no more.
    let membership: Membership?
    /// nil unless it acts in another's place.
    let support: SupportAct?
    /// Whether it was to act in another's place, and does not any more.
    let isSupportOver: Bool

    init(row: borrowing PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        account = try row.decode("account_id")
        device = try row.decode("device_id")
        lastUsedAt = try row.decode("last_used_at")
        let enrolledAt: Date? = try row.decode("enrolled_at")
        let shownAt: Date? = try row.decode("second_factor_at")
        secondFactor = SignedIn.SecondFactor(enrolledAt: enrolledAt, shownAt: shownAt)
        membership = try Self.membership(row: row)
        let support: ID<SupportSession>? = try row.decode("support_session_id")
        let isOpen: Bool = try row.decode("is_support_open")
        guard let support, isOpen, let membership else {
            self.support = nil
            isSupportOver = support != nil
            return
        }
        self.support = SupportAct(
            session: support, member: membership.id,
            place: try SupportSession.Place(account: row.decode("as_account_id"), vendor: row.decode("as_vendor_id")),
            mayWrite: try row.decode("may_write"))
        isSupportOver = false
    }

    private static func membership(row: borrowing PostgresRow) throws(PostgresError) -> Membership? {
        let (role, set): (String?, ID<PermissionSet>?) = (try row.decode("role"), try row.decode("permission_set_id"))
        // Neither: it was removed since.
        guard let id: ID<Membership> = try row.decode("membership_id"), role != nil || set != nil else { return nil }
        return try Membership(id: id, actingIn: row)
    }

    /// nil where it opens nothing.
    var principal: Principal? {
        guard !isSupportOver else { return nil }
        let signedIn = SignedIn(session: id, account: account, device: device, secondFactor: secondFactor)
        guard let membership else { return Principal(signedIn) }
        guard let support else { return Principal(signedIn, by: membership) }
        // Whoever may not do it any more is stopped at once, and so is whoever has another second factor now.
        guard case .shown = secondFactor, membership.permissions.contains(.supportActAs),
            !support.mayWrite || membership.permissions.contains(.supportWrite)
        else { return nil }
        return Principal(support)
    }
}

extension Membership {
    /// As far as it matters to whoever acts by it.
    fileprivate init(id: ID<Membership>, actingIn row: borrowing PostgresRow) throws(PostgresError) {
        let role = try MemberRole(row: row)
        let set: [String]? = try row.decode("permissions")
        self.init(
            id: id, account: try row.decode("account_id"), vendor: try row.decode("vendor_id"), role: role,
            permissions: role.builtIn?.permissions ?? Permission.known(of: set ?? []),
            createdAt: try row.decode("created_at"))
    }
}
