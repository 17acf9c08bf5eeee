import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Core
@testable import Endpoints

@Suite("Memory for bodies")
struct BodyBudgetTests {
    private static func body(_ pieces: Int...) -> RequestBody {
        let buffers = pieces.map { ByteBuffer(repeating: 0x61, count: $0) }
        return RequestBody(
            asyncSequence: AsyncStream { continuation in
                for buffer in buffers { continuation.yield(buffer) }
                continuation.finish()
            })
    }

    /// Holds bodies of two clients at once, the second while the first is worked on.
    private static func collect(
        _ budget: BodyBudget, _ body: RequestBody, from client: String, upTo limit: Int = 1 << 20,
        while work: () async throws -> Void = {}
    ) async throws -> Int {
        try await budget.withBody(body, from: .named(client), upTo: limit) { bytes in
            try await work()
            return bytes.readableBytes
        }
    }

    private static func status(_ body: () async throws -> Int) async -> Int {
        do {
            _ = try await body()
            return 200
        } catch let problem as Problem {
            return problem.status
        } catch {
            return 500
        }
    }

    @Test("A body comes whole, however it was cut, and its memory is free afterwards")
    func whole() async throws {
        let budget = BodyBudget()
        #expect(try await Self.collect(budget, Self.body(), from: "a") == 0)
        #expect(try await Self.collect(budget, Self.body(1, 2, 50_000, 70_000), from: "a") == 120_003)
        #expect(budget.used == 0)
    }

    @Test("A body that is too large is refused, and its memory is free again")
    func tooLarge() async throws {
        let budget = BodyBudget()
        #expect(await Self.status { try await Self.collect(budget, Self.body(60, 60), from: "a", upTo: 100) } == 413)
        #expect(budget.used == 0)
    }

    @Test("A client that has used up its share is refused, the others are not")
    func shares() async throws {
        let budget = BodyBudget(total: 1 << 20, perClient: 512 << 10)
        _ = try await Self.collect(
            budget, Self.body(200 << 10), from: "greedy",
            while: {
                #expect(
                    await Self.status { try await Self.collect(budget, Self.body(200 << 10), from: "greedy") } == 503)
                #expect(
                    await Self.status { try await Self.collect(budget, Self.body(200 << 10), from: "other") } == 200)
            })
        #expect(await Self.status { try await Self.collect(budget, Self.body(200 << 10), from: "greedy") } == 200)
        #expect(budget.used == 0)
    }

    @Test("Bodies that never come are counted, too")
    func empty() async throws {
        let budget = BodyBudget(total: 1 << 20, perClient: 64 << 10)
        func hold(_ depth: Int) async throws {
            guard depth > 0 else { return }
            _ = try await Self.collect(budget, Self.body(), from: "a", while: { try await hold(depth - 1) })
        }
        try await hold(4)
        #expect(
            await Self.status {
                try await hold(5); return 0
            } == 503)
        #expect(budget.used == 0)
    }
}
