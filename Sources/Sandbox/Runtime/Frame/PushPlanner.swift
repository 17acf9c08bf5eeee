/// Decides when the copies of a batch of pushes are first due. Pure: the same plan and batch give the same order.
enum PushPlanner {
    /// Pushes that follow one another.
    struct Chain: Sendable {
        let pushes: [Push]
        /// Milliseconds from now until the first.
        let delay: Double
    }

    /// Distance between the pushes of a shuffled batch, long enough that concurrent connections keep the order.
    static let shuffleStep = 40.0

    /// Without disturbances a batch arrives in its order; delayed and shuffled pushes go their own ways.
    static func plan(_ batch: [Push], under plan: FaultPlan) -> [Chain] {
        let scatters = plan.pushes.reorder || plan.pushes.delayMilliseconds.upperBound > 0
        guard scatters else {
            return [Chain(pushes: batch.flatMap { withCopies($0, under: plan) }, delay: 0)]
        }
        let order = plan.pushes.reorder ? shuffled(batch, seed: plan.seed) : batch
        return order.enumerated().flatMap { position, push in
            withCopies(push, under: plan).map { copy in
                let spread = SeededRandom.unit(seed: plan.seed, 30, copy.ordinal, UInt64(copy.copy))
                let shuffle = plan.pushes.reorder ? Double(position) * shuffleStep : 0
                return Chain(pushes: [copy], delay: shuffle + plan.pushes.delayMilliseconds.value(at: spread))
            }
        }
    }

    private static func withCopies(_ push: Push, under plan: FaultPlan) -> [Push] {
        (0...copies(of: push, under: plan)).map { copy in
            var push = push
            push.copy = copy
            return push
        }
    }

    private static func copies(of push: Push, under plan: FaultPlan) -> Int {
        let whole = plan.pushes.duplicate.rounded(.down)
        let rest = plan.pushes.duplicate - whole
        let extra = SeededRandom.unit(seed: plan.seed, 31, push.ordinal) < rest ? 1 : 0
        return Int(whole) + extra
    }

    /// A permutation that is never the identity where there is more than one push.
    private static func shuffled(_ batch: [Push], seed: UInt64) -> [Push] {
        guard batch.count > 1 else { return batch }
        let order = batch.indices.sorted {
            SeededRandom.unit(seed: seed, 32, batch[$0].ordinal) < SeededRandom.unit(seed: seed, 32, batch[$1].ordinal)
        }
        let permutation = order.elementsEqual(batch.indices) ? order.reversed() : order
        return permutation.map { batch[$0] }
    }
}
