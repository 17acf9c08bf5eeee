import Crypto
package import Foundation

/// Signs audit events when they are recorded, and links them into their subject's chain once they are committed: each link
/// carries the hash of the one before and a signature over its own.
package struct AuditChain: Sendable {
    /// What the first event of a subject has in place of a previous hash.
    package static let genesis = [UInt8](repeating: 0, count: 32)

    private let key: SymmetricKey
    /// The current key first.
    private let verifyingKeys: [SymmetricKey]

    /// - Parameter keys: the current one signs, each of them verifies.
    package init(keys: RootKeys) {
        verifyingKeys = keys.all.map { $0.derived(for: "audit") }
        key = keys.current.derived(for: "audit")
    }

    /// Makes the event that puts an entry on record, without a place in its chain.
    package func sign(_ entry: AuditEntry, id: ID<AuditEvent>, recordedAt: Date) -> AuditEvent {
        let recordedAt = recordedAt.roundedToMicroseconds
        let digest = Self.digest(of: entry, id: id, recordedAt: recordedAt)
        return AuditEvent(id: id, entry: entry, recordedAt: recordedAt, signature: authenticationCode(of: digest))
    }

    /// The place of an event that follows one with the hash `previousHash`.
    package func link(_ event: AuditEvent, as sequence: Int64, after previousHash: [UInt8]) -> AuditLink {
        let hash = Self.hash(of: event, sequence: sequence, previousHash: previousHash)
        return AuditLink(
            sequence: sequence, previousHash: previousHash, hash: hash, signature: authenticationCode(of: hash))
    }

    /// Whether the link covers the event, and both were signed with this installation's key.
    package func findings(in event: AuditEvent, linkedBy link: AuditLink) -> [AuditFinding] {
        let isCovered = link.hash == Self.hash(of: event, sequence: link.sequence, previousHash: link.previousHash)
        // Who can't sign can still make a whole that fits together.
        let isSigned =
            isSignature(link.signature, of: link.hash)
            && (!isCovered || isSignature(event.signature, of: Self.digest(of: event)))
        return (isCovered ? [] : [.contentChanged]) + (isSigned ? [] : [.signatureInvalid])
    }

    private func authenticationCode(of digest: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: digest, using: key))
    }

    private func isSignature(_ signature: [UInt8], of digest: [UInt8]) -> Bool {
        verifyingKeys.contains {
            HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: digest, using: $0)
        }
    }

    private static func digest(of event: AuditEvent) -> [UInt8] {
        digest(of: event.entry, id: event.id, recordedAt: event.recordedAt)
    }

    private static func digest(of entry: AuditEntry, id: ID<AuditEvent>, recordedAt: Date) -> [UInt8] {
        var parts = PartsDigest()
        parts.add("haat.audit.v2")
        parts.add(id.description)
        parts.add(entry.subject)
        parts.add(entry.actor.rawValue)
        parts.add(entry.action)
        parts.add(entry.payload.canonicalBytes)
        parts.add(String(recordedAt.microsecondsSince1970))
        return parts.finished()
    }

    private static func hash(of event: AuditEvent, sequence: Int64, previousHash: [UInt8]) -> [UInt8] {
        var parts = PartsDigest()
        parts.add("haat.audit-link.v1")
        parts.add(digest(of: event))
        parts.add(event.signature)
        parts.add(String(sequence))
        parts.add(previousHash)
        return parts.finished()
    }
}

/// SHA-256 over parts, each preceded by its length, so that no two sequences of parts share their input.
struct PartsDigest {
    private var digest = SHA256()

    mutating func add(_ part: [UInt8]) {
        digest.update(data: Array("\(part.count):".utf8))
        digest.update(data: part)
    }

    mutating func add(_ part: String) { add(Array(part.utf8)) }

    func finished() -> [UInt8] { Array(digest.finalize()) }
}

/// What is wrong with an event or its place in the chain.
package enum AuditFinding: String, Hashable, Sendable, Codable {
    /// The link's hash does not cover the content.
    case contentChanged = "content_changed"
    /// The signature was not made with this installation's key.
    case signatureInvalid = "signature_invalid"
    /// The previous hash is not that of the event before.
    case linkBroken = "link_broken"
    /// Events before this one are missing.
    case sequenceGap = "sequence_gap"
    /// The chain ends before (or after) the place that its head names.
    case endMissing = "end_missing"
    /// A checkpoint names an event that is not on record any more as it was.
    case sealedEventMissing = "sealed_event_missing"
    /// A checkpoint is not the one that was signed.
    case checkpointBroken = "checkpoint_broken"
    /// A checkpoint was taken out.
    case checkpointMissing = "checkpoint_missing"
}
