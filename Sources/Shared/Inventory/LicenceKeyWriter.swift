import Catalog
import Core
import Foundation
import Postgres
import Values
import Vault
import Vendors

/// A key as somebody gives it.
struct GivenKey: Sendable {
    /// Where it begins in its file; nil where it comes with none.
    var line: Int64?
    let text: String
    /// The last day on which it can be used; nil where its batch says that.
    var expiresOn: CivilDate?
}

/// What came of a key that somebody has given.
package enum KeyOutcome: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    case imported
    /// It stands further up in the same file.
    case repeated
    /// The vendor has it already.
    case known
    /// Another vendor has it.
    case elsewhere
    /// Too little is left of its life.
    case expired
    /// It is not acceptable.
    case refused
}

/// The same with what is to be told of it.
struct KeyVerdict: Sendable {
    let outcome: KeyOutcome
    var repeatedLine: Int64?
    var violation: RuleViolation?
}

/// Seals keys into a vendor's pool, each once, however often and by whomever it is given.
struct LicenceKeyWriter: Sendable {
    /// What the digests of all vendors' keys are made with.
    private static let scope = KeyScope("licence_keys")

    private let keys = LicenceKeyStore()
    private let vault: Vault
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    init(vault: Vault, ids: UUIDv7Generator, clock: any WallClock) {
        self.vault = vault
        self.ids = ids
        self.clock = clock
    }

    /// Keys that keep the rule, sealed; for the others, what is wrong.
    func sealed(
        _ given: [GivenKey], by rule: TextRule, of variant: Variant, in batch: LicenceKeyBatch?,
        work: some PostgresExecutor
    ) async throws -> SealedKeys {
        let scope = try await vault.keys(for: .vendor(variant.vendor), sealing: given.count, in: work)
        let common = try await vault.indexKey(of: Self.scope, in: work)
        var sealed = SealedKeys(dataKey: scope.sealing.id)
        let now = clock.now
        for key in given {
            let text = rule.normalized(key.text)
            if let violation = rule.violations(of: text).first {
                sealed.verdicts.append(KeyVerdict(outcome: .refused, violation: violation))
                continue
            }
            let life =
                batch?.life(endingOn: key.expiresOn)
                ?? key.expiresOn.map { KeyLife(expiresOn: $0, minimumDays: 0) }
            guard life?.isSold(at: now) ?? true else {
                sealed.verdicts.append(KeyVerdict(outcome: .expired))
                continue
            }
            let id = ID<LicenceKey>(uuid: ids.next())
            let secret = Array(rule.canonical(text).utf8)
            sealed.positions.append(sealed.verdicts.count)
            sealed.verdicts.append(KeyVerdict(outcome: .imported))
            sealed.keys.append(
                LicenceKey(
                    id: id, vendor: variant.vendor, variant: variant.id,
                    ciphertext: try scope.sealing.seal(Array(text.utf8), at: .licenceKey(id)),
                    fingerprint: scope.index.digest(of: secret), marketplaceFingerprint: common.digest(of: secret),
                    life: life, line: key.line))
        }
        return sealed
    }

    /// Has them join the pool.
    /// - Returns: what came of each that was given, in their order.
    func write(
        _ sealed: SealedKeys, of variant: Variant, from origin: KeyOrigin, in work: some PostgresExecutor
    ) async throws -> [KeyVerdict] {
        guard !sealed.keys.isEmpty else { return sealed.verdicts }
        let accepted = try await keys.insert(
            sealed.keys, under: sealed.dataKey, variant: variant, from: origin, in: work)
        let left = sealed.keys.indices.filter { !accepted.contains(sealed.keys[$0].id) }
        guard !left.isEmpty else { return sealed.verdicts }
        let known = try await keys.known(left.map { sealed.keys[$0] }, of: variant.vendor, in: work)
        var verdicts = sealed.verdicts
        for (number, index) in left.enumerated() {
            verdicts[sealed.positions[index]] = verdict(on: known[number], of: variant, from: origin)
        }
        return verdicts
    }

    /// What would come of each; nothing is written.
    /// - Parameter seen: those of the file that were looked at before.
    func look(
        _ sealed: SealedKeys, of variant: Variant, seen: SeenKeys, in work: some PostgresExecutor
    ) async throws -> [KeyVerdict] {
        let known = try await keys.known(sealed.keys, of: variant.vendor, in: work)
        var (verdicts, here) = (sealed.verdicts, SeenKeys())
        for (index, key) in sealed.keys.enumerated() {
            let isNew = here.insert(key) && !seen.contains(key)
            if let found = known[index] {
                verdicts[sealed.positions[index]] = verdict(on: found, of: variant, from: KeyOrigin())
            } else if !isNew {
                verdicts[sealed.positions[index]] = KeyVerdict(outcome: .repeated)
            }
        }
        return verdicts
    }

    /// One that was not taken and is not there is gone again with whoever had it: it can be given once more.
    private func verdict(on known: KnownKey?, of variant: Variant, from origin: KeyOrigin) -> KeyVerdict {
        guard let known, known.vendor == variant.vendor else { return KeyVerdict(outcome: .elsewhere) }
        guard let file = origin.file, known.file == file else { return KeyVerdict(outcome: .known) }
        return KeyVerdict(outcome: .repeated, repeatedLine: known.line)
    }
}

/// Keys on their way into a pool.
struct SealedKeys: Sendable {
    let dataKey: UUID
    var keys: [LicenceKey] = []
    /// Of each key, its place among those that were given.
    var positions: [Int] = []
    /// Of all that were given, as far as can be said by looking at them.
    var verdicts: [KeyVerdict] = []

    init(dataKey: UUID) { self.dataKey = dataKey }
}

/// Which keys a file had so far, by a part of their digests: a million of them take little room.
struct SeenKeys: Sendable {
    private var digests: Set<UInt64> = []

    func contains(_ key: LicenceKey) -> Bool { digests.contains(Self.digest(key)) }

    /// - Returns: whether it was not among them.
    mutating func insert(_ key: LicenceKey) -> Bool { digests.insert(Self.digest(key)).inserted }

    mutating func insert(_ keys: [LicenceKey]) { for key in keys { digests.insert(Self.digest(key)) } }

    private static func digest(_ key: LicenceKey) -> UInt64 {
        key.marketplaceFingerprint.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
