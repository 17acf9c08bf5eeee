import CommerceTestSupport
import Core
import Foundation
import Identity
import Postgres
import Registrations
import Testing
import Vault

@testable import Vendors

@Suite("Where vendors' money goes")
struct PayoutAccountTests {
    @Test("An account's number is sealed, shown by its end, and opened again where money is sent")
    func sealed() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.bangladeshi())
            let account = try await market.replaceAccount(of: vendor.id, by: market.member(of: vendor.id))
            #expect(account.lastFour == "8901" && account.state == .pending && account.kind == .bankBangladesh)
            #expect(account.usableFrom == account.createdAt)
            let row = try await market.client.queryValue(
                "SELECT row_to_json(payout_accounts)::text FROM payout_accounts", as: String.self)
            #expect(row?.contains("0012345678901") == false && row?.contains("999270017") == false)
            let opened = try await PayoutAccountVault(vault: market.vault).destination(
                of: account.id, in: market.client)
            let expected = PayoutDestination.bankBangladesh(
                try BankAccountNumber("0012345678901", in: .bangladesh), try RoutingNumber("999270017"))
            #expect(opened == expected)
        }
    }

    @Test("Every kind of destination is read back as it was sealed")
    func kinds() throws {
        let destinations: [PayoutDestination] = [
            .bankIndia(try BankAccountNumber("000123456789", in: .india), try IFSC("ABCD0123456")),
            .bankBangladesh(try BankAccountNumber("12345", in: .bangladesh), try RoutingNumber("999270017")),
            .upi(try UPIAddress("meera@bank")), .wallet(try MobileWallet(.nagad, "01712345678")),
        ]
        for destination in destinations {
            #expect(PayoutDestination(destination.kind, plaintext: destination.plaintext) == destination)
        }
        #expect(destinations.map(\.lastFour) == ["6789", "2345", "eera", "5678"])
        #expect(PayoutDestination(.upi, plaintext: destinations[0].plaintext) == nil)
    }

    @Test("One that takes another's place gets no money for the cooling period, and has to be verified anew")
    func replacement() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.bangladeshi())
            let verify = VerifyPayoutAccount(audit: market.audit, clock: market.clock)
            func verified(_ id: ID<PayoutAccount>) async throws -> PayoutAccount {
                try await market.work { try await verify(id, of: vendor.id, by: .system, in: $0) }
            }
            let first = try await market.replaceAccount(of: vendor.id)
            #expect(!first.isUsable(at: market.clock.now))
            #expect(try await verified(first.id).isUsable(at: market.clock.now))
            market.clock.advance(by: 60)
            let wallet = NewPayoutAccount(
                kind: .wallet, holderName: "Rahim", walletProvider: .bKash, phone: Secret("01712345678"))
            let second = try await market.replaceAccount(of: vendor.id, with: wallet)
            #expect(second.usableFrom == market.clock.now + PayoutSettings().coolingPeriod)
            let usable = try await verified(second.id)
            #expect(usable.state == .verified && !usable.isUsable(at: market.clock.now))
            #expect(usable.isUsable(at: second.usableFrom))
            #expect(try await verified(second.id) == usable)
            let problem = await #expect(throws: Problem.self) { try await verified(first.id) }
            #expect(problem?.type == "payout-account-replaced")
            let all = try await PayoutAccountStore().accounts(
                of: vendor.id, visibleTo: .everything, in: market.client)
            #expect(all.map(\.state) == [.verified, .replaced])
        }
    }

    @Test("However many change it at once, one account is the vendor's")
    func race() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.bangladeshi())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await market.replaceAccount(of: vendor.id) } }
                try await group.waitForAll()
            }
            let states = try await market.client.queryValues("SELECT state FROM payout_accounts", as: String.self)
            #expect(states.count == 8 && states.filter { $0 != "replaced" } == ["pending"])
        }
    }

    @Test("What an account of its kind lacks, or what can't be one, is named")
    func wrong() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.bangladeshi())
            let cases: [(NewPayoutAccount, [String])] = [
                (
                    NewPayoutAccount(kind: .bankBangladesh, holderName: "R"),
                    ["/holder_name too_short", "/account_number required", "/routing_number required"]
                ),
                (
                    NewPayoutAccount(
                        kind: .bankBangladesh, holderName: "Rahim", accountNumber: Secret("12345678"),
                        routingNumber: "999270018"), ["/routing_number check_digit"]
                ),
                (
                    NewPayoutAccount(kind: .upi, holderName: "Rahim", upiAddress: Secret("rahim@bank")),
                    ["/kind other_country"]
                ),
                (
                    NewPayoutAccount(kind: .wallet, holderName: "Rahim", phone: Secret("01212345678")),
                    ["/wallet_provider required", "/phone format"]
                ),
            ]
            for (new, faults) in cases {
                let problem = await #expect(throws: Problem.self) {
                    try await market.replaceAccount(of: vendor.id, with: new)
                }
                #expect(problem?.faults == faults)
            }
        }
    }

    @Test("Another vendor's account is out of reach")
    func reach() async throws {
        try await Marketplace.open { market in
            let mine = try await market.applied(market.bangladeshi())
            let other = try await market.applied(market.bangladeshi(name: "Other"))
            await #expect(throws: Problem.notFound("vendor")) {
                try await market.replaceAccount(of: mine.id, by: market.member(of: other.id))
            }
            try await market.replaceAccount(of: mine.id)
            let seen = try await PayoutAccountStore().accounts(
                of: mine.id, visibleTo: .vendor(other.id.uuid), in: market.client)
            #expect(seen.isEmpty)
        }
    }

    @Test("Accounts of retired data keys are sealed anew and open as before")
    func resealing() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.applied(market.bangladeshi())
            var accounts: [PayoutAccount] = []
            for _ in 0..<3 { accounts.append(try await market.replaceAccount(of: vendor.id)) }
            try await market.owner.execute("UPDATE data_keys SET retired_at = now() WHERE purpose = 'seal'")
            let reseal = ResealPayoutAccounts(
                vault: Vault(keys: RootKeys(market.encryptionKey), ids: market.ids), audit: market.audit)
            let scope = KeyScope.vendor(vendor.id)
            #expect(try await reseal(of: scope, by: .system, batch: 2, in: market.queue) == 3)
            #expect(try await reseal(of: scope, by: .system, batch: 2, in: market.queue) == 0)
            let old = try await market.client.queryValue(
                """
                SELECT count(*) FROM payout_accounts JOIN data_keys ON data_keys.id = data_key_id WHERE retired_at IS NOT NULL
                """, as: Int64.self)
            #expect(old == 0)
            for account in accounts {
                #expect(
                    try await PayoutAccountVault(vault: market.vault).destination(of: account.id, in: market.client)
                        != nil)
            }
        }
    }
}
