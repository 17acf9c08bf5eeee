import NIOConcurrencyHelpers

/// Lets concurrent callers share a write: what arrives while writes are in flight goes with the next one. Nothing is delayed, so
/// a lone caller never waits for company.
///
/// A further write joins those in flight only when as many inputs wait as are being written. Otherwise the first of a
/// crowd would always go alone, and a write of one costs as much as a write of many.
package final class WriteCoalescer<Input: Sendable, Output: Sendable>: Sendable {
    private struct Waiter {
        let continuation: CheckedContinuation<Output, any Error>
        /// Until when it waits; nil for as long as it takes.
        let deadline: ContinuousClock.Instant?

        func isOverdue(at now: ContinuousClock.Instant) -> Bool { deadline.map { $0 <= now } ?? false }
    }

    /// Inputs and who waits for them, in the same order.
    private struct Batch {
        var inputs: [Input] = []
        var waiters: [Waiter] = []

        var count: Int { inputs.count }

        mutating func append(_ input: Input, _ waiter: Waiter) {
            inputs.append(input)
            waiters.append(waiter)
        }

        mutating func takeFirst(_ limit: Int) -> Batch {
            guard count > limit else {
                defer { self = Batch() }
                return self
            }
            defer {
                inputs.removeFirst(limit)
                waiters.removeFirst(limit)
            }
            return Batch(inputs: Array(inputs.prefix(limit)), waiters: Array(waiters.prefix(limit)))
        }
    }

    private struct State {
        var waiting = Batch()
        var writers = 0
        /// Inputs that are being written.
        var inFlight = 0
        /// Who waits for each write in flight, by its number; nil for those who have been told that it takes too long.
        var expectant: [Int: [Waiter?]] = [:]
        var nextWrite = 0
        /// Whether somebody looks at the deadlines.
        var isWatched = false

        var deservesWriter: Bool { waiting.count > 0 && waiting.count >= inFlight }

        var earliestDeadline: ContinuousClock.Instant? {
            let waiters = [waiting.waiters.first] + expectant.values.map { $0.lazy.compactMap(\.self).first }
            return waiters.compactMap { $0?.deadline }.min()
        }

        /// Those who have waited long enough, and whether their input is being written; the inputs of the others are dropped.
        mutating func takeOverdue(at now: ContinuousClock.Instant) -> [(waiter: Waiter, isBeingWritten: Bool)] {
            let overdue = waiting.takeFirst(waiting.waiters.prefix { $0.isOverdue(at: now) }.count)
            var taken = overdue.waiters.map { (waiter: $0, isBeingWritten: false) }
            for (number, waiters) in expectant {
                expectant[number] = waiters.map { waiter in
                    guard let waiter, waiter.isOverdue(at: now) else { return waiter }
                    taken.append((waiter, true))
                    return nil
                }
            }
            return taken
        }
    }

    /// A batch on its way.
    private struct Write {
        let number: Int
        let inputs: [Input]
    }

    private let maximumWriters: Int
    private let maximumBatch: Int
    private let patience: Duration?
    private let write: @Sendable ([Input]) async -> [Result<Output, any Error>]
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - maximumWriters: writes in flight at once.
    ///   - maximumBatch: inputs in one write.
    ///   - patience: for how long a caller waits, at most; nil for as long as it takes.
    ///   - write: answers one result for each input, in their order.
    package init(
        maximumWriters: Int, maximumBatch: Int, patience: Duration? = nil,
        write: @escaping @Sendable ([Input]) async -> [Result<Output, any Error>]
    ) {
        self.maximumWriters = maximumWriters
        self.maximumBatch = maximumBatch
        self.patience = patience
        self.write = write
    }

    /// Waits until the write that carried this input has ended.
    /// - Throws: what the write says of this input; `WriteOverdue` where that takes too long.
    package func submit(_ input: Input) async throws -> Output {
        try await withCheckedThrowingContinuation { continuation in
            let (startsWriter, startsWatch) = state.withLockedValue { state in
                let deadline = patience.map { ContinuousClock.now + $0 }
                state.waiting.append(input, Waiter(continuation: continuation, deadline: deadline))
                let startsWatch = deadline != nil && !state.isWatched
                if startsWatch { state.isWatched = true }
                guard state.writers < maximumWriters, state.deservesWriter else { return (false, startsWatch) }
                state.writers += 1
                return (true, startsWatch)
            }
            if startsWriter { Task { await drain() } }
            if startsWatch { Task { await watchDeadlines() } }
        }
    }

    /// Inputs that no write has taken yet.
    package var backlog: Int { state.withLockedValue { $0.waiting.count } }

    private func drain() async {
        var written = 0
        while let next = nextWrite(after: written) {
            let results = await write(next.inputs)
            written = next.inputs.count
            let waiters = state.withLockedValue { $0.expectant.removeValue(forKey: next.number) } ?? []
            for (waiter, result) in zip(waiters, results) { waiter?.continuation.resume(with: result) }
        }
    }

    /// - Returns: nil when this writer is not needed: those still in flight look again when they end.
    private func nextWrite(after written: Int) -> Write? {
        state.withLockedValue { state in
            state.inFlight -= written
            guard state.deservesWriter else {
                state.writers -= 1
                return nil
            }
            let batch = state.waiting.takeFirst(maximumBatch)
            state.inFlight += batch.count
            state.nextWrite += 1
            state.expectant[state.nextWrite] = batch.waiters
            return Write(number: state.nextWrite, inputs: batch.inputs)
        }
    }

    /// One look for all: a timer for each input would cost as much as the input. Ends when nobody waits.
    private func watchDeadlines() async {
        while let deadline = nextDeadline() {
            await sleep(max(.zero, ContinuousClock.now.duration(to: deadline)))
            for (waiter, isBeingWritten) in state.withLockedValue({ $0.takeOverdue(at: .now) }) {
                waiter.continuation.resume(throwing: WriteOverdue(isBeingWritten: isBeingWritten))
            }
        }
    }

    private func nextDeadline() -> ContinuousClock.Instant? {
        state.withLockedValue { state in
            let deadline = state.earliestDeadline
            if deadline == nil { state.isWatched = false }
            return deadline
        }
    }
}

/// A write was not done when its caller would wait no longer.
package struct WriteOverdue: Error, Sendable, CustomStringConvertible {
    /// It may be done all the same later; otherwise the input was dropped.
    package let isBeingWritten: Bool

    package var description: String {
        isBeingWritten
            ? "the write takes too long; what comes of it is unknown" : "it was not written in time, and never will be"
    }
}
