import Crypto
package import Foundation
package import Postgres

/// A signed statement of how far the audit chains had grown. It covers the ends of the chains that grew since the checkpoint
/// before and the hash of that one, so that the last checkpoint covers them all.
package struct AuditCheckpoint: Hashable, Sendable {
    /// 1 for the first, then 2, 3 …
    package let number: Int64
    package let madeAt: Date
    /// How many chains have grown since the checkpoint before.
    package let chains: Int64
    /// SHA-256 over their ends.
    package let digest: [UInt8]
    /// The last event that it has looked at, by its UUIDv7.
    package let upTo: UUID
    /// The `hash` of the checkpoint before; 32 zero bytes for the first.
    package let previousHash: [UInt8]
    /// SHA-256 over everything above.
    package let hash: [UInt8]
    /// Ed25519, of `hash`.
    package let signature: [UInt8]
}

/// Signs checkpoints and tells whether one is genuine.
package struct AuditSealer: Sendable {
    private let key: Curve25519.Signing.PrivateKey
    /// The current key's first.
    private let verifyingKeys: [Curve25519.Signing.PublicKey]

    /// The key pair is derived from the audit key: who has only the public half can verify and not forge.
    /// - Parameter keys: the current one signs, each of them verifies.
    /// - Throws: never for a key of this installation; a seed of 32 bytes is always a private key.
    package init(keys: RootKeys) throws {
        key = try Self.signingKey(of: keys.current)
        verifyingKeys = try keys.all.map { try Self.signingKey(of: $0).publicKey }
    }

    private static func signingKey(of root: EncryptionKey) throws -> Curve25519.Signing.PrivateKey {
        let seed = root.derived(for: "audit-checkpoint").withUnsafeBytes { Data($0) }
        return try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
    }

    /// In hexadecimal, for whoever verifies without us.
    package var publicKey: String { Hexadecimal.encode(key.publicKey.rawRepresentation) }

    func sealed(
        number: Int64, madeAt: Date, chains: Int64, digest: [UInt8], upTo: UUID, previousHash: [UInt8]
    ) throws -> AuditCheckpoint {
        let madeAt = madeAt.roundedToMicroseconds
        let hash = Self.hash(
            number: number, madeAt: madeAt, chains: chains, digest: digest, upTo: upTo, previousHash: previousHash)
        return AuditCheckpoint(
            number: number, madeAt: madeAt, chains: chains, digest: digest, upTo: upTo, previousHash: previousHash,
            hash: hash, signature: Array(try key.signature(for: hash)))
    }

    /// Whether its hash covers its content and its signature is ours.
    func isGenuine(_ checkpoint: AuditCheckpoint) -> Bool {
        let hash = Self.hash(
            number: checkpoint.number, madeAt: checkpoint.madeAt, chains: checkpoint.chains,
            digest: checkpoint.digest, upTo: checkpoint.upTo, previousHash: checkpoint.previousHash)
        return hash == checkpoint.hash
            && verifyingKeys.contains {
                $0.isValidSignature(Data(checkpoint.signature), for: Data(checkpoint.hash))
            }
    }

    private static func hash(
        number: Int64, madeAt: Date, chains: Int64, digest: [UInt8], upTo: UUID, previousHash: [UInt8]
    ) -> [UInt8] {
        var parts = PartsDigest()
        parts.add("haat.audit-checkpoint.v2")
        parts.add(String(number))
        parts.add(String(madeAt.microsecondsSince1970))
        parts.add(String(chains))
        parts.add(digest)
        parts.add(withUnsafeBytes(of: upTo.uuid) { Array($0) })
        parts.add(previousHash)
        return parts.finished()
    }
}

extension AuditCheckpoint: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        number = try row.decode("number")
        madeAt = try row.decode("made_at")
        chains = try row.decode("chains")
        digest = try row.decode("digest")
        upTo = try row.decode("up_to")
        previousHash = try row.decode("previous_hash")
        hash = try row.decode("hash")
        signature = try row.decode("signature")
    }
}
