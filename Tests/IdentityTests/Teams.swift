import CommerceTestSupport
import Core
import Foundation
import Jobs
import Postgres
import Testing
import Vendors

@testable import Identity

/// Somebody who acts by a membership.
struct TeamMember: Sendable {
    let membership: ID<Membership>
    let account: ID<Account>
    let token: UTF8Text
    let principal: Principal
}

extension People {
    /// Takes an invitation by an account of its own.
    func accept(_ invitation: Invitation, in started: StartedSession) async throws -> Membership {
        let principal = try #require(try await principal(started))
        let token = try #require(tokens.token(of: invitation.id)).text.reveal()
        return try await market.work { try await accept(UTF8Text(token), by: principal, in: $0) }
    }

    func invited(
        _ name: String, as role: MemberRole, of vendor: UUID? = nil, by principal: Principal = .system
    ) async throws -> Invitation {
        let email = EmailAddress(rawValue: "\(name)@example.com")!
        return try await market.work {
            try await invite(NewInvitation(email: email, vendor: vendor, role: role), by: principal, in: $0)
        }
    }

    /// A session's token after it acts by the membership.
    func switched(_ started: StartedSession, to membership: ID<Membership>?) async throws -> UTF8Text {
        let principal = try #require(try await principal(started))
        let session = try await market.work { try await choose(membership, by: principal, in: $0) }
        return UTF8Text(session.token.text.reveal())
    }

    func principal(bearing token: UTF8Text) async throws -> Principal? { try await resume(token, in: market.client) }

    /// A new account that was invited, has accepted, has an authenticator unless said otherwise and acts by its membership.
    func member(
        _ name: String, as role: MemberRole, of vendor: UUID? = nil, withSecondFactor: Bool = true
    ) async throws -> TeamMember {
        let started = try await signUp(Self.email(name))
        let membership = try await accept(try await invited(name, as: role, of: vendor), in: started)
        if withSecondFactor { try await showSecondFactor(of: started) }
        let token = try await switched(started, to: membership.id)
        return TeamMember(
            membership: membership.id, account: started.session.account, token: token,
            principal: try #require(try await principal(bearing: token)))
    }

    /// As if it had been enrolled and shown just now.
    func showSecondFactor(of started: StartedSession) async throws {
        try await market.owner.execute(
            """
            INSERT INTO totp_factors (account_id, id, seed, created_at, confirmed_at, last_step)
            VALUES (\(started.session.account), \(market.ids.next()), ''::bytea, \(market.clock.now), \(market.clock.now), 0)
            ON CONFLICT DO NOTHING
            """)
        try await market.owner.execute(
            "UPDATE sessions SET second_factor_at = \(market.clock.now) WHERE id = \(started.session.id)")
    }

    /// Who did what, of the actions that begin so.
    func record(of action: String) async throws -> [String] {
        try await market.client.queryValues(
            "SELECT actor || ' ' || action FROM audit_events WHERE action LIKE \(action + "%") ORDER BY id",
            as: String.self)
    }
}
