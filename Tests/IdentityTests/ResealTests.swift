import CommerceTestSupport
import Core
import Foundation
import Jobs
import Postgres
import Testing
import Vault

@testable import Identity

@Suite("Seeds of authenticators under other data keys")
struct ResealTests {
    @Test("Seeds of retired data keys are sealed under new ones and make the same codes; others stay as they are")
    func resealed() async throws {
        try await People.open { people in
            var principals: [Principal] = []
            for number in 0..<5 {
                let started = try await people.signUp(People.email("p\(number)"))
                let principal = try #require(try await people.principal(started))
                _ = try await people.market.work { try await people.enrol.begin(by: principal, in: $0) }
                principals.append(principal)
            }
            let before = try await seeds(people)
            let vault = people.market.vault
            let scope = KeyScope("totp")
            let moment = Date(timeIntervalSinceNow: 3600)
            let retired = try await people.market.work {
                try await RetireDataKeys(audit: people.market.audit)(of: scope, madeBefore: moment, by: .system, in: $0)
            }
            #expect(retired >= 1)
            let reseal = ResealAuthenticators(vault: vault, audit: people.market.audit)
            #expect(try await reseal(of: KeyScope("ven_x"), by: .system, batch: 2, in: people.market.queue) == 0)
            #expect(try await reseal(of: scope, by: .system, batch: 2, in: people.market.queue) == 5)
            let after = try await seeds(people)
            #expect(zip(before, after).allSatisfy { $0.sealed != $1.sealed })
            for (old, new) in zip(before, after) {
                let place = SealedPlace(table: "totp_factors", column: "seed", row: old.id)
                let opened = try await (
                    vault.open(old.sealed, at: place, in: people.market.client),
                    vault.open(new.sealed, at: place, in: people.market.client)
                )
                #expect(opened.0 == opened.1)
            }
            #expect(try await reseal(of: scope, by: .system, batch: 2, in: people.market.queue) == 0)
            #expect(try await seeds(people).map(\.sealed) == after.map(\.sealed))
        }
    }

    private func seeds(_ people: People) async throws -> [(id: ID<Authenticator>, sealed: [UInt8])] {
        try await people.market.client.query(
            "SELECT id, seed FROM totp_factors ORDER BY id", columns: (ID<Authenticator>, [UInt8]).self
        ).map { (id: $0.0, sealed: $0.1) }
    }
}
