package import Foundation

/// Something that has happened, in the past tense: ids and the few values that subscribers need, never a name, an address or
/// another word about a person. Events are stored as JSON and outlive deployments: add optional fields, never rename; what
/// changes its meaning gets another version.
package protocol Event: Codable, Sendable {
    /// The stable name, such as `order.paid`.
    static var name: String { get }
    static var version: Int { get }
}

extension Event {
    package static var version: Int { 1 }
}

/// An event on record.
package struct RecordedEvent: Sendable, Hashable {
    package let id: UUID
    /// Its place in the feed: those who go on after the last position they have read miss nothing.
    package let position: Int64
    package let name: String
    package let version: Int
    /// JSON.
    package let payload: String
    package let occurredAt: Date
    /// The W3C trace context of what caused it.
    package let trace: String?

    package init(
        id: UUID, position: Int64, name: String, version: Int, payload: String, occurredAt: Date, trace: String?
    ) {
        self.id = id
        self.position = position
        self.name = name
        self.version = version
        self.payload = payload
        self.occurredAt = occurredAt
        self.trace = trace
    }
}

/// An event about to be recorded.
struct NewEvent: Sendable {
    let id: UUID
    let name: String
    let version: Int
    let payload: [UInt8]
}
