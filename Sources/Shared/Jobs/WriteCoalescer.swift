import Synchronization

/// Lets concurrent callers share a write: what arrives while writes are in flight goes with the next one. No timers, so a
/// lone caller never waits for company.
package final class WriteCoalescer<Input: Sendable, Output: Sendable>: Sendable {
    private struct Waiting {
        let input: Input
        let continuation: CheckedContinuation<Output, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var writers = 0
    }

    private let maximumWriters: Int
    private let maximumBatch: Int
    private let write: @Sendable ([Input]) async -> [Result<Output, any Error>]
    private let state = Mutex(State())

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
            let startsWriter = state.withLock { state in
                state.waiting.append(Waiting(input: input, continuation: continuation))
                guard state.writers < maximumWriters else { return false }
                state.writers += 1
                return true
            }
            if startsWriter { Task { await drain() } }
        }
    }

    /// Inputs that no write has taken yet.
    package var backlog: Int { state.withLock { $0.waiting.count } }

    private func drain() async {
        while let batch = nextBatch() {
            let results = await write(batch.map(\.input))
            for (waiting, result) in zip(batch, results) {
                waiting.continuation.resume(with: result)
            }
        }
    }

    private func nextBatch() -> [Waiting]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.writers -= 1
                return nil
            }
            let batch = Array(state.waiting.prefix(maximumBatch))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }
}
