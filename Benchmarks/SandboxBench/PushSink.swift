import Hummingbird
import Logging
import Synchronization

/// Answers every push with 200 and counts it.
final class PushSink: Sendable {
    private let received = Atomic<Int>(0)

    var count: Int { received.load(ordering: .relaxed) }

    /// Serves while `body` runs.
    func serving(port: Int, _ body: @escaping @Sendable () async throws -> Void) async throws {
        let router = Router()
        router.post("**") { request, _ -> HTTPResponse.Status in
            for try await _ in request.body {}
            self.received.add(1, ordering: .relaxed)
            return .ok
        }
        var logger = Logger(label: "sink")
        // At the end connections are cut, which is no error here.
        logger.logLevel = .critical
        let (openings, opened) = AsyncStream.makeStream(of: Void.self)
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { _ in opened.finish() }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { opened.finish() }
                try await application.runService(gracefulShutdownSignals: [])
            }
            for await _ in openings {}
            try await body()
            group.cancelAll()
        }
    }

    /// Returns once nothing more comes, and that many have.
    ///
    /// - Throws: where they have not after half a minute.
    func untilQuiet(atLeast expected: Int) async throws {
        var last = -1
        for _ in 0..<60 {
            if count >= expected, count == last { return }
            last = count
            try await Task.sleep(for: .milliseconds(500))
        }
        throw TooFew(expected: expected, received: count)
    }

    struct TooFew: Error, CustomStringConvertible {
        let expected: Int
        let received: Int
        var description: String { "\(received) pushes came instead of \(expected)" }
    }
}
