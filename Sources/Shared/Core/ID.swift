package import Foundation

/// A kind of thing that has identifiers, for example an order.
package protocol IdentifiedByTypeID {
    /// The prefix on the wire, for example "ord".
    static var typePrefix: String { get }
}

/// The identifier of a `Subject`: a UUID (version 7) in the database, a TypeID such as "ord_01j…" everywhere else.
package struct ID<Subject: IdentifiedByTypeID>: Hashable, Sendable {
    package let uuid: UUID

    package init(uuid: UUID) { self.uuid = uuid }
}

extension ID: LosslessStringConvertible {
    package var description: String { TypeID.encode(prefix: Subject.typePrefix, uuid: uuid) }

    /// The identifier, or nil when `description` is not a TypeID with the subject's prefix.
    package init?(_ description: String) {
        guard let uuid = TypeID.decode(description, prefix: Subject.typePrefix) else { return nil }
        self.init(uuid: uuid)
    }
}

extension ID: Comparable {
    /// In the order in which PostgreSQL sorts UUIDs, which for version 7 is the order of creation.
    package static func < (left: ID, right: ID) -> Bool { UInt128(left.uuid) < UInt128(right.uuid) }
}

extension ID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = ID(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "must be an identifier that starts with \(Subject.typePrefix)_")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
