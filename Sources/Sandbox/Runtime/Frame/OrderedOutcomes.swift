/// A state in which the control plane decides what becomes of the next ones.
protocol OutcomeState: ProviderState {
    var outcomes: OrderedOutcomes { get set }
}

extension StatefulProvider where State: OutcomeState {
    /// Orders one of the outcomes that are `allowed` per subject.
    func order(_ body: JSON, allowed: [String: [String]]) throws(ControlError) -> JSON {
        try box.change { state, _ throws(ControlError) in try state.outcomes.add(body, allowed: allowed) }
    }
}

/// What the control plane wants to happen to the next payments, refunds and the like.
struct OrderedOutcomes: Codable, Sendable {
    private struct Order: Codable, Sendable {
        let subject: String
        let outcome: String
        var remaining: Int
    }

    private var orders: [Order] = []

    /// The outcome ordered for the next one of a subject, which uses it up.
    mutating func take(_ subject: String) -> String? {
        guard let position = orders.firstIndex(where: { $0.subject == subject }) else { return nil }
        orders[position].remaining -= 1
        let outcome = orders[position].outcome
        if orders[position].remaining == 0 { orders.remove(at: position) }
        return outcome
    }

    /// The same without using it up.
    func next(_ subject: String) -> String? { orders.first { $0.subject == subject }?.outcome }

    /// Reads `{"payment":"failed","times":2}`; `allowed` has the outcomes per subject.
    mutating func add(_ body: JSON, allowed: [String: [String]]) throws(ControlError) -> JSON {
        let times = body["times"]?.intValue ?? 1
        guard times > 0 else { throw .invalid("times", "an integer from 1") }
        guard let (subject, outcomes) = allowed.first(where: { body[$0.key]?.stringValue?.isEmpty == false }),
            let outcome = body[subject]?.stringValue
        else { throw .invalid(allowed.keys.sorted().joined(separator: " or "), "an outcome") }
        guard outcomes.contains(outcome) else { throw .invalid(subject, outcomes.joined(separator: ", ")) }
        orders.append(Order(subject: subject, outcome: outcome, remaining: times))
        return ["ordered": .string(outcome), "for": .string(subject), "times": .int(times)]
    }
}
