/// What providers' ledgers have in common.
enum LedgerParts {
    /// A provider's own totals, and those that every one has.
    static func totals(_ own: [(name: String, value: JSON)], _ desk: ProviderDesk) -> JSON {
        let shared = [(name: "requests", value: JSON.int(desk.requests.total)), ("deliveries", deliveries(desk))]
        return .object(JSONObject(members: (own + shared).map { .init(name: $0.name, value: $0.value) }))
    }

    /// An event with every attempt to push it.
    static func event(
        _ id: String, _ details: [(name: String, value: JSON)], _ desk: ProviderDesk
    ) -> JSON {
        var event = JSONObject()
        event["id"] = .string(id)
        for detail in details { event[detail.name] = detail.value }
        event["deliveries"] = .array(desk.deliveries.deliveries(of: id).map(\.json))
        return .object(event)
    }

    /// Amounts or counts by name, in the order of their names.
    static func amounts(_ amounts: [String: Int]) -> JSON {
        .object(
            JSONObject(members: amounts.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .int($0.value)) }))
    }

    static func deliveries(_ desk: ProviderDesk) -> JSON {
        let totals = desk.deliveries.totals
        return [
            "pending": .int(totals.pending), "delivered": .int(totals.delivered), "failed": .int(totals.failed),
            "attempts": .int(totals.attempts), "acknowledged": .int(totals.acknowledged),
        ]
    }
}
