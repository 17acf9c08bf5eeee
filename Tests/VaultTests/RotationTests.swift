import CommerceTestSupport
import Core
import Foundation
import Jobs
import Postgres
import Synchronization
import Testing
import Vault

@Suite("Rotation of the encryption key")
struct RotationTests {
    private let place = SealedPlace(table: "things", column: "secret", row: "thing_1")
    private let next = EncryptionKey()

    /// Seals a secret under each of so many scopes.
    private func seal(_ scopes: Int, with vault: Vault, in market: Marketplace) async throws -> [[UInt8]] {
        var sealed: [[UInt8]] = []
        for number in 0..<scopes {
            sealed.append(
                try await market.work { work in
                    try await vault.keys(for: KeyScope("scope_\(number)"), sealing: 1, in: work).sealing
                        .seal([UInt8(number)], at: place)
                })
        }
        return sealed
    }

    private func expectOpen(_ sealed: [[UInt8]], with vault: Vault, in market: Marketplace) async throws {
        for (number, secret) in sealed.enumerated() {
            #expect(try await vault.open(secret, at: place, in: market.client) == [UInt8(number)])
        }
    }

    private func vault(_ current: EncryptionKey, retired: [EncryptionKey] = [], of market: Marketplace) -> Vault {
        Vault(keys: RootKeys(current, retired: retired), ids: market.ids)
    }

    private func rewrap(_ market: Marketplace, with vault: Vault) -> RewrapDataKeys {
        RewrapDataKeys(vault: vault, audit: market.audit)
    }

    private func putInUse(_ market: Marketplace, with vault: Vault) async throws -> Bool {
        try await market.work { try await rewrap(market, with: vault).putCurrentKeyInUse(by: .system, in: $0) }
    }

    private func versions(_ market: Marketplace) async throws -> [KeyVersion] {
        try await KeyVersions().all(in: market.client)
    }

