import CommerceTestSupport
import Core
import Foundation
import Postgres
import Synchronization
import Testing
import Vault

@Suite("Sealed secrets")
struct SealingTests {
    private let scope = KeyScope("test")
    private let place = SealedPlace(table: "things", column: "secret", row: "thing_1")

    private func keys(_ market: Marketplace, sealing count: Int = 1) async throws -> ScopeKeys {
        try await market.work { try await market.vault.keys(for: scope, sealing: count, in: $0) }
    }

    @Test("A secret opens at its own place alone: not in another row, column or table")
    func places() async throws {
        try await Marketplace.open(connections: 2) { market in
            let key = try await keys(market).sealing
            let sealed = try key.seal(Array("secret".utf8), at: place)
            #expect(try key.open(sealed, at: place) == Array("secret".utf8))
            for (table, column, row) in [
                ("things", "secret", "thing_2"), ("things", "other", "thing_1"), ("others", "secret", "thing_1"),
                // The same letters, cut elsewhere.
                ("thing", "ssecret", "thing_1"), ("things", "secrett", "hing_1"),
            ] {
                let other = SealedPlace(table: table, column: column, row: row)
                #expect(throws: VaultError.damaged) { try key.open(sealed, at: other) }
            }
        }
    }

    @Test("What was changed anywhere, cut off or made longer does not open")
    func damage() async throws {
        try await Marketplace.open(connections: 2) { market in
            let key = try await keys(market).sealing
            let sealed = try key.seal(Array("secret".utf8), at: place)
            #expect(sealed.count == 6 + DataKey.overhead)
            for index in sealed.indices {
                var damaged = sealed
                damaged[index] ^= 1
                #expect(throws: VaultError.self, "byte \(index)") { try key.open(damaged, at: place) }
            }
            for count in 0..<sealed.count {
                #expect(throws: VaultError.self) { try key.open(Array(sealed.prefix(count)), at: place) }
            }
            #expect(throws: VaultError.damaged) { try key.open(sealed + [0], at: place) }
        }
    }

