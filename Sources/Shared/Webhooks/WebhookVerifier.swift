package import Foundation

/// An event whose sender is proven, or, where a provider signs nothing, one that may be true.
package struct VerifiedEvent: Sendable, Equatable {
    /// The provider's id: what duplicates are recognised by.
    package let id: String
    package let type: String

    package init(id: String, type: String) {
        self.id = id
        self.type = type
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
    /// A header that would be kept with the event.
    case headerTooLong(String)

    /// One sentence for the sender's log.
    package var reason: String {
        switch self {
        case .missingSignature(let header): "The \(header) header is missing."
        case .malformedSignature: "The signature header can't be read."
        case .signatureMismatch: "No active secret gives this signature."
        case .stale(let seconds): "The signature is \(seconds) seconds old."
        case .malformedEvent(let detail): "The body is not an event: \(detail)."
        case .headerTooLong(let header): "The \(header) header is longer than \(KeptHeaders.maximumLength) bytes."
        }
    }
}

/// Proves the pushes for one account at a provider, over their raw bytes.
package protocol WebhookVerifier: Sendable {
    /// The headers that it asks for, in lower case.
    var headers: [String] { get }

    /// Those of them that are stored with the event, for whoever interprets or doubts it; never one that is itself a secret.
    var keptHeaders: [String] { get }

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

extension WebhookVerifier {
    package var keptHeaders: [String] { headers }
}