    @Test(
        "All data keys are wrapped with the new key in batches, every secret opens before and after, and all of it is on record"
    )
    func rotation() async throws {
        try await Marketplace.open(connections: 2) { market in
            let both = vault(next, retired: [market.encryptionKey], of: market)
            var sealed = try await seal(5, with: market.vault, in: market)
            // Who knows the new key already goes on with the one in use.
            sealed += [try await seal(6, with: both, in: market)[5]]
            try await expectOpen(sealed, with: market.vault, in: market)
            #expect(try await putInUse(market, with: both))
            #expect(try await versions(market).map(\.dataKeys) == [12, 0])
            #expect(try await rewrap(market, with: both)(by: .system, batch: 5, in: market.queue) == 12)
            #expect(try await rewrap(market, with: both)(by: .system, batch: 5, in: market.queue) == 0)
            #expect(try await !putInUse(market, with: both))
            let found = try await versions(market)
            #expect(found.map(\.dataKeys) == [0, 12] && found.map(\.version) == [1, 2])
            #expect(found.map { $0.retiredAt == nil } == [false, true])
            try await expectOpen(sealed, with: vault(next, of: market), in: market)
            let old = vault(market.encryptionKey, of: market)
            await #expect(throws: VaultError.self) { try await old.open(sealed[0], at: place, in: market.client) }
            let events = try await market.audit.events(of: "vault", page: PageRequest(), in: market.client).items
            #expect(
                events.reversed().map(\.entry.action) == ["encryption_key.rotated"]
                    + Array(repeating: "data_keys.rewrapped", count: 3))
        }
    }

    @Test("What an interrupted rotation has left is wrapped by the next, and by the nightly job")
    func resumption() async throws {
        try await Marketplace.open(connections: 2) { market in
            let both = vault(next, retired: [market.encryptionKey], of: market)
            let sealed = try await seal(4, with: market.vault, in: market)
            #expect(try await putInUse(market, with: both))
            await #expect(throws: Interruption.self) {
                try await rewrap(market, with: both)(by: .system, batch: 3, in: Interrupted(market.queue, after: 2))
            }
            #expect(try await versions(market).map(\.dataKeys) == [2, 6])
            try await expectOpen(sealed, with: both, in: market)
            try await rewrap(market, with: both).run(in: market.queue)
            #expect(try await versions(market).map(\.dataKeys) == [0, 8])
            try await expectOpen(sealed, with: vault(next, of: market), in: market)
        }
    }

    @Test("Two rotations and new scopes at the same time leave nothing behind")
    func concurrency() async throws {
        try await Marketplace.open { market in
            let both = vault(next, retired: [market.encryptionKey], of: market)
            _ = try await seal(10, with: market.vault, in: market)
            try await withThrowingTaskGroup { group in
                for _ in 0..<2 {
                    group.addTask {
                        _ = try await putInUse(market, with: both)
                        _ = try await rewrap(market, with: both)(by: .system, batch: 2, in: market.queue)
                    }
                }
                group.addTask {
                    for number in 0..<20 {
                        _ = try await market.work { work in
                            try await both.keys(for: KeyScope("new_\(number)"), sealing: 1, in: work)
                        }
                    }
                }
                try await group.waitForAll()
            }
            _ = try await rewrap(market, with: both)(by: .system, in: market.queue)
            #expect(try await versions(market).map(\.dataKeys) == [0, 60])
        }
    }

    @Test("A rotation can be taken back with the keys changed round")
    func wayBack() async throws {
        try await Marketplace.open(connections: 2) { market in
            let forth = vault(next, retired: [market.encryptionKey], of: market)
            let back = vault(market.encryptionKey, retired: [next], of: market)
            let sealed = try await seal(2, with: market.vault, in: market)
            for vault in [forth, back] {
                #expect(try await putInUse(market, with: vault))
                _ = try await rewrap(market, with: vault)(by: .system, in: market.queue)
            }
            #expect(try await versions(market).map(\.dataKeys) == [4, 0])
            try await expectOpen(sealed, with: market.vault, in: market)
        }
    }

    @Test("Settings without a key that is needed are objected to by its fingerprint, and can neither seal nor rotate")
    func objections() async throws {
        try await Marketplace.open(connections: 2) { market in
            let old = market.encryptionKey
            func objection(_ keys: RootKeys) async throws -> String? {
                try await KeyVersions().objection(to: keys, in: market.client)
            }
            // The first key is the installation's.
            #expect(try await objection(RootKeys(old)) == nil)
            _ = try await seal(1, with: market.vault, in: market)
            let text = try #require(try await objection(RootKeys(next)))
            #expect(text.hasPrefix("HAAT_ENCRYPTION_KEY has the fingerprint \(next.fingerprint), "))
            #expect(text.hasSuffix("need the key \(old.fingerprint)"))
            #expect(try await objection(RootKeys(next, retired: [old])) == nil)
            let wrong = vault(next, of: market)
            let expected = VaultError.unknownEncryptionKey(stored: old.fingerprint, configured: [next.fingerprint])
            await #expect(throws: expected) { try await seal(1, with: wrong, in: market) }
            await #expect(throws: expected) { try await seal(2, with: wrong, in: market) }
            await #expect(throws: expected) { try await putInUse(market, with: wrong) }
            let both = vault(next, retired: [old], of: market)
            #expect(try await putInUse(market, with: both))
            for keys in [RootKeys(old), RootKeys(next)] { #expect(try await objection(keys) != nil) }
            _ = try await rewrap(market, with: both)(by: .system, in: market.queue)
            #expect(try await objection(RootKeys(next)) == nil)
            #expect(try await objection(RootKeys(old)) != nil)
        }
    }

    @Test("A data key that stands in another's row does not open")
    func swappedDataKeys() async throws {
        try await Marketplace.open(connections: 2) { market in
            let sealed = try await seal(2, with: market.vault, in: market)
            try await market.client.execute(
                """
                UPDATE data_keys SET wrapped_key = other.wrapped_key FROM data_keys AS other
                WHERE data_keys.purpose = 'seal' AND other.purpose = 'seal' AND data_keys.scope <> other.scope
                """)
            let reader = vault(market.encryptionKey, of: market)
            await #expect(throws: VaultError.damaged) {
                try await reader.open(sealed[0], at: place, in: market.client)
            }
            await #expect(throws: VaultError.damaged) { try await VerifyDataKeys(vault: reader)(in: market.client) }
        }
    }

    @Test("Retired data keys seal nothing more and go on to open")
    func retirement() async throws {
        try await Marketplace.open(connections: 2) { market in
            let sealed = try await seal(2, with: market.vault, in: market)
            let retire = RetireDataKeys(audit: market.audit)
            let moment = Date().addingTimeInterval(1)
            #expect(
                try await retire.scopes(madeBefore: moment, in: market.client).map(\.name) == ["scope_0", "scope_1"])
            func retireFirst(_ moment: Date) async throws -> Int {
                try await market.work {
                    try await retire(of: KeyScope("scope_0"), madeBefore: moment, by: .system, in: $0)
                }
            }
            #expect(try await retireFirst(moment.addingTimeInterval(-3600)) == 0)
            #expect(try await retireFirst(moment) == 1)
            #expect(try await retireFirst(moment) == 0)
            let again = try await seal(2, with: market.vault, in: market)
            #expect(again[0][1..<17] != sealed[0][1..<17] && again[1][1..<17] == sealed[1][1..<17])
            try await expectOpen(sealed, with: market.vault, in: market)
            try await expectOpen(again, with: market.vault, in: market)
        }
    }
}

private struct Interruption: Error {}

/// Lets so many units of work through and then none.
private final class Interrupted: WorkScope {
    private let queue: JobQueue
    private let left: Mutex<Int>

    init(_ queue: JobQueue, after count: Int) {
        self.queue = queue
        left = Mutex(count)
    }

    func hold() {}

    func withUnitOfWork<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        let isOver = left.withLock { left in
            left -= 1
            return left < 0
        }
        if isOver { throw Interruption() }
        return try await queue.withUnitOfWork(body)
    }
}
