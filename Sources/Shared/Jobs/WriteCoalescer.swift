import NIOConcurrencyHelpers

/// Lets concurrent callers share a write: what arrives while writes are in flight goes with the next one. No timers, so a
/// lone caller never waits for company.
///
/// A further write joins those in flight only when as many inputs wait as are being written. Otherwise the first of a
/// crowd would always go alone, and a write of one costs as much as a write of many.
package final class WriteCoalescer<Input: Sendable, Output: Sendable>: Sendable {
    /// Inputs and who waits for them, in the same order.
    private struct Batch {
        var inputs: [Input] = []
        var continuations: [CheckedContinuation<Output, any Error>] = []

        var count: Int { inputs.count }

        mutating func append(_ input: Input, _ continuation: CheckedContinuation<Output, any Error>) {
            inputs.append(input)
            continuations.append(continuation)
        }

        mutating func takeFirst(_ limit: Int) -> Batch {
            guard count > limit else {
                defer { self = Batch() }
                return self
            }
            defer {
                inputs.removeFirst(limit)
                continuations.removeFirst(limit)
            }
            return Batch(inputs: Array(inputs.prefix(limit)), continuations: Array(continuations.prefix(limit)))
        }
    }

    private struct State {
        var waiting = Batch()
        var writers = 0
        /// Inputs that are being written.
        var inFlight = 0

        var deservesWriter: Bool { waiting.count > 0 && waiting.count >= inFlight }
    }

    private let maximumWriters: Int
    private let maximumBatch: Int
    private let write: @Sendable ([Input]) async -> [Result<Output, any Error>]
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - maximumWriters: writes in flight at once.
    ///   - maximumBatch: inputs in one write.
    ///   - write: answers one result for each input, in their order.
    package init(
        maximumWriters: Int, maximumBatch: Int,
        write: @escaping @Sendable ([Input]) async -> [Result<Output, any Error>]
    ) {
        self.maximumWriters = maximumWriters
        self.maximumBatch = maximumBatch
        self.write = write
    }

    /// Waits until the write that carried this input has ended.
    package func submit(_ input: Input) async throws -> Output {
        try await withCheckedThrowingContinuation { continuation in
            let startsWriter = state.withLockedValue { state in
                state.waiting.append(input, continuation)
                guard state.writers < maximumWriters, state.deservesWriter else { return false }
                state.writers += 1
                return true
            }
            if startsWriter { Task { await drain() } }
        }
    }

    /// Inputs that no write has taken yet.
    package var backlog: Int { state.withLockedValue { $0.waiting.count } }

    private func drain() async {
        var written = 0
        while let batch = nextBatch(after: written) {
            let results = await write(batch.inputs)
            written = batch.count
            for (continuation, result) in zip(batch.continuations, results) {
                continuation.resume(with: result)
            }
        }
    }

    /// - Returns: nil when this writer is not needed: those still in flight look again when they end.
    private func nextBatch(after written: Int) -> Batch? {
        state.withLockedValue { state in
            state.inFlight -= written
            guard state.deservesWriter else {
                state.writers -= 1
                return nil
            }
            let batch = state.waiting.takeFirst(maximumBatch)
            state.inFlight += batch.count
            return batch
        }
    }
}
