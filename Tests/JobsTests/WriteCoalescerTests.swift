import NIOConcurrencyHelpers
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(10))) struct WriteCoalescerTests {
    private struct Odd: Error {}

    @Test("Callers get their own result, and what arrives meanwhile goes together")
    func sharing() async throws {
        let batches = NIOLockedValueBox<[Int]>([])
        let isCrowded = AsyncStream<Void>.makeStream()
        let coalescer = WriteCoalescer<Int, Int>(maximumWriters: 1, maximumBatch: 50) { inputs in
            batches.withLockedValue { $0.append(inputs.count) }
            for await _ in isCrowded.stream {}
            return inputs.map { $0.isMultiple(of: 2) ? .success($0 * 10) : .failure(Odd()) }
        }
        try await withThrowingTaskGroup { group in
            for number in 0..<200 {
                group.addTask {
                    if number.isMultiple(of: 2) {
                        let result = try await coalescer.submit(number)
                        #expect(result == number * 10)
                    } else {
                        await #expect(throws: Odd.self) { try await coalescer.submit(number) }
                    }
                }
            }
            try await expectEventually {
                coalescer.backlog + batches.withLockedValue { $0.reduce(0, +) } == 200
            }
            isCrowded.continuation.finish()
            try await group.waitForAll()
        }
        #expect(batches.withLockedValue { $0.reduce(0, +) } == 200)
        #expect(batches.withLockedValue { $0.count } < 10)
        #expect(batches.withLockedValue { $0.allSatisfy { $0 <= 50 } })
        #expect(coalescer.backlog == 0)
    }

    @Test("A further write begins only once as many wait as are being written")
    func noWriteForOneOfACrowd() async throws {
        let batches = NIOLockedValueBox<[Int]>([])
        let gate = AsyncStream<Void>.makeStream()
        let coalescer = WriteCoalescer<Int, Int>(maximumWriters: 4, maximumBatch: 50) { inputs in
            batches.withLockedValue { $0.append(inputs.count) }
            for await _ in gate.stream { break }
            return inputs.map { .success($0) }
        }
        try await withThrowingTaskGroup { group in
            // The first goes alone, the second beside it, and the fourth together with the third.
            for (number, written) in [(1, 1), (2, 2), (3, 2), (4, 4)] {
                group.addTask { _ = try await coalescer.submit(number) }
                try await expectEventually {
                    batches.withLockedValue({ $0.reduce(0, +) }) == written && coalescer.backlog == number - written
                }
            }
            #expect(batches.withLockedValue { $0 } == [1, 1, 2])
            gate.continuation.finish()
            try await group.waitForAll()
        }
        #expect(coalescer.backlog == 0)
    }
}
