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

    /// Events of which no more is told than when each came about, and its type.
    static func events<Event: Recorded>(
        _ events: some Sequence<Event>, _ desk: ProviderDesk, type: (Event) -> String
    ) -> JSON {
        .array(
            events.map { event in
                self.event(event.id, [("type", .string(type(event))), ("created", .int(event.created))], desk)
            })
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

extension Sequence {
    /// What the elements come to in each currency.
    func sums(of amount: (Element) -> Int, by currency: (Element) -> String) -> [String: Int] {
        reduce(into: [:]) { $0[currency($1), default: 0] += amount($1) }
    }
}
