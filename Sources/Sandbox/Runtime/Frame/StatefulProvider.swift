/// A provider all of whose knowledge is one state on a desk.
protocol StatefulProvider: Provider {
    associatedtype Settings: Sendable
    associatedtype State: ProviderState
    /// What the environment has said.
    var settings: Settings { get }
    var box: StateDesk<State> { get }
    /// What it knows before anything has happened.
    static func fresh(_ settings: Settings, seed: UInt64) -> State
}

extension StatefulProvider {
    func reset(seed: UInt64?) { box.replace(with: Self.fresh(settings, seed: SeededRandom.seed(seed))) }
    func timePassed() { box.change { _, _ in } }
    func snapshot() throws -> JSON { try box.snapshot() }
    func restore(_ snapshot: JSON) throws { try box.restore(snapshot) }

    /// Sets what each member names: all of it or, where one is wrong, nothing.
    func set<Part>(
        _ body: JSON, in part: WritableKeyPath<State, Part>,
        _ apply: (inout Part, JSONObject.Member) throws(ControlError) -> Void
    ) throws(ControlError) -> JSON {
        try box.change { state, _ throws(ControlError) in
            var changed = state[keyPath: part]
            for member in body.members { try apply(&changed, member) }
            state[keyPath: part] = changed
        }
        return ["settings": "changed"]
    }

    /// `{"event":"…"}`
    func resend(_ body: JSON) throws(ControlError) -> JSON {
        guard let id = body["event"]?.stringValue else { throw .invalid("event", "an event's id") }
        guard box.resend(id) else { throw .notFound("The event \(id)") }
        return ["resent": .string(id)]
    }

    /// Totals and requests, and between them what this provider has, or what `?only=totals,events` names of it. Parts
    /// that aren't asked for aren't rendered.
    func ledger(
        _ query: FormBody, totals: (State) -> [(name: String, value: JSON)],
        parts: [(name: String, json: (State) -> JSON)]
    ) -> JSON {
        let only = query["only"].map { Set($0.split(separator: ",").map(String.init)) }
        func isAsked(_ part: String) -> Bool { only?.contains(part) ?? true }
        var ledger = JSONObject()
        ledger["provider"] = .string(name)
        ledger["now"] = .number(desk.clock.now)
        // Totals are polled under load: they are taken under the lock, because a copy of the state would have to be
        // paid by the next change.
        if isAsked("totals") { ledger["totals"] = LedgerParts.totals(box.read(totals), desk) }
        let parts = parts.filter { isAsked($0.name) }
        if !parts.isEmpty {
            let state = box.read { $0 }
            for part in parts { ledger[part.name] = part.json(state) }
        }
        if isAsked("requests") { ledger["requests"] = desk.requests.json }
        return .object(ledger)
    }
}
