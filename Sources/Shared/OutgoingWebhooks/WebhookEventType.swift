package import Core
import Foundation

/// A kind of event that webhooks tell of, and what is told: named members of the event, ids and plain facts, and nothing that is not
/// listed here.
package struct WebhookEventType: Hashable, Sendable {
    /// Whose an event is.
    enum Reach: Hashable, Sendable {
        case marketplace
        /// The vendor's whom it names as `vendor_id`.
        case vendor
        /// Each vendor's who has a part of its order; of those alone whom it names in this member, where there is one.
        case vendorOrders(namedIn: UTF8Text?)
        /// Each vendor's of whom it has items, which name theirs as `vendor_id`.
        case items
    }

    /// A member of what is told.
    package struct Field: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            /// An identifier with this prefix.
            case id(String)
            case ids(String)
            case text, timestamp, integer, boolean
            /// Objects with these members.
            case items([Field])
        }

        let name: UTF8Text
        let kind: Kind
        let note: String
        let isOptional: Bool
        /// Whether vendors are told it; what is about the parts of others is for the marketplace.
        let isForVendors: Bool

        init(
            _ name: UTF8Text, _ kind: Kind, _ note: String = "", isOptional: Bool = false, isForVendors: Bool = true
        ) {
            self.name = name
            self.kind = kind
            self.note = note
            self.isOptional = isOptional
            self.isForVendors = isForVendors
        }
    }

    package let name: String
    /// When it happens, for people.
    package let summary: String
    let reach: Reach
    let fields: [Field]

    init(_ name: String, _ summary: String, _ reach: Reach, _ fields: Field...) {
        self.name = name
        self.summary = summary
        self.reach = reach
        self.fields = fields
    }

    /// Whether vendors are told of those that are theirs.
    package var isForVendors: Bool { reach != .marketplace }

    package static func named(_ name: String) -> WebhookEventType? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: (all + [test]).map { ($0.name, $0) })
}

extension WebhookEventType {
    /// What `data` is like, as a JSON schema.
    /// - Parameter isForVendors: as a vendor gets it.
    package func schema(isForVendors: Bool) -> JSONValue { Field.schema(of: told(toVendor: isForVendors)) }

    /// The members that are told.
    func told(toVendor: Bool) -> [Field] {
        guard toVendor else { return fields }
        let own: [Field] =
            if case .vendorOrders = reach {
                [Field("vendor_order_id", .id("vor"), "The vendor’s part"), Field("vendor_id", .id("ven"))]
            } else {
                []
            }
        return fields.filter(\.isForVendors) + own
    }

    /// An example of `data`.
    package func example(isForVendors: Bool) -> JSONValue { Field.example(of: told(toVendor: isForVendors)) }
}

extension WebhookEventType.Field {
    fileprivate static func schema(of fields: [WebhookEventType.Field]) -> JSONValue {
        [
            "type": "object",
            "properties": .object(Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.schema) })),
            "required": .array(fields.filter { !$0.isOptional }.map { .string($0.name) }),
        ]
    }

    private var schema: JSONValue {
        var members = kind.schema.objectValue ?? [:]
        if !note.isEmpty { members["description"] = .string(note) }
        return .object(members)
    }

    fileprivate static func example(of fields: [WebhookEventType.Field]) -> JSONValue {
        .object(
            Dictionary(uniqueKeysWithValues: fields.filter { !$0.isOptional }.map { ($0.name, $0.kind.example) }))
    }
}

extension WebhookEventType.Field.Kind {
    private static func id(_ prefix: String) -> JSONValue {
        ["type": "string", "pattern": .string("^\(prefix)_[0-9a-hjkmnp-tv-z]{26}$")]
    }

    fileprivate var schema: JSONValue {
        switch self {
        case .id(let prefix): Self.id(prefix)
        case .ids(let prefix): ["type": "array", "items": Self.id(prefix)]
        case .text: ["type": "string"]
        case .timestamp: ["type": "string", "format": "date-time"]
        case .integer: ["type": "integer"]
        case .boolean: ["type": "boolean"]
        case .items(let fields): ["type": "array", "items": WebhookEventType.Field.schema(of: fields)]
        }
    }

    fileprivate var example: JSONValue {
        let uuid = UUID(uuid: (1, 0x93, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1))
        return switch self {
        case .id(let prefix): .string(TypeID.encode(prefix: prefix, uuid: uuid))
        case .ids(let prefix): [.string(TypeID.encode(prefix: prefix, uuid: uuid))]
        case .text: "text"
        case .timestamp: "2026-12-03T12:00:00Z"
        case .integer: 1
        case .boolean: true
        case .items(let fields): [WebhookEventType.Field.example(of: fields)]
        }
    }
}
