import CommerceTestSupport
import Core
import Customers
import Foundation
import Identity
import Postgres

/// The use cases of customers, over the marketplace of one test.
struct Patrons: Sendable {
    let market: Marketplace

    static func open(_ body: @Sendable (Patrons) async throws -> Void) async throws {
        try await Marketplace.open { try await body(Patrons(market: $0)) }
    }

    var addresses: KeepAddresses { KeepAddresses(audit: market.audit, ids: market.ids, clock: market.clock) }
    var publish: PublishConsentNotice {
        PublishConsentNotice(audit: market.audit, ids: market.ids, clock: market.clock)
    }
    var decide: DecideOnConsent { DecideOnConsent(audit: market.audit, ids: market.ids, clock: market.clock) }
    var wishes: KeepWishList { KeepWishList(audit: market.audit, ids: market.ids, clock: market.clock) }

    /// Somebody who has signed in.
    func customer(
        _ email: String = "karim@example.com", phone: String? = nil, name: String? = nil, latinName: String? = nil
    ) async throws -> Principal {
        let (account, session) = (market.ids.next(), market.ids.next())
        try await market.owner.execute(
            """
            INSERT INTO accounts (id, email, phone, name, name_latin, locale, created_at, updated_at)
            VALUES (\(account), \(email), \(phone), \(name), \(latinName), 'bn-BD', \(market.clock.now), \(market.clock.now))
            """)
        try await market.owner.execute(
            """
            INSERT INTO sessions (id, account_id, token_hash, transport, method, user_agent, network, created_at, last_used_at,
                expires_at, absolute_expires_at)
            VALUES (\(session), \(account), sha256(\(session.uuidString)::bytea), 'bearer', 'code', 'Karims Telephone/7.1',
                '203.0.113.77', \(market.clock.now), \(market.clock.now), now() + interval '1 day', now() + interval '1 day')
            """)
        return Principal(SignedIn(session: ID(uuid: session), account: ID(uuid: account)))
    }

    /// The refusal of what the body does.
    func refusal(_ body: () async throws -> Void) async throws -> Problem? {
        do {
            try await body()
            return nil
        } catch let problem as Problem {
            return problem
        }
    }
}

extension Principal {
    /// Of somebody who has signed in.
    var ownAccount: ID<Account> { signedIn!.account }
}
