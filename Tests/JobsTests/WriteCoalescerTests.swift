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

    @Test(
        "Who has waited long enough is told so, whether the write is under way or not, and what nobody waits for is not written"
    )
    func patience() async throws {
        let written = NIOLockedValueBox<[Int]>([])
        let gate = AsyncStream<Void>.makeStream()
        let coalescer = WriteCoalescer<Int, Int>(
            maximumWriters: 1, maximumBatch: 1, patience: .milliseconds(200)
        ) { inputs in
            written.withLockedValue { $0 += inputs }
            if inputs == [1] { for await _ in gate.stream {} }
            return inputs.map { .success($0) }
        }
        let started = ContinuousClock.now
        let failures = await withTaskGroup(of: (Int, (any Error)?).self) { group in
            for number in 1...50 {
                group.addTask {
                    do {
                        _ = try await coalescer.submit(number)
                        return (number, nil)
                    } catch {
                        return (number, error)
                    }
                }
                if number == 1 { while written.withLockedValue({ $0.isEmpty }) { await Task.yield() } }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 as? WriteOverdue }
        }
        #expect(ContinuousClock.now - started < .seconds(30))
        #expect(failures.count == 50 && failures[1]?.isBeingWritten == true)
        #expect(failures.filter { $0.key != 1 }.allSatisfy { !$0.value.isBeingWritten })
        #expect(coalescer.backlog == 0)
        // The writer is still held up, and goes on once it can.
        gate.continuation.finish()
        #expect(try await coalescer.submit(51) == 51)
        #expect(written.withLockedValue { $0 } == [1, 51])
    }

    @Test("A write in time is answered as ever, and later ones have their own deadlines")
    func inTime() async throws {
        let coalescer = WriteCoalescer<Int, Int>(
            maximumWriters: 2, maximumBatch: 8, patience: .milliseconds(300)
        ) { inputs in
            if inputs.contains(0) {
                do { try await Task.sleep(for: .seconds(2)) } catch { return inputs.map { _ in .failure(error) } }
            }
            return inputs.map { .success($0) }
        }
        for round in 1...3 {
            #expect(try await coalescer.submit(round) == round)
            try await Task.sleep(for: .milliseconds(200))
        }
        await #expect(throws: WriteOverdue.self) { try await coalescer.submit(0) }
        #expect(try await coalescer.submit(9) == 9)
    }
}
