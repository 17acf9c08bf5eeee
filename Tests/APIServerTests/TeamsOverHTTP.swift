import Core
import Foundation
import HTTPTypes
import Platform
import Postgres
import Testing

@testable import APIServer
@testable import Identity

/// A member with a session that acts by the membership.
struct AddedMember: Sendable {
    let id: ID<Membership>
    let account: ID<Account>
    let email: String
    let token: String
}

/// Members and what belongs to them, put where they are without any call.
extension LiveAPI {
    /// - Parameter withSecondFactor: whether an authenticator is enrolled and was shown just now.
    func addMember(
        _ role: MemberRole, of vendor: UUID? = nil, withSecondFactor: Bool = true
    ) async throws -> AddedMember {
        let (id, account, session) = (UUID(), UUID(), UUID())
        let (email, token) = ("\(account.uuidString.lowercased())@example.com", "hs_\(session.uuidString)")
        try await owner.execute(
            """
            INSERT INTO accounts (id, email, locale, created_at, updated_at) VALUES (\(account), \(email), 'en', now(), now())
            """)
        if withSecondFactor {
            let factor = ID<Authenticator>(uuid: UUID())
            let seed = try await AuthenticatorVault(vault: platform.vault).seal(
                Array(repeating: 1, count: TimeBasedCode.seedLength), of: factor, in: platform.postgres)
            try await owner.execute(
                """
                INSERT INTO totp_factors (account_id, id, seed, created_at, confirmed_at, last_step)
                VALUES (\(account), \(factor), \(seed), now() - interval '1 day', now() - interval '1 day', 0)
                """)
        }
        try await owner.execute(
            """
            INSERT INTO memberships (id, account_id, vendor_id, role, permission_set_id, created_at, updated_at)
            VALUES (\(id), \(account), \(vendor), \(role.builtIn?.rawValue), \(role.set), now(), now())
            """)
        try await owner.execute(
            """
            INSERT INTO sessions (id, account_id, token_hash, transport, method, second_factor_at, network, created_at, last_used_at,
                expires_at, absolute_expires_at, membership_id)
            VALUES (\(session), \(account), sha256(\(token)::bytea), 'bearer', 'code', \(withSecondFactor ? Date() : nil), '',
                now(), now(), now() + interval '1 day', now() + interval '1 day', \(id))
            """)
        return AddedMember(id: ID(uuid: id), account: ID(uuid: account), email: email, token: token)
    }

    func addSet(_ permissions: Set<String>, scope: MemberScope) async throws -> ID<PermissionSet> {
        let id = UUID()
        try await owner.execute(
            """
            INSERT INTO permission_sets (id, name, scope, permissions, created_at, updated_at)
            VALUES (\(id), \(id.uuidString), \(scope), \(permissions.sorted()), now(), now())
            """)
        return ID(uuid: id)
    }

    func addInvitation(to vendor: UUID) async throws -> String {
        let id = UUID()
        try await owner.execute(
            """
            INSERT INTO invitations (id, email, vendor_id, role, locale, token_hash, invited_by, created_at, expires_at)
            VALUES (\(id), 'invited@example.com', \(vendor), 'vendor_fulfilment', 'en', sha256(\(id.uuidString)::bytea), 'system',
                now(), now() + interval '7 days')
            """)
        return ID<Invitation>(uuid: id).description
    }
}
