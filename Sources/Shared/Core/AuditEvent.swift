package import Foundation

/// Who did something: "api_key:key_…", "customer:cus_…", "staff:mem_…", "vendor_member:mem_…", "staff:mem_… as customer:cus_…",
/// "order_token:ord_…", "cart_token:crt_…", "command_line:ops", "gateway:stripe", "system".
package struct AuditActor: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static let system = AuditActor(rawValue: "system")

    /// Somebody without credentials.
    package static let anyone = AuditActor(rawValue: "anyone")

    /// Whoever runs an operator's command, by the name of the account that it runs under.
    package static func commandLine(_ account: String) -> AuditActor {
        AuditActor(rawValue: "command_line:\(account)")
    }

    package static func gateway(_ name: String) -> AuditActor { AuditActor(rawValue: "gateway:\(name)") }

    /// A courier that has told what it did.
    package static func courier(_ name: String) -> AuditActor { AuditActor(rawValue: "courier:\(name)") }

    package var description: String { rawValue }
}

/// What is to be put on record.
package struct AuditEntry: Hashable, Sendable {
    package let actor: AuditActor
    /// A verb in the past with its noun, such as "order.placed".
    package let action: String
    /// The TypeID of what was acted on; its events form one chain.
    package let subject: String
    package let payload: JSONValue

    package init(actor: AuditActor, action: String, subject: some CustomStringConvertible, payload: JSONValue = [:]) {
        self.actor = actor
        self.action = action
        self.subject = subject.description
        self.payload = payload
    }
}

/// An entry on record.
package struct AuditEvent: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "aud"

    package let id: ID<AuditEvent>
    package let entry: AuditEntry
    /// At microsecond precision.
    package let recordedAt: Date
    /// HMAC-SHA256 of everything above with the installation's audit key.
    package let signature: [UInt8]
    /// Its place in its subject's chain, given shortly after its commit.
    package let link: AuditLink?

    package init(
        id: ID<AuditEvent>, entry: AuditEntry, recordedAt: Date, signature: [UInt8], link: AuditLink? = nil
    ) {
        self.id = id
        self.entry = entry
        self.recordedAt = recordedAt
        self.signature = signature
        self.link = link
    }
}

/// An event's place in the chain of its subject.
package struct AuditLink: Hashable, Sendable {
    /// 1 for the subject's first event, then 2, 3 …
    package let sequence: Int64
    /// The `hash` of the subject's event before; 32 zero bytes for the first.
    package let previousHash: [UInt8]
    /// SHA-256 over the event with its signature and everything above.
    package let hash: [UInt8]
    /// HMAC-SHA256 of `hash` with the installation's audit key.
    package let signature: [UInt8]

    package init(sequence: Int64, previousHash: [UInt8], hash: [UInt8], signature: [UInt8]) {
        self.sequence = sequence
        self.previousHash = previousHash
        self.hash = hash
        self.signature = signature
    }
}
