import CommerceTestSupport
import Core
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Identity

@Suite("Plans of who may do what")
struct PlanTests {
    /// Of fifty thousand members five are of the staff, the oldest; each has signed in and acts by the membership.
    private static let people = """
        SET statement_timeout = 0;
        INSERT INTO vendors (id, name, email, status)
        SELECT md5('vendor' || n)::uuid, 'Vendor', 'sales@example.com', 'active' FROM generate_series(1, 1000) AS n;
        INSERT INTO accounts (id, email, locale, created_at, updated_at)
        SELECT md5('account' || n)::uuid, 'a' || n || '@example.com', 'en', now(), now() FROM generate_series(1, 50000) AS n;
        INSERT INTO memberships (id, account_id, vendor_id, role, created_at, updated_at)
        SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, md5('account' || n)::uuid,
            CASE WHEN n > 5 THEN md5('vendor' || (n % 1000 + 1))::uuid END,
            CASE WHEN n > 5 THEN 'vendor_manager' ELSE 'admin' END, now(), now()
        FROM generate_series(1, 50000) AS n;
        INSERT INTO sessions (id, account_id, token_hash, transport, method, network, created_at, last_used_at, expires_at,
            absolute_expires_at, membership_id)
        SELECT md5('session' || n)::uuid, md5('account' || n)::uuid, sha256(('hs_' || n)::bytea), 'bearer', 'code', '', now(),
            now(), now() + interval '30 days', now() + interval '180 days',
            ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid
        FROM generate_series(1, 50000) AS n;
        ANALYZE vendors, accounts, memberships, sessions;
        """

    @Test("A session, its membership and the teams are found without reading those of others")
    func indexed() async throws {
        try await Marketplace.open { market in
            try await market.owner.withConnection(unlimited: true) { try await $0.runScript(Self.people) }
            let vendor = try #require(
                try await market.client.queryValue("SELECT md5('vendor7')::uuid", as: UUID.self))
            let (hash, now) = (OpaqueToken.hash("hs_30000"), market.clock.now)
            let statements: [(String, PostgresStatement)] = [
                ("resume", SessionSQL.resume(tokenHash: hash, at: now)),
                (
                    "staff",
                    MembershipSQL.list(MemberFilter(scope: .staff), before: nil, limit: 21, visibleTo: .everything)
                ),
                (
                    "vendor",
                    MembershipSQL.list(
                        MemberFilter(vendor: vendor), before: nil, limit: 21, visibleTo: .vendor(vendor))
                ),
                ("all", MembershipSQL.list(MemberFilter(), before: nil, limit: 21, visibleTo: .everything)),
                ("last admin", MembershipSQL.hasHead(.staff, of: nil, besides: ID(uuid: UUID()))),
                ("last owner", MembershipSQL.hasHead(.vendor, of: vendor, besides: ID(uuid: UUID()))),
            ]
            for (name, statement) in statements {
                let plan = try await QueryPlan(of: statement, on: market.client)
                let isLarge = { (line: String) in
                    ["memberships", "sessions", "accounts"].contains { line.contains("Seq Scan on \($0)") }
                }
                #expect(!plan.lines.contains(where: isLarge), "\(name): \(plan)")
                #expect(plan.mostRowsRemoved < 100, "\(name): \(plan)")
            }
        }
    }
}
