import Crypto
package import Foundation

/// Links and signs audit events: each carries the hash of its subject's event before, and a signature over its own hash.
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

    /// Makes the event that follows one with the hash `previousHash`.
    package func link(
        _ entry: AuditEntry, id: ID<AuditEvent>, sequence: Int64, recordedAt: Date, previousHash: [UInt8]
    ) -> AuditEvent {
        let recordedAt = recordedAt.roundedToMicroseconds
        let hash = Self.hash(
            entry, id: id, sequence: sequence, recordedAt: recordedAt, previousHash: previousHash)
        return AuditEvent(
            id: id, entry: entry, sequence: sequence, recordedAt: recordedAt, previousHash: previousHash, hash: hash,
            signature: Array(HMAC<SHA256>.authenticationCode(for: hash, using: key)))
    }

    /// Whether the event's hash covers its content and its signature was made with this installation's key.
    package func findings(in event: AuditEvent) -> [AuditFinding] {
        let hash = Self.hash(
            event.entry, id: event.id, sequence: event.sequence, recordedAt: event.recordedAt,
            previousHash: event.previousHash)
        let isSigned = verifyingKeys.contains {
            HMAC<SHA256>.isValidAuthenticationCode(event.signature, authenticating: event.hash, using: $0)
        }
        return (hash == event.hash ? [] : [.contentChanged]) + (isSigned ? [] : [.signatureInvalid])
    }

    /// Every part is preceded by its length, so that no two events share their input.
    private static func hash(
        _ entry: AuditEntry, id: ID<AuditEvent>, sequence: Int64, recordedAt: Date, previousHash: [UInt8]
    ) -> [UInt8] {
        let parts: [[UInt8]] = [
            Array("haat.audit.v1".utf8), Array(id.description.utf8), Array(entry.subject.utf8),
            Array(String(sequence).utf8), Array(entry.actor.rawValue.utf8), Array(entry.action.utf8),
            entry.payload.canonicalBytes, Array(String(recordedAt.microsecondsSince1970).utf8), previousHash,
        ]
        var digest = SHA256()
        for part in parts {
            digest.update(data: Array("\(part.count):".utf8))
            digest.update(data: part)
        }
        return Array(digest.finalize())
    }
}

/// What is wrong with an event or its place in the chain.
package enum AuditFinding: String, Hashable, Sendable, Codable {
    /// The hash does not cover the content.
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
