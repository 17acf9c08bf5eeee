package import Foundation

/// An event whose sender is proven.
package struct VerifiedEvent: Sendable, Equatable {
    /// The provider's id: what duplicates are recognised by.
    package let id: String
    package let type: String
    /// The header that proved it, kept as evidence.
    package let signature: String

    package init(id: String, type: String, signature: String) {
        self.id = id
        self.type = type
        self.signature = signature
    }
}

/// Why a push was refused. Nothing has been written.
package enum WebhookRejection: Error, Sendable, Equatable {
    case missingSignature(header: String)
    case malformedSignature
    case signatureMismatch
    /// Signed longer ago than the tolerance allows.
    case stale(seconds: Int)
    /// Proven, but without what an event must have.
    case malformedEvent(String)

    /// One sentence for the sender's log.
    package var reason: String {
        switch self {
        case .missingSignature(let header): "The \(header) header is missing."
        case .malformedSignature: "The signature header can't be read."
        case .signatureMismatch: "No active secret gives this signature."
        case .stale(let seconds): "The signature is \(seconds) seconds old."
        case .malformedEvent(let detail): "The body is not an event: \(detail)."
        }
    }
}

/// Proves a provider's push over its raw bytes. One small type per provider.
package protocol WebhookVerifier: Sendable {
    /// The provider's name in the database, in job payloads and in the path.
    var provider: String { get }

    /// Whether events of this type can move anything here. The others are stored as ignored and cause no job.
    func isRelevant(_ type: String) -> Bool

    /// What a push's head claims, before any of its body has been read.
    associatedtype Claim: Sendable

    /// Reads the claim. What the head alone disproves costs no memory and keeps nobody out.
    /// - Parameters:
    ///   - header: the value of a header by its lower-case name.
    ///   - now: the receiver's clock.
    func claim(header: (String) -> String?, now: Date) throws(WebhookRejection) -> Claim

    /// Proves the claim over the raw bytes.
    func verify(_ claim: Claim, body: [UInt8]) throws(WebhookRejection) -> VerifiedEvent
}
