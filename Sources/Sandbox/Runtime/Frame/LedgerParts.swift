/// What providers' ledgers have in common: parts that `?only=totals,events` picks, and counts.
enum LedgerParts {
    /// Parts that aren't asked for aren't rendered.
    static func render(
        provider: some Provider, parts: [(name: String, json: () -> JSON)], query: FormBody
    ) -> JSON {
        let only = query["only"].map { Set($0.split(separator: ",").map(String.init)) }
        var ledger = JSONObject()
        ledger["provider"] = .string(provider.name)
        ledger["now"] = .number(provider.desk.clock.now)
        for part in parts where only?.contains(part.name) ?? true { ledger[part.name] = part.json() }
        return .object(ledger)
    }

    /// Amounts by currency, in the order of their names.
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
