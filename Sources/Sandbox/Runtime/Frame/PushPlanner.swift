/// Decides when the copies of a batch of pushes are first due. Pure: the same plan and batch give the same order.
enum PushPlanner {
    struct Planned: Sendable {
        let push: Push
        /// Milliseconds from now.
        let delay: Double
    }

    /// Distance between the pushes of a shuffled batch, long enough that concurrent connections keep the order.
    static let shuffleStep = 40.0

    static func plan(_ batch: [Push], under plan: FaultPlan) -> [Planned] {
        let order = plan.pushes.reorder ? shuffled(batch, seed: plan.seed) : batch
        var planned: [Planned] = []
        for (position, push) in order.enumerated() {
            for copy in 0...copies(of: push, under: plan) {
                var sent = push
                sent.copy = copy
                let spread = SeededRandom.unit(seed: plan.seed, 30, push.ordinal, UInt64(copy))
                let shuffle = plan.pushes.reorder ? Double(position) * shuffleStep : 0
                planned.append(
                    Planned(push: sent, delay: shuffle + plan.pushes.delayMilliseconds.value(at: spread)))
            }
        }
        return planned
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
