import Core
import Foundation
import Jobs
import Orders
import Values
import Vendors

/// What is told of one event, and to whom.
struct WebhookMessage: Sendable {
    let event: UUID
    let type: WebhookEventType
    private let occurredAt: Date
    private let payload: JSONValue
    /// The parts of the event's order.
    private let parts: [OrderPart]

    /// nil for an event that nobody outside is told of.
    init?(_ event: RecordedEvent, parts: [ID<Order>: [OrderPart]]) {
        guard let type = WebhookEventType.named(event.name), type != .test else { return nil }
        self.event = event.id
        self.type = type
        occurredAt = event.occurredAt
        payload = JSONValue(recorded: event.payload)
        self.parts = Self.order(in: payload).flatMap { parts[$0] } ?? []
    }

    /// The order whose parts say whose an event is.
    static func order(of event: RecordedEvent) -> ID<Order>? {
        guard case .vendorOrders? = WebhookEventType.named(event.name)?.reach else { return nil }
        return order(in: JSONValue(recorded: event.payload))
    }

    private static func order(in payload: JSONValue) -> ID<Order>? {
        payload["order_id"]?.textValue.flatMap { ID($0.string) }
    }

    /// Whose event it is, besides the marketplace's.
    var vendors: Set<ID<Vendor>> {
        switch type.reach {
        case .marketplace: return []
        case .vendor: return Set([Self.vendor(in: payload)].compactMap(\.self))
        case .items: return Set((payload["items"]?.arrayValue ?? []).compactMap(Self.vendor))
        case .vendorOrders(let member):
            let all = Set(parts.map(\.vendor))
            guard let member else { return all }
            let named = (payload[member]?.arrayValue ?? []).compactMap { name in
                name.textValue.flatMap { ID<Vendor>($0.string) }
            }
            return all.intersection(named)
        }
    }

    private static func vendor(in object: JSONValue) -> ID<Vendor>? {
        object["vendor_id"]?.textValue.flatMap { ID($0.string) }
    }

    /// The body as the marketplace gets it, or one of the `vendors`.
    func body(for vendor: ID<Vendor>?) -> String {
        Self.body(type.name, at: occurredAt, data: data(for: vendor))
    }

    static func body(_ type: String, at moment: Date, data: JSONValue) -> String {
        let body: JSONValue = ["type": .string(type), "timestamp": .string(text(of: moment)), "data": data]
        return String(decoding: body.canonicalBytes, as: UTF8.self)
    }

    private static func text(of moment: Date) -> String {
        RFC3339.text(millisecondsSinceEpoch: Int(moment.microsecondsSince1970 / 1000))
    }

    private func data(for vendor: ID<Vendor>?) -> JSONValue {
        var members = Self.members(type.told(toVendor: vendor != nil), of: payload)
        guard let vendor else { return .object(members) }
        switch type.reach {
        case .marketplace, .vendor: break
        case .items:
            let items = members["items"]?.arrayValue ?? []
            members["items"] = .array(items.filter { Self.vendor(in: $0) == vendor })
        case .vendorOrders:
            members["vendor_id"] = .string(vendor.description)
            if let part = parts.first(where: { $0.vendor == vendor }) {
                members["vendor_order_id"] = .string(part.id.description)
            }
        }
        return .object(members)
    }

    /// Those that are declared: an event may get others that are not for outside.
    private static func members(
        _ fields: [WebhookEventType.Field], of object: JSONValue
    ) -> [UTF8Text: JSONValue] {
        fields.reduce(into: [:]) { members, field in
            guard let value = object[field.name] else { return }
            if case .items(let fields) = field.kind {
                let items = value.arrayValue ?? []
                members[field.name] = .array(items.map { .object(self.members(fields, of: $0)) })
            } else {
                members[field.name] = value
            }
        }
    }
}
