import CommerceTestSupport
import Core
import Foundation
import Postgres
import Testing
import Vendors

@testable import Identity

@Suite("API keys")
struct APIKeyTests {
    private func create(
        _ market: Marketplace, _ role: Role, vendor: UUID? = nil, expiresAt: Date? = nil
    ) async throws -> CreatedAPIKey {
        let new = NewAPIKey(name: "Scanner", role: role, vendor: vendor, expiresAt: expiresAt)
        return try await market.work {
            try await CreateAPIKey(audit: market.audit, ids: market.ids, clock: market.clock)(new, by: .system, in: $0)
        }
    }

    private func find(_ market: Marketplace, _ created: CreatedAPIKey) async throws -> APIKey? {
        try await APIKeyStore().key(bearing: UTF8Text(created.token.text.reveal()), in: market.client)
    }

    @Test("A key is found by its token, which is stored nowhere, and reaches what its role does")
    func created() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor().id.uuid
            let admin = try await create(market, .admin)
            let owner = try await create(market, .vendorOwner, vendor: vendor)
            #expect(try await find(market, admin) == admin.key)
            #expect(admin.key.principal.visibility == .everything)
            #expect(owner.key.principal.visibility == .vendor(vendor))
            #expect(owner.key.principal.permissions == Role.vendorOwner.permissions)
            #expect(owner.token.text.reveal().hasPrefix(owner.key.prefix))
            #expect(try await APIKeyStore().key(bearing: "hk_guess", in: market.client) == nil)
            let stored = try await market.client.queryValue(
                """
                SELECT count(*) FROM (SELECT k::text FROM api_keys k UNION ALL SELECT e::text FROM audit_events e) AS rows (words)
                WHERE position(\(owner.token.text.reveal()) IN words) > 0
                """, as: Int.self)
            #expect(stored == 0)
            try await market.linkAuditTrail()
            #expect(try await market.audit.verify(owner.key.id.description, in: market.client).events == 1)
        }
    }

    @Test("A key is accepted until it expires or is revoked, and revoked for good")
    func ended() async throws {
        try await Marketplace.open { market in
            let soon = market.clock.now + 60
            let brief = try await create(market, .support, expiresAt: soon)
            let other = try await create(market, .support)
            #expect(brief.key.isAccepted(at: market.clock.now) && !brief.key.isAccepted(at: soon))
            let revoke = RevokeAPIKey(audit: market.audit, clock: market.clock)
            for _ in 0..<2 { _ = try await market.work { try await revoke(other.key.id, by: .system, in: $0) } }
            let revoked = try #require(try await find(market, other))
            #expect(!revoked.isAccepted(at: market.clock.now))
            try await market.linkAuditTrail()
            #expect(try await market.audit.verify(other.key.id.description, in: market.client).events == 2)
            await #expect(throws: Problem.notFound("API key")) {
                try await market.work { try await revoke(ID(uuid: market.ids.next()), by: .system, in: $0) }
            }
        }
    }

    @Test("A vendor's role is for a vendor, every other for none, a customer's for no key")
    func refused() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor().id.uuid
            let wrong: [(Role, UUID?, String)] = [
                (.vendorOwner, nil, "/vendor_id"), (.admin, vendor, "/vendor_id"), (.customer, nil, "/role"),
                (.vendorFinance, market.ids.next(), "/vendor_id"),
            ]
            for (role, vendor, pointer) in wrong {
                let problem = await #expect(throws: Problem.self) { try await create(market, role, vendor: vendor) }
                #expect(problem?.fields.map(\.pointer) == [pointer], "\(role)")
            }
            let past = await #expect(throws: Problem.self) {
                try await create(market, .admin, expiresAt: market.clock.now)
            }
            #expect(past?.fields.map(\.pointer) == ["/expires_at"])
        }
    }

    @Test("The token of the settings becomes one key of an admin, however many processes start with it")
    func bootstrap() async throws {
        try await Marketplace.open { market in
            let token = Secret("a-token-of-the-settings")
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        let bootstrap = BootstrapAPIKey(audit: market.audit, ids: market.ids, clock: market.clock)
                        try await market.work { try await bootstrap(token, in: $0) }
                    }
                }
                try await group.waitForAll()
            }
            let key = try #require(
                try await APIKeyStore().key(bearing: UTF8Text(token.reveal()), in: market.client))
            #expect(key.isBootstrap && key.role == .admin)
            #expect(try await market.client.queryValue("SELECT count(*) FROM api_keys", as: Int.self) == 1)
            #expect(try await market.audit.verify(key.id.description, in: market.client).isSound)
        }
    }
}
