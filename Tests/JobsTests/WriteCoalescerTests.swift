import NIOConcurrencyHelpers
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(1))) struct WriteCoalescerTests {
    private struct Odd: Error {}

    @Test("Callers get their own result, and what arrives meanwhile goes together")
    func sharing() async throws {
        let batches = NIOLockedValueBox<[Int]>([])
        let coalescer = WriteCoalescer<Int, Int>(maximumWriters: 1, maximumBatch: 50) { inputs in
            batches.withLockedValue { $0.append(inputs.count) }
            try? await Task.sleep(for: .milliseconds(20))
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
            try await group.waitForAll()
        }
        #expect(batches.withLockedValue { $0.reduce(0, +) } == 200)
        #expect(batches.withLockedValue { $0.count } < 50)
        #expect(batches.withLockedValue { $0.allSatisfy { $0 <= 50 } })
        #expect(coalescer.backlog == 0)
    }
}