    @Test("Another format and another data key are told apart from damage")
    func foreign() async throws {
        try await Marketplace.open(connections: 2) { market in
            let key = try await keys(market).sealing
            let other = try await market.work { work in
                try await market.vault.keys(for: KeyScope("other"), sealing: 1, in: work).sealing
            }
            var sealed = try key.seal([1], at: place)
            #expect(throws: VaultError.unknownDataKey(other.id)) { try other.open(sealed, at: place) }
            let nowhere = UUID()
            for (index, byte) in withUnsafeBytes(of: nowhere.uuid, { Array($0) }).enumerated() {
                sealed[1 + index] = byte
            }
            await #expect(throws: VaultError.unknownDataKey(nowhere)) {
                try await market.vault.open(sealed, at: place, in: market.client)
            }
            sealed[0] = 2
            #expect(throws: VaultError.unknownFormat) { try key.open(sealed, at: place) }
            await #expect(throws: VaultError.unknownFormat) {
                try await market.vault.open(sealed, at: place, in: market.client)
            }
        }
    }

    @Test("The same secret is never sealed to the same bytes, and no nonce comes twice")
    func nonces() async throws {
        try await Marketplace.open(connections: 2) { market in
            let key = try await keys(market, sealing: 10_000).sealing
            var nonces: Set<[UInt8]> = []
            for _ in 0..<10_000 { nonces.insert(Array(try key.seal([1], at: place)[17..<29])) }
            #expect(nonces.count == 10_000)
        }
    }

    @Test("A data key that has sealed as much as it may makes room for the next, and goes on to open")
    func limit() async throws {
        try await Marketplace.open(connections: 2) { market in
            let vault = Vault(keys: RootKeys(market.encryptionKey), ids: market.ids, messageLimit: 10)
            func take(_ count: Int) async throws -> ScopeKeys {
                try await market.work { try await vault.keys(for: scope, sealing: count, in: $0) }
            }
            let first = try await take(6)
            let sealed = try first.sealing.seal([7], at: place)
            #expect(try await take(4).sealing.id == first.sealing.id)
            let second = try await take(1)
            #expect(second.sealing.id != first.sealing.id)
            #expect(try await take(9).sealing.id == second.sealing.id)
            #expect(try await take(10).sealing.id != second.sealing.id)
            #expect(second.index.digest(of: [1]) == first.index.digest(of: [1]))
            #expect(try await vault.open(sealed, at: place, in: market.client) == [7])
            await #expect(throws: VaultError.tooMany) { try await take(11) }
            let messages = try await market.client.queryValues(
                "SELECT messages FROM data_keys WHERE purpose = 'seal' ORDER BY generation", as: Int.self)
            #expect(messages == [10, 10, 10])
        }
    }

    @Test("Those who come first at the same time share one data key")
    func firstComers() async throws {
        try await Marketplace.open { market in
            let ids = try await withThrowingTaskGroup(of: [UUID].self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let counted = try await market.work { work in
                            try await market.vault.keys(for: scope, sealing: 1, in: work).sealing.id
                        }
                        let place = SealedPlace(table: "things", column: "answer", row: "\(number)")
                        let sealed = try await market.work { work in
                            try await market.vault.seal([1], at: place, under: KeyScope("daily"), in: work)
                        }
                        return [
                            counted,
                            UUID(uuid: sealed.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 1, as: uuid_t.self) }),
                        ]
                    }
                }
                return try await group.reduce(into: [UUID]()) { $0 += $1 }
            }
            #expect(Set(ids).count == 2)
        }
    }

    @Test("A data key whose maker was rolled back is not used again")
    func rollback() async throws {
        try await Marketplace.open { market in
            await #expect(throws: CancellationError.self) {
                try await market.work { work in
                    _ = try await market.vault.seal([1], at: place, under: scope, in: work)
                    throw CancellationError()
                }
            }
            let sealed = try await market.work { try await market.vault.seal([1], at: place, under: scope, in: $0) }
            let reader = Vault(keys: RootKeys(market.encryptionKey), ids: market.ids)
            #expect(try await reader.open(sealed, at: place, in: market.client) == [1])
        }
    }

    @Test("Secrets that are not counted get a new data key every day; a key is asked for once a minute")
    func daily() async throws {
        try await Marketplace.open(connections: 2) { market in
            let now = LockedInstant()
            let vault = Vault(keys: RootKeys(market.encryptionKey), ids: market.ids, now: { now.value })
            func seal() async throws -> [UInt8] {
                try await vault.seal([1], at: place, under: scope, in: market.client)
            }
            let first = try await seal()
            let again = try await seal()
            #expect(first[1..<17] == again[1..<17])
            try await market.owner.execute("UPDATE data_keys SET created_at = now() - interval '25 hours'")
            #expect(try await seal()[1..<17] == first[1..<17])
            now.advance(by: .seconds(61))
            let next = try await seal()
            #expect(next[1..<17] != first[1..<17])
            for sealed in [first, next] {
                #expect(try await vault.open(sealed, at: place, in: market.client) == [1])
            }
        }
    }

    @Test("Equal secrets of a scope have equal digests, those of another scope others")
    func digests() async throws {
        try await Marketplace.open(connections: 2) { market in
            let (first, again) = (try await keys(market).index, try await keys(market).index)
            let other = try await market.work {
                try await market.vault.keys(for: KeyScope("other"), sealing: 1, in: $0)
            }
            #expect(first.digest(of: [1, 2]) == again.digest(of: [1, 2]))
            #expect(first.digest(of: [1, 2]) != first.digest(of: [1, 3]))
            #expect(first.digest(of: [1, 2]) != other.index.digest(of: [1, 2]))
        }
    }

    @Test("Keys show themselves nowhere")
    func descriptions() async throws {
        try await Marketplace.open(connections: 2) { market in
            let keys = try await keys(market)
            var dumped = ""
            dump(keys, to: &dumped)
            #expect(!dumped.contains("SymmetricKey"), "\(dumped)")
            #expect("\(keys.sealing)" == "[data key \(keys.sealing.id)]" && "\(keys.index)" == "[index key]")
        }
    }
}

/// A clock that stands still until it is moved.
final class LockedInstant: Sendable {
    private let state = Mutex(ContinuousClock.now)

    var value: ContinuousClock.Instant { state.withLock { $0 } }

    func advance(by duration: Duration) { state.withLock { $0 = $0 + duration } }
}
