/// What fails over in one round, and when.
struct FailoverPlan: Sendable {
    enum Store: String, Sendable, CaseIterable {
        /// The primary is killed and its synchronous standby takes over.
        case postgres = "PostgreSQL"
        /// The primary is demoted and its replica takes over.
        case redis = "Redis"
        case both = "both at once"
    }

    let store: Store
    /// How long traffic flows before.
    let leadMilliseconds: Int
    /// How long it flows afterwards.
    let tailMilliseconds: Int

    /// So many rounds for each kind of store, in turn.
    static func draw(rounds: Int, using random: inout SeededRandom) -> [FailoverPlan] {
        (0..<rounds).flatMap { _ in
            Store.allCases.map { store in
                FailoverPlan(
                    store: store, leadMilliseconds: Int.random(in: 2000...5000, using: &random),
                    tailMilliseconds: Int.random(in: 4000...7000, using: &random))
            }
        }
    }
}
