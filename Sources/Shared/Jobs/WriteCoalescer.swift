import NIOConcurrencyHelpers

/// Lets concurrent callers share a write: what arrives while writes are in flight goes with the next one. No timers, so a
/// lone caller never waits for company.
///
/// A further write joins those in flight only when as many inputs wait as are being written. Otherwise the first of a
/// crowd would always go alone, and a write of one costs as much as a write of many.
package final class WriteCoalescer<Input: Sendable, Output: Sendable>: Sendable {
    private struct Waiting {
        let input: Input
        let continuation: CheckedContinuation<Output, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var writers = 0
        /// Inputs that are being written.
        var inFlight = 0

        var deservesWriter: Bool { !waiting.isEmpty && waiting.count >= inFlight }
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
                state.waiting.append(Waiting(input: input, continuation: continuation))
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
            let results = await write(batch.map(\.input))
            written = batch.count
            for (waiting, result) in zip(batch, results) {
                waiting.continuation.resume(with: result)
            }
        }
    }

    /// - Returns: nil when this writer is not needed: those still in flight look again when they end.
    private func nextBatch(after written: Int) -> [Waiting]? {
        state.withLockedValue { state in
            state.inFlight -= written
            guard state.deservesWriter else {
                state.writers -= 1
                return nil
            }
            let batch = Array(state.waiting.prefix(maximumBatch))
            state.waiting.removeFirst(batch.count)
            state.inFlight += batch.count
            return batch
        }
    }
}
