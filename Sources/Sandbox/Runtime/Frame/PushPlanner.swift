/// Decides when the copies of a batch of pushes are first due. Pure: the same plan and batch give the same order.
enum PushPlanner {
    /// Pushes that follow one another.
    struct Chain: Sendable {
        let pushes: [Push]
        /// Milliseconds from now until the first.
        let delay: Double
    }

    /// Without disturbances a batch arrives in its order, shuffled in another one; pushes with delays of their own go
    /// their own ways.
    static func plan(_ batch: [Push], under plan: FaultPlan) -> [Chain] {
        // Receivers don't wait for each other.
        let receivers = Dictionary(grouping: batch, by: \.endpoint).sorted { $0.key < $1.key }
        return receivers.flatMap { chains($0.value, under: plan) }
    }

    private static func chains(_ batch: [Push], under plan: FaultPlan) -> [Chain] {
        let delays = plan.pushes.delayMilliseconds
        let copies = batch.flatMap { withCopies($0, under: plan) }
        let pushes = plan.pushes.reorder ? shuffled(copies, seed: plan.seed) : copies
        guard delays.lowerBound < delays.upperBound else { return [Chain(pushes: pushes, delay: delays.lowerBound)] }
        return pushes.map { push in
            let spread = SeededRandom.unit(seed: plan.seed, 30, push.ordinal, UInt64(push.copy))
            return Chain(pushes: [push], delay: delays.value(at: spread))
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
        let keys = batch.map { SeededRandom.unit(seed: seed, 32, $0.ordinal, UInt64($0.copy)) }
        let order = batch.indices.sorted { keys[$0] < keys[$1] }
        let permutation = order.elementsEqual(batch.indices) ? order.reversed() : order
        return permutation.map { batch[$0] }
    }
}
